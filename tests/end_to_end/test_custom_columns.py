"""A custom field in the place of a field of the model: live, from copies, and when the settings change."""

import asyncio
from pathlib import Path
from typing import Any

from gateway.simulator import SimulatorConfig, create_simulator
from tests.end_to_end.conftest import KEY, World, gateway_over

CODES = "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Job { jobCode remoteId } } }"
BY_CODE = '{ jobs(filter: { jobCodes: ["Hybrid"] }) { nodes { jobCode } totalCount } }'
NAMES = "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Candidate { title } } }"
MAPPED = {"job": {"job_code": "CustomField1"}}


def open_jobs(world: World) -> list[dict[str, Any]]:
    """Rows of jobs that are no leads."""
    return [row for row in world.account["jobs"].ordered() if not row.get("IsLead")]


async def sync(world: World) -> None:
    """Bring the copies up to date, whole."""
    await world.data("mutation { sync(input: { mode: FULL }) { alreadyRunning } }")
    while (await world.data("{ syncStatus { running } }"))["syncStatus"]["running"]:  # noqa: ASYNC110  the workflow tells the database, not us
        await asyncio.sleep(0.05)


async def test_copies_of_another_mapping_do_not_count(tmp_path: Path) -> None:
    """They are read anew, and only those of the model that is read otherwise; lists that need them wait for a sync."""
    simulator = create_simulator(SimulatorConfig(api_keys=(KEY,)))
    usual: dict[str, Any] = {"database_url": f"sqlite:///{tmp_path / 'gateway.sqlite'}", "max_age": 86400}
    async with gateway_over(simulator, **usual) as world:
        first, *_ = rows = open_jobs(world)
        person = next(iter(world.account["contacts"].values()))["Id"]
        ids = [f"remote:{first['Id']}"]
        own = (await world.data("query ($id: ID!) { job(id: $id) { id } }", id=ids[0]))["job"]["id"]
        other = (await world.data("query ($id: ID!) { candidate(id: $id) { id } }", id=f"remote:{person}"))[
            "candidate"
        ]["id"]
        first["CustomField1"] = "Hybrid"
        assert (await world.data(CODES, ids=[own]))["nodes"][0]["jobCode"] != "Hybrid"
        assert world.calls.total() == 0
    async with gateway_over(simulator, **usual, custom_fields=MAPPED) as world:
        without = await world.ask(CODES, {"Cache-Control": "only-if-cached"}, ids=[own])
        assert [error["extensions"]["code"] for error in without["errors"]] == ["UPSTREAM_UNAVAILABLE"]
        assert (await world.data(CODES, ids=[own]))["nodes"][0]["jobCode"] == "Hybrid"
        assert world.calls["GET /jobs"] > 0
        assert world.calls.keys() == {"GET /jobs", "GET /jobs/info"}
        await world.data(CODES, ids=[own])
        assert world.calls.total() == 0
        await world.data(NAMES, ids=[other])
        assert world.calls.total() == 0
        await sync(world)
        found = (await world.data(BY_CODE))["jobs"]
        assert found["totalCount"] == sum(row.get("CustomField1") == "Hybrid" for row in rows) > 0
        assert world.calls.total() == 0
    async with gateway_over(simulator, **usual) as world:
        refused = await world.ask(BY_CODE)
        assert [error["extensions"]["code"] for error in refused["errors"]] == ["FILTER_NEEDS_SYNC"]
        assert (await world.data(CODES, ids=[own]))["nodes"][0]["jobCode"] != "Hybrid"
