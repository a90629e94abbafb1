"""Copies that were made by another way of reading than the account has now: they count no more until read anew."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Table, delete, insert, select, update

from gateway.clock import Clock
from gateway.database.engine import Database
from gateway.database.tables import LISTINGS, RECORDS, SYNCS, VERSIONS
from gateway.replica.freshness import NEVER
from gateway.replica.touches import touch

UNSYNCED = {"synced_at": None, "last_delta_at": None, "last_full_at": None, "watermark": None, "complete": False}


async def renew(database: Database, integration: str, versions: Mapping[str, str], clock: Clock) -> list[str]:
    """Make copies of models whose version is another one now count as never read.

    Args:
        database: Where they are.
        integration: Whose copies.
        versions: Model -> its version; one that is read as usual is absent.
        clock: What time it is.

    Returns:
        The models.
    """

    def look(connection: Connection) -> list[str]:
        rows = connection.execute(select(VERSIONS).where(VERSIONS.c.integration == integration))
        held = {row.model: row.version for row in rows}
        return sorted(model for model in held.keys() | versions.keys() if held.get(model) != versions.get(model))

    def work(connection: Connection) -> list[str]:
        changed = look(connection)
        for model in changed:
            _outdate(connection, integration, model, clock())
        connection.execute(delete(VERSIONS).where(VERSIONS.c.integration == integration))
        if versions:
            own = [{"integration": integration, "model": model, "version": each} for model, each in versions.items()]
            connection.execute(insert(VERSIONS), own)
        return changed

    return await database.transact(work, "replica", integration) if await database.read(look) else []


def _outdate(connection: Connection, integration: str, model: str, now: datetime) -> None:
    table = RECORDS[model]
    present = (table.c.integration == integration, table.c.remote_deleted_at.is_(None))  # others cannot be read anew
    keys = list(connection.scalars(select(table.c.key).where(*present)))
    connection.execute(update(table).where(*present).values(fetched_at=NEVER))
    connection.execute(update(SYNCS).where(*_of(SYNCS, integration, model)).values(**UNSYNCED))
    connection.execute(delete(LISTINGS).where(*_of(LISTINGS, integration, model)))
    touch(connection, integration, model, keys, now)


def _of(table: Table, integration: str, model: str) -> tuple[ColumnElement[bool], ...]:
    return table.c.integration == integration, table.c.model == model
