"""What lives as long as the process: its accounts by name, and what starts and stops."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from threading import Event
from typing import Any, ClassVar

import httpx
import pytest
from pydantic import SecretStr

from gateway.app import create_app
from gateway.ats import Ats, Surroundings
from gateway.clock import now
from gateway.crelate.ats import CRELATE, Crelate
from gateway.crelate.connector import Connector as CrelateConnector
from gateway.crelate.integration import CrelateIntegration
from gateway.database.tables import SYNC_RUNS
from gateway.durable import workflows
from gateway.durable.locks import process_locks
from gateway.process import Process
from gateway.settings import Settings, SettingsError
from gateway.simulator import SimulatorConfig, create_simulator
from resolvers.ports.integration import IntegrationName
from tests.gateway.processes import PATIENCE, free_port, running

KEY = "simulated-key"
CREATE = """mutation {
  createCandidate(input: { candidate: { firstName: "Ada", lastName: "Okafor", emailAddress: "ada@example.com" } }) {
    status userErrors { message }
  }
}"""


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


async def test_what_comes_before_workflows_are_launched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reads are answered; what needs workflows waits for them, a sync as well that finds one left unfinished."""
    simulator = create_simulator(SimulatorConfig(api_keys=(KEY,)))
    app = create_app(settings(database_url=f"sqlite:///{tmp_path}/gateway.sqlite"), httpx.ASGITransport(simulator))
    north, held = IntegrationName("crelate:north"), Event()
    monkeypatch.setattr(workflows, "_process_locks", lambda url: held.wait(10) and process_locks(url))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway") as http:

        async def ask(document: str) -> Any:
            answer = await http.post("/graphql", json={"query": document}, headers={"X-Integration-Id": north})
            return answer.json()["data"]

        assert await ask("{ __typename }") == {"__typename": "Query"}
        database = app.process.database
        assert database is not None
        row = {"integration": north, "id": "sync-left", "mode": "DELTA", "started_at": now()}
        async with database.writing("syncs", north) as connection:
            await connection.run_sync(database.upsert, SYNC_RUNS, [row])
        sync = ask("mutation { sync(input: { mode: DELTA }) { alreadyRunning } }")
        waiting = [asyncio.create_task(each) for each in (sync, ask(CREATE), http.get("/health/ready"))]
        assert (await asyncio.wait(waiting, timeout=0.3))[0] == set()
        assert await ask("{ users(first: 1) { nodes { id } } }")
        held.set()
        begun, written, ready = await asyncio.gather(*waiting)
        assert begun["sync"] == {"alreadyRunning": True}
        assert written["createCandidate"] == {"status": "DONE", "userErrors": []}
        assert ready.status_code == 200
        assert await app.process.launched()
    await app.process.stop()


async def test_workflows_that_cannot_be_launched(tmp_path: Path) -> None:
    """Nothing waits for them for ever, and the process is known to be broken."""
    (tmp_path / "gateway.sqlite-processes").touch()  # where a folder is to be made
    simulator = create_simulator(SimulatorConfig(api_keys=(KEY,)))
    app = create_app(settings(database_url=f"sqlite:///{tmp_path}/gateway.sqlite"), httpx.ASGITransport(simulator))
    await app.process.start()
    assert not await app.process.launched()
    assert app.process.health.failure == "What writes run on cannot be started: FileExistsError."
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway") as http:
        answer = await http.post("/graphql", json={"query": CREATE}, headers={"X-Integration-Id": "crelate:north"})
        ready = await http.get("/health/ready")
    assert [error["extensions"]["code"] for error in answer.json()["errors"]] == ["INTERNAL_SERVER_ERROR"]
    assert (ready.status_code, ready.json()["parts"]["database"]) == (503, "broken")
    await app.process.stop()


def test_a_server_that_could_never_write_ends(tmp_path: Path) -> None:
    """With a sentence, though it has listened."""
    (tmp_path / "gateway.sqlite-processes").touch()
    given = {
        "ATS_GATEWAY_CONFIG": str(tmp_path / "none.toml"),
        "ATS_GATEWAY_CRELATE_API_KEY": KEY,
        "ATS_GATEWAY_CRELATE_BASE_URL": "http://127.0.0.1:9/api3",
        "ATS_GATEWAY_DATABASE_URL": f"sqlite:///{tmp_path}/gateway.sqlite",
        "ATS_GATEWAY_SHUTDOWN_NOTICE": "0",
    }
    with running("serve", "--port", str(free_port()), log=tmp_path / "gateway.log", **given) as process:
        assert process.wait(PATIENCE) == 1
    assert "What writes run on cannot be started: FileExistsError." in (tmp_path / "gateway.log").read_text()


@pytest.mark.parametrize("text", ["crelate:north", "north"])
def test_a_name_is_read_whole_or_as_the_account_alone(text: str) -> None:
    """It stays a text, so it can stand in headers, rows and labels."""
    name = settings().name_of(text)
    assert (name, name.tool, name.account) == ("crelate:north", "crelate", "north")
    assert name in settings().connected()
