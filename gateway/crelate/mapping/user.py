"""Users (crelate-api 4.2 and 5), and their roles: one per `UserType`, beside that of the owner of a job."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from typing import Any

from msgspec import to_builtins

from gateway.crelate.entities import IN_USE, Contact, Lookup, UserKind
from gateway.crelate.entities import User as Row
from gateway.crelate.mapping.table import Computed, Facts, Field, Table, raw_row
from gateway.crelate.protocol import GUID
from gateway.crelate.readers import email, key, text, title
from gateway.crelate.vocabulary import OWNER, OWNER_LABEL, ROLE_SCOPE, SYSTEM_ROLE, UNIFIED_ROLE_TYPE, USER_STATUS
from schema.role import Role, RoleScope
from schema.user import User, UserStatus
from schema.user_role import UserRole


def full_name(row: Row | Contact) -> tuple[str | None, str | None]:
    """First and last name from one text, `Last, First` or `First Last`; lookups have it as their title."""
    name = text(row.FullName or row.Name or row.Title) or ""
    if "," in name:
        last, _, first = name.partition(",")
    else:
        first, _, last = name.rpartition(" ")
    return text(first.strip()), text(last.strip())


FIRST_NAME = "FirstName ?? FullName ?? Name ?? Title"
LAST_NAME = FIRST_NAME.replace("FirstName", "LastName")
FIRST_NAME_RULE = "FirstName ?? the first name in FullName ?? Name ?? Title"
LAST_NAME_RULE = "LastName ?? the last name in FullName ?? Name ?? Title"


def first_name(row: Row | Contact, _: Facts) -> str | None:
    """`FirstName`, else from the full name."""
    return text(row.FirstName) or full_name(row)[0]


def last_name(row: Row | Contact, _: Facts) -> str | None:
    """`LastName`, else from the full name."""
    return text(row.LastName) or full_name(row)[1]


def login(value: Any) -> str | None:
    """An address in lower case, as people sign in with it."""
    address = email(value)
    return address.lower() if address else None


def status(row: Row, _: Facts) -> UserStatus | None:
    """Active by state and not archived; null when the row has no state (ASM-15)."""
    state = title(row.UserState or row.UserStateId)
    if state is None or GUID.fullmatch(state):
        return None
    if row.EntityStatus != IN_USE:
        return UserStatus.INACTIVE
    return USER_STATUS.get(state.lower(), UserStatus.INACTIVE)


USER = Table(
    User,
    Row,
    "/users",
    Field("key", "Id", key),
    Field("remote_id", "Id", key),
    Computed("first_name", first_name, FIRST_NAME, FIRST_NAME_RULE, "ASM-15", usual="FirstName"),
    Computed("last_name", last_name, LAST_NAME, LAST_NAME_RULE, "ASM-15", usual="LastName"),
    Field("email", "Email ?? EmailAddress ?? UserName", login, "ASM-15"),
    Computed(
        "status",
        status,
        "UserState + EntityStatus ?? UserStateId + EntityStatus",
        "ACTIVE where the state is Active and EntityStatus is 1, else INACTIVE; null without a state.",
        "ASM-15",
    ),
    raw_row("/users"),
)

LONGEST_LABEL = 200
"""Characters: a key is in indexes."""


def user_type(user: Row) -> Any:
    """The lookup of a user's type, under either name (ASM-15)."""
    return user.UserType or user.UserTypeId


def system_role(user: Row) -> str | None:
    """Key of the role a user's type stands for: the type's id, else `system:` and its title."""
    kind = user_type(user)
    if isinstance(kind, Lookup) and (found := key(kind)):
        return found
    label = title(kind)
    return f"{SYSTEM_ROLE}{short(label)}" if label else None


def short(label: str) -> str:
    """A label as part of a key; a long one ends in its digest."""
    if len(label) <= LONGEST_LABEL:
        return label
    return label[:LONGEST_LABEL] + blake2b(label.encode(), digest_size=16).hexdigest()


def role_rows(users: Iterable[Row]) -> list[UserKind]:
    """One row per role there is: the owner role, and the distinct types of these users."""
    rows = {OWNER: UserKind(OWNER, OWNER_LABEL)}
    for user in users:
        if role := system_role(user):
            label = title(user_type(user)) or role
            rows.setdefault(role, UserKind(role, label, UserType=user.UserType, UserTypeId=user.UserTypeId))
    return list(rows.values())


def scope(role: Any) -> RoleScope:
    """On jobs for the owner role, in the whole system for all others."""
    return ROLE_SCOPE.get(role, RoleScope.SYSTEM)


def role_data(row: UserKind, _: Facts) -> dict[str, Any]:
    """What a role is made of: a user's type, or nothing but the column whose entries are owners."""
    return {"/jobs": {}} if row.Id == OWNER else {"/users": type_columns(row)}


def type_columns(row: UserKind | Row) -> dict[str, Any]:
    """The columns that hold a user's type."""
    columns = {"UserType": row.UserType, "UserTypeId": row.UserTypeId}
    return {name: to_builtins(value) for name, value in columns.items() if value is not None}


KIND = "UserType ?? UserTypeId"
KIND_RULE = "The Id of UserType ?? UserTypeId, else `system:` and its Title; `job:owner` for the one role on jobs."

ROLE = Table(
    Role,
    UserKind,
    "/users",
    Field("key", "Id"),
    Computed("remote_id", lambda row, _: row.Id, KIND, KIND_RULE),
    Computed("remote_label", lambda row, _: text(row.Title), KIND, "The Title of UserType ?? UserTypeId."),
    Computed("scope", lambda row, _: scope(row.Id), "", "JOB for the owners of jobs, SYSTEM for types of users."),
    Computed(
        "unified_type",
        lambda row, _: UNIFIED_ROLE_TYPE.get(row.Id),
        "",
        "HIRING_MANAGER for the owners of jobs; types of users have none.",
    ),
    raw=role_data,
)


def user_role_key(row: Row, _: Facts) -> str:
    """`{user}:{role}`."""
    return f"{key(row)}:{system_role(row)}"


def role_key(row: Row, _: Facts) -> str | None:
    """The role of the user's type; users without a type have no user role and never get here."""
    return system_role(row)


USER_ROLE = Table(
    UserRole,
    Row,
    "/users",
    Computed("key", user_role_key, "Id"),
    Field("user_key", "Id", key),
    Computed("role_key", role_key, KIND, KIND_RULE, "ASM-15"),
    raw=lambda row, _: {"/users": {"Id": row.Id, **type_columns(row)}},
)
