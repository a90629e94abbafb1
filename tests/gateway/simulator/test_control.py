from typing import Any

import pytest

from gateway.simulator import FilterMode, Knobs, PipelineProfile, Simulator, SimulatorConfig, create_simulator
from tests.gateway.simulator.conftest import Clock, Crelate

CONTROL = "https://sim/_simulator"


async def test_knobs_can_be_turned_from_outside(simulator: Simulator, crelate: Crelate) -> None:
    """What is sent changes, the rest stays, and it holds at once."""
    changes = {"pipeline_profile": "item", "filters": {"contacts.ids": "off"}, "max_page": 2}

    answer = (await crelate.call("PATCH", f"{CONTROL}/knobs", json=changes)).json()

    assert answer.items() >= {**changes, "retry_after": True}.items()
    assert (await crelate.call("GET", f"{CONTROL}/knobs")).json() == answer
    assert simulator.knobs.pipeline_profile is PipelineProfile.ITEM
    assert simulator.knobs.filter_mode("contacts", "ids") is FilterMode.OFF
    assert len(await crelate.ids("/contacts", ids="none")) == 2


WRONG_KNOBS: list[Any] = [
    {"speed": 1},
    {"pipeline_profile": "v9"},
    {"filters": {"contacts.ids": "maybe"}},
    {"filters": 1},
    {"max_page": "all"},
    [1],
]


@pytest.mark.parametrize("changes", WRONG_KNOBS)
async def test_a_knob_that_does_not_exist_is_refused(simulator: Simulator, crelate: Crelate, changes: Any) -> None:
    """400 with a sentence, and nothing is turned."""
    before = simulator.knobs.to_json()

    refused = await crelate.call("PATCH", f"{CONTROL}/knobs", json=changes)

    assert refused.status_code == 400
    assert refused.json()["error"]
    assert simulator.knobs.to_json() == before


async def test_faults_can_be_set_seen_and_lifted_from_outside(crelate: Crelate) -> None:
    """A rule strikes as one that was set in the process; a senseless one is refused."""
    rule = {"kind": "503", "path": "/jobs", "times": None}

    set_rule = await crelate.call("POST", f"{CONTROL}/faults", json=rule)
    assert set_rule.json().items() >= rule.items()
    assert (await crelate.call("GET", "/jobs")).status_code == 503
    assert (await crelate.call("GET", f"{CONTROL}/faults")).json() == [set_rule.json()]
    assert (await crelate.call("DELETE", f"{CONTROL}/faults")).json() == []
    assert (await crelate.call("GET", "/jobs")).status_code == 200
    for wrong in ({"kind": "418", "path": "/jobs"}, {"kind": "503"}, {**rule, "path": "("}, {**rule, "colour": "red"}):
        assert (await crelate.call("POST", f"{CONTROL}/faults", json=wrong)).status_code == 400


async def test_the_log_can_be_read_and_emptied_from_outside(crelate: Crelate) -> None:
    """Counts and entries as JSON; control calls are not in it, nor is the key."""
    await crelate.call("GET", "/jobs?limit=1&api_key=simulated-key")

    answer = await crelate.call("GET", f"{CONTROL}/log")

    assert answer.json()["counts"] == {"GET /jobs": 1}
    (entry,) = answer.json()["entries"]
    assert entry.items() >= {"method": "GET", "path": "/api3/jobs", "query": {"limit": "1"}, "status": 200}.items()
    assert "simulated-key" not in answer.text
    assert (await crelate.call("DELETE", f"{CONTROL}/log")).json() == {"counts": {}, "entries": []}
    assert (await crelate.call("GET", f"{CONTROL}/log")).json()["counts"] == {}


async def test_the_state_is_counted(simulator: Simulator, crelate: Crelate) -> None:
    """One object per account, with the number of rows of every table."""
    first, second = (await crelate.call("GET", f"{CONTROL}/state")).json()

    assert first["jobs"] == len(simulator.state["jobs"])
    assert first["pipeline"] == len(simulator.state.pipeline)
    assert second["jobs"] == first["jobs"]


async def test_an_unknown_control_is_a_404(crelate: Crelate) -> None:
    """There is no other."""
    assert (await crelate.call("GET", f"{CONTROL}/clock")).status_code == 404


async def test_knobs_can_be_set_at_the_start(clock: Clock) -> None:
    """And turning them later does not reach back into the configuration."""
    config = SimulatorConfig(knobs=Knobs(list_disabled_users=False), clock=clock)
    simulator = create_simulator(config)
    crelate = Crelate(simulator, "simulated-key")

    listed = await crelate.ids("/users")
    simulator.knobs.filters["users.ids"] = FilterMode.OFF
    simulator.knobs.list_disabled_users = True

    assert len(await crelate.ids("/users")) == len(listed) + 1
    assert config.knobs == Knobs(list_disabled_users=False)


async def test_a_disabled_user_that_is_not_listed_can_still_be_read(simulator: Simulator, crelate: Crelate) -> None:
    """By id."""
    simulator.knobs.list_disabled_users = False
    users = simulator.state["users"].values()
    disabled = next(row["Id"] for row in users if row["UserState"]["Title"] == "Disabled")

    assert disabled not in await crelate.ids("/users")
    assert (await crelate.data(f"/users/{disabled}"))["Id"] == disabled
