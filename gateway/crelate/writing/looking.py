"""Looking whether a write happened whose answer never came: each returns the id of what it made, or null.

What cannot be told apart by an id is told apart by what was there before: ids that were read ahead of the write are
never taken for its work.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

from gateway.crelate.lookups import Lookups
from gateway.crelate.readers import instant, key, text
from gateway.crelate.writing.contact import agrees, same_name

Look = Callable[[Lookups], Awaitable[str | None]]
"""Asks Crelate; null when the write is nowhere to be seen."""


def for_company(name: str) -> Look:
    """A company is found by its exact name."""

    async def look(lookups: Lookups) -> str | None:
        found = await lookups.company(name)
        return None if found is None else str(found["Id"])

    return look


def for_contact(candidate: Mapping[str, Any], before: frozenset[str]) -> Look:
    """A contact is found by address and name, among those that were not there before."""

    async def look(lookups: Lookups) -> str | None:
        for row in await lookups.contacts(candidate["email_address"]):
            if key(row) not in before and same_name(row, candidate):
                return key(row)
        return None

    return look


def for_contact_change(contact_key: str, columns: Mapping[str, Any]) -> Look:
    """A change is found when the contact holds all of it: Crelate takes it a second time only with ids it gave out."""

    async def look(lookups: Lookups) -> str | None:
        row = await lookups.contact(contact_key) or {}
        return contact_key if all(agrees(row.get(name), value) for name, value in columns.items()) else None

    return look


def for_pipeline_entry(job_key: str, contact_key: str) -> Look:
    """A pipeline entry is found on the job."""

    async def look(lookups: Lookups) -> str | None:
        return None if await lookups.stage_on(job_key, contact_key) is None else f"{job_key}:{contact_key}"

    return look


def for_file(contact_key: str, name: str, before: frozenset[str], *, is_cv: bool) -> Look:
    """A file is found by its name among the contact's files that were not there before, a CV also on the contact."""

    async def look(lookups: Lookups) -> str | None:
        for row in await lookups.files(contact_key):
            if row["name"] == name and row["id"] not in before:
                return str(row["id"])
        return await new_cv(lookups, contact_key, before) if is_cv else None

    return look


async def new_cv(lookups: Lookups, contact_key: str, before: frozenset[str]) -> str | None:
    """The id of a contact's CV, unless it was there before."""
    found = await lookups.cv(contact_key)
    return None if found in before else found


def for_note(contact_key: str, content: str, when: datetime) -> Look:
    """A note is found by its candidate, its text and the time the action gave it: that time is its mark."""

    async def look(lookups: Lookups) -> str | None:
        async for row in lookups.rows("/notes", {"parent_ids": contact_key}):
            mine = key(row.get("ParentId")) == contact_key and text(row.get("Display")) == content
            if mine and _is_same(instant(row.get("When")), when):
                return key(row)
        return None

    return look


def _is_same(stored: datetime | None, given: datetime) -> bool:
    """Whether a stored time is the given one, to the millisecond, or to the second if Crelate cut it there."""
    if stored is None:
        return False
    if stored.microsecond == 0:
        return stored == given.replace(microsecond=0)
    return abs((stored - given).total_seconds()) < MILLISECOND


MILLISECOND = 0.001
