"""Models that are small tables, or are worked out from one: users, their roles, application stages."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from itertools import chain
from typing import Any

from gateway.crelate.entities import Status, fitted
from gateway.crelate.mapping.application import stage_of
from gateway.crelate.mapping.user import role_rows, system_role
from gateway.crelate.protocol import GUID
from gateway.crelate.readers import part, text
from gateway.crelate.reading.answers import ByIds, ByParents, ChildrenByParent, Records, children_by_parent
from gateway.crelate.reading.rows import read_one
from gateway.crelate.reading.session import Session
from resolvers.errors import AtsError

USERS = "/users"

Whole = Callable[[Session], Awaitable[Records]]
"""Reads all records of a model."""


async def users(session: Session) -> Records:
    """Everybody who works in the account."""
    return await session.read("User", await session.account.tables.users())


async def stages(session: Session) -> Records:
    """All application stages, in the order of the pipeline."""
    return await session.read("ApplicationStage", await session.account.tables.stages())


async def roles(session: Session) -> Records:
    """The role on jobs, and those of the users' types."""
    rows = role_rows((await session.account.tables.users()).values())
    return await session.read("Role", {row.Id: row for row in rows})


async def user_roles(session: Session) -> Records:
    """One for each user who has a type."""
    table = await session.account.tables.users()
    rows = {f"{name}:{role}": row for name, row in table.items() if (role := system_role(row))}
    return await session.read("UserRole", rows)


def among(whole: Whole) -> ByIds:
    """How the records of a model that is read whole are found by key."""

    async def by_ids(session: Session, keys: Sequence[str]) -> Records:
        found = await whole(session)
        return {name: found[name] for name in keys if name in found}

    return by_ids


def holding(whole: Whole, attribute: str) -> ByParents:
    """How they are found by the key they hold in an attribute."""

    async def by_parents(session: Session, keys: Sequence[str], _: int | None) -> ChildrenByParent:
        return children_by_parent((await whole(session)).values(), attribute, keys)

    return by_parents


async def users_by_ids(session: Session, keys: Sequence[str]) -> Records:
    """Users of the table, owners who left it as records name them, and users who joined since it was read."""
    table = await session.account.tables.users()
    known = {name: table[name] for name in keys if name in table}
    named = {name: row for name in keys if name not in known and (row := session.named_owner(name))}
    unknown = [name for name in keys if not (name in known or name in named) and GUID.fullmatch(name)]
    fetched = await asyncio.gather(*(_fetch(session, name) for name in unknown))
    found = {name: row for name, row in zip(unknown, fetched, strict=True) if row}
    return {**await session.read("User", known | found), **await session.unlisted("User", named)}


async def user_row(session: Session, wanted: str) -> Any:
    """The row of a user as it is now; null when there is none.

    Raises:
        AtsError: Crelate does not give it.
    """
    return await read_one(session.account.client, USERS, wanted)


async def stages_by_ids(session: Session, keys: Sequence[str]) -> Records:
    """Stages of the table, and others that pipelines read in this request name."""
    table = await session.account.tables.stages()
    known = {name: table[name] for name in keys if name in table}
    named = {name: row for name in keys if name not in known and (row := _named_stage(session, name))}
    return {
        **await session.read("ApplicationStage", known),
        **await session.unlisted("ApplicationStage", named),
    }


def _named_stage(session: Session, wanted: str) -> Status | None:
    for row in chain.from_iterable(each.pipelines.seen for each in session.naming):
        name = text(part(row.Stage, "Title") or row.StageName)
        if name and stage_of(row) == wanted:
            return fitted(Status, {"Id": wanted, "Title": name})
    return None


async def _fetch(session: Session, wanted: str) -> Any:
    try:
        return await user_row(session, wanted)
    except AtsError as error:
        return error
