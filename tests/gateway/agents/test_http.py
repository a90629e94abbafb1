"""`/mcp`: the same callers, scopes and accounts as the endpoint."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx
import orjson
import pytest
from pydantic import SecretStr

from gateway.agents.asking import NO_ANSWER, Gateway
from gateway.simulator import SimulatorConfig, create_simulator
from tests.end_to_end.conftest import KEY, World, gateway_over

HEADERS = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-06-18"}
READER, OFFICER = "Bearer of-the-reader", "Bearer of-the-officer"
TOKENS = "reader:of-the-reader:read officer:of-the-officer:read+pii"


async def call(world: World, tool: str, headers: Mapping[str, Any] | None = None, **arguments: Any) -> dict[str, Any]:
    """The answer of a tool; the simulator's log starts anew with it."""
    world.simulator.reset_log()
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": arguments}}
    response = await world.http.post("/mcp", json=message, headers={**HEADERS, **(headers or {})})
    assert response.status_code == 200, response.text
    result = response.json()["result"]
    answer: dict[str, Any] = orjson.loads(result["content"][0]["text"])
    assert result.get("isError", False) == ("errors" in answer)
    return answer


@pytest.fixture
async def guarded() -> AsyncIterator[World]:
    """A gateway that asks for tokens."""
    simulator = create_simulator(SimulatorConfig(api_keys=(KEY,)))
    async with gateway_over(simulator, api_tokens=SecretStr(TOKENS)) as world:
        yield world


async def test_a_tool_costs_what_its_document_costs(world: World) -> None:
    """One list of jobs, and the pipeline of one."""
    await world.prepare()
    jobs = (await call(world, "search_jobs", first=1))["data"]["jobs"]["nodes"]
    assert world.calls == {"GET /jobs": 1}
    pipeline = (await call(world, "job_pipeline", id=jobs[0]["id"]))["data"]["job"]
    assert pipeline["name"] == jobs[0]["name"]
    assert world.calls == {"GET /jobs": 1, "GET /jobs/{id}/contacts": 1, "GET /contacts": 1}


async def test_arguments_that_do_not_fit_cost_nothing(world: World) -> None:
    """The error names the argument, and not its value."""
    for given, argument in (({"frist": 1}, "frist"), ({"first": "Ada"}, "first"), ({"email": ["Ada"]}, "email")):
        answer = await call(world, "search_candidates", **given)
        assert answer["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT", "argument": argument}
        assert "Ada" not in str(answer)
        assert world.calls == {}
    assert (await call(world, "candidate_story"))["errors"][0]["extensions"]["argument"] == "id"
    assert "errors" in await call(world, "make_coffee")


async def test_callers_are_asked_for_their_token(guarded: World) -> None:
    """Before anything else, whatever they ask."""
    for headers in ({}, {"Authorization": "Bearer of-nobody"}):
        response = await guarded.http.post("/mcp", json={}, headers=HEADERS | headers)
        assert response.status_code == 401
        assert response.headers["WWW-Authenticate"].startswith("Bearer")
        assert response.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_personal_data_is_withheld_from_tools_as_from_queries(guarded: World) -> None:
    """The scope of the token decides."""
    for token, named in ((READER, False), (OFFICER, True)):
        answer = await call(guarded, "search_candidates", {"Authorization": token}, first=1)
        (candidate,) = answer["data"]["candidates"]["nodes"]
        assert ("lastName" in candidate) == named
        assert ("errors" in answer) != named


async def test_without_the_setting_nothing_can_be_written_and_nothing_is_served(world: World) -> None:
    """`read` offers no tool that writes; `off` has no such address."""
    assert "errors" in await call(world, "create_candidate", candidate={})
    simulator = create_simulator(SimulatorConfig(api_keys=(KEY,)))
    async with gateway_over(simulator, mcp="off") as silent:
        assert (await silent.http.post("/mcp", json={}, headers=HEADERS)).status_code == 404


async def test_an_account_is_named_by_argument() -> None:
    """Where there are several, and only as far as there are."""
    simulator = create_simulator(SimulatorConfig(api_keys=(KEY,)))
    accounts = {name: {"crelate_api_key": KEY, "crelate_base_url": "http://simulator/api3"} for name in ("a", "b")}
    async with gateway_over(simulator, crelate_api_key=None, integrations=accounts) as world:
        assert "data" in await call(world, "search_jobs", integration="crelate:b", first=1)
        assert "errors" in await call(world, "search_jobs", integration="crelate:c", first=1)
        assert "errors" in await call(world, "search_jobs", first=1)


async def test_any_header_passes(world: World) -> None:
    """What is no ASCII as well, in a header or in the name of an account."""
    assert "data" in await call(world, "search_jobs", {"Cache-Control": "no-cache, \xe9".encode("latin-1")}, first=1)
    assert "errors" in await call(world, "search_jobs", integration="crelate:\u00e9", first=1)


async def test_many_first_requests_start_it_once(world: World) -> None:
    """And it ends with the gateway."""
    answers = await asyncio.gather(*(call(world, "describe_types", names=["Job"]) for _ in range(5)))
    assert all("data" in answer for answer in answers)


@pytest.mark.parametrize("content", [b"<html>", b""])
async def test_a_gateway_that_does_not_answer_is_an_error(content: bytes) -> None:
    """Whatever stands in its place."""

    def answer(request: httpx.Request) -> httpx.Response:
        if not content:
            raise httpx.ConnectError("refused", request=request)
        return httpx.Response(502, content=content)

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        found = await Gateway(http, "http://gateway/graphql", {}).ask("{ __typename }", {})
    assert found["errors"][0]["message"] == NO_ANSWER
