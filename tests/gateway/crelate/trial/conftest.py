"""A simulated account that trials are made on, and its state as one value."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from gateway.crelate.assumptions import Assumptions
from gateway.crelate.connector import connect
from gateway.crelate.settings import CrelateSettings
from gateway.simulator import Account, Knobs, Simulator, SimulatorConfig, create_simulator
from gateway.simulator.seed.size import Size
from resolvers.ports.trial import HeardCall, Trace, Trial, Trials
from tests.gateway.crelate.conftest import KEY, FakeTime

Wrap = Callable[[httpx.AsyncBaseTransport], httpx.AsyncBaseTransport]


@dataclass(slots=True)
class Notebook:
    """A journal in memory.

    Attributes:
        traces: What it holds.
    """

    traces: list[Trace] = field(default_factory=list)

    def read(self) -> Sequence[Trace]:
        """The traces there are."""
        return list(self.traces)

    def write(self, traces: Sequence[Trace]) -> None:
        """Keep these."""
        self.traces = copy.deepcopy(list(traces))


@dataclass(slots=True)
class Sandbox:
    """An account to be tried out.

    Attributes:
        simulator: Crelate.
        time: Which passes by waiting only.
        notebook: The journal.
        heard: The calls of trials so far.
    """

    simulator: Simulator
    time: FakeTime
    notebook: Notebook = field(default_factory=Notebook)
    heard: list[HeardCall] = field(default_factory=list)

    def turn(self, **knobs: Any) -> None:
        """Set these knobs, and all others to their defaults."""
        self.simulator.knobs = Knobs(**knobs)

    def trials(self, wrap: Wrap = lambda transport: transport, **assumptions: Any) -> Trials:
        """Trials by a connector that knows nothing yet."""
        settings = CrelateSettings(
            KEY, "https://crelate.test/api3", requests_per_minute=10**6, assumptions=Assumptions(**assumptions)
        )
        transport = wrap(httpx.ASGITransport(self.simulator))
        connector = connect(settings, transport=transport, timing=self.time.timing)
        return connector.trials(self.notebook, self.time.now, self.heard.append)

    async def tried(self, wrap: Wrap = lambda transport: transport, **assumptions: Any) -> Trial:
        """One whole trial on the first job."""
        trials = self.trials(wrap, **assumptions)
        job = next(iter(self.simulator.state["jobs"]))
        return await trials.run(job)

    def state(self) -> dict[str, Any]:
        """All that the account holds."""
        account: Account = self.simulator.state
        return {
            "tables": {entity: dict(table) for entity, table in account.tables.items() if table},
            "places": {
                job: [(item.contact_id, item.stage_id) for item in items]
                for job in account["jobs"]
                if (items := account.pipeline.of_job(job))
            },
            "contents": sorted(account.contents),
            "unread": [document.row["Id"] for document in account.unread],
        }


@pytest.fixture(scope="module")
def shared() -> Sandbox:
    """One for a whole module: each trial leaves it as it was."""
    time = FakeTime()
    size = Size(contacts=150, jobs=12, activities=20)
    config = SimulatorConfig(api_keys=(KEY,), clock=time.now, sleep=time.sleep, size=size)
    return Sandbox(create_simulator(config), time)


@pytest.fixture
def sandbox(shared: Sandbox) -> Sandbox:
    """The same, with every knob at its default, nothing noted and nothing heard."""
    shared.turn()
    shared.simulator.faults.clear()
    shared.notebook.traces = []
    shared.heard.clear()
    return shared
