"""What browsers are kept from."""

from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.types import Message
from starlette.websockets import WebSocket

from gateway.callers.browser import LocalHosts
from gateway.http.security_headers import SECURITY_HEADERS, SecurityHeaders


async def hello(_request: Request) -> PlainTextResponse:
    """An answer with a policy of its own."""
    return PlainTextResponse("hello", headers={"Content-Security-Policy": "default-src 'self'"})


async def talk(socket: WebSocket) -> None:
    """Accept and hang up."""
    await socket.accept()
    await socket.close()


APP = SecurityHeaders(LocalHosts(Starlette(routes=[Route("/", hello), WebSocketRoute("/", talk)])))

OWN = [
    "localhost",
    "localhost:8000",
    "LocalHost:80",
    "localhost.",
    "127.0.0.1",
    "127.0.0.1:8000",
    "[::1]",
    "[::1]:8000",
]
FOREIGN = [
    "evil.example",
    "evil.example:8000",
    "localhost.evil.example",
    "127.0.0.1.nip.io",
    "192.168.0.7:8000",
    "",
    "[::2]",
]


async def get(host: str) -> httpx.Response:
    """Ask for the page under this name."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(APP), base_url="http://localhost") as client:
        return await client.get("/", headers={"Host": host})


async def opened(host: str) -> list[str]:
    """What the gateway sends to a WebSocket under this name."""
    sent: list[str] = []

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        sent.append(message["type"])

    scope: dict[str, Any] = {"type": "websocket", "path": "/", "query_string": b"", "subprotocols": []}
    await APP({**scope, "headers": [(b"host", host.encode())]}, receive, send)
    return sent


@pytest.mark.parametrize("host", OWN)
async def test_this_machine_is_served(host: str) -> None:
    """By name or address, with or without a port."""
    assert (await get(host)).text == "hello"
    assert await opened(host) == ["websocket.accept", "websocket.close"]


@pytest.mark.parametrize("host", FOREIGN)
async def test_foreign_names_are_refused(host: str) -> None:
    """A page whose name leads here is still a foreign page."""
    response = await get(host)
    assert response.status_code == 403
    assert response.json()["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert await opened(host) == ["websocket.close"]


@pytest.mark.parametrize("host", ["localhost", "evil.example"])
async def test_every_answer_has_the_security_headers(host: str) -> None:
    """Refusals too; an answer's own policy stays."""
    headers = (await get(host)).headers
    expected = {name.decode(): value.decode() for name, value in SECURITY_HEADERS.items()}
    if host == "localhost":
        expected["content-security-policy"] = "default-src 'self'"
    assert expected.items() <= dict(headers).items()
    assert len(headers.get_list("content-security-policy")) == 1
