"""What lives as long as the process: its accounts by name, and what starts and stops."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import httpx
import pytest
from pydantic import SecretStr

from gateway.app import create_app
from gateway.ats import Ats, Surroundings
from gateway.crelate.ats import CRELATE, Crelate
from gateway.crelate.connector import Connector as CrelateConnector
from gateway.crelate.integration import CrelateIntegration
from gateway.process import Process
from gateway.settings import Settings, SettingsError
from gateway.simulator import SimulatorConfig, create_simulator
from resolvers.ports.integration import IntegrationName

KEY = "simulated-key"


class Recorded(Crelate):
    """Crelate, which remembers what it was asked for and what was closed."""

    def __init__(self) -> None:
        self.asked: list[tuple[IntegrationName, Surroundings]] = []
        self.closed: list[IntegrationName] = []

    def connect(
        self, name: IntegrationName, account: CrelateIntegration, surroundings: Surroundings
    ) -> CrelateConnector:
        """The connector of an account."""
        self.asked.append((name, surroundings))
        return Closing(super().connect(name, account, surroundings), self.closed)


class Closing(CrelateConnector):
    """A connector that says when it is closed."""

    def __init__(self, connector: CrelateConnector, closed: list[IntegrationName]) -> None:
        self.__dict__.update(connector.__dict__)
        self._closed = closed

    async def close(self) -> None:
        """Close it, and say so."""
        self._closed.append(self.name)
        await super().close()


def settings(crelate: Crelate = CRELATE, database_url: str = "off") -> Settings:
    """Two accounts of the simulated Crelate."""

    class Chosen(Settings):
        connectors: ClassVar[Mapping[str, Ats]] = {crelate.tool: crelate}

    account = CrelateIntegration(crelate_api_key=SecretStr(KEY), crelate_base_url="http://simulator/api3")
    return Chosen(integrations={"north": account, "south": account}, database_url=database_url)


def test_each_account_is_connected_under_its_whole_name() -> None:
    """By the ATS that the settings know; the tool is that of the settings."""
    recorded, transport = Recorded(), httpx.MockTransport(lambda _: httpx.Response(500))
    process = create_app(settings(recorded), transport).process
    assert [name for name, _ in recorded.asked] == list(process.connectors) == ["crelate:north", "crelate:south"]
    assert all(surroundings.transport is transport for _, surroundings in recorded.asked)


async def test_requests_are_counted_once_for_each_account() -> None:
    """By the hook that the connector was given."""
    recorded = Recorded()
    simulator = create_simulator(SimulatorConfig(api_keys=(KEY,)))
    app = create_app(settings(recorded), httpx.ASGITransport(simulator))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway") as http:
        question = {"query": "{ applicationStages(first: 1) { nodes { name } } }"}
        answer = await http.post("/graphql", json=question, headers={"X-Integration-Id": "crelate:south"})
        counted = (await http.get("/metrics")).text
    await app.process.stop()
    assert answer.json()["extensions"]["cost"]["upstreamRequests"] == len(simulator.log) > 0
    assert 'integration="crelate:south"' in counted
    assert 'ats_gateway_upstream_requests_total{integration="crelate:north"' not in counted
    assert sorted(recorded.closed) == ["crelate:north", "crelate:south"]


async def test_a_start_that_fails_leaves_nothing_running(tmp_path: Path) -> None:
    """And can be tried again when the database is there."""
    place = tmp_path / "gateway.sqlite"
    place.mkdir()
    recorded = Recorded()
    process = Process(settings(recorded, f"sqlite:///{place}"))
    with pytest.raises(SettingsError):
        await process.start()
    assert not process.health.started
    place.rmdir()
    await process.start()
    assert process.health.started
    await process.stop()
    assert sorted(recorded.closed) == ["crelate:north", "crelate:south"]


@pytest.mark.parametrize("text", ["crelate:north", "north"])
def test_a_name_is_read_whole_or_as_the_account_alone(text: str) -> None:
    """It stays a text, so it can stand in headers, rows and labels."""
    name = settings().name_of(text)
    assert (name, name.tool, name.account) == ("crelate:north", "crelate", "north")
    assert name in settings().connected()


async def test_a_start_leaves_the_writing_side_alone(tmp_path: Path) -> None:
    """It is large, and most processes only read; the first action loads it."""
    simulator = create_simulator(SimulatorConfig(api_keys=(KEY,)))
    kept = settings(database_url=f"sqlite:///{tmp_path}/kept.sqlite")
    process = create_app(kept, httpx.ASGITransport(simulator)).process
    await process.start()
    try:
        assert [name for name, connector in process.connectors.items() if "writer" in vars(connector)] == []
    finally:
        await process.stop()
