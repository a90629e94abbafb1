"""Interviewing team members: the owners of interviews (ASM-26)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gateway.crelate.filters import Asked
from gateway.crelate.reading import interview
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

MODEL = "InterviewingTeamMember"


async def by_ids(session: Session, keys: Sequence[str]) -> Records:
    """The members among these: `{interview}:{user}`."""
    return await team_members(session, MODEL, keys, interview.rows_by_ids, otherwise(session))


async def by_interview(session: Session, keys: Sequence[str], _: int | None) -> ChildrenByParent:
    """The team of each interview."""
    rows, errors = split_errors(await interview.rows_by_ids(session, keys))
    members = await session.read(MODEL, await session.owned(rows.values(), otherwise(session)))
    return {**children_by_parent(members, "interview_key", keys), **errors}


async def by_user(session: Session, keys: Sequence[str], _: int | None) -> ChildrenByParent:
    """The memberships of each user: takes all interviews, since Crelate cannot be asked by owner."""
    rows = await session.interviews.listed()
    return children_by_parent(
        await session.read(MODEL, await session.owned(rows, otherwise(session))), "user_key", keys
    )


async def walk(session: Session, asked: Asked) -> Walk:
    """All members, interview by interview."""
    narrowed = {**asked, **await session.interviews.by_type()}

    async def expand(rows: Mapping[str, Any], _: int | None) -> list[list[Any]]:
        return await one_per_owner(session, MODEL, await interview.roots(session, rows), otherwise(session))

    return Walk(pages(session.account.client, interview.LIST, asked=narrowed), expand, narrowed)


def otherwise(session: Session) -> str:
    """The column that names who holds an interview without owners (ASM-26); blank when no column does."""
    return "CreatedById" if session.account.assumptions.creator_interviews else ""
