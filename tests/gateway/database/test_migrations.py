"""How the tables come to be."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, select, text

from gateway.database.engine import Database
from gateway.database.indexes import with_indexes
from gateway.database.migrations import migrate, newest, upgrade
from gateway.database.tables import RECORDS
from tests.databases import open_database

pytestmark = pytest.mark.filterwarnings("ignore:.*expression-based index")  # SQLite does not tell what is in one


@pytest_asyncio.fixture
async def database(fresh_address: str) -> AsyncIterator[Database]:
    """A new database."""
    opened = open_database(fresh_address)
    yield opened
    await opened.close()


async def test_the_steps_lead_to_the_tables_in_use(database: Database) -> None:
    """They make what a new database gets at once: a table, column or index that no step makes is found here."""
    async with database.writing("migrate") as connection:
        new = await connection.run_sync(_shape)
        await connection.run_sync(with_indexes(connection.dialect.name).drop_all)
        await connection.execute(text("DROP TABLE alembic_version"))
        await connection.run_sync(upgrade)
        assert await connection.run_sync(_shape) == new
        assert await connection.run_sync(_differences) == []


async def test_an_older_database_gets_the_steps_it_lacks(database: Database) -> None:
    """And keeps what it holds."""
    async with database.writing("before") as connection:
        await connection.execute(text("DROP TABLE replica_versions"))
        await connection.execute(text("UPDATE alembic_version SET version_num = '0010'"))
    await migrate(database)
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


def _shape(connection: Connection) -> dict[str, object]:
    """What there is to know of each table, whatever the order of its columns, and the statement behind each index."""
    found = inspect(connection)
    shape: dict[str, object] = dict(map(tuple, connection.execute(text(_STATEMENTS[connection.dialect.name]))))
    for table in found.get_table_names():
        columns = {
            column["name"]: {what: repr(value) for what, value in column.items()} for column in found.get_columns(table)
        }
        shape[table] = columns, found.get_pk_constraint(table), sorted(found.get_unique_constraints(table), key=str)
    return shape


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection)
    tables = with_indexes(connection.dialect.name)
    ours = {index.name for table in tables.tables.values() for index in table.indexes}
    differences = compare_metadata(context, tables)
    return [*differences, *(ours ^ set(connection.scalars(text(_INDEXES[connection.dialect.name]))))]


_INDEXES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL",
    "postgresql": "SELECT indexname FROM pg_indexes WHERE schemaname = 'public' AND indexname LIKE 'ix_%'",
}
"""The indexes that were made by name."""

_STATEMENTS = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    " UNION SELECT 'counts ' || name, '' FROM sqlite_master WHERE sql LIKE '%AUTOINCREMENT%'",
    "postgresql": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
}
"""Name -> statement of each index, and which tables of SQLite never give a number out twice."""
