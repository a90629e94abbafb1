"""How the tables come to be."""

import asyncio

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, select

from gateway.database.engine import Database
from gateway.database.migrations import migrate
from gateway.database.tables import METADATA, RECORDS


async def test_the_steps_lead_to_the_tables_in_use(database: Database) -> None:
    """A table, column or index that no step makes is found here."""
    async with database.reading() as connection:
        assert await connection.run_sync(_differences) == []


async def test_processes_that_start_together_do_not_collide(database: Database) -> None:
    """Each finds the tables made, whoever made them."""
    await asyncio.gather(*(migrate(database) for _ in range(4)))
    async with database.reading() as connection:
        assert (await connection.execute(select(RECORDS["Job"]))).all() == []


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection)
    ours = {index.name for table in METADATA.tables.values() for index in table.indexes}
    inspector = inspect(connection)
    found = [index for table in METADATA.tables for index in inspector.get_indexes(table)]
    made = {index["name"] for index in found if "duplicates_constraint" not in index}
    return [*compare_metadata(context, METADATA), *(ours ^ made)]
