"""`/v1`: whoever asks for whatever gets an answer of the same form."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import orjson
import pytest
from pydantic import SecretStr
from starlette.routing import Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

from gateway.callers.callers import Callers
from gateway.clock import now
from gateway.http.limits import Limits
from gateway.rest.http import RestApp
from gateway.settings import Settings
from gateway.simulator import SimulatorConfig, create_simulator
from tests.end_to_end.conftest import KEY, World, gateway_over
from tests.gateway.rest.conftest import ROOT, refusal, results


def over(endpoint: ASGIApp, *, tokens: str = "", body_bytes: int = 100_000) -> httpx.AsyncClient:
    """A client of the paths over an endpoint."""
    settings = Settings(api_tokens=SecretStr(tokens) if tokens else None, database_url="off")
    app = RestApp(endpoint, "/graphql", Callers(settings), Limits(body_bytes=body_bytes), now)
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(Router([Route("/v1/{path:path}", app)])), base_url="http://gateway"
    )


def never(why: str) -> Callable[[Scope, Receive, Send], Any]:
    """An endpoint that must not be asked, or that breaks."""

    async def endpoint(scope: Scope, receive: Receive, send: Send) -> None:
        raise RuntimeError(why)

    return endpoint


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "nothing", 404, "PLATFORM.INPUT_INVALID"),
        ("GET", "jobs/4711", 404, "PLATFORM.INPUT_INVALID"),
        ("POST", "users", 405, "PLATFORM.INPUT_INVALID"),
        ("DELETE", "candidates", 405, "PLATFORM.INPUT_INVALID"),
        ("GET", "tags", 400, "INTEGRATION.MODEL_NOT_AVAILABLE"),
        ("GET", "offers", 400, "INTEGRATION.MODEL_NOT_AVAILABLE"),
        ("POST", "applications/4711/reject", 400, "INTEGRATION.ACTION_NOT_AVAILABLE"),
        ("POST", "candidates/4711/tags", 400, "INTEGRATION.ACTION_NOT_AVAILABLE"),
    ],
)
async def test_what_there_is_not_is_refused_as_there(method: str, path: str, status: int, code: str) -> None:
    """Without asking; another method is said to be the one."""
    async with over(never("asked")) as http:
        response = await http.request(method, f"{ROOT}/{path}")
    assert refusal(response)[:2] == (status, code)
    assert ("Allow" in response.headers) == (status == 405)
    assert response.headers["Cache-Control"] == "no-store"


async def test_callers_are_asked_for_their_token_before_anything_else() -> None:
    """Whatever they ask, however large it is."""
    async with over(never("asked"), tokens="clerk:of-the-clerk") as http:
        for headers in ({}, {"Authorization": "Bearer of-nobody"}, {"Authorization": "Bearer été".encode("latin-1")}):
            for response in (
                await http.get(f"{ROOT}/nothing", headers=headers),  # type: ignore[arg-type]  # bytes are fine
                await http.post(f"{ROOT}/candidates", headers=headers, content=b"x" * 200_000),  # type: ignore[arg-type]
            ):
                assert refusal(response)[:2] == (401, "PLATFORM.AUTHENTICATION_INVALID")
                assert response.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"{}", {"Content-Type": "text/plain"}, 415),
        (b"{", {"Content-Type": "application/json"}, 400),
        (b"x" * 200_000, {"Content-Type": "application/json"}, 413),
        (b"{}", {"Content-Type": "application/json", "Content-Encoding": "gzip"}, 415),
        (b"[]", {"Content-Type": "application/json"}, 400),
    ],
)
async def test_bodies_are_read_as_the_endpoint_reads_them(content: bytes, headers: dict[str, str], status: int) -> None:
    """The same types, sizes and limits; a page of another site cannot send one."""
    async with over(never("asked")) as http:
        response = await http.post(f"{ROOT}/candidates", content=content, headers=headers)
    assert refusal(response)[:2] == (status, "PLATFORM.INPUT_INVALID")


async def test_what_breaks_says_nothing_but_where_to_look() -> None:
    """The log has the rest."""
    async with over(never("a secret")) as http:
        status, code, message = refusal(await http.get(f"{ROOT}/users"))
    assert (status, code) == (500, "PLATFORM.UNKNOWN_ERROR")
    assert "secret" not in message
    assert "Request " in message


async def test_the_endpoint_sees_who_asks_and_from_where() -> None:
    """Which account, how fresh, by which address, under which id; but neither the body nor what the answer may be."""
    seen: dict[str, Any] = {}

    async def endpoint(scope: Scope, receive: Receive, send: Send) -> None:
        seen.update(scope, body=orjson.loads((await receive())["body"]))
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send(
            {"type": "http.response.body", "body": b'{"errors": [{"message": "", "extensions": {"code": "?"}}]}'}
        )

    passed = {"X-Integration-Id": "crelate:a", "Cache-Control": "max-age=60", "Authorization": "Bearer a"}
    async with over(endpoint) as http:
        with bound_contextvars(request_id="r1"):
            response = await http.get(f"{ROOT}/users?page_size=7", headers={**passed, "If-None-Match": "a"})
    assert refusal(response)[:2] == (500, "PLATFORM.UNKNOWN_ERROR")
    headers = {name.decode(): value.decode() for name, value in seen["headers"]}
    assert headers.items() >= {"host": "gateway", **{name.lower(): value for name, value in passed.items()}}.items()
    assert headers["x-request-id"] == "r1"
    assert (seen["method"], seen["path"], seen["query_string"]) == ("POST", "/graphql", b"")
    assert "if-none-match" not in headers
    assert seen["body"]["variables"] == {"first": 7, "after": None, "filter": {}}


async def test_a_client_that_hangs_up_stops_the_operation() -> None:
    """As it would at the endpoint itself, and nothing is sent any more."""
    simulator = create_simulator(SimulatorConfig(api_keys=(KEY,)))
    sent: list[Any] = []
    async with gateway_over(simulator) as world:
        await world.prepare()
        simulator.faults.add("hang", "/jobs", times=None)
        asked = asyncio.Event()

        async def receive() -> dict[str, Any]:
            if not asked.is_set():
                asked.set()
                return {"type": "http.request", "body": b"", "more_body": False}
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "method": "GET",
            "path": f"{ROOT}/jobs",
            "raw_path": b"",
            "query_string": b"",
            "headers": [(b"host", b"gateway")],
            "server": ("gateway", 80),
            "scheme": "http",
            "http_version": "1.1",
        }
        await world.app(scope, receive, send)
    assert sent == []


async def test_many_first_requests_load_it_once(world: World) -> None:
    """None of them fails."""
    found = await asyncio.gather(*(results(world, "roles") for _ in range(5)))
    assert len({tuple(each["id"] for each in roles) for roles in found}) == 1


async def test_paths_are_found_behind_a_proxy_that_strips_a_prefix() -> None:
    """Under the public address as well as without one."""
    simulator = create_simulator(SimulatorConfig(api_keys=(KEY,)))
    async with gateway_over(simulator, public_url="https://example.com/ats") as world:
        assert await results(world, "roles")
