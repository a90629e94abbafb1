"""A gateway in a process of its own, and the Node packages of its clients."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests import node
from tests.clients.server import gateway_process

NODE = Path(__file__).parent / "node"
LOGGED_SECONDS = 30


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Host and port of a gateway over a simulated Crelate, with a database of its own."""
    with gateway_process(tmp_path_factory.mktemp("gateway")) as served:
        yield served


@pytest.fixture(scope="session")
def cursor(address: str) -> str:
    """The first place in the log of changes. Who follows from here misses nothing, however late the stream opens."""
    given_up = time.monotonic() + LOGGED_SECONDS
    with httpx.Client(base_url=f"http://{address}") as http:
        ask(http, "{ candidates(first: 1) { nodes { id } } }")
        while time.monotonic() < given_up:  # what was read is logged behind the answer
            found: str | None = ask(http, "{ changes(first: 1) { pageInfo { endCursor } } }")["pageInfo"]["endCursor"]
            if found:
                return found
    pytest.fail("Nothing of what was read came into the log of changes.")


def ask(http: httpx.Client, query: str) -> Any:
    """The only field of an answer."""
    (field,) = http.post("/graphql", json={"query": query}).raise_for_status().json()["data"].values()
    return field


@pytest.fixture(scope="session")
def packages() -> Path:
    """The folder of the Node clients, with their packages installed."""
    node.install(NODE)
    return NODE
