"""The whole gateway over a simulated Crelate: queries in over HTTP, requests out over HTTP, both counted."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from math import ceil
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from gateway.app import App, create_app
from gateway.crelate.connector import Connector
from gateway.settings import Settings
from gateway.simulator import Account, Simulator, SimulatorConfig, create_simulator

KEY = "simulated-key"
PAGE = 100


@dataclass
class World:
    """A gateway, the Crelate behind it, and a client in front of it."""

    simulator: Simulator
    app: App
    http: httpx.AsyncClient

    @property
    def account(self) -> Account:
        """The data behind the gateway."""
        return self.simulator.state

    async def ask(self, document: str, headers: dict[str, str] | None = None, **variables: Any) -> dict[str, Any]:
        """The whole answer to an operation; the simulator's log starts anew with it."""
        self.simulator.reset_log()
        response = await self.http.post(
            "/graphql", json={"query": document, "variables": variables}, headers=headers or {}
        )
        answer: dict[str, Any] = response.json()
        return answer

    async def data(self, document: str, **variables: Any) -> Any:
        """The data of an answer that must have no errors."""
        answer = await self.ask(document, **variables)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    async def prepare(self) -> None:
        """Let the gateway find out which filters work, and read the small tables."""
        for connector in self.app.process.connectors.values():
            assert isinstance(connector, Connector)
            await connector.prepare()
        await self.data(
            "{ users { nodes { id } } applicationStages { nodes { id } } interviews(first: 1) { nodes { id } } }"
        )

    @property
    def calls(self) -> Counter[str]:
        """What the last operation asked of Crelate, by method and path template."""
        return Counter(self.simulator.counts)


def pages(rows: int) -> int:
    """Requests it takes to list so many rows: an empty list takes one as well."""
    return max(1, ceil(rows / PAGE))


@asynccontextmanager
async def gateway_over(simulator: Simulator, **given: Any) -> AsyncIterator[World]:
    """A gateway that knows nothing yet, over a Crelate that may have had others before."""
    usual: dict[str, Any] = {
        "crelate_api_key": SecretStr(KEY),
        "crelate_base_url": "http://simulator/api3",
        "crelate_requests_per_minute": 100_000,
        "database_url": "off",
    }
    settings = Settings(**(usual | given))
    app = create_app(settings, httpx.ASGITransport(simulator))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway") as http:
        yield World(simulator, app, http)
    await app.process.stop()


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """The demo's firm, and a gateway that keeps nothing."""
    async with gateway_over(create_simulator(SimulatorConfig(api_keys=(KEY,)))) as world:
        yield world
