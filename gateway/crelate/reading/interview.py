"""Interviews: activities of an interview type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gateway.crelate.filters import Asked
from gateway.crelate.protocol import GUID
from gateway.crelate.reading.answers import ChildrenByParent, Records, children_by_parent, one_each
from gateway.crelate.reading.listing import pages
from gateway.crelate.reading.rows import split_errors
from gateway.crelate.reading.session import Session
from gateway.crelate.reading.walk import Walk

MODEL = "Interview"
LIST = "/activities"


async def rows_by_ids(session: Session, keys: Sequence[str]) -> Records:
    """The rows of the interviews among these, and errors."""
    rows, errors = split_errors(await session.activities.get(keys))
    return {**(await session.interviews.interviews(rows) if rows else {}), **errors}


async def every_row(session: Session) -> Records:
    """The rows of all interviews there are."""
    return await session.interviews.listed()


async def by_ids(session: Session, keys: Sequence[str]) -> Records:
    """The interviews among these."""
    return await session.read(MODEL, await rows_by_ids(session, keys))


async def by_application(session: Session, keys: Sequence[str], _: int | None) -> ChildrenByParent:
    """The interviews about each application, `{job}:{contact}`, found by its job or by its contact."""
    pairs = [(job, contact) for job, _, contact in (name.partition(":") for name in keys) if contact]
    jobs = [name for name in dict(pairs) if GUID.fullmatch(name)]
    contacts = list(dict.fromkeys(contact for job, contact in pairs if job in jobs))
    if not contacts:
        return {}
    found = await session.read(MODEL, await session.interviews.listed(jobs, contacts))
    return children_by_parent(found.values(), "application_key", keys)


async def by_jobs(session: Session, keys: Sequence[str]) -> list[Any]:
    """The interviews about applications for these jobs."""
    found = await session.read(MODEL, await session.interviews.listed(keys))
    wanted = set(keys)
    return [record for record in found.values() if (record.application_key or "").partition(":")[0] in wanted]


async def roots(session: Session, rows: Records) -> Records:
    """Those of a page that are interviews."""
    return await session.interviews.interviews(session.activities.saw(rows))


async def walk(session: Session, asked: Asked) -> Walk:
    """All interviews, page by page, and no other activities where Crelate can leave them out."""
    narrowed = {**asked, **await session.interviews.by_type()}

    async def expand(rows: Records, _: int | None) -> list[list[Any]]:
        return one_each(rows, await session.read(MODEL, await roots(session, rows)))

    return Walk(pages(session.account.client, LIST, asked=narrowed), expand, narrowed)
