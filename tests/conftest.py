"""Fixtures for the whole tree: every test that asks for a database runs on SQLite and on Postgres."""

import gc
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, settings

from gateway.database.engine import Database
from tests.databases import migrate_at, open_database, postgres_database, postgres_server, used_sqlite_file

# How long an example takes says something about the machine, and nothing about what is tested.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

# pytest-xdist tells its workers how wide its own terminal is. Commands under test are told by their tests.
os.environ.pop("COLUMNS", None)

COLLECTIONS = (20_000, 10, 10)
"""New objects before the youngest are looked through for rubbish, and how often that is before older ones are: Python's
own numbers have the collector take a sixth of the tests' time, over schemas and modules that stay anyway."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def pytest_collection_finish() -> None:
    """Have what was loaded so far left alone by the collector, as a server does when it starts."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECTIONS)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Address of a Postgres that lives as long as the test run."""
    with postgres_server() as address:
        yield address


@pytest.fixture(scope="session")
def used_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file to copy from: it has all tables, and nothing in them."""
    return used_sqlite_file(tmp_path_factory.mktemp("used") / "gateway.sqlite")


@pytest.fixture
def sqlite_address(used_sqlite: Path, tmp_path: Path) -> str:
    """Address of an empty SQLite file with all tables, those of workflows as well."""
    shutil.copy(used_sqlite, tmp_path / "gateway.sqlite")
    return f"sqlite:///{tmp_path}/gateway.sqlite"


@pytest.fixture(params=["sqlite", "postgres"])
def database_address(request: pytest.FixtureRequest) -> Iterator[str]:
    """Address of an empty database with all tables, those of workflows as well, on SQLite and then on Postgres."""
    if request.param == "postgres":
        with postgres_database(request.getfixturevalue("postgres"), used=True) as address:
            yield address
    else:
        yield request.getfixturevalue("sqlite_address")


@pytest.fixture(params=["sqlite", "postgres"])
def fresh_address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Address of a database that was migrated, and in which no workflow ever began."""
    if request.param == "postgres":
        with postgres_database(request.getfixturevalue("postgres")) as address:
            yield address
    else:
        address = f"sqlite:///{tmp_path}/gateway.sqlite"
        migrate_at(address)
        yield address


@pytest_asyncio.fixture
async def database(database_address: str) -> AsyncIterator[Database]:
    """That database, open."""
    opened = open_database(database_address)
    yield opened
    await opened.close()
