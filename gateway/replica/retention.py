"""Retention: deleted records lose their content after a while."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import ColumnElement, Connection, delete, select, update
from sqlalchemy.exc import SQLAlchemyError

from gateway.clock import Clock, Sleep
from gateway.database.columns import columns_of, is_key
from gateway.database.engine import Database
from gateway.database.tables import RECORDS, SKIPPED, VALUES
from gateway.replica import codec
from gateway.replica.touches import touch
from schema.model import MODELS

DELETED_AFTER = timedelta(days=14)
"""How long the content of a deleted record is kept (model 5.4)."""

LOOK_SECONDS = 3600.0
BATCH = 500

_log = structlog.get_logger()

NULLED = ""
"""In place of the hash of a record that has lost its content: no content has it, so a return is a change."""


async def null_deleted(database: Database, clock: Clock, after: timedelta = DELETED_AFTER) -> int:
    """Null the content of all records that were deleted so long ago; how many there were.

    Keys and stamps stay: they say that the record existed, and nothing about a person.
    """
    nulled = sum([await _null_model(database, model, clock, after) for model in MODELS])
    if nulled:
        await database.checkpoint()
    return nulled


async def keep_nulling(database: Database, clock: Clock, after: timedelta, sleep: Sleep) -> None:
    """Do so every hour, without end."""
    while True:
        try:
            await null_deleted(database, clock, after)
        except SQLAlchemyError as failed:  # the database may be away for a while; the next look will do
            _log.warning("retention_failed", error=type(failed).__name__)
        await sleep(LOOK_SECONDS)


async def _null_model(database: Database, model: str, clock: Clock, after: timedelta) -> int:
    due = RECORDS[model].c.remote_deleted_at < clock() - after, RECORDS[model].c.hash != NULLED
    async with database.reading() as connection:
        integrations = list(await connection.scalars(select(RECORDS[model].c.integration).where(*due).distinct()))
    nulled = 0
    for integration in integrations:
        null = partial(_null_some, integration=integration, model=model, due=due, at=clock())
        while some := await database.transact(null, "replica", integration):
            nulled += some
    return nulled


def _null_some(
    connection: Connection, integration: str, model: str, due: Sequence[ColumnElement[bool]], at: datetime
) -> int:
    """Null the content of some records that are due; how many there were."""
    table = RECORDS[model]
    own = table.c.integration == integration
    rows = connection.execute(select(table.c.key, table.c.body).where(own, *due).limit(BATCH)).all()
    emptied = {name: None for name in columns_of(model) if not is_key(name)}
    for row in rows:
        values = {**emptied, "body": codec.anonymous(row.body).decode(), "raw": None, "hash": NULLED}
        connection.execute(update(table).where(own, table.c.key == row.key, *due).values(values))
        held = (VALUES.c.integration == integration, VALUES.c.model == model, VALUES.c.key == row.key)
        connection.execute(delete(VALUES).where(*held))
        noted = (SKIPPED.c.integration == integration, SKIPPED.c.model == model, SKIPPED.c.key == row.key)
        connection.execute(delete(SKIPPED).where(*noted))
    if rows:
        touch(connection, integration, model, [row.key for row in rows], at)
    return len(rows)
