"""How the tables come to be."""

import asyncio
from collections.abc import AsyncIterator
from warnings import catch_warnings, filterwarnings

import pytest_asyncio
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, select, text

from gateway.database.engine import Database
from gateway.database.migrations import migrate, newest
from gateway.database.tables import METADATA, RECORDS
from tests.databases import open_database


@pytest_asyncio.fixture
async def database(fresh_address: str) -> AsyncIterator[Database]:
    """A database as the steps leave it."""
    opened = open_database(fresh_address)
    yield opened
    await opened.close()


async def test_the_steps_lead_to_the_tables_in_use(database: Database) -> None:
    """A table, column or index that no step makes is found here."""
    async with database.reading() as connection:
        assert await connection.run_sync(_differences) == []


async def test_processes_that_start_together_do_not_collide(database: Database) -> None:
    """Each finds the tables made, whoever made them."""
    await asyncio.gather(*(migrate(database) for _ in range(4)))
    async with database.reading() as connection:
        assert (await connection.execute(select(RECORDS["Job"]))).all() == []


async def test_the_last_step_is_told_by_its_file(database: Database) -> None:
    """What a start compares with, so that it need not load what steps are applied with, is what has been applied."""
    async with database.reading() as connection:
        assert await connection.scalar(text("SELECT version_num FROM alembic_version")) == newest()


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection)
    ours = {index.name for table in METADATA.tables.values() for index in table.indexes}
    with catch_warnings():
        filterwarnings("ignore", ".*expression-based index", append=False)  # SQLite does not tell what is in one
        differences = compare_metadata(context, METADATA)
    return [*differences, *(ours ^ set(connection.scalars(text(_INDEXES[connection.dialect.name]))))]


_INDEXES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL",
    "postgresql": "SELECT indexname FROM pg_indexes WHERE schemaname = 'public' AND indexname LIKE 'ix_%'",
}
"""The indexes that were made by name."""
