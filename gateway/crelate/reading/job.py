"""Jobs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gateway.crelate.entities import Job
from gateway.crelate.filters import Asked
from gateway.crelate.reading.answers import Records, one_each, split_errors
from gateway.crelate.reading.listing import complete, pages
from gateway.crelate.reading.session import Session
from gateway.crelate.reading.walk import Walk

LIST = "/jobs"


def is_job(session: Session, row: Job) -> bool:
    """Whether the row is a job and not a sales lead (ASM-35)."""
    return session.account.assumptions.leads_are_jobs or not row.IsLead


async def by_ids(session: Session, keys: Sequence[str]) -> Records:
    """The jobs among these."""
    rows, errors = split_errors(await rows_by_ids(session, keys))
    return await session.read("Job", rows) | errors


async def rows_by_ids(session: Session, keys: Sequence[str]) -> Records:
    """The rows of the jobs among these, and errors."""
    found = await session.jobs.get(keys)
    return {name: row for name, row in found.items() if not isinstance(row, Job) or is_job(session, row)}


async def every_row(session: Session) -> Records:
    """The rows of all jobs there are."""
    return await roots(session, await complete(pages(session.account.client, LIST)))


async def roots(session: Session, rows: Records) -> Records:
    """Those of a page that are jobs."""
    return {name: row for name, row in session.jobs.saw(rows).items() if is_job(session, row)}


async def walk(session: Session, asked: Asked) -> Walk:
    """All jobs, page by page."""

    async def expand(rows: Records, _: int | None) -> list[list[Any]]:
        return one_each(rows, await session.read("Job", await roots(session, rows)))

    return Walk(pages(session.account.client, LIST, asked=asked), expand, asked)
