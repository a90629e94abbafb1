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
from tests.gateway.replica.records import INTEGRATION, candidate, job

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


async def test_what_was_erased_is_not_in_the_file(tmp_path: Path) -> None:
    """Neither in its pages nor in its log, whoever wrote them: a record, a workflow's input."""
    address, secret = f"sqlite:///{tmp_path}/gateway.sqlite", "Ada-Okafor-4711"
    settings = Settings(database_url=address)
    await erase(settings, INTEGRATION)
    database = open_database(address)
    store = Store(database, now)
    long = [candidate(f"c{number}", first_name=secret, remote_data={"name": secret * 900}) for number in range(50)]
    await store.write(INTEGRATION, "Candidate", long, now())
    async with running(database) as workflows:
        await workflows.begin(FAILING, "k", INTEGRATION, secret)
    await database.close()
    assert secret.encode() in _files(tmp_path)
    await erase(settings, INTEGRATION)
    assert secret.encode() not in _files(tmp_path)


def _files(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())


async def test_without_a_database_there_is_nothing_to_erase() -> None:
    """Which is said."""
    with pytest.raises(SettingsError, match="DATABASE_URL"):
        await erase(Settings(database_url="off"), INTEGRATION)
