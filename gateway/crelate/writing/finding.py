"""Whether a write happened whose answer was lost: each `Find` gives the id of what it made, or null.

Ids that were read ahead of the write are never taken for its work.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

from gateway.crelate.entities import Contact, whole
from gateway.crelate.mapping.application import stage_of
from gateway.crelate.mapping.attachment import cv_key
from gateway.crelate.protocol import stored
from gateway.crelate.readers import instant, key, text, title
from gateway.crelate.reading import candidate, company, file, note
from gateway.crelate.reading.session import Session
from gateway.crelate.writing.contact import covers, same_name
from gateway.crelate.writing.questions import place_on
from resolvers.errors import NotFound

Find = Callable[[Session], Awaitable[str | None]]
"""Asks Crelate over a session of its own; null when the write is nowhere to be seen."""


def company_named(name: str) -> Find:
    """A company is found by its exact name."""
    return lambda session: company.named(session, name)


def new_contact(given: Mapping[str, Any], before: frozenset[str]) -> Find:
    """A contact is found by address and name, among those that were not there before."""

    async def find(session: Session) -> str | None:
        rows, _ = await candidate.with_email(session, given["email_address"])
        for row in rows:
            if key(row) not in before and same_name(whole(row), given):
                return key(row)
        return None

    return find


def contact_change(contact_key: str, columns: Mapping[str, Any]) -> Find:
    """A change is found when the contact holds all of it: Crelate takes it a second time only with ids it gave out."""

    async def find(session: Session) -> str | None:
        row = whole(await session.contacts.one(contact_key) or Contact())
        return contact_key if all(covers(row.get(name), value) for name, value in columns.items()) else None

    return find


def pipeline_entry(job_key: str, contact_key: str) -> Find:
    """A pipeline entry is found on the job."""

    async def find(session: Session) -> str | None:
        stage = await session.pipelines.stage_of(stored(job_key), stored(contact_key))
        return None if stage is None else f"{job_key}:{contact_key}"

    return find


def move(job_key: str, contact_key: str, stage_key: str, before: Mapping[str, Any]) -> Find:
    """A move is found where the contact is in the stage, or was since it left the place it had before.

    Raises, when asked:
        NotFound: the contact is not on the job any more, and another move would put it back.
    """

    async def find(session: Session) -> str | None:
        place = await place_on(session, job_key, contact_key)
        if place is None:
            raise NotFound
        is_there = place["stage"] == stage_key or (place != before and await _passed_through(session, before["date"]))
        return f"{job_key}:{contact_key}" if is_there else None

    async def _passed_through(session: Session, since: str | None) -> bool:
        """Somebody has moved it on meanwhile: whether it was in the stage after its last move before the action."""
        left, moves = instant(since), await session.pipelines.moves(stored(job_key), stored(contact_key))
        return left is not None and any(
            stage_of(move) == stage_key and (instant(move.Date) or left) > left for move in moves
        )

    return find


def new_file(contact_key: str, name: str, before: frozenset[str], *, is_cv: bool) -> Find:
    """A file is found by its name among the contact's files that were not there before, a CV also on the contact."""

    async def find(session: Session) -> str | None:
        for row in await file.of_contact(session, contact_key):
            if (text(row.FileName) or title(row)) == name and key(row) not in before:
                return key(row)
        return await new_cv(session, contact_key, before) if is_cv else None

    return find


async def new_cv(session: Session, contact_key: str, before: frozenset[str]) -> str | None:
    """The id of a contact's CV, unless it was there before."""
    found = cv_key(await session.contacts.one(contact_key) or Contact())
    return None if found in before else found


def new_note(contact_key: str, content: str, when: datetime) -> Find:
    """A note is found by its candidate, its text and the time the action gave it: that time is its mark."""

    async def find(session: Session) -> str | None:
        for row in await note.of_contact(session, contact_key):
            if text(row.Display) == content and _is_same(instant(row.When), when):
                return key(row)
        return None

    return find


def _is_same(held: datetime | None, given: datetime) -> bool:
    """Whether a stored time is the given one, to the millisecond, or to the second if Crelate cut it there."""
    if held is None:
        return False
    if held.microsecond == 0:
        return held == given.replace(microsecond=0)
    return abs((held - given).total_seconds()) < MILLISECOND


MILLISECOND = 0.001
