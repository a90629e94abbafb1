"""What browsers are kept from."""

from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from starlette.types import Message

from gateway.app import create_app
from gateway.http.security_headers import SECURITY_HEADERS
from gateway.settings import Settings

APP = create_app(Settings(crelate_api_key=SecretStr("key"), database_url="off"), only_local=True)

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
    """Ask for the explorer under this name."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(APP), base_url="http://localhost") as client:
        return await client.get("/", headers={"Host": host})


async def opened(host: str) -> list[str]:
    """What the gateway sends to a WebSocket under this name."""
    sent: list[str] = []
    arriving: list[Message] = [{"type": "websocket.connect"}, {"type": "websocket.disconnect", "code": 1000}]

    async def receive() -> Message:
        return arriving.pop(0)

    async def send(message: Message) -> None:
        sent.append(message["type"])

    headers = [(b"host", host.encode())]
    scope: dict[str, Any] = {"type": "websocket", "path": "/graphql", "query_string": b"", "headers": headers}
    await APP({**scope, "subprotocols": ["graphql-transport-ws"]}, receive, send)
    return sent


@pytest.mark.parametrize("host", OWN)
async def test_this_machine_is_served(host: str) -> None:
    """By name or address, with or without a port."""
    assert (await get(host)).status_code == 200
    assert await opened(host) == ["websocket.accept"]


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
    policy = expected.pop("content-security-policy")
    assert expected.items() <= dict(headers).items()
    assert (headers["content-security-policy"] == policy) is (host != "localhost")
    assert len(headers.get_list("content-security-policy")) == 1
