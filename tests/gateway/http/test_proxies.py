"""What proxies say about the address that a client asked for, and who is believed."""

from ipaddress import ip_network

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket

from gateway.http import AtPublicUrl, BehindProxies

TRUSTED = [ip_network("10.0.0.0/8"), ip_network("::1")]
LIES = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "other.example:8443", "X-Forwarded-Prefix": "/other"}
ODD = {"X-Forwarded-Proto": "gopher", "X-Forwarded-Host": "a b", "X-Forwarded-Prefix": "//other.example"}
OWN = "http://gateway"
OTHER = "https://other.example:8443/other"


async def tell(request: Request) -> PlainTextResponse:
    """Where the app thinks it is, and was asked."""
    return PlainTextResponse(f"{request.base_url} {request.url}")


async def tell_socket(near: WebSocket) -> None:
    """The same over a WebSocket."""
    await near.accept()
    await near.send_text(f"{near.base_url} {near.url}")
    await near.close()


APP = Starlette(routes=[Route("/here", tell), WebSocketRoute("/socket", tell_socket)])


@pytest.mark.parametrize(
    ("client", "headers", "root"),
    [
        ("192.0.2.1", LIES, OWN),
        ("of-a-socket", LIES, OWN),
        ("10.1.2.3", {}, OWN),
        ("10.1.2.3", ODD, OWN),
        ("10.1.2.3", LIES, OTHER),
        ("::ffff:10.1.2.3", LIES, OTHER),
        ("::1", {"X-Forwarded-Proto": "https"}, "https://gateway"),
        ("::1", {"X-Forwarded-Host": "given.example, [2001:db8::1]:81"}, "http://[2001:db8::1]:81"),
        ("::1", {"X-Forwarded-Prefix": "/given, /added/"}, "http://gateway/added"),
    ],
)
async def test_forwarded_headers_count_from_trusted_addresses_alone(
    client: str, headers: dict[str, str], root: str
) -> None:
    """And only where they can be what they should be; of several values the nearest proxy's."""
    transport = httpx.ASGITransport(BehindProxies(APP, TRUSTED), client=(client, 1234))
    async with httpx.AsyncClient(transport=transport, base_url=OWN) as http:
        assert (await http.get("/here", headers=headers)).text == f"{root}/ {root}/here"


@pytest.mark.parametrize("path", ["", "/ats"])
async def test_a_public_url_is_where_every_request_came_to(path: str) -> None:
    """Whatever the Host header says."""
    transport = httpx.ASGITransport(AtPublicUrl(APP, f"https://example.com{path}"))
    async with httpx.AsyncClient(transport=transport, base_url=OWN) as http:
        answer = await http.get("/here?a=1", headers=LIES)
    assert answer.text == f"https://example.com{path}/ https://example.com{path}/here?a=1"


def test_sockets_are_moved_as_well() -> None:
    """With the scheme that is theirs."""
    with TestClient(AtPublicUrl(APP, "https://example.com/ats")).websocket_connect("/socket") as near:
        assert near.receive_text() == "wss://example.com/ats/ wss://example.com/ats/socket"
    http = TestClient(BehindProxies(APP, TRUSTED), client=("10.0.0.1", 1))
    with http.websocket_connect("/socket", headers={"X-Forwarded-Prefix": "/ats"}) as near:
        assert near.receive_text() == "ws://testserver/ats/ ws://testserver/ats/socket"
