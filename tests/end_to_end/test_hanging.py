"""A question that hangs takes nothing with it but what depends on it."""

from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import pytest

from gateway.simulator import FaultKind, SimulatorConfig, create_simulator
from tests.end_to_end.conftest import KEY, World, gateway_over

NESTED = """{
  jobs(first: 8) { nodes { remoteId
    applications(first: 250) { nodes { remoteId
      candidate { remoteId lastName }
      currentStage { name }
      interviews { remoteId interviewingTeam { user { lastName } } }
    } }
    hiringTeam { user { lastName } roles { unifiedType } }
  } }
}"""

INTERVIEWS = """query ($ids: [String!]!) {
  jobs(filter: {remoteIds: $ids}) { nodes { applications { nodes { interviews { remoteId } } } } }
}"""


@pytest.fixture
async def hurried() -> AsyncIterator[World]:
    """A gateway that answers within two seconds, whatever Crelate does."""
    simulator = create_simulator(SimulatorConfig(api_keys=(KEY,)))
    async with gateway_over(simulator, operation_timeout=2) as world:
        await world.prepare()
        yield world


@pytest.fixture
async def patient() -> AsyncIterator[World]:
    """A gateway that answers within twelve seconds: half of them are enough for all but the one that hangs."""
    simulator = create_simulator(SimulatorConfig(api_keys=(KEY,)))
    async with gateway_over(simulator, operation_timeout=12) as world:
        await world.prepare()
        yield world


async def test_other_branches_are_complete(hurried: World) -> None:
    """With contacts out of reach, everybody else is there: also who is found on the same level, or below it."""
    expected = await hurried.data(NESTED)
    for application in applications(expected):
        application["candidate"] = None
    hurried.simulator.faults.add(FaultKind.HANG, "/contacts", times=None)
    answer = await hurried.ask(NESTED)
    assert answer["data"] == expected
    assert any(interview["interviewingTeam"] for each in applications(expected) for interview in each["interviews"])
    assert {error["extensions"]["code"] for error in answer["errors"]} == {"UPSTREAM_UNAVAILABLE"}
    assert {error["path"][-1] for error in answer["errors"]} == {"candidate"}
    assert len({tuple(error["path"]) for error in answer["errors"]}) == len(applications(expected))


async def test_other_root_fields_are_complete(hurried: World) -> None:
    """Planned ones and those of graphql-core."""
    hurried.simulator.faults.add(FaultKind.HANG, "/contacts", times=None)
    answer = await hurried.ask("""{
        candidates(first: 1) { nodes { lastName } }
        jobs(first: 1) { nodes { hiringTeam { user { lastName } } } }
        coverage { models { name } }
    }""")
    assert answer["data"]["candidates"] is None
    assert answer["data"]["jobs"]["nodes"][0]["hiringTeam"][0]["user"]["lastName"]
    assert answer["data"]["coverage"]["models"]
    assert [(error["path"], error["extensions"]["code"]) for error in answer["errors"]] == [
        (["candidates"], "UPSTREAM_UNAVAILABLE")
    ]


@pytest.mark.parametrize("path", ["/jobs/{id}/contacts", "/contacts"])
async def test_a_single_hang_costs_a_call_and_nothing_else(patient: World, path: str) -> None:
    """The question is asked again within the deadline."""
    expected = await patient.data(NESTED)
    calls = patient.calls
    patient.simulator.faults.add(FaultKind.HANG, path, times=1)
    assert await patient.data(NESTED) == expected
    assert patient.calls == calls + Counter({f"GET {path}": 1})


async def test_interviews_wait_for_no_pipeline(hurried: World) -> None:
    """They are asked for by job, in the one call that they take."""
    ids = [job["Id"] for job in hurried.account["jobs"].ordered() if not job.get("IsLead")][:3]
    assert await hurried.data(INTERVIEWS, ids=ids)
    calls = hurried.calls
    hurried.simulator.faults.add(FaultKind.HANG, "/jobs/{id}/contacts", times=None)
    answer = await hurried.ask(INTERVIEWS, ids=ids)
    assert {error["path"][-1] for error in answer["errors"]} == {"applications"}
    assert hurried.calls["GET /activities"] == calls["GET /activities"] == 1


def applications(data: Any) -> list[dict[str, Any]]:
    """The applications of all jobs."""
    return [application for job in data["jobs"]["nodes"] for application in job["applications"]["nodes"]]
