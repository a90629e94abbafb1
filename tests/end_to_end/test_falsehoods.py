"""Worlds in which an assumption about Crelate is false: what the doctor says of them, and what the gateway answers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import pytest_asyncio

from gateway.crelate.beliefs import CHECKS, examine_beliefs
from gateway.crelate.connector import connect
from gateway.crelate.settings import CrelateSettings
from gateway.simulator import Knobs, Simulator, SimulatorConfig, Size, create_simulator
from gateway.simulator.falsehoods import FALSE
from resolvers.ports.integration import IntegrationName
from tests.end_to_end.conftest import KEY, World, gateway_over
from tests.gateway.crelate.conftest import FakeTime

pytestmark = pytest.mark.asyncio(loop_scope="module")

NESTED = """{
  jobs(first: 20) { nodes { remoteId name jobCode visibility salaryAmount closedAt customFields
    location { city country }
    hiringTeam { user { remoteId lastName email status } roles { remoteLabel } }
    applications(first: 250) { nodes { remoteId remoteUpdatedAt currentStage { remoteId name }
      candidate { remoteId lastName title company emailAddresses { emailAddress } location { country } customFields }
      interviews { remoteId title startingAt interviewingTeam { user { lastName } } }
    } }
  } }
  users { nodes { remoteId email status userRoles { role { remoteLabel } } } }
  applicationStages { nodes { remoteId name } }
}"""

ACCOUNT = IntegrationName("crelate:default")

USUAL_REQUESTS, MOST_REQUESTS = 33, 350
"""What the question takes of an account that is as assumed, and at most: one request per record."""

UNSEEN = {"list_disabled_users": "there may be nobody who may no longer sign in"}
"""A knob whose world cannot be told by reading from one where the assumption holds -> why."""

APPLICATIONS = "jobs.nodes.applications.nodes"
CANDIDATE = f"{APPLICATIONS}.candidate"

REFUSED = "UPSTREAM_RATE_LIMITED"

CHANGES: Mapping[str, set[str]] = {
    "ASM-08": {f"{APPLICATIONS}.remoteUpdatedAt"},
    "ASM-12": {REFUSED},
    "ASM-14": {"jobs.nodes.customFields", f"{CANDIDATE}.customFields"},
    "ASM-15": {
        "users.nodes",
        "users.nodes.email",
        "users.nodes.status",
        "users.nodes.userRoles",
        "jobs.nodes.hiringTeam.user.email",
        "jobs.nodes.hiringTeam.user.status",
    },
    "ASM-16": {"applicationStages.nodes"},
    "ASM-26": {f"{APPLICATIONS}.interviews.interviewingTeam"},
    "ASM-27": {f"{APPLICATIONS}.interviews"},
    "ASM-30": {"jobs.nodes.location.country", f"{CANDIDATE}.location.country"},
    "ASM-35": {"jobs.nodes"},
    "ASM-36": {"jobs.nodes.jobCode"},
}
"""Assumption -> what an answer has otherwise where it is false, or the code that refuses it; of all others it
has the same."""

WORLDS = {f"{number}-{place}": (number, world) for number, all_ in FALSE.items() for place, world in enumerate(all_)}

READ_OFF = [number for number in FALSE if number in CHECKS]
STEPS = (1, 7)
PAIRS = sorted(
    {
        tuple(sorted((one, READ_OFF[(place + step) % len(READ_OFF)])))
        for place, one in enumerate(READ_OFF)
        for step in STEPS
    }
)
"""Each assumption that can be read off, with two others."""


@dataclass(slots=True)
class Lab:
    """A gateway and an account that is another one from test to test.

    Attributes:
        simulator: Crelate; nothing here writes to it.
        time: Which passes by waiting only.
        gateway: Has no copies, and a connector that knows nothing yet.
        right: The answer where every assumption holds.
    """

    simulator: Simulator
    time: FakeTime
    gateway: World
    right: Any = None

    def enter(self, world: Mapping[str, Any]) -> None:
        """Let the account be like this, and the gateway meet it for the first time."""
        self.time.let_pass(60)
        self.simulator.knobs = Knobs().changed(dict(world))
        settings = CrelateSettings(KEY, "http://simulator/api3", requests_per_minute=100_000)
        transport = httpx.ASGITransport(self.simulator)
        self.gateway.app.process.connectors[ACCOUNT] = connect(settings, transport=transport, timing=self.time.timing)

    async def said(self) -> dict[str, str]:
        """What the doctor says of each assumption."""
        connector: Any = self.gateway.app.process.connectors[ACCOUNT]
        return {one.belief.number: one.state.value for one in await examine_beliefs(connector.account)}

    async def changed(self) -> set[str]:
        """What of the nested answer is not right; `REFUSED` where it is refused for the quota."""
        answer = await self.gateway.ask(NESTED)
        assert self.gateway.calls.total() <= MOST_REQUESTS
        codes = {error["extensions"]["code"] for error in answer.get("errors", [])}
        return codes or set(differences(self.right, answer["data"]))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def lab() -> AsyncIterator[Lab]:
    """One for all worlds, since to make a gateway takes longer than to ask it."""
    time = FakeTime()
    size = Size(jobs=12, contacts=150, activities=60)
    config = SimulatorConfig(api_keys=(KEY,), size=size, clock=time.now, sleep=time.sleep)
    simulator = create_simulator(config)
    async with gateway_over(simulator) as gateway:
        lab = Lab(simulator, time, gateway)
        lab.enter({})
        lab.right = await gateway.data(NESTED)
        assert gateway.calls.total() == USUAL_REQUESTS
        yield lab


def differences(right: Any, given: Any, path: str = "") -> Iterator[str]:
    """Paths at which an answer is not the right one; records are compared whatever their order."""
    if isinstance(right, dict) and isinstance(given, dict) and right.keys() == given.keys():
        for name in right:
            yield from differences(right[name], given[name], f"{path}.{name}".removeprefix("."))
    elif isinstance(right, list) and isinstance(given, list) and len(right) == len(given):
        for one, other in zip(_ordered(right), _ordered(given), strict=True):
            yield from differences(one, other, path)
    elif right != given:
        yield path


def _ordered(rows: list[Any]) -> list[Any]:
    """Records by their remote id; anything else as it stands."""
    return sorted(rows, key=lambda row: row["remoteId"]) if rows and "remoteId" in rows[0] else rows


async def test_where_every_assumption_holds_none_is_said_to_fail(lab: Lab) -> None:
    """And what is said to be set is set."""
    lab.enter({})
    assert set((await lab.said()).values()) == {"holds", "undecided", "not checked"}
    assert await lab.changed() == set()


@pytest.mark.parametrize("name", WORLDS)
async def test_a_false_assumption_is_named_and_harms_nothing_else(lab: Lab, name: str) -> None:
    """Where reading can show it; and wherever an answer is another one, that is said."""
    number, world = WORLDS[name]
    lab.enter(world)
    state = (await lab.said())[number]
    assert state != "holds"
    if number in CHECKS and not UNSEEN.keys() & world.keys():
        assert state == "does not hold"
    changed = await lab.changed()
    assert changed <= CHANGES.get(number, set())
    if changed - {REFUSED} and not UNSEEN.keys() & world.keys():
        assert state == "does not hold"


@pytest.mark.parametrize(("one", "other"), PAIRS)
async def test_two_false_assumptions_hide_neither(lab: Lab, one: str, other: str) -> None:
    """Both are named, and the answer has nothing otherwise but what either changes."""
    lab.enter(together(FALSE[one][0], FALSE[other][0]))
    said = await lab.said()
    assert (said[one], said[other]) == ("does not hold", "does not hold")
    assert await lab.changed() <= CHANGES.get(one, set()) | CHANGES.get(other, set())


def together(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Both worlds in one; modes of filters are told apart by the filter."""
    both = {**one, **other}
    if "filters" in one and "filters" in other:
        both["filters"] = {**one["filters"], **other["filters"]}
    return both
