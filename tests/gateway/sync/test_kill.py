"""Kill -9 in the middle of a full sync, again and again, on SQLite and on Postgres."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from gateway.changes.log import changes_after
from gateway.replica.store import Store
from gateway.replica.sync_state import sync_states
from resolvers.ports.changes import LogEntry
from schema.change import ChangeKind
from schema.model import MODELS
from schema.sync_status import SyncMode
from tests.databases import open_database
from tests.gateway.replica.records import INTEGRATION, START
from tests.gateway.simulator.serving import serving
from tests.gateway.sync.firm import SMALL
from tests.gateway.sync.processes import KEY, live

pytestmark = pytest.mark.long


@pytest.fixture
def address() -> Iterator[str]:
    """A simulator in a process of its own."""
    with serving(KEY, SMALL) as address:
        yield address


def _killed_again_and_again(database: str, crelate: str) -> int:
    """A full sync by processes that die at their first, second, third request, or at its answer; how many it took."""
    live(database, crelate, SyncMode.FULL, 0)
    return next(n for n in range(1, 40) if live(database, crelate, None, n, answered=bool(n % 2)))


async def _log(database_address: str, after: int) -> list[LogEntry]:
    database = open_database(database_address)
    log = await changes_after(database, INTEGRATION, after, 100_000)
    states = await sync_states(database, INTEGRATION)
    await database.close()
    assert {model for model, state in states.items() if state.complete and state.last_error is None} == set(MODELS)
    return log


async def _counts(database_address: str) -> dict[str, int]:
    database = open_database(database_address)
    store = Store(database, lambda: START)
    counts = {model: await store.count(INTEGRATION, model) for model in MODELS}
    await database.close()
    return counts


def _rows(crelate: str, path: str) -> list[dict[str, Any]]:
    with httpx.Client(base_url=f"{crelate}/api3", headers={"X-Api-Key": KEY}) as http:
        pages = [http.get(path, params={"limit": "100", "offset": str(offset)}).json() for offset in (0, 100)]
    return [row for page in pages for row in page["Data"]]


def test_a_sync_that_is_killed_at_any_page_is_finished(database_address: str, address: str) -> None:
    """Nothing is lost and nothing is doubled; and when a record is gone, that one is marked, and no other."""
    assert _killed_again_and_again(database_address, address) > 5
    first = asyncio.run(_log(database_address, 0))
    assert {entry.kind for entry in first} == {ChangeKind.CREATED}
    created = Counter((entry.model, entry.key) for entry in first)
    assert set(created.values()) == {1}
    assert Counter(model for model, _ in created) == asyncio.run(_counts(database_address))
    contacts = _rows(address, "/contacts")
    assert {row["Id"].lower() for row in contacts if row["RecordType"] & 1} <= {key for _, key in created}
    gone = next(row["Id"] for row in contacts if row["RecordType"] == 1)
    with httpx.Client(base_url=f"{address}/api3", headers={"X-Api-Key": KEY}) as http:
        http.delete(f"/contacts/{gone}").raise_for_status()
    assert _killed_again_and_again(database_address, address) > 5
    second = asyncio.run(_log(database_address, first[-1].position))
    deleted = [entry for entry in second if entry.kind is ChangeKind.DELETED]
    assert [entry.key for entry in deleted if entry.model == "Candidate"] == [gone.lower()]
    assert all(gone.lower() in entry.key for entry in deleted if entry.model == "Application")
    assert {entry.model for entry in deleted} <= {"Candidate", "Application"} | _about(gone, deleted)


def _about(contact: str, deleted: list[LogEntry]) -> set[str]:
    """Activities of a contact go with it."""
    return {entry.model for entry in deleted if entry.model.startswith("Interview")} if contact else set()
