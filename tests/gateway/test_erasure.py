"""The command `erase`."""

from pathlib import Path

import pytest

from gateway.clock import now
from gateway.durable.workflows import Kind
from gateway.erasure import erase
from gateway.replica.store import Store
from gateway.settings import Settings, SettingsError
from tests.databases import open_database
from tests.gateway.durable.test_workflows import running
from tests.gateway.replica.records import INTEGRATION, job

FAILING = Kind("test-failing")


async def test_it_says_what_was_erased(tmp_path: Path) -> None:
    """Rows by table, and workflows; then there is nothing left to erase."""
    address = f"sqlite:///{tmp_path}/gateway.sqlite"
    settings = Settings(database_url=address)
    assert await erase(settings, INTEGRATION) == {}
    database = open_database(address)
    await Store(database, now).write(INTEGRATION, "Job", [job("j1")], now())
    async with running(database) as workflows:
        await workflows.begin(FAILING, "k", INTEGRATION)
    await database.close()
    erased = await erase(settings, INTEGRATION)
    assert erased == {"replica_jobs": 1, "replica_changes": 1, "replica_touches": 1, "workflows": 1}
    assert await erase(settings, INTEGRATION) == {}


async def test_without_a_database_there_is_nothing_to_erase() -> None:
    """Which is said."""
    with pytest.raises(SettingsError, match="DATABASE_URL"):
        await erase(Settings(database_url="off"), INTEGRATION)
