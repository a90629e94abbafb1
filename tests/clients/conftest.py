"""A gateway in a process of its own, and the Node packages of its clients."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests import node
from tests.clients.server import gateway_process

NODE = Path(__file__).parent / "node"


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Host and port of a gateway over a simulated Crelate, with a database of its own."""
    with gateway_process(tmp_path_factory.mktemp("gateway")) as served:
        yield served


@pytest.fixture(scope="session")
def cursor(address: str) -> str:
    """The first place in the log of changes. Who follows from here misses nothing, however late the stream opens."""
    with httpx.Client(base_url=f"http://{address}") as http:
        http.post("/graphql", json={"query": "{ candidates(first: 1) { nodes { id } } }"}).raise_for_status()
        answer = http.post("/graphql", json={"query": "{ changes(first: 1) { pageInfo { endCursor } } }"}).json()
    found: str = answer["data"]["changes"]["pageInfo"]["endCursor"]
    return found


@pytest.fixture(scope="session")
def packages() -> Path:
    """The folder of the Node clients, with their packages installed."""
    node.install(NODE)
    return NODE
