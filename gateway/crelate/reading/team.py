"""Hiring and interviewing teams: the owners of jobs, also as holders of the owner role, and of interviews (ASM-26)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.crelate.entities import Link
from gateway.crelate.filters import Asked
from gateway.crelate.mapping.team import owners
from gateway.crelate.reading import interview, job
from gateway.crelate.reading.answers import ChildrenByParent, Records, children_by_parent, pair
from gateway.crelate.reading.listing import pages
from gateway.crelate.reading.rows import split_errors
from gateway.crelate.reading.session import Session
from gateway.crelate.reading.walk import Walk
from gateway.crelate.vocabulary import OWNER

ByRows = Callable[[Session, Records], Awaitable[Records]]


def creator(session: Session) -> str:
    """The column that names who holds an interview without owners (ASM-26); blank when no column does."""
    return "CreatedById" if session.account.assumptions.creator_interviews else ""


@dataclass(frozen=True, slots=True)
class Team:
    """A link model: one record for each owner of a job or an interview, `{job or interview}:{user}`.

    Attributes:
        model: Its name.
        parent: The attribute that holds the key of the job or interview.
        path: The list of these.
        rows_by_ids: Their rows by key, and errors.
        every_row: The rows of all there are.
        roots: Those rows of a page that are such.
        otherwise: The column of whoever counts as the owner where there is none.
        suffix: What stands behind both halves of a key.
    """

    model: str
    parent: str
    path: str
    rows_by_ids: Callable[[Session, Sequence[str]], Awaitable[Records]]
    every_row: Callable[[Session], Awaitable[Records]]
    roots: ByRows
    otherwise: Callable[[Session], str] = lambda _: ""
    suffix: str = ""

    async def members(self, session: Session, rows: Records) -> Records:
        """The link records to the owners of these rows."""
        otherwise = self.otherwise(session)
        links = {
            (name, owner): Link(row, lookup)
            for name, row in rows.items()
            for owner, lookup in owners(row, otherwise).items()
        }
        by_key = {f"{name}:{owner}{self.suffix}": link for (name, owner), link in links.items()}
        if self.suffix:
            return await session.read(self.model, by_key)
        known = {self.parent: [name for name, _ in links], "user_key": [owner for _, owner in links]}
        return await session.read(self.model, by_key, known)

    async def by_ids(self, session: Session, keys: Sequence[str]) -> Records:
        """The members among these."""
        parents = {name: halves[0] for name in keys if (halves := pair(name))}
        rows, errors = split_errors(await self.rows_by_ids(session, list(dict.fromkeys(parents.values()))))
        members = await self.members(session, rows)
        found = {name: members.get(name) or errors.get(parent) for name, parent in parents.items()}
        return {name: record for name, record in found.items() if record is not None}

    async def by_parent(self, session: Session, keys: Sequence[str], _: int | None) -> ChildrenByParent:
        """The team of each job or interview."""
        rows, errors = split_errors(await self.rows_by_ids(session, keys))
        members = await self.members(session, rows)
        return {**children_by_parent(members.values(), self.parent, keys), **errors}

    async def by_user(self, session: Session, keys: Sequence[str], _: int | None) -> ChildrenByParent:
        """The memberships of each user: takes all rows, since Crelate cannot be asked by owner."""
        members = await self.members(session, await self.every_row(session))
        return children_by_parent(members.values(), "user_key", keys)

    async def walk(self, session: Session, asked: Asked) -> Walk:
        """All members, job by job or interview by interview."""
        if self.path == interview.LIST:
            asked = {**asked, **await session.interviews.by_type()}

        async def expand(rows: Records, _: int | None) -> list[list[Any]]:
            teams: dict[str, list[Any]] = {name: [] for name in rows}
            for name, member in (await self.members(session, await self.roots(session, rows))).items():
                teams[name.partition(":")[0]].append(member)
            return list(teams.values())

        return Walk(pages(session.account.client, self.path, asked=asked), expand, asked)


_JOBS = (job.LIST, job.rows_by_ids, job.every_row, job.roots)
_INTERVIEWS = (interview.LIST, interview.rows_by_ids, interview.every_row, interview.roots)

HIRING = Team("JobHiringTeamMember", "job_key", *_JOBS)
INTERVIEWING = Team("InterviewingTeamMember", "interview_key", *_INTERVIEWS, otherwise=creator)
ASSIGNMENTS = Team("JobUserRoleAssignment", "job_user_key", *_JOBS, suffix=f":{OWNER}")


async def assignments_by_job_user(session: Session, keys: Sequence[str], _: int | None) -> ChildrenByParent:
    """The assignment of each hiring team member."""
    members = await ASSIGNMENTS.by_ids(session, [f"{name}{ASSIGNMENTS.suffix}" for name in keys])
    records, errors = split_errors(members)
    failed = {name.removesuffix(ASSIGNMENTS.suffix): error for name, error in errors.items()}
    return {**children_by_parent(records.values(), ASSIGNMENTS.parent, keys), **failed}


async def assignments_by_role(session: Session, keys: Sequence[str], _: int | None) -> ChildrenByParent:
    """The assignments of each role: takes all jobs."""
    if OWNER not in keys:
        return {}
    members = await ASSIGNMENTS.members(session, await job.every_row(session))
    return children_by_parent(members.values(), "role_key", keys)
