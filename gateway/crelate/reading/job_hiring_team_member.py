"""Job hiring team members: the owners of jobs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gateway.crelate.filters import Asked
from gateway.crelate.reading import job
from gateway.crelate.reading.answers import (
    ChildrenByParent,
    Records,
    children_by_parent,
    one_per_owner,
    split_errors,
    team_members,
)
from gateway.crelate.reading.listing import pages
from gateway.crelate.reading.session import Session
from gateway.crelate.reading.walk import Walk

MODEL = "JobHiringTeamMember"


async def by_ids(session: Session, keys: Sequence[str]) -> Records:
    """The members among these: `{job}:{user}`."""
    return await team_members(session, MODEL, keys, job.rows_by_ids)


async def by_job(session: Session, keys: Sequence[str], _: int | None) -> ChildrenByParent:
    """The team of each job."""
    rows, errors = split_errors(await job.rows_by_ids(session, keys))
    members = await session.read(MODEL, await session.owned(rows.values()))
    return {**children_by_parent(members, "job_key", keys), **errors}


async def by_user(session: Session, keys: Sequence[str], _: int | None) -> ChildrenByParent:
    """The memberships of each user: takes all jobs, since Crelate cannot be asked by owner."""
    rows = await job.all_rows(session)
    return children_by_parent(await session.read(MODEL, await session.owned(rows)), "user_key", keys)


async def walk(session: Session, asked: Asked, model: str = MODEL) -> Walk:
    """All link records of a model that the owners of jobs stand for, job by job."""

    async def expand(rows: Mapping[str, Any], _: int | None) -> list[list[Any]]:
        return await one_per_owner(session, model, job.roots(session, rows))

    return Walk(pages(session.account.client, job.LIST, asked=asked), expand, asked)
