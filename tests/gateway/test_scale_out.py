"""Two gateways in processes of their own, on one Postgres, against one Crelate that counts requests."""

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing.connection import Connection as Pipe
from typing import Any

import httpx
import pytest

from gateway.changes.feed import Feed
from gateway.crelate.connector import Connector, connect
from gateway.crelate.protocol import get
from gateway.crelate.reading.lists import CrelateLists
from gateway.crelate.settings import CrelateSettings
from gateway.crelate.transport.exchange import Timing
from gateway.database.quota import DatabaseQuota
from gateway.durable.workflows import Workflows
from gateway.replica.store import Store
from gateway.sync.account import Account
from gateway.sync.syncs import Syncs
from resolvers.errors import UpstreamRateLimited
from schema.sync_status import SyncMode
from tests.databases import open_database, postgres_database
from tests.forks import PROCESSES
from tests.gateway.replica.records import INTEGRATION, job
from tests.gateway.simulator.serving import serving
from tests.gateway.sync.firm import SMALL
from tests.gateway.sync.processes import KEY

LIMIT = 60
"""Requests a minute, for both gateways together. A full sync of the account takes about 33."""

BURST = 50
PATIENCE = 60.0


class Gateway:
    """What one of the processes holds, and what it does when it is told to."""

    def __init__(self, database: str, crelate: str) -> None:
        self.database = open_database(database)
        self.feed = Feed(self.database)
        self.store = Store(self.database, _now)
        self.store.on_change = self.feed.wake
        quota = DatabaseQuota(self.database, "key", LIMIT, time.time)
        settings = CrelateSettings(KEY, f"{crelate}/api3")
        syncing = connect(settings, quota=quota)
        self.connector: Connector = connect(settings, quota=quota, timing=Timing(seconds_left=lambda: 1.0))
        account = Account(INTEGRATION, self.store, CrelateLists(syncing.account), _now)
        self.workflows = Workflows(self.database)
        self.syncs = Syncs(self.workflows, self.database, {INTEGRATION: account}, _now)

    async def sync(self) -> bool:
        """Ask for a full sync and wait until none is at work; whether this one asked first."""
        begun = await self.syncs.of(INTEGRATION).begin(SyncMode.FULL)
        while await self.syncs.at_work(INTEGRATION):  # noqa: ASYNC110  the workflow tells the database, not us
            await asyncio.sleep(0.05)
        return not begun.already_running

    async def newest(self) -> int:
        """Position of the newest change."""
        return await self.feed.log(INTEGRATION).newest()

    async def follow(self, position: int) -> str:
        """Key of the next change behind a position, waiting for it."""
        async with asyncio.timeout(PATIENCE):
            return (await anext(self.feed.log(INTEGRATION).follow(position, None))).key

    async def change(self, key: str) -> None:
        """See a record for the first time."""
        await self.store.write(INTEGRATION, "Job", [job(key)], _now())

    async def burst(self) -> int:
        """Ask more than both together may, without patience; how often the answer was to come later."""
        asked = (self.connector.account.client.send(get("/users", {"limit": "1"})) for _ in range(BURST))
        answers = await asyncio.gather(*asked, return_exceptions=True)
        assert all(isinstance(answer, UpstreamRateLimited) for answer in answers if isinstance(answer, Exception))
        return sum(isinstance(answer, Exception) for answer in answers)


def _now() -> datetime:
    return datetime.now(UTC)


def _live(pipe: Pipe, database: str, crelate: str) -> None:
    asyncio.run(_obey(pipe, database, crelate))
    os.kill(os.getpid(), signal.SIGKILL)


async def _obey(pipe: Pipe, database: str, crelate: str) -> None:
    gateway = Gateway(database, crelate)
    await gateway.workflows.start()
    while (order := await asyncio.to_thread(pipe.recv)) is not None:
        name, *arguments = order
        do: Callable[..., Awaitable[Any]] = getattr(gateway, name)
        pipe.send(await do(*arguments))


class Process:
    """One gateway, as seen from here."""

    def __init__(self, database: str, crelate: str) -> None:
        self._pipe, theirs = PROCESSES.Pipe()
        self._process = PROCESSES.Process(target=_live, args=(theirs, database, crelate))
        self._process.start()

    def tell(self, *order: Any) -> None:
        """Have it do something."""
        self._pipe.send(order)

    def hear(self) -> Any:
        """What came of it."""
        assert self._pipe.poll(PATIENCE)
        return self._pipe.recv()

    def ask(self, *order: Any) -> Any:
        """Have it do something and wait for what comes of it."""
        self.tell(*order)
        return self.hear()

    def end(self) -> None:
        """End it."""
        self._process.kill()
        self._process.join()
        self._process.close()


@contextmanager
def _two_gateways(postgres: str, crelate: str) -> Iterator[tuple[Process, Process]]:
    with postgres_database(postgres) as database:
        one, other = Process(database, crelate), Process(database, crelate)
        try:
            yield one, other
        finally:
            one.end()
            other.end()


@pytest.fixture
def crelate() -> Iterator[str]:
    """A simulator with a limit, in a process of its own."""
    with serving(KEY, SMALL) as address:
        httpx.patch(f"{address}/_simulator/knobs", json={"requests_per_minute": LIMIT}).raise_for_status()
        slow = {"kind": "slow", "path": "/users", "seconds": 2}  # so that both ask while the first sync is at work
        httpx.post(f"{address}/_simulator/faults", json=slow).raise_for_status()
        yield address


def _log(crelate: str) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = httpx.get(f"{crelate}/_simulator/log").json()["entries"]
    return entries


def test_two_gateways_share_everything(postgres: str, crelate: str) -> None:
    """One sync, though both ask for one; a change seen by one reaches who follows at the other; no request too many."""
    with _two_gateways(postgres, crelate) as (one, other):
        for process in (one, other):
            process.ask("newest")  # both are up: a sync is over sooner than a process has started
        one.tell("sync")
        other.tell("sync")
        assert sorted([one.hear(), other.hear()]) == [False, True]
        assert [entry["template"] for entry in _log(crelate)].count("/workflowstatuses") == 1
        other.tell("follow", one.ask("newest"))
        one.ask("change", "new")
        assert other.hear() == "new"
        one.tell("burst")
        other.tell("burst")
        refused = one.hear() + other.hear()
        statuses = [entry["status"] for entry in _log(crelate)]
        assert set(statuses) == {200}
        assert refused > 0
