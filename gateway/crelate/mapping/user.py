"""Users (crelate-api 4.2 and 5)."""

from __future__ import annotations

from typing import Any

from gateway.crelate.entities import IN_USE, Contact
from gateway.crelate.entities import User as Row
from gateway.crelate.mapping.table import Computed, Facts, Field, Table, endpoint
from gateway.crelate.protocol import GUID
from gateway.crelate.readers import email, key, text, title
from gateway.crelate.vocabulary import USER_STATUS
from schema.user import User, UserStatus


def full_name(row: Row | Contact) -> tuple[str | None, str | None]:
    """First and last name from one text, `Last, First` or `First Last`; lookups have it as their title."""
    name = text(row.FullName or row.Name or row.Title) or ""
    if "," in name:
        last, _, first = name.partition(",")
    else:
        first, _, last = name.rpartition(" ")
    return text(first.strip()), text(last.strip())


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
    Field("key", "Id", key),
    Field("remote_id", "Id", key),
    Computed("first_name", first_name),
    Computed("last_name", last_name),
    Field("email", "Email ?? EmailAddress ?? UserName", login),
    Computed("status", status),
    Computed("remote_data", endpoint("/users")),
)
