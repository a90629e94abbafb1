"""A connector over a simulated Crelate, both on a clock that moves only when somebody waits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from gateway.crelate.assumptions import Assumptions
from gateway.crelate.connector import Connector, connect
from gateway.crelate.reading.source import LiveSource
from gateway.crelate.settings import CrelateSettings
from gateway.crelate.transport.exchange import Timing
from gateway.profile import AccountProfile
from gateway.simulator import FilterMode, Simulator, SimulatorConfig, create_simulator

KEY = "simulated-key"
BEGIN = datetime(2026, 1, 12, 9, 0, tzinfo=UTC)


@dataclass(slots=True, eq=False)
class FakeTimer:
    """Something that will happen.

    Attributes:
        at: The second at which it happens.
        call: What happens.
        timers: All that are to come.
    """

    at: float
    call: Callable[[], None]
    timers: list[FakeTimer]

    def cancel(self) -> None:
        """Let it not happen, unless it has happened already."""
        if self in self.timers:
            self.timers.remove(self)


@dataclass(slots=True)
class FakeTime:
    """Seconds that pass only by waiting.

    Attributes:
        seconds: How many have passed.
        waits: How long each wait was.
        deadline: When the running operation has to be answered, or null.
        timers: What will happen.
    """

    seconds: float = 0.0
    waits: list[float] = field(default_factory=list)
    deadline: float | None = None
    timers: list[FakeTimer] = field(default_factory=list)

    def clock(self) -> float:
        """Seconds so far."""
        return self.seconds

    def now(self) -> datetime:
        """The same as a moment."""
        return BEGIN + timedelta(seconds=self.seconds)

    async def sleep(self, seconds: float) -> None:
        """Wait, without waiting."""
        self.waits.append(seconds)
        self.let_pass(seconds)
        await asyncio.sleep(0)

    def let_pass(self, seconds: float) -> None:
        """Let so many seconds pass, and everything happen that is due by then."""
        until = self.seconds + seconds
        while due := [timer for timer in self.timers if timer.at <= until]:
            first = min(due, key=lambda timer: timer.at)
            self.timers.remove(first)
            self.seconds = max(self.seconds, first.at)
            first.call()
        self.seconds = until

    def call_later(self, seconds: float, call: Callable[[], None]) -> FakeTimer:
        """Call a function when so many seconds have passed."""
        self.timers.append(FakeTimer(self.seconds + seconds, call, self.timers))
        return self.timers[-1]

    @property
    def timing(self) -> Timing:
        """The same for a connector."""
        return Timing(self.clock, self.sleep, self.seconds_left, self.call_later)

    def seconds_left(self) -> float | None:
        """Until the deadline."""
        return None if self.deadline is None else max(self.deadline - self.seconds, 0.0)


@dataclass(slots=True)
class World:
    """A simulated Crelate and the connector to it."""

    simulator: Simulator
    time: FakeTime
    connector: Connector

    @property
    def counts(self) -> dict[str, int]:
        """Requests so far, by method and path template."""
        return self.simulator.counts

    def session(self) -> LiveSource:
        """A source for one request."""
        return self.connector.source()

    def switch(self, mode: FilterMode, *filters: str) -> None:
        """Let these filters, such as `contacts.ids`, work differently."""
        self.simulator.knobs.filters.update(dict.fromkeys(filters, mode))

    async def prepared(self) -> World:
        """The same, with the filters judged and the log empty."""
        await self.connector.prepare()
        self.simulator.reset_log()
        return self

    def keys(self, entity: str, **columns: Any) -> list[str]:
        """Keys of the rows with these values, in listing order."""
        rows = self.simulator.state[entity].ordered()
        return [row["Id"].lower() for row in rows if all(row.get(name) == value for name, value in columns.items())]

    def jobs(self) -> list[str]:
        """Keys of the jobs that are not leads."""
        return [row["Id"].lower() for row in self.simulator.state["jobs"].ordered() if not row.get("IsLead")]

    def application_keys(self, *jobs: str) -> set[str]:
        """Keys of the applications for these jobs."""
        pipeline = self.simulator.state.pipeline
        return {f"{job}:{item.contact_id}" for job in jobs for item in pipeline.of_job(job)}


MakeWorld = Callable[..., World]
Around = Callable[[httpx.AsyncBaseTransport], httpx.AsyncBaseTransport]


@pytest.fixture
def profile() -> AccountProfile:
    """One that is kept in memory, on the machine's clock."""
    return AccountProfile()


@pytest.fixture
async def make_world() -> AsyncIterator[MakeWorld]:
    """Makes worlds.

    Keyword arguments are assumptions, but for `requests_per_minute`, `around`, a transport, `profile`, `beside`, a
    world that has the same simulator, and `row_bytes`.
    """
    worlds: list[World] = []

    def make(
        requests_per_minute: int = 100_000,
        around: Around = lambda transport: transport,
        profile: AccountProfile | None = None,
        beside: World | None = None,
        row_bytes: int | None = None,
        **assumptions: Any,
    ) -> World:
        time = beside.time if beside else FakeTime()
        config = SimulatorConfig(api_keys=(KEY,), clock=time.now, sleep=time.sleep)
        simulator = beside.simulator if beside else create_simulator(config)
        settings = CrelateSettings(
            KEY,
            "https://crelate.test/api3",
            requests_per_minute=requests_per_minute,
            assumptions=Assumptions(**assumptions),
        )
        transport = around(httpx.ASGITransport(simulator))
        connector = connect(settings, transport=transport, timing=time.timing, profile=profile, row_bytes=row_bytes)
        worlds.append(World(simulator, time, connector))
        return worlds[-1]

    yield make
    for world in worlds:
        await world.connector.close()


@pytest.fixture
def world(make_world: MakeWorld) -> World:
    """One with every default."""
    return make_world()


async def until(condition: Callable[[], object]) -> None:
    """Wait for something that others on the loop bring about."""
    while not condition():  # noqa: ASYNC110  there is no event for it; a test that waits in vain is ended
        await asyncio.sleep(0)
