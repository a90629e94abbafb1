"""Jobs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gateway.crelate.entities import Job
from gateway.crelate.filters import Asked
from gateway.crelate.reading.answers import Records, by_key, one_each, split_errors
from gateway.crelate.reading.listing import complete, pages
from gateway.crelate.reading.session import Session
from gateway.crelate.reading.walk import Walk

LIST = "/jobs"


def is_job(session: Session, row: Job) -> bool:
    """Whether the row is a job and not a sales lead (ASM-35)."""
    return session.account.assumptions.leads_are_jobs or not row.IsLead


async def by_ids(session: Session, keys: Sequence[str]) -> Records:
    """The jobs among these."""
    rows, errors = split_errors(await session.jobs.get(keys))
    return by_key(await session.read("Job", _jobs(session, rows))) | errors


async def rows_by_ids(session: Session, keys: Sequence[str]) -> Mapping[str, Any]:
    """The rows of the jobs among these, and errors."""
    found = await session.jobs.get(keys)
    return {name: row for name, row in found.items() if not isinstance(row, Job) or is_job(session, row)}


async def all_rows(session: Session) -> list[Any]:
    """The rows of all jobs there are."""
    return _jobs(session, session.jobs.saw(await complete(pages(session.account.client, LIST))))


def roots(session: Session, rows: Mapping[str, Any]) -> list[Any]:
    """The rows of a page that are jobs, null in the place of others."""
    there = session.jobs.saw(rows)
    return [row if name in there and is_job(session, row) else None for name, row in rows.items()]


async def walk(session: Session, asked: Asked) -> Walk:
    """All jobs, page by page."""

    async def expand(rows: Mapping[str, Any], _: int | None) -> list[list[Any]]:
        return await one_each(session, "Job", roots(session, rows))

    return Walk(pages(session.account.client, LIST, asked=asked), expand, asked)


def _jobs(session: Session, rows: Mapping[str, Any]) -> list[Any]:
    return [row for row in rows.values() if is_job(session, row)]
