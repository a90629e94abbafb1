"""What writes of copies touched, written down in their transaction: every process drops that from its memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import BigInteger, Connection, bindparam, delete, func, insert, null, select, type_coerce, union_all

from gateway.database.column_types import Key, instant
from gateway.database.engine import Database
from gateway.database.tables import SYNCS, TOUCHES

KEPT = 500
"""Touches of an integration that are kept at least. Who has not looked for longer starts anew."""

MOST_KEYS = 500
"""Keys that one touch names."""


@dataclass(frozen=True, slots=True)
class Touch:
    """What one write touched: the lists of a model in any case, and records of it.

    Attributes:
        number: Its number.
        model: Name of the model.
        keys: Keys of the records that are another now; null for all.
    """

    number: int
    model: str
    keys: Sequence[str] | None


def touch(connection: Connection, integration: str, model: str, keys: Sequence[str], at: datetime) -> None:
    """Write a touch down, inside a transaction that holds the integration's lock.

    Args:
        connection: In that transaction.
        integration: Whose copies.
        model: Name of the model whose copies or listings were written.
        keys: Keys of the records that are another now: not those that were only seen again.
        at: Where the numbers begin: after an erasure they must not be those from before it.
    """
    newest = connection.scalar(select(func.max(TOUCHES.c.number)).where(TOUCHES.c.integration == integration))
    number = int(at.timestamp() * 1_000_000) if newest is None else newest + 1
    named = orjson.dumps(keys).decode() if len(keys) <= MOST_KEYS else None
    row = {"integration": integration, "number": number, "model": model, "records": named}
    connection.execute(insert(TOUCHES), [row])
    if number % KEPT == 0:
        own = TOUCHES.c.integration == integration
        connection.execute(delete(TOUCHES).where(own, TOUCHES.c.number <= number - KEPT))


async def news(database: Database, integration: str, since: int | None) -> tuple[list[Touch], dict[str, datetime]]:
    """What happened to the copies of an integration, as of one instant.

    Returns:
        The touch with the number `since`, if it is still kept, and all after it, oldest first; the newest one alone
        where that is null. And model -> when its copies were last known to be complete and right; models never synced
        are absent.
    """
    rows = await database.glance(_NEWS, integration=integration, since=since)
    touches = [
        Touch(number, model, None if keys is None else orjson.loads(keys))
        for number, model, keys, _ in rows
        if number is not None
    ]
    return touches, {model: instant(at) for number, model, _, at in rows if number is None}


_own = bindparam("integration", type_=Key)
_newest = select(func.max(TOUCHES.c.number)).where(TOUCHES.c.integration == _own).scalar_subquery()
_NEWS = union_all(
    select(TOUCHES.c.number, TOUCHES.c.model, TOUCHES.c.records, null().label("at")).where(
        TOUCHES.c.integration == _own, TOUCHES.c.number >= func.coalesce(bindparam("since", type_=BigInteger), _newest)
    ),
    select(null(), SYNCS.c.model, null(), type_coerce(SYNCS.c.synced_at, BigInteger)).where(
        SYNCS.c.integration == _own, SYNCS.c.synced_at.is_not(None)
    ),
).order_by("number")
"""Touches, then the instants of syncs with null in place of a number; instants as in their column."""
