"""Actions over a simulated Crelate, with a clock that moves when somebody waits."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import httpx
import pytest

from gateway.actions.actions import Actions, Connection
from gateway.actions.passing import READ_ONLY, Allowance
from gateway.crelate.account import Account
from gateway.crelate.assumptions import Assumptions
from gateway.crelate.canary import Canary
from gateway.crelate.client import Client
from gateway.crelate.reading.file import CrelateFiles
from gateway.crelate.reading.source import LiveSource
from gateway.crelate.reading.tables import Tables
from gateway.crelate.transport.exchange import Timing
from gateway.crelate.writing.writer import CrelateWriter
from gateway.database.engine import Database
from gateway.durable.workflows import Workflows
from gateway.simulator import Simulator, SimulatorConfig, create_simulator
from tests.databases import open_database
from tests.gateway.simulator.conftest import Clock

INTEGRATION = "crelate:default"
KEY = "simulated-key"


def account_at(core: httpx.AsyncBaseTransport | None, base_url: str, timing: Timing) -> Account:
    """A Crelate account behind a transport, without a limit that tests would run into."""
    assumptions = Assumptions()
    client = Client(KEY, base_url, core=core, timing=timing)
    canary = Canary(client, assumptions, timing.clock)
    return Account(client, canary, Tables(client, assumptions, timing.clock), assumptions, "https://app.crelate.com")


def connection_to(account: Account, allowed: Allowance = READ_ONLY) -> Connection:
    """What actions need of an account."""
    return Connection(partial(CrelateWriter, account), CrelateFiles(account), lambda: LiveSource(account), allowed)


@asynccontextmanager
async def running(database: Database, account: Account, clock: Clock, **options: Any) -> AsyncIterator[Actions]:
    """The actions of one process on Crelate."""
    allowed = options.pop("allowed", Allowance(("* /**",)))
    async with started(database, {INTEGRATION: connection_to(account, allowed)}, clock, **options) as actions:
        yield actions


@asynccontextmanager
async def started(
    database: Database, connections: Mapping[str, Connection], clock: Clock, **options: Any
) -> AsyncIterator[Actions]:
    """The actions of one process on whatever is connected."""
    workflows = Workflows(database)
    actions = Actions(database, workflows, connections, clock=clock, sleep=clock.sleep, **options)
    await actions.start()
    await workflows.start()
    try:
        yield actions
    finally:
        await workflows.stop()


@pytest.fixture
def clock() -> Clock:
    """A June morning."""
    return Clock()


@pytest.fixture
def simulator(clock: Clock) -> Simulator:
    """One account of the demo's size."""
    return create_simulator(SimulatorConfig(api_keys=(KEY,), clock=clock, sleep=clock.sleep))


@pytest.fixture
async def account(simulator: Simulator, clock: Clock) -> AsyncIterator[Account]:
    """The gateway's way to it."""
    timing = Timing(sleep=clock.sleep)
    account = account_at(httpx.ASGITransport(simulator), "https://sim/api3", timing)
    yield account
    await account.client.aclose()


@pytest.fixture
async def sqlite(sqlite_address: str) -> AsyncIterator[Database]:
    """A database of its own: what differs between databases is tested with the kill tests."""
    database = open_database(sqlite_address)
    yield database
    await database.close()


@pytest.fixture
async def actions(sqlite: Database, account: Account, clock: Clock) -> AsyncIterator[Actions]:
    """The actions of one process."""
    async with running(sqlite, account, clock) as actions:
        yield actions
