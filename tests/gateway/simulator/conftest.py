"""A simulator with a clock that only moves when told, and a client of it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from gateway.simulator import Simulator, SimulatorConfig, create_simulator

KEYS = ("simulated-key", "other-key")


class Clock:
    """A time that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2025, 6, 2, 9, 0, 0, 123456, tzinfo=UTC)

    def __call__(self) -> datetime:
        """The time."""
        return self.now

    def advance(self, seconds: float) -> None:
        """Moves on."""
        self.now += timedelta(seconds=seconds)

    async def sleep(self, seconds: float) -> None:
        """Waits without waiting."""
        self.advance(seconds)


class Crelate:
    """A client that holds a key and unpacks the envelope."""

    def __init__(self, simulator: Simulator, key: str) -> None:
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(simulator), base_url="https://sim/api3", headers={"X-Api-Key": key}
        )

    async def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        """The whole answer."""
        return await self.http.request(method, path, **options)

    async def data(self, path: str, **params: str | int) -> Any:
        """`Data` of a GET that must succeed."""
        response = await self.http.get(path, params=params)
        assert response.status_code == 200, response.text
        return response.json()["Data"]

    async def ids(self, path: str, **params: str | int) -> list[str]:
        """The ids of the first page of at most a hundred rows."""
        return [row["Id"] for row in await self.data(path, **{"limit": 100, **params})]

    async def make(self, entity: str, **columns: Any) -> str:
        """Creates a record that must be accepted and returns its GUID."""
        response = await self.http.post(f"/{entity}", json={"entity": columns})
        assert response.status_code in {200, 201}, response.text
        guid = response.json()["Data"]
        assert isinstance(guid, str)
        return guid

    async def refusal(self, method: str, path: str, **options: Any) -> tuple[int, str]:
        """Status and message of a call that must be refused."""
        response = await self.http.request(method, path, **options)
        body = response.json()
        assert body["Data"] is None
        (error,) = body["Errors"]
        return response.status_code, error["Message"]


@pytest.fixture
def clock() -> Clock:
    """A June morning."""
    return Clock()


@pytest.fixture
def simulator(clock: Clock) -> Simulator:
    """Two accounts of the demo's size."""
    return create_simulator(SimulatorConfig(api_keys=KEYS, clock=clock, sleep=clock.sleep))


@pytest.fixture
async def crelate(simulator: Simulator) -> AsyncIterator[Crelate]:
    """A client of the first account."""
    client = Crelate(simulator, KEYS[0])
    async with client.http:
        yield client
