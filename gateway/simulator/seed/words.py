"""Names and sentences that records are made of. All people and firms are invented."""

# fmt: off
FIRST_NAMES = (
    "Ada", "Amara", "Andre", "Anika", "Beatriz", "Ben", "Caleb", "Camila", "Carlos", "Chidi", "Chloe", "Dana",
    "Daniel", "Deepa", "Diego", "Elena", "Eli", "Emeka", "Emma", "Farah", "Felix", "Fiona", "Gabriel", "Grace",
    "Hana", "Hassan", "Helen", "Imani", "Ines", "Isaac", "Ivan", "Jamal", "Jasmine", "Jonas", "José", "Julia", "Kai",
    "Karen", "Kenji", "Lara", "Leila", "Leo", "Lucia", "Malik", "Maria", "Marcus", "Mei", "Mina", "Nadia", "Nathan",
    "Nia", "Noah", "Olivia", "Omar", "Paula", "Peter", "Priya", "Quinn", "Rachel", "Ravi", "Rosa", "Ruth", "Sam",
    "Sara", "Sean", "Sofia", "Tariq", "Theo", "Tomas", "Uma", "Valeria", "Victor", "Wei", "Yara", "Yusuf", "Zoë",
)
# fmt: on

# fmt: off
LAST_NAMES = (
    "Abara", "Adler", "Almeida", "Anders", "Baker", "Banerjee", "Becker", "Bell", "Bianchi", "Brooks", "Carter",
    "Castillo", "Chen", "Cohen", "Costa", "Cruz", "Dalton", "Das", "Delgado", "Diaz", "Duarte", "Edwards", "Ekström",
    "Ellis", "Farouk", "Fischer", "Flores", "Foster", "Garcia", "Gibson", "Gupta", "Haddad", "Hall", "Hansen",
    "Hayes", "Ibrahim", "Ito", "Jackson", "Jensen", "Johnson", "Kamau", "Kaplan", "Kaur", "Kim", "Klein", "Kowalski",
    "Larsen", "Lee", "Lindgren", "Lopez", "Mahmoud", "Marino", "Mbeki", "Mendez", "Meyer", "Miller", "Morales",
    "Nakamura", "Nguyen", "Novak", "O'Brien", "Okafor", "Olsen", "Ortiz", "Park", "Patel", "Perez", "Price",
    "Ramirez", "Rao", "Reyes", "Rivera", "Rossi", "Ruiz", "Santos", "Schmidt", "Shah", "Silva", "Singh", "Sokolov",
    "Tanaka", "Taylor", "Torres", "Tran", "Usman", "Vance", "Vargas", "Walker", "Weber", "Williams", "Wong", "Young",
    "Zhang", "Zielinski",
)
# fmt: on

STAFF = (
    ("Sam", "Reyes"),
    ("Priya", "Raman"),
    ("Marcus", "Bell"),
    ("Hannah", "Lindqvist"),
    ("Diego", "Morales"),
    ("Aisha", "Karim"),
    ("Tom", "Whitaker"),
    ("Grace", "Oyelaran"),
    ("Leo", "Fontaine"),
    ("Nina", "Petrova"),
    ("Owen", "Castellanos"),
)
"""The firm's users: nine recruiters and managers, then one who left (disabled), then a client with portal access."""

DEPARTED = ("Jordan", "Blake")
"""Owns records, but is not among the users any more."""

COMPANIES = (
    ("Northwind Robotics", "northwindrobotics"),
    ("Cascade Health Partners", "cascadehealth"),
    ("Brightwater Energy", "brightwaterenergy"),
    ("Juniper & Vale Capital", "junipervale"),
    ("Harbor Freight Analytics", "harborfreightanalytics"),
    ("Lumen Learning Labs", "lumenlearninglabs"),
    ("Redwood Biologics", "redwoodbiologics"),
    ("Summit Aerospace", "summitaerospace"),
    ("Tidewater Logistics", "tidewaterlogistics"),
    ("Copperfield Insurance", "copperfieldinsurance"),
    ("Blue Mesa Software", "bluemesasoftware"),
    ("Granite State Manufacturing", "granitestatemfg"),
)

PLACES = (
    ("Austin", "TX", "78701", "512"),
    ("Seattle", "WA", "98101", "206"),
    ("Denver", "CO", "80202", "303"),
    ("Chicago", "IL", "60601", "312"),
    ("Boston", "MA", "02108", "617"),
    ("Atlanta", "GA", "30303", "404"),
    ("Portland", "OR", "97204", "503"),
    ("Raleigh", "NC", "27601", "919"),
    ("Minneapolis", "MN", "55401", "612"),
    ("San Diego", "CA", "92101", "619"),
)
"""City, state, zip code and the area code of its telephone numbers."""

COUNTRIES = ("United States", "Canada", "United Kingdom", "Germany", "India", "Mexico")

JOBS = (
    ("Backend Engineer", 135_000, "Design and run the services behind the product, in Python and PostgreSQL."),
    ("Registered Nurse, ICU", 92_000, "Care for critically ill patients on a twelve-bed unit."),
    ("Financial Controller", 148_000, "Own the monthly close, the audit and a team of four accountants."),
    ("Product Designer", 118_000, "Take features from first sketch to tested design with two product teams."),
    ("Mechanical Engineer", 104_000, "Design actuators and see them through prototyping and test."),
    ("Account Executive", 95_000, "Win new customers in the mid-market, from first call to signature."),
    ("Data Analyst", 88_000, "Turn shipment data into forecasts that operations can plan with."),
    ("Clinical Research Associate", 97_000, "Monitor trial sites and keep their records audit-ready."),
    ("Warehouse Operations Manager", 82_000, "Lead three shifts and bring the error rate below one in a thousand."),
    ("Site Reliability Engineer", 152_000, "Keep the platform up, measured, and boring to be on call for."),
    ("Claims Specialist", 64_000, "Handle property claims from first notice to settlement."),
    ("Human Resources Business Partner", 99_000, "Advise site leaders on hiring, pay and growth."),
    ("Controls Engineer", 112_000, "Program and commission PLC lines at two plants."),
    ("Customer Success Manager", 86_000, "Look after forty accounts and their renewals."),
)
"""Title, yearly pay in US dollars, and what the person will do."""

LEVELS = ("", "Senior ", "Lead ", "Staff ")

REQUIREMENTS = (
    "Five or more years in a comparable role",
    "Clear writing, and the habit of asking before assuming",
    "Experience working with stakeholders outside your own team",
    "Willingness to travel up to 10% of the time",
    "A degree in the field, or the same knowledge gained on the job",
    "Eligibility to work in the United States",
)

ARRANGEMENTS = ("Hybrid", "On site", "Remote")

SOURCES = (
    "LinkedIn",
    "Indeed",
    "Referral",
    "Company Website",
    "Job Fair",
    "Glassdoor",
    "ZipRecruiter",
    "Cold Outreach",
)

JOB_TITLES = (*(title for title, _, _ in JOBS), "Engineer", "Manager", "Director of Operations", "Chief of Staff")

RECRUITING_STAGES = (
    "New Candidate",
    "Phone Screen",
    "Submitted to Client",
    "Client Interview",
    "Final Interview",
    "Offer",
    "Placed",
    "Not Qualified",
    "Withdrawn",
)

SALES_STAGES = ("Lead", "Qualified", "Proposal", "Requisitions Open", "Requisitions Filled", "Closed Lost")

INTERVIEW_TYPES = ("Interview", "Phone Interview", "Client Interview")

OTHER_ACTIVITY_TYPES = ("Call", "Meeting", "Email", "Task", "Reference Check")

ARTIFACT_TYPES = ("Resume", "Cover Letter", "Reference", "Contract", "Other")

OPPORTUNITY_TYPES = ("Direct Hire", "Contract", "Contract to Hire")

TAG_CATEGORIES = {"Skills": ("Python", "Leadership", "Patient Care", "Negotiation", "CAD"), "Status": ("Hot", "Alumni")}

LOOSE_TAGS = ("Newsletter", "Relocating")
