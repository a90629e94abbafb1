"""Candidates (crelate-api 4.4 and 5): contacts, seen as people who may be hired."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from gateway.crelate.entities import Contact, Entry
from gateway.crelate.mapping.custom_fields import CUSTOM, INTEGRATION
from gateway.crelate.mapping.location import primary_location
from gateway.crelate.mapping.table import Computed, Facts, Field, Table, raw_row
from gateway.crelate.mapping.user import FIRST_NAME, FIRST_NAME_RULE, LAST_NAME, LAST_NAME_RULE, first_name, last_name
from gateway.crelate.phone import shown
from gateway.crelate.readers import email, instant, key, title
from gateway.crelate.vocabulary import CANDIDATE_ADDRESSES, EMAIL_TYPE, PHONE_TYPE
from schema.candidate import Candidate
from schema.values import EmailAddress, Location, PhoneNumber

T = TypeVar("T")

CANDIDATE_BIT = 1
"""In `RecordType`: 1 candidate, 2 client, 4 lead, added up (crelate-api 4.4)."""


def is_candidate(row: Contact) -> bool:
    """Whether the contact is, among other things, a candidate; read from the row, never asked as a filter (ASM-34)."""
    record_type = row.RecordType
    return isinstance(record_type, int) and bool(record_type & CANDIDATE_BIT)


def entries(types: Mapping[str, str], make: Callable[[Entry, str], T | None]) -> Callable[[Contact, Facts], list[T]]:
    """What makes something of every filled category of a contact and its type, the primary one first."""
    lines = ["def find(row, _):", " found, first = [], 0"]
    for column, kind in types.items():
        lines += [
            f" if (entry := row.{column}).__class__ is Entry and (made := make(entry, {kind!r})) is not None:",
            "  if entry.IsPrimary is True:",
            "   found.insert(first, made)",
            "   first += 1",
            "  else:",
            "   found.append(made)",
        ]
    known: dict[str, Any] = {Entry.__name__: Entry, "make": make}
    exec("\n".join([*lines, " return found"]), known)  # noqa: S102  made of our tables
    find: Callable[[Contact, Facts], list[T]] = known["find"]
    return find


def phone_number(entry: Entry, kind: str) -> PhoneNumber | None:
    """A number as Crelate spells it, with its extension."""
    number = shown(entry.Value, entry.Extension)
    return PhoneNumber(phone_number=number, type=kind) if number else None


def email_address(entry: Entry, kind: str) -> EmailAddress | None:
    """An address, if it is valid (model 3)."""
    address = email(entry.Value)
    return EmailAddress(email_address=address, type=kind) if address else None


phone_numbers, email_addresses = entries(PHONE_TYPE, phone_number), entries(EMAIL_TYPE, email_address)


def candidate_location(row: Contact, _: Facts) -> Location | None:
    """The primary address, else the home address, else any other."""
    return primary_location(row, CANDIDATE_ADDRESSES)


def remote_url(row: Contact, facts: Facts) -> str:
    """The contact's page in Crelate."""
    return f"{facts.web_url}/go#stage/_Contacts/DefaultView/{row.Id}/summary"


LOCATION = " ?? ".join(CANDIDATE_ADDRESSES)

CANDIDATE = Table(
    Candidate,
    Contact,
    "/contacts",
    Field("key", "Id", key),
    Field("remote_id", "Id", key),
    Computed("first_name", first_name, FIRST_NAME, FIRST_NAME_RULE, usual="FirstName"),
    Computed("last_name", last_name, LAST_NAME, LAST_NAME_RULE, usual="LastName"),
    Field("company", "CurrentPosition.CompanyId ?? AccountId", title),
    Field("title", "CurrentPosition.JobTitle", title),
    Computed("phone_numbers", phone_numbers, " + ".join(PHONE_TYPE), "Every category, the primary one first."),
    Computed("email_addresses", email_addresses, " + ".join(EMAIL_TYPE), "Every category, the primary one first."),
    Computed("location", candidate_location, " + ".join(CANDIDATE_ADDRESSES), f"The primary one, else {LOCATION}."),
    CUSTOM,
    INTEGRATION,
    Computed("remote_url", remote_url, "Id", "The address of Crelate's page of this Id."),
    Field("remote_created_at", "CreatedOn", instant),
    Field("remote_updated_at", "ModifiedOn", instant),
    raw_row("/contacts"),
)
