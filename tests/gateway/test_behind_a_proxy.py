"""A gateway behind a reverse proxy that strips a path prefix: every address it gives leads through the proxy."""

import json
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin, Subprotocol

from gateway.app import App, create_app
from gateway.settings import Settings
from gateway.simulator import SimulatorConfig, create_simulator
from tests.gateway.explorer.conftest import served
from tests.gateway.proxy import PREFIX, reverse_proxy

KEY = "simulated-key"
FILES = "query Files { candidates(first: 20) { nodes { attachments { name dataUrl } } } }"
USERS = {"query": "{ users(first: 1) { nodes { id } } }"}
MCP = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-06-18"}
WAYS = ("PUBLIC_URL", "TRUSTED_PROXIES")
"""The settings that let the gateway know where it is."""


@dataclass
class Front:
    """Where the gateway is for clients, and where the proxy finds it."""

    public: str
    inner: str

    @property
    def host(self) -> str:
        """The proxy's own."""
        return self.public.removesuffix(PREFIX).removeprefix("http://")


@pytest.fixture(scope="module", params=WAYS)
def front(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """A gateway without tokens behind a proxy, which says where it is, or is said to be there."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        host = f"127.0.0.1:{listener.getsockname()[1]}"
        public = f"http://{host}{PREFIX}"
        said = {"X-Forwarded-Proto": "http", "X-Forwarded-Host": host, "X-Forwarded-Prefix": PREFIX}
        database = f"sqlite:///{tmp_path_factory.mktemp('front') / 'gateway.sqlite'}"
        if request.param == "PUBLIC_URL":
            app, said = gateway(database, public_url=public), {}
        else:
            app = gateway(database, trusted_proxies=("127.0.0.0/8",))
        with served(app) as inner, served(reverse_proxy(inner, said), listener):
            yield Front(public, inner)


def gateway(database: str, **given: Any) -> App:
    """The app over the demo's Crelate."""
    settings = Settings(
        crelate_api_key=SecretStr(KEY),
        crelate_base_url="http://simulator/api3",
        crelate_requests_per_minute=100_000,
        database_url=database,
        **given,
    )
    simulator = create_simulator(SimulatorConfig(api_keys=(KEY,)))
    return create_app(settings, httpx.ASGITransport(simulator), only_local=True)


def signed_addresses(nodes: list[dict[str, Any]]) -> list[str]:
    """The addresses of all files."""
    return [file["dataUrl"] for node in nodes for file in node["attachments"]]


@pytest.mark.parametrize("path", ["", "/"])
def test_the_explorer_asks_below_the_prefix(front: Front, path: str) -> None:
    """Its files and its endpoint are there, also where the prefix came without a slash."""
    page = httpx.get(f"{front.public}{path}")
    assert page.status_code == 200
    assert f'data-endpoint="{PREFIX}/graphql"' in page.text
    files = re.findall(r'(?:src|href)="(?!data:)([^"]+)"', page.text)
    assert len(files) >= 2
    assert {httpx.get(page.url.join(file)).status_code for file in files} == {200}


def test_redirects_stay_below_the_prefix(front: Front) -> None:
    """Of a browser at the endpoint, to the folder of the manual, and away from a slash too many."""
    browser = {"Accept": "text/html"}
    for path, target in (("/graphql", "/"), ("/docs", "/docs/"), ("/metrics/", "/metrics")):
        answer = httpx.get(f"{front.public}{path}", headers=browser)
        assert str(answer.url.join(answer.headers["location"])) == f"{front.public}{target}"
    assert httpx.get(f"{front.public}/docs/settings").status_code == 200


def test_files_are_handed_out_below_the_prefix(front: Front) -> None:
    """A signed address leads through the proxy, also one that an agent was told."""
    answer = httpx.post(f"{front.public}/graphql", json={"query": FILES}).json()
    addresses = signed_addresses(answer["data"]["candidates"]["nodes"])
    assert addresses
    assert all(address.startswith(f"{front.public}/files/") for address in addresses)
    assert httpx.get(addresses[0]).headers["content-disposition"].startswith("attachment")

    arguments = {"name": "graphql", "arguments": {"query": FILES}}
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": arguments}
    result = httpx.post(f"{front.public}/mcp", json=message, headers=MCP, timeout=60).json()["result"]
    told = signed_addresses(json.loads(result["content"][0]["text"])["data"]["candidates"]["nodes"])
    assert told
    assert all(address.startswith(f"{front.public}/files/") for address in told)


def test_an_event_stream_comes_through(front: Front) -> None:
    """As over any connection."""
    with httpx.stream("POST", f"{front.public}/graphql", json=USERS, headers={"Accept": "text/event-stream"}) as answer:
        assert '"users"' in "".join(answer.iter_text())


async def test_pages_of_the_proxy_may_open_a_socket_and_no_others(front: Front) -> None:
    """A browser names the page's origin, which is the proxy's; the gateway itself was asked under another name."""
    address = f"{front.public}/graphql".replace("http", "ws", 1)
    spoken = [Subprotocol("graphql-transport-ws")]
    async with connect(address, subprotocols=spoken, origin=Origin(f"http://{front.host}")) as far:
        await far.send(json.dumps({"type": "connection_init"}))
        assert json.loads(await far.recv())["type"] == "connection_ack"
        await far.send(json.dumps({"type": "subscribe", "id": "1", "payload": USERS}))
        assert json.loads(await far.recv())["payload"]["data"]["users"]["nodes"]
    with pytest.raises(InvalidStatus):
        await connect(address, subprotocols=spoken, origin=Origin("https://elsewhere.example"))


async def test_a_public_name_is_answered_without_tokens_and_no_other_one() -> None:
    """Whoever sets it says that the gateway may be asked there."""
    app = gateway("off", public_url="https://ats.example/gateway")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as http:
        for host, status in (
            ("ats.example", 200),
            ("ATS.example", 200),
            ("localhost:8000", 200),
            ("evil.example", 403),
        ):
            answer = await http.post("/graphql", json={"query": "{ __typename }"}, headers={"Host": host})
            assert answer.status_code == status, host
