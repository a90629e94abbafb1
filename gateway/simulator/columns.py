"""The columns of each entity and what they hold (crelate-api 2.7 and 4.2 to 4.11).

What a write sends beyond these is dropped in silence, and `/{entity}/info` lists them.
"""

from collections.abc import Iterable
from enum import StrEnum


class Kind(StrEnum):
    """What a column holds; the value is what `/{entity}/info` calls it (ASM-14)."""

    TEXT = "Text"
    NUMBER = "Number"
    FLAG = "Boolean"
    DATE = "DateTime"
    LOOKUP = "Lookup"
    LOOKUPS = "LookupList"
    OWNERS = "OwnerList"
    EMAIL = "Email"
    PHONE = "Phone"
    ADDRESS = "Address"
    VALUE = "Value"
    POSITION = "Position"
    TAGS = "Tags"


def _columns(kind: Kind, names: str) -> dict[str, Kind]:
    return dict.fromkeys(names.split(), kind)


def _categories(kind: Kind, prefix: str, names: str) -> dict[str, Kind]:
    return {f"{prefix}_{name}": kind for name in names.split()}


_CUSTOM = {
    **{f"CustomField{number}": Kind.TEXT for number in range(1, 11)},
    **{f"CustomField{number}": Kind.NUMBER for number in range(11, 21)},
    **{f"CustomField{number}": Kind.DATE for number in range(21, 31)},
    **{f"CustomField{number}": Kind.LOOKUP for number in range(31, 36)},
}

_KEPT = {"ExternalPrimaryKey": Kind.TEXT, "EntityStatus": Kind.NUMBER}

COLUMNS: dict[str, dict[str, Kind]] = {
    "contacts": {
        **_KEPT,
        **_columns(
            Kind.TEXT,
            "FirstName MiddleName LastName NickName Salutation Description StatusReason SalaryDetails TwitterName",
        ),
        **_columns(Kind.NUMBER, "RecordType Salary DesiredSalaryMin DesiredSalaryMax"),
        **_columns(Kind.FLAG, "SpokenTo"),
        **_columns(Kind.LOOKUP, "AccountId ContactSourceId SuffixId GenderId EthnicityId PreferredContactMethodTypeId"),
        **_columns(Kind.LOOKUPS, "JobTypeIds"),
        "CurrentPosition": Kind.POSITION,
        **_categories(
            Kind.EMAIL, "EmailAddresses", "Work Work_Other Personal Personal_Other Other Other_Alternate Potential"
        ),
        **_categories(
            Kind.PHONE,
            "PhoneNumbers",
            "Mobile Mobile_Other Home Work_Main Work_Direct Work_Other Fax Skype Other Other_Alternate Potential",
        ),
        **_categories(Kind.ADDRESS, "Addresses", "Home Business Other"),
        **_categories(
            Kind.VALUE,
            "Websites",
            "LinkedIn GitHub Facebook Quora Blog Portfolio Personal Business RSSFeed Other Other_Alternate",
        ),
        **_categories(
            Kind.VALUE,
            "InstantAddresses",
            "Skype Twitter FacebookChat FaceTime GoogleTalk AIM ICQ Yahoo_Msg Other",
        ),
        **_categories(Kind.VALUE, "KeyDates", "Birthday Anniversary Other"),
        "Owners": Kind.OWNERS,
        "Tags": Kind.TAGS,
        **_CUSTOM,
    },
    "companies": {
        **_KEPT,
        **_columns(Kind.TEXT, "Name Description"),
        **_columns(Kind.LOOKUP, "AccountSourceId"),
        **_categories(Kind.PHONE, "PhoneNumbers", "Work_Main Work_Other Other"),
        **_categories(Kind.ADDRESS, "Addresses", "Business"),
        **_categories(Kind.ADDRESS, "Locations", "Business"),
        **_categories(Kind.VALUE, "Websites", "Business LinkedIn Other"),
        "Owners": Kind.OWNERS,
        "Tags": Kind.TAGS,
    },
    "jobs": {
        **_KEPT,
        **_columns(
            Kind.TEXT,
            "Name Description CompensationDetails PortalTitle PortalDescription PortalCity PortalState PortalZip "
            "PortalCompanyName PortalCompensation PortalUrlSlug",
        ),
        **_columns(
            Kind.NUMBER,
            "NumberOfOpenings NumberOfPlacements PortalVisibility Salary PayRate BillRate Compensation",
        ),
        **_columns(Kind.FLAG, "IsLead IsOnHold IsHidden IsFeatured OnPortal IsPublishedToFreeBoards"),
        **_columns(Kind.DATE, "UserOpenDate UserCloseDate ClosedOn StartDate EstimatedEndDate PortalLastPostedOn"),
        **_columns(
            Kind.LOOKUP,
            "AccountId JobTitleId OpportunityTypeId LeadSourceId RecruiterId ParentJobId WorkflowTypeId "
            "SalesWorkflowItemStatusId PortalCountryId",
        ),
        **_columns(Kind.LOOKUPS, "JobTypeIds"),
        **_categories(Kind.ADDRESS, "Locations", "Business"),
        **_categories(Kind.ADDRESS, "Addresses", "Business"),
        **_categories(Kind.VALUE, "Websites", "Other"),
        "Owners": Kind.OWNERS,
        "Tags": Kind.TAGS,
        **_CUSTOM,
    },
    "activities": {
        **_KEPT,
        **_columns(Kind.TEXT, "Subject Display Html Location To From"),
        **_columns(Kind.DATE, "When WhenEnd CompletedOn"),
        **_columns(Kind.FLAG, "AllDay Completed IsEngagement Pinned"),
        **_columns(Kind.LOOKUP, "VerbId ParentId RegardingId ResultId"),
        "Owners": Kind.OWNERS,
    },
    "notes": {
        **_KEPT,
        **_columns(Kind.TEXT, "Display"),
        **_columns(Kind.DATE, "When"),
        **_columns(Kind.FLAG, "Pinned"),
        **_columns(Kind.LOOKUP, "ParentId RegardingId"),
    },
    "applications": {
        **_columns(Kind.TEXT, "FirstName LastName"),
        **_columns(Kind.LOOKUP, "JobId ContactId ContactSourceId PrimaryDocumentAttachmentId StatusId"),
    },
    "tags": _columns(Kind.TEXT, "Name") | _columns(Kind.LOOKUP, "TagCategoryId"),
}

LABELS: dict[str, dict[str, str]] = {
    "jobs": {
        "CustomField1": "Work Arrangement",
        "CustomField2": "Interview Panel",
        "CustomField11": "Interview Rounds",
        "CustomField21": "Target Start Date",
        "CustomField31": "Priority",
    },
    "contacts": {
        "CustomField1": "Work Authorization",
        "CustomField2": "Notice Period",
        "CustomField11": "Years of Experience",
        "CustomField21": "Available From",
        "CustomField31": "Seniority",
    },
}
"""What the customer calls its own columns."""


OPTIONS: dict[str, dict[str, dict[str, str]]] = {
    "jobs": {
        "CustomField31": {
            "0c7d1f52-3a0e-4c0b-8d53-5b1f0a6e1101": "High",
            "0c7d1f52-3a0e-4c0b-8d53-5b1f0a6e1102": "Usual",
        }
    },
    "contacts": {
        "CustomField31": {
            "0c7d1f52-3a0e-4c0b-8d53-5b1f0a6e2201": "Junior",
            "0c7d1f52-3a0e-4c0b-8d53-5b1f0a6e2202": "Senior",
            "0c7d1f52-3a0e-4c0b-8d53-5b1f0a6e2203": "Lead",
        }
    },
}
"""What the customer lets people choose in its own columns: id to title."""


def of_kind(entity: str, *kinds: Kind) -> Iterable[str]:
    """The names of an entity's columns of these kinds."""
    return tuple(name for name, kind in COLUMNS[entity].items() if kind in kinds)


EMAILS = of_kind("contacts", Kind.EMAIL)
