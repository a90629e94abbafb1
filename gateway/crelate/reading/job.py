"""Jobs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gateway.crelate.filters import Asked
from gateway.crelate.reading.answers import Records, one_each
from gateway.crelate.reading.listing import complete, pages
from gateway.crelate.reading.rows import split_errors
from gateway.crelate.reading.session import Session
from gateway.crelate.reading.walk import Walk
from resolvers.errors import AtsError

LIST = "/jobs"


async def is_job(session: Session, row: Any) -> bool:
    """Whether the row is a job and not a sales lead that nobody is on (ASM-35)."""
    return not await session.leads.no_jobs([row])


async def by_ids(session: Session, keys: Sequence[str]) -> Records:
    """The jobs among these."""
    return await session.read("Job", await rows_by_ids(session, keys))


async def rows_by_ids(session: Session, keys: Sequence[str]) -> Records:
    """The rows of the jobs among these, and errors: also where it cannot be found out whether a lead is a job."""
    rows, errors = split_errors(await session.jobs.get(keys))
    try:
        left_out = await session.leads.no_jobs(rows.values())
    except AtsError as error:
        return {**{name: error if row.IsLead else row for name, row in rows.items()}, **errors}
    return {**{name: row for name, row in rows.items() if name not in left_out}, **errors}


async def every_row(session: Session) -> Records:
    """The rows of all jobs there are."""
    return await roots(session, await complete(pages(session.account.client, LIST)))


async def roots(session: Session, rows: Records) -> Records:
    """Those of a page that are jobs."""
    there = session.jobs.saw(rows)
    left_out = await session.leads.no_jobs(there.values())
    return {name: row for name, row in there.items() if name not in left_out}


async def walk(session: Session, asked: Asked) -> Walk:
    """All jobs, page by page."""

    async def expand(rows: Records, _: int | None) -> list[list[Any]]:
        return one_each(rows, await session.read("Job", await roots(session, rows)))

    return Walk(pages(session.account.client, LIST, asked=asked), expand, asked)
