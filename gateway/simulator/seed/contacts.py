"""Candidates, clients and leads."""

import unicodedata
from datetime import timedelta

from gateway.simulator.account import Account
from gateway.simulator.assumptions import ACTIVE, CANDIDATE, CLIENT, LEAD
from gateway.simulator.seed import words
from gateway.simulator.seed.companies import address
from gateway.simulator.seed.documents import cv
from gateway.simulator.seed.era import Era
from gateway.simulator.seed.jobs import departed
from gateway.simulator.seed.organization import named, option, recruiters
from gateway.simulator.table import Row
from gateway.simulator.timestamps import date_only

_ODD_TYPES = {
    13: CLIENT,
    27: CANDIDATE | CLIENT,
    41: LEAD,
    55: CANDIDATE | CLIENT | LEAD,
    69: CLIENT,
    83: CANDIDATE | LEAD,
}
"""In every hundred contacts these are not plain candidates."""

_RARE, _SOME, _MOST = 0.1, 0.4, 0.8


def add_contacts(account: Account, era: Era, count: int) -> None:
    """So many contacts; most candidates among them have a CV."""
    for number in range(count):
        row = _contact(account, era, number)
        if row["RecordType"] & CANDIDATE and era.random.random() < _MOST:
            _add_cv(account, row)
        account["contacts"].insert(era.sparse(row))


def _contact(account: Account, era: Era, number: int) -> Row:
    first, last = era.random.choice(words.FIRST_NAMES), era.random.choice(words.LAST_NAMES)
    created = era.days_ago(400, 3)
    modified = era.time(era.between(created, era.now))
    return {
        "Id": account.new_id(),
        "ContactNum": number + 1,
        "RecordType": _ODD_TYPES.get(number % 100, CANDIDATE),
        "EntityStatus": ACTIVE,
        "Name": f"{last}, {first}",
        "FirstName": first,
        "MiddleName": era.random.choice((None, None, "James", "Lee", "Marie")),
        "LastName": last,
        **_addresses(account, era, number, first, last),
        **_work(account, era),
        "ContactSourceId": _choice(account, era, "contactsources"),
        "PrimaryDocumentAttachmentId": None,
        "Owners": _owners(account, era, number),
        "Tags": _tags(account, era),
        "CustomField1": era.random.choice(("US Citizen", "Permanent Resident", "H-1B", None)),
        "CustomField2": era.random.choice(("2 weeks", "1 month", None)),
        "CustomField11": era.random.choice((2, 5, 8, 12, None)),
        **({"CustomField31": option("contacts", "CustomField31", number)} if number % 3 == 0 else {}),
        "CreatedOn": era.time(created),
        "ModifiedOn": modified,
        "CreatedById": account.lookup("users", account.user_id),
        "LastActivityDate": None,
    }


def _addresses(account: Account, era: Era, number: int, first: str, last: str) -> Row:
    """Where to reach a person: every value is a single object under its category (crelate-api 2.7)."""
    random = era.random
    handle = _ascii(f"{first}.{last}{number}")
    _, _, _, area = random.choice(words.PLACES)
    country = "Canada" if random.random() < _RARE else "United States"
    return {
        "EmailAddresses_Personal": _value(account, f"{handle}@example.com", primary=True),
        "EmailAddresses_Work": _value(account, f"{handle}@work.example") if random.random() < _SOME else None,
        "PhoneNumbers_Mobile": _phone(account, era, area, primary=True) if random.random() < _MOST else None,
        "PhoneNumbers_Home": _phone(account, era, area) if random.random() < _RARE else None,
        "PhoneNumbers_Work_Main": _phone(account, era, area) if random.random() < _RARE else None,
        "PhoneNumbers_Fax": _phone(account, era, area) if random.random() < _RARE else None,
        "Addresses_Home": address(account, era, country) if random.random() < _MOST else None,
        "Websites_LinkedIn": _value(account, f"https://www.linkedin.com/in/{handle}")
        if random.random() < _SOME
        else None,
        "KeyDates_Birthday": _value(account, date_only(era.days_ago(20_000, 9_000)))
        if random.random() < _RARE
        else None,
    }


def _work(account: Account, era: Era) -> Row:
    """Employer, position and pay."""
    company = era.random.choice((None, *account["companies"].ordered()))
    title, pay, _ = era.random.choice(words.JOBS)
    employer = company and {"Id": company["Id"], "Title": company["Name"]}
    position = {"Id": account.new_id(), "JobTitle": title, "CompanyId": employer, "IsPrimary": True}
    position["WhenStart"] = date_only(era.now - timedelta(days=era.random.randrange(200, 2500)))
    return {
        "AccountId": employer,
        "CurrentPosition": position if company or era.random.random() < _MOST else None,
        "Salary": era.random.choice((None, pay)),
        "DesiredSalaryMin": era.random.choice((None, pay + 10_000)),
    }


def _owners(account: Account, era: Era, number: int) -> list[Row]:
    """Every fiftieth contact belongs to a user who left."""
    if number % 50 == 49:  # noqa: PLR2004 - see above
        return [departed(account)]
    return [account.owner(era.random.choice(recruiters(account))["Id"], primary=True)]


def _tags(account: Account, era: Era) -> dict[str, list[Row]] | None:
    """Category id to tags; None for most people."""
    if era.random.random() > _SOME:
        return None
    tags: dict[str, list[Row]] = {}
    for row in era.random.sample(account["tags"].ordered(), 2):
        tags.setdefault(row["TagCategoryId"]["Id"], []).append({"Id": row["Id"], "Title": row["Name"]})
    return tags


def _value(account: Account, value: str, *, primary: bool = False) -> Row:
    return {"Id": account.new_id(), "Value": value, "IsPrimary": primary}


def _phone(account: Account, era: Era, area: str, *, primary: bool = False) -> Row:
    """A number of the block that is kept for fiction."""
    return {**_value(account, f"+1{area}55501{era.random.randrange(100):02d}", primary=primary), "Extension": None}


def _choice(account: Account, era: Era, entity: str) -> Row | None:
    row = era.random.choice((None, *account[entity].ordered()))
    return row and account.lookup(entity, row["Id"])


def _ascii(text: str) -> str:
    """`Zoë.O'Brien` to `zoe.obrien`."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return plain.replace("'", "").lower()


def _add_cv(account: Account, contact: Row) -> None:
    name = f"{contact['FirstName']} {contact['LastName']}"
    position = contact["CurrentPosition"] or {"JobTitle": "Between positions"}
    content = cv(name, [contact["EmailAddresses_Personal"]["Value"], position["JobTitle"]])
    file_name = f"{_ascii(name).replace(' ', '-')}-cv.pdf"
    row = {
        "Id": account.new_id(),
        "FileName": file_name,
        "ContentType": "application/pdf",
        "ContentLength": len(content),
        "ParentId": {"Id": contact["Id"], "EntityName": "Contacts"},
        "ArtifactTypeId": named(account, "artifacttypes", "Resume"),
        "IsDocument": True,
        "CreatedOn": contact["CreatedOn"],
    }
    account["artifacts"].insert(row)
    account.contents[row["Id"]] = content
    contact["PrimaryDocumentAttachmentId"] = {"Id": row["Id"], "Title": file_name}
