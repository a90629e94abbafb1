"""User roles: worked out from the users."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gateway.crelate.mapping.role import system_role
from gateway.crelate.reading.answers import ChildrenByParent, Records, by_key, children_by_parent
from gateway.crelate.reading.session import Session


async def by_ids(session: Session, keys: Sequence[str]) -> Records:
    """The user roles among these."""
    found = by_key(await whole(session))
    return {name: found[name] for name in keys if name in found}


async def by_user(session: Session, keys: Sequence[str], _: int | None) -> ChildrenByParent:
    """The roles of each user."""
    return children_by_parent(await whole(session), "user_key", keys)


async def by_role(session: Session, keys: Sequence[str], _: int | None) -> ChildrenByParent:
    """The holders of each role."""
    return children_by_parent(await whole(session), "role_key", keys)


async def whole(session: Session) -> list[Any]:
    """One for each user who has a type."""
    users = await session.account.tables.users()
    return await session.read("UserRole", [row for row in users.values() if system_role(row)])
