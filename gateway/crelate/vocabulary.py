"""Crelate's words and the unified model's, side by side."""

from __future__ import annotations

from schema.custom_field import CustomFieldType
from schema.role import RoleScope
from schema.user import UserStatus
from schema.values import UnifiedRoleType

USER_STATUS = {"active": UserStatus.ACTIVE}
"""`UserState.Title` in lower case -> status; every other state is INACTIVE (ASM-15)."""

PUBLIC_ON_PORTAL = ("", "0", "public")
"""`PortalVisibility`, as text in lower case, of a job that is PUBLIC on the portal; any other is UNLISTED (ASM-17)."""

PHONE_TYPE = {
    "PhoneNumbers_Mobile": "MOBILE",
    "PhoneNumbers_Mobile_Other": "MOBILE",
    "PhoneNumbers_Home": "HOME",
    "PhoneNumbers_Work_Main": "WORK",
    "PhoneNumbers_Work_Direct": "WORK",
    "PhoneNumbers_Work_Other": "WORK",
    "PhoneNumbers_Other": "OTHER",
    "PhoneNumbers_Other_Alternate": "OTHER",
    "PhoneNumbers_Potential": "OTHER",
}
"""Phone category -> type. `PhoneNumbers_Fax` and `PhoneNumbers_Skype` map to nothing: they reach no person."""

EMAIL_TYPE = {
    "EmailAddresses_Personal": "PERSONAL",
    "EmailAddresses_Personal_Other": "PERSONAL",
    "EmailAddresses_Work": "WORK",
    "EmailAddresses_Work_Other": "WORK",
    "EmailAddresses_Other": "OTHER",
    "EmailAddresses_Other_Alternate": "OTHER",
}
"""E-mail category -> type. `EmailAddresses_Potential` maps to nothing: it is a guess of Crelate's."""

CANDIDATE_ADDRESSES = ("Addresses_Home", "Addresses_Business", "Addresses_Other")
"""Address categories of a contact; the first one counts when none is primary."""

JOB_ADDRESSES = ("Locations_Business", "Addresses_Business")
"""Address categories of a job, the current one and that of the first API (ASM-18)."""

CUSTOM_FIELD = "CustomField"
"""What the names of custom fields begin with."""

CUSTOM_FIELDS = tuple(f"{CUSTOM_FIELD}{number}" for number in range(1, 36))
"""1 to 10 text, 11 to 20 numbers, 21 to 30 dates, 31 to 35 lookups (crelate-api 2.7)."""

CUSTOM_FIELD_TYPE = {
    "text": CustomFieldType.TEXT,
    "number": CustomFieldType.NUMBER,
    "date": CustomFieldType.DATE,
    "datetime": CustomFieldType.DATE,
    "boolean": CustomFieldType.BOOLEAN,
    "lookup": CustomFieldType.OPTION,
}
"""`Type` in an entity's list of fields, in lower case -> what a custom field holds (ASM-14)."""


def custom_field_type(name: str) -> CustomFieldType:
    """What a custom field holds, by its number."""
    number = CUSTOM_FIELDS.index(name) + 1
    return next(kind for last, kind in _LAST.items() if number <= last)


_LAST = {
    10: CustomFieldType.TEXT,
    20: CustomFieldType.NUMBER,
    30: CustomFieldType.DATE,
    35: CustomFieldType.OPTION,
}
"""Number of the last custom field of a type (crelate-api 2.7)."""

COUNTRY_CODE = {
    "england": "GB",
    "great britain": "GB",
    "russia": "RU",
    "scotland": "GB",
    "south korea": "KR",
    "turkey": "TR",
    "u.k.": "GB",
    "u.s.": "US",
    "u.s.a.": "US",
    "uk": "GB",
    "wales": "GB",
}
"""Names of countries that ISO 3166 does not list, in lower case -> code."""

OWNER = "job:owner"
"""Remote id of the one role on jobs: an entry of a job's `Owners`."""

SYSTEM_ROLE = "system:"
"""What stands in front of a `UserType` title when the type has no id of its own."""

ROLE_SCOPE = {OWNER: RoleScope.JOB}
"""Role -> scope; every other role is one of the whole system."""

UNIFIED_ROLE_TYPE = {OWNER: UnifiedRoleType.HIRING_MANAGER}
"""Role -> unified type. No `UserType` maps to one."""

OWNER_LABEL = "Owner"
"""What Crelate's own pages call that role."""
