"""Requests at the same time, where no copies are kept: what they want by key is asked once."""

import asyncio
from collections.abc import AsyncIterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from gateway.simulator import SimulatorConfig, create_simulator
from tests.end_to_end.conftest import KEY, World, gateway_over
from tests.gateway.callers.test_accounts import KEYS

ATTEMPTS = 3
"""How often a question is put that is answered with nothing."""

ONE = "query ($id: ID!) { candidate(id: $id) { id lastName } }"
TEAM = "query ($id: ID!) { job(id: $id) { hiringTeam { user { lastName } } } }"
ONE_JOB = "query ($id: ID!) { job(id: $id) { name applications { nodes { candidate { lastName } } } } }"


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """A gateway that has found out what filters work."""
    async with gateway_over(create_simulator(SimulatorConfig(api_keys=(KEY,)))) as world:
        await world.prepare()
        yield world


async def together(world: World, document: str, ids: list[str]) -> list[dict[str, Any]]:
    """The answers to one question about several ids, asked at the same time."""
    world.simulator.reset_log()
    asked = [{"query": document, "variables": {"id": each}} for each in ids]
    return [answer.json() for answer in await asyncio.gather(*(world.http.post("/graphql", json=it) for it in asked))]


async def test_look_ups_of_one_moment_are_one_request(world: World) -> None:
    """Each gets its own candidate, and one that there is not is null for the one who asked."""
    listed = (await world.data("{ candidates(first: 5) { nodes { id lastName } } }"))["candidates"]["nodes"]
    gone = "remote:00000000-0000-4000-8000-000000000000"
    answers = await together(world, ONE, [*(it["id"] for it in listed), gone])
    assert [it["data"]["candidate"] for it in answers] == [*listed, None]
    assert world.calls == {"GET /contacts": 1}
    assert sum(it["extensions"]["cost"]["upstreamRequests"] for it in answers) == 1


async def test_children_are_read_for_each_request_alone(world: World) -> None:
    """None waits for the pipelines that another wants, nor pays for them; what is looked up by id is shared."""
    first, second = (it["id"] for it in (await world.data("{ jobs(first: 2) { nodes { id } } }"))["jobs"]["nodes"])
    alone = {each: await world.data(ONE_JOB, id=each) for each in (first, second)}
    answers = await together(world, ONE_JOB, [first, second, first])
    assert [it["data"] for it in answers] == [alone[first], alone[second], alone[first]]
    assert world.calls == {"GET /jobs": 1, "GET /jobs/{id}/contacts": 3, "GET /contacts": 1}


@pytest.mark.parametrize("copies", ["", "sqlite"])
async def test_who_has_left_is_known_to_requests_at_the_same_time(tmp_path: Path, copies: str) -> None:
    """As to one alone: by what the rows that each of them has read call them."""
    database = f"sqlite:///{tmp_path / 'gateway.sqlite'}" if copies else "off"
    async with gateway_over(create_simulator(SimulatorConfig(api_keys=(KEY,))), database_url=database) as world:
        await world.prepare()
        listed = (await world.data("{ jobs(first: 2) { nodes { id remoteId } } }"))["jobs"]["nodes"]
        for number, job in enumerate(listed):
            left = {"Id": f"00000000-0000-4000-8000-{number:012}", "Title": f"Ada Gone{number}", "IsPrimary": True}
            world.account["jobs"][job["remoteId"]]["Owners"] = [left]
        answers = await together(world, TEAM, [it["id"] for it in listed])
    names = [it["data"]["job"]["hiringTeam"][0]["user"] for it in answers]
    assert names == [{"lastName": "Gone0"}, {"lastName": "Gone1"}]


async def test_a_shared_failure_stands_at_the_path_of_each_who_asked(world: World) -> None:
    """A failure is no worse for being shared, and retried no more often."""
    listed = (await world.data("{ candidates(first: 2) { nodes { id } } }"))["candidates"]["nodes"]
    world.simulator.faults.add("empty", "/contacts", times=None)
    answers = await together(world, ONE, [it["id"] for it in listed])
    errors = [error for answer in answers for error in answer["errors"]]
    assert [(it["path"], it["extensions"]["code"]) for it in errors] == [(["candidate"], "UPSTREAM_UNREADABLE")] * 2
    assert world.calls == {"GET /contacts": ATTEMPTS}


async def test_accounts_share_nothing() -> None:
    """The same id in two accounts, asked for at the same time, is two questions with two answers."""
    simulator = create_simulator(SimulatorConfig(api_keys=tuple(KEYS.values())))
    north, south = simulator.accounts.values()
    twin = deepcopy(next(iter(north["contacts"].values())))
    south["contacts"].insert(twin | {"LastName": "Twin"})
    accounts = {
        name: {"crelate_api_key": key, "crelate_base_url": "http://simulator/api3", "crelate_requests_per_minute": 9999}
        for name, key in KEYS.items()
    }
    async with gateway_over(simulator, crelate_api_key=None, integrations=accounts) as world:
        asked = [
            world.http.post(
                "/graphql",
                json={"query": ONE, "variables": {"id": f"remote:{twin['Id']}"}},
                headers={"X-Integration-Id": f"crelate:{name}"},
            )
            for name in KEYS
        ]
        names = [answer.json()["data"]["candidate"]["lastName"] for answer in await asyncio.gather(*asked)]
    assert names == [twin["LastName"], "Twin"]
