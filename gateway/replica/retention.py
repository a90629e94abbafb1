"""Retention: deleted records lose their content after a while."""

from datetime import timedelta

import structlog
from sqlalchemy import delete, select, update
from sqlalchemy.exc import SQLAlchemyError

from gateway.clock import Clock, Sleep
from gateway.database.columns import columns_of, is_key
from gateway.database.engine import Database
from gateway.database.tables import RECORDS, VALUES
from gateway.replica import codec
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
    return sum([await _null_model(database, model, clock, after) for model in MODELS])


async def keep_nulling(database: Database, clock: Clock, after: timedelta, sleep: Sleep) -> None:
    """Do so every hour, without end."""
    while True:
        try:
            await null_deleted(database, clock, after)
        except SQLAlchemyError as failed:  # the database may be away for a while; the next look will do
            _log.warning("retention_failed", error=type(failed).__name__)
        await sleep(LOOK_SECONDS)


async def _null_model(database: Database, model: str, clock: Clock, after: timedelta) -> int:
    table = RECORDS[model]
    due = (table.c.remote_deleted_at < clock() - after, table.c.hash != NULLED)
    nulled = 0
    while True:
        async with database.writing("retention") as connection:
            question = select(table.c.integration, table.c.key, table.c.body).where(*due).limit(BATCH)
            rows = (await connection.execute(question)).all()
            for row in rows:
                own = (table.c.integration == row.integration, table.c.key == row.key)
                emptied = {name: None for name in columns_of(model) if not is_key(name)}
                body = codec.anonymous(row.body).decode()
                values = {**emptied, "body": body, "raw": None, "hash": NULLED}
                await connection.execute(update(table).where(*own, *due).values(values))
                held = (VALUES.c.integration == row.integration, VALUES.c.model == model, VALUES.c.key == row.key)
                await connection.execute(delete(VALUES).where(*held))
        nulled += len(rows)
        if len(rows) < BATCH:
            return nulled
