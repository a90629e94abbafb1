"""A terminal that remembers what it showed, in a folder of its own, beside a simulated Crelate."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import httpx
import pytest
from rich.console import Console

from gateway.ats import Surroundings
from gateway.connect import Visit, Wish, connect, doctor
from gateway.connectors import CONNECTORS
from gateway.crelate.ats import CRELATE
from gateway.settings import PREFIX, IntegrationSettings, read_settings
from gateway.simulator import FaultKind, Simulator, SimulatorConfig, create_simulator
from resolvers.ports.connector import Connector
from resolvers.ports.integration import IntegrationName
from tests.gateway.crelate.conftest import FakeTime

KEY = "simulated-key"
OTHER_KEY = "other-simulated-key"
ADDRESS = "https://crelate.test/api3"

FAULTS = tuple(kind for kind in FaultKind if kind is not FaultKind.HANG)
"""The faults that end by themselves: only a real connection has a time limit that ends a hanging request."""


@dataclass(slots=True)
class Person:
    """Somebody at the terminal.

    Attributes:
        key: What they paste.
        leave: What they say when asked whether files may be changed.
        asked: The questions so far, with whether the answer was hidden.
        answers: What they say first, question by question.
    """

    key: str = KEY
    leave: str = "y"
    asked: list[tuple[str, bool]] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)

    def __call__(self, question: str, *, hidden: bool = False) -> str:
        """The answer."""
        self.asked.append((question, hidden))
        if self.answers and not hidden:
            return self.answers.pop(0)
        return self.key if hidden else self.leave


@dataclass(slots=True)
class Desk:
    """Where somebody connects accounts.

    Attributes:
        simulator: What answers.
        time: Which passes by waiting only.
        transport: The way to what answers.
        person: Who answers questions.
        config: The settings file.
        keys: Folder of the keys.
        screen: What was shown so far.
        aside: What was shown of a trial so far.
    """

    simulator: Simulator
    time: FakeTime
    transport: httpx.AsyncBaseTransport | None
    config: Path
    keys: Path
    person: Person = field(default_factory=Person)
    screen: io.StringIO = field(default_factory=io.StringIO)
    aside: io.StringIO = field(default_factory=io.StringIO)

    @property
    def surroundings(self) -> Surroundings:
        """What is lent to connectors: the way to what answers, and the desk's time."""
        return Surroundings(self.transport, clock=self.time.clock, sleep=self.time.sleep)

    @property
    def console(self) -> Console:
        """A wide terminal, so that no line is broken."""
        return Console(file=self.screen, width=250)

    @property
    def talk(self) -> Console:
        """Where a trial is shown."""
        return Console(file=self.aside, width=250)

    @property
    def shown(self) -> str:
        """Everything that was shown so far."""
        return self.screen.getvalue()

    def connect(self, name: str = "default", base_url: str = ADDRESS, *, replace: bool = False) -> int:
        """Go through the guide."""
        return connect(
            self.console,
            self.person,
            CRELATE,
            self.surroundings,
            connectors=CONNECTORS,
            name=name,
            base_url=base_url,
            replace=replace,
        )

    def doctor(self, *, as_json: bool = False) -> int:
        """Look over what the settings file says."""
        return self.doctor_at(self.time.now, as_json=as_json)

    def doctor_at(self, now: Callable[[], datetime], *, as_json: bool = False) -> int:
        """The same on a machine whose clock says this."""
        visit = Visit(read_settings(), self.account, now)
        return doctor(self.console, self.console, self.person, visit, as_json=as_json)

    def try_out(self, wish: Wish | None = None, *, as_json: bool = False, account: str | None = None) -> int:
        """The same with a trial by writing."""
        visit = Visit(read_settings(), self.account, self.time.now, account, wish or Wish())
        return doctor(self.console, self.talk, self.person, visit, as_json=as_json)

    def account(self, name: IntegrationName, account: IntegrationSettings) -> Connector:
        """The connector of an account, on the desk's time."""
        return CONNECTORS[account.tool].connect(name, account, self.surroundings)

    def key_file(self, name: str = "default") -> Path:
        """Where a key is kept."""
        return self.keys / f"ats-gateway-{name}.key"

    def answer_with(self, handler: Callable[[httpx.Request], httpx.Response]) -> None:
        """Put something else than Crelate at the address."""
        self.transport = httpx.MockTransport(handler)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """One in an empty folder, with two accounts at Crelate."""
    time = FakeTime()
    config = tmp_path / "ats-gateway.toml"
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv(f"{PREFIX}CONFIG", str(config))
    simulator = create_simulator(SimulatorConfig(api_keys=(KEY, OTHER_KEY), clock=time.now, sleep=time.sleep))
    return Desk(simulator, time, httpx.ASGITransport(simulator), config, tmp_path / "home" / "ats-gateway")
