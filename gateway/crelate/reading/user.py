"""Users: a small table; owners who left it are known by what records say of them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from gateway.crelate.protocol import GUID
from gateway.crelate.reading.answers import Records, by_key, split_errors
from gateway.crelate.reading.rows import read_one
from gateway.crelate.reading.session import Session
from resolvers.errors import AtsError

LIST = "/users"


async def by_ids(session: Session, keys: Sequence[str]) -> Records:
    """Users of the table, named owners, and users who joined since the table was read."""
    users = await session.account.tables.users()
    known = {name: row for name in keys if (row := users.get(name) or session.named_owner(name))}
    unknown = [name for name in keys if name not in known and GUID.fullmatch(name)]
    fetched = await asyncio.gather(*(_fetch(session, name) for name in unknown))
    rows, errors = split_errors({name: row for name, row in zip(unknown, fetched, strict=True) if row})
    return by_key(await session.read("User", [*known.values(), *rows.values()])) | errors


async def whole(session: Session) -> list[Any]:
    """All users."""
    return await session.read("User", list((await session.account.tables.users()).values()))


async def one(session: Session, wanted: str) -> Any:
    """The row of a user as it is now; null when there is none.

    Raises:
        AtsError: Crelate does not give it.
    """
    return await read_one(session.account.client, LIST, wanted)


async def _fetch(session: Session, wanted: str) -> Any:
    try:
        return await one(session, wanted)
    except AtsError as error:
        return error
