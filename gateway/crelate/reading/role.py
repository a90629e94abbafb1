"""Roles: worked out from the users."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gateway.crelate.mapping.role import role_rows
from gateway.crelate.reading.answers import Records, by_key
from gateway.crelate.reading.session import Session


async def by_ids(session: Session, keys: Sequence[str]) -> Records:
    """The roles among these."""
    roles = by_key(await whole(session))
    return {name: roles[name] for name in keys if name in roles}


async def whole(session: Session) -> list[Any]:
    """All roles."""
    users = await session.account.tables.users()
    return await session.read("Role", role_rows(users.values()))
