"""Job user role assignments: the owners of jobs, seen as holders of the owner role."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.crelate.reading import job
from gateway.crelate.reading.answers import (
    ChildrenByParent,
    Records,
    by_key,
    children_by_parent,
    pair,
    split_errors,
)
from gateway.crelate.reading.session import Session
from gateway.crelate.vocabulary import OWNER

MODEL = "JobUserRoleAssignment"


async def by_ids(session: Session, keys: Sequence[str]) -> Records:
    """The assignments among these: `{job}:{user}:{role}`."""
    members = {name: name.removesuffix(f":{OWNER}") for name in keys if name.endswith(f":{OWNER}")}
    found, errors = split_errors(await by_job_user(session, list(members.values()), None))
    assignments = by_key(record for children in found.values() for record in children.records)
    answers = {name: assignments.get(name) or errors.get(members[name]) for name in members}
    return {name: answer for name, answer in answers.items() if answer is not None}


async def by_job_user(session: Session, keys: Sequence[str], _: int | None) -> ChildrenByParent:
    """The assignment of each hiring team member."""
    jobs = {name: halves[0] for name in keys if (halves := pair(name))}
    rows, errors = split_errors(await job.rows_by_ids(session, list(dict.fromkeys(jobs.values()))))
    found = await session.read(MODEL, await session.owned(rows.values()))
    failed = {name: errors[jobs[name]] for name in jobs if jobs[name] in errors}
    return {**children_by_parent(found, "job_user_key", keys), **failed}


async def by_role(session: Session, keys: Sequence[str], _: int | None) -> ChildrenByParent:
    """The assignments of each role: takes all jobs."""
    if OWNER not in keys:
        return {}
    rows = await job.all_rows(session)
    return children_by_parent(await session.read(MODEL, await session.owned(rows)), "role_key", keys)
