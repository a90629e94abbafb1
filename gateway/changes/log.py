"""The change log: every observed change once, in the order of commits."""

from collections.abc import Collection, Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, func, insert, select

from gateway.database.engine import Database
from gateway.database.tables import CHANGES
from resolvers.ports.changes import LogEntry
from schema.change import ChangeKind

CHANNEL = "ats_gateway_changes"
"""Postgres channel on which an integration's name says that there are new changes."""


def log(database: Database, connection: Connection, integration: str, changes: Sequence[LogEntry]) -> None:
    """Write changes to the log, inside a transaction that holds the integration's lock.

    The lock is what keeps positions in the order of commits: none is taken while an earlier one is not yet visible, so
    a reader that has seen a position has seen everything before it.
    """
    if not changes:
        return
    connection.execute(insert(CHANGES), [_row(integration, change) for change in changes])
    if database.is_postgres:  # heard by every process when the transaction commits
        connection.execute(select(func.pg_notify(CHANNEL, integration)))


async def changes_after(
    database: Database, integration: str, position: int, limit: int, models: Collection[str] | None = None
) -> list[LogEntry]:
    """The next changes behind a position, oldest first, of these models or of all."""
    question = (
        select(CHANGES)
        .where(CHANGES.c.integration == integration, CHANGES.c.position > position)
        .order_by(CHANGES.c.position)
        .limit(limit)
    )
    if models is not None:
        question = question.where(CHANGES.c.model.in_(models))
    async with database.reading() as connection:
        return [_change(row) for row in await connection.execute(question)]


async def last_position(database: Database, integration: str) -> int:
    """Position of the newest change, 0 when there is none."""
    question = select(func.max(CHANGES.c.position)).where(CHANGES.c.integration == integration)
    async with database.reading() as connection:
        return await connection.scalar(question) or 0


def _row(integration: str, change: LogEntry) -> dict[str, Any]:
    return {
        "integration": integration,
        "model": change.model,
        "key": change.key,
        "kind": change.kind.value,
        "fields": orjson.dumps(change.properties).decode(),
        "at": change.at,
        "hash_before": change.hash_before,
        "hash_after": change.hash_after,
    }


def _change(row: Any) -> LogEntry:
    return LogEntry(
        row.model,
        row.key,
        ChangeKind(row.kind),
        tuple(orjson.loads(row.fields)),
        row.at,
        row.hash_before,
        row.hash_after,
        row.position,
    )
