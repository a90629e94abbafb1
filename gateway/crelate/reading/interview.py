"""Interviews: activities of an interview type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gateway.crelate.filters import Asked
from gateway.crelate.mapping.interview import application_key
from gateway.crelate.mapping.table import Facts
from gateway.crelate.reading.answers import (
    ChildrenByParent,
    Records,
    by_key,
    children_by_parent,
    one_each,
    pair,
    split_errors,
)
from gateway.crelate.reading.listing import pages
from gateway.crelate.reading.session import Session
from gateway.crelate.reading.walk import Walk

MODEL = "Interview"
LIST = "/activities"
NO_FACTS = Facts()


async def rows_by_ids(session: Session, keys: Sequence[str]) -> Mapping[str, Any]:
    """The rows of the interviews among these, and errors."""
    rows, errors = split_errors(await session.activities.get(keys))
    interviews = {id(row) for row in await session.interviews.interviews(rows.values())} if rows else set()
    return {name: row for name, row in rows.items() if id(row) in interviews} | errors


async def by_ids(session: Session, keys: Sequence[str]) -> Records:
    """The interviews among these."""
    rows, errors = split_errors(await rows_by_ids(session, keys))
    return by_key(await session.read(MODEL, list(rows.values()))) | errors


async def by_application(session: Session, keys: Sequence[str], _: int | None) -> ChildrenByParent:
    """The interviews about each application, `{job}:{contact}`, found by its job or by its contact."""
    halves = [found for name in keys if (found := pair(name))]
    if not halves:
        return {}
    jobs, contacts = (list(dict.fromkeys(half)) for half in zip(*halves, strict=True))
    wanted = set(keys)
    rows = [row for row in await session.interviews.listed(jobs, contacts) if application_key(row, NO_FACTS) in wanted]
    return children_by_parent(await session.read(MODEL, rows), "application_key", keys)


async def by_jobs(session: Session, keys: Sequence[str]) -> list[Any]:
    """The interviews about applications for these jobs."""
    rows = await session.interviews.listed(keys)
    wanted = set(keys)
    found = [row for row in rows if (about := application_key(row, NO_FACTS)) and about.partition(":")[0] in wanted]
    return await session.read(MODEL, found)


async def roots(session: Session, rows: Mapping[str, Any]) -> list[Any]:
    """The rows of a page that are interviews, null in the place of others."""
    there = await session.interviews.interviews(session.activities.saw(rows).values())
    interviews = {id(row) for row in there}
    return [row if id(row) in interviews else None for row in rows.values()]


async def walk(session: Session, asked: Asked) -> Walk:
    """All interviews, page by page."""
    narrowed = {**asked, **await session.interviews.by_type()}

    async def expand(rows: Mapping[str, Any], _: int | None) -> list[list[Any]]:
        return await one_each(session, MODEL, await roots(session, rows))

    return Walk(pages(session.account.client, LIST, asked=narrowed), expand, narrowed)
