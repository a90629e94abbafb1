"""An account that comes to be another: answers stay right, and whoever runs the gateway is told in every way."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gateway.integration import WebhookSettings
from gateway.observability.logs import configure_logs
from gateway.simulator import FilterMode, SimulatorConfig, create_simulator
from resolvers.ports.integration import IntegrationName
from tests.end_to_end.conftest import KEY, World, gateway_over
from tests.gateway.explorer.conftest import served

NAME = IntegrationName("crelate:default")
FACT = "filter /contacts?ids"

CANDIDATES = """query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Candidate { remoteId } } }"""
FIRST = "{ candidates(first: 5) { nodes { id remoteId } } }"
LEARNT = """{ coverage {
    profile { name value learntBy learntAt driftedAt before }
    drift { name value before driftedAt }
} }"""


@pytest.fixture
def logs() -> io.StringIO:
    """What is logged."""
    return io.StringIO()


@pytest.fixture
async def world(tmp_path: Path, logs: io.StringIO) -> AsyncIterator[World]:
    """A gateway with a database, over an account whose filters it knows."""
    simulator = create_simulator(SimulatorConfig(api_keys=(KEY,)))
    async with gateway_over(simulator, database_url=f"sqlite:///{tmp_path}/gateway.sqlite") as world:
        configure_logs("info", logs)
        await world.app.process.start()
        await world.prepare()
        yield world
        structlog.reset_defaults()


def lines(logs: io.StringIO, event: str) -> list[dict[str, Any]]:
    """The lines of one event."""
    found = [json.loads(line) for line in logs.getvalue().splitlines()]
    return [line for line in found if line["event"] == event]


async def ask_by_ids(world: World) -> tuple[list[str], list[str]]:
    """The candidates that are asked for by key past all copies, and those that came."""
    page = await world.data(FIRST)
    ids, expected = zip(*((node["id"], node["remoteId"]) for node in page["candidates"]["nodes"]), strict=True)
    answer = await world.ask(CANDIDATES, {"Cache-Control": "no-cache"}, ids=list(ids))
    assert "errors" not in answer
    return list(expected), [node["remoteId"] for node in answer["data"]["nodes"]]


async def test_a_drift_shows_everywhere_and_spoils_no_answer(world: World, logs: io.StringIO) -> None:
    """In `coverage`, metrics, logs and beside the parts that are ready, from the request that met it on."""
    ready = (await world.http.get("/health/ready")).json()
    assert "drift" not in ready
    assert (await world.data(LEARNT))["coverage"]["drift"] == []

    world.simulator.knobs.filters["contacts.ids"] = FilterMode.OFF
    expected, found = await ask_by_ids(world)
    assert found == expected
    assert world.calls == {"GET /contacts": 3, "GET /contacts/{id}": 5}  # the whole list came, and was of no use

    told = (await world.data(LEARNT))["coverage"]
    (drift,) = told["drift"]
    assert (drift["name"], drift["before"], drift["value"]) == (FACT, "many", None)
    facts = {fact["name"]: fact for fact in told["profile"]}
    assert facts[FACT]["driftedAt"] == drift["driftedAt"]
    assert facts["key form /api3"]["value"] == "header"
    assert {fact["learntBy"] for fact in told["profile"]} == {"REQUEST"}
    metrics = (await world.http.get("/metrics")).text
    assert f'ats_gateway_drift_total{{fact="{FACT}",integration="{NAME}"}} 1.0' in metrics
    ready = await world.http.get("/health/ready")
    assert (ready.status_code, ready.json()["drift"]) == (200, {NAME: [FACT]})
    (line,) = lines(logs, "drift")
    assert (line["integration"], line["fact"], line["before"], line["now"]) == (NAME, FACT, "many", None)
    assert line["level"] == "warning"


async def test_a_webhook_is_told_of_a_drift(tmp_path: Path) -> None:
    """While the gateway runs, by a message of its own."""
    messages: list[bytes] = []

    async def take(request: Request) -> Response:
        messages.append(await request.body())
        return Response(status_code=204)

    simulator = create_simulator(SimulatorConfig(api_keys=(KEY,)))
    with served(Starlette(routes=[Route("/hook", take, methods=["POST"])])) as consumer:
        hook = WebhookSettings(url=f"{consumer}/hook", secret=SecretStr("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
        address = f"sqlite:///{tmp_path}/gateway.sqlite"
        async with gateway_over(simulator, database_url=address, webhooks=(hook,)) as world:
            await world.app.process.start()
            await world.prepare()
            world.simulator.knobs.filters["contacts.ids"] = FilterMode.OFF
            await ask_by_ids(world)
            drifts: list[Any] = []
            async with asyncio.timeout(60):
                while not drifts:
                    await asyncio.sleep(0.05)
                    drifts = [each for each in map(json.loads, messages) if each["type"] == "drift"]
    assert [each["data"] for each in drifts] == [{"integration": NAME, "fact": FACT, "before": "many", "now": None}]


async def test_the_next_process_begins_with_what_this_one_knows(world: World, tmp_path: Path) -> None:
    """It asks for records alone, no filter is tried out again, and of a drift it knows."""
    world.simulator.knobs.filters["contacts.ids"] = FilterMode.OFF
    await ask_by_ids(world)
    await world.app.process.stop()
    async with gateway_over(world.simulator, database_url=f"sqlite:///{tmp_path}/gateway.sqlite") as following:
        proofs = following.app.process.connectors[NAME].account.canary  # type: ignore[attr-defined]  # Crelate's
        assert proofs is not None
        await following.ask("{ jobs(first: 1) { nodes { hiringTeamMembers(first: 1) { nodes { id } } } } }")
        first = following.calls
        assert (await following.data(LEARNT))["coverage"]["drift"][0]["name"] == FACT
        assert following.calls == {}
        assert set(first) <= {"GET /jobs", "GET /users", "GET /contacts/info", "GET /jobs/info"}


async def test_without_a_database_the_process_knows_for_itself() -> None:
    """Until it ends."""
    async with gateway_over(create_simulator(SimulatorConfig(api_keys=(KEY,)))) as world:
        await world.prepare()
        world.simulator.knobs.filters["contacts.ids"] = FilterMode.REFUSE
        expected, found = await ask_by_ids(world)
        assert found == expected
        assert [fact["name"] for fact in (await world.data(LEARNT))["coverage"]["drift"]] == [FACT]
