"""Accounts of two ATSs in one process: each is answered by its own, and called by its own name everywhere."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import pytest_asyncio

from gateway.app import App, create_app
from gateway.connectors import CONNECTORS
from gateway.simulator import Simulator, SimulatorConfig, create_simulator
from resolvers.ports.integration import IntegrationName
from tests.second_ats.ats import ADDRESS, Toy, settings_over
from tests.second_ats.service import Service, small_firm

pytestmark = pytest.mark.asyncio(loop_scope="module")

KEY = "simulated-key"
ACME, PLANT = IntegrationName("crelate:acme"), IntegrationName("toy:plant")
ACCOUNTS = {
    "acme": {"crelate_api_key": KEY, "crelate_base_url": "http://simulator/api3"},
    "plant": {"toy_api_key": "any-key-does"},
}


@dataclass
class Both:
    """One gateway over both, and a client of it."""

    simulator: Simulator
    service: Service
    app: App
    http: httpx.AsyncClient

    async def ask(self, document: str, account: str | None = None, **variables: Any) -> Any:
        """The answer; both begin to count anew with it."""
        self.simulator.reset_log()
        self.service.calls.clear()
        headers = {"X-Integration-Id": account} if account else {}
        sent = {"query": document, "variables": variables}
        return (await self.http.post("/graphql", json=sent, headers=headers)).json()

    async def text(self, path: str) -> str:
        """A page."""
        return (await self.http.get(path)).text


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def both(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Both]:
    """An account of Crelate and one of the toy."""
    simulator, service = create_simulator(SimulatorConfig(api_keys=(KEY,))), small_firm()
    database = f"sqlite:///{tmp_path_factory.mktemp('both')}/gateway.sqlite"
    toy = Toy({ADDRESS: service})
    settings = settings_over(*CONNECTORS.values(), toy, integrations=ACCOUNTS, database_url=database)
    app = create_app(settings, httpx.ASGITransport(simulator))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway") as http:
        yield Both(simulator, service, app, http)
    await app.process.stop()


async def test_one_question_is_answered_by_both(both: Both) -> None:
    """Each account by its own ATS, and the requests to both are counted."""
    answer = await both.ask("{ accounts { name status jobs(first: 1) { nodes { name } } } }")
    assert "errors" not in answer
    acme, plant = answer["data"]["accounts"]
    assert (acme["name"], plant["name"]) == (ACME, PLANT)
    assert plant["jobs"]["nodes"] == [{"name": "Opening 1"}]
    assert acme["jobs"]["nodes"][0]["name"] in {job["Name"] for job in both.simulator.state["jobs"].values()}
    assert both.service.calls == {"list openings": 2}  # five openings, three to a page
    assert both.simulator.counts["GET /jobs"] == 1
    asked = len(both.simulator.log) + both.service.calls.total()
    assert answer["extensions"]["cost"]["upstreamRequests"] == asked


async def test_an_id_is_of_the_account_that_gave_it(both: Both) -> None:
    """The other one refuses it without a request."""
    question = "query ($id: ID!) { job(id: $id) { name } }"
    job = (await both.ask("{ jobs(first: 1) { nodes { id } } }", PLANT))["data"]["jobs"]["nodes"][0]["id"]
    assert (await both.ask(question, PLANT, id=job))["data"]["job"] == {"name": "Opening 1"}
    assert both.service.calls == {"list openings": 1}
    refused = await both.ask(question, ACME, id=job)
    assert refused["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert (both.simulator.log, both.service.calls.total()) == ([], 0)


async def test_a_write_reaches_one_of_them(both: Both) -> None:
    """And the trail of actions says which."""
    document = """mutation ($input: CreateCandidateInput!) { createCandidate(input: $input) {
        status userErrors { code } candidate { firstName }
    } }"""
    person = {"firstName": "Ada", "lastName": "Lind", "emailAddress": "ada@example.com"}
    made = (await both.ask(document, PLANT, input={"candidate": person, "idempotencyKey": "ada"}))["data"]
    assert made["createCandidate"] == {"status": "DONE", "userErrors": [], "candidate": {"firstName": "Ada"}}
    assert (both.service.calls["add people"], both.simulator.log) == (1, [])
    trail = "{ actions(first: 9) { nodes { integration } } }"
    assert (await both.ask(trail, PLANT))["data"]["actions"]["nodes"] == [{"integration": PLANT}]
    assert (await both.ask(trail, ACME))["data"]["actions"]["nodes"] == []


async def test_pages_and_metrics_call_each_by_its_name(both: Both) -> None:
    """Readiness, metrics, and the page that says how another account is connected."""
    await both.ask("{ accounts { jobs(first: 1) { nodes { name } } } }")
    assert json.loads(await both.text("/health/ready"))["parts"].keys() >= {ACME, PLANT}
    metrics = await both.text("/metrics")
    for name in (ACME, PLANT):
        assert f'ats_gateway_upstream_requests_total{{integration="{name}"' in metrics
    page = await both.text("/connect")
    for words in (ACME, PLANT, "--tool crelate", "API key of Crelate", "--tool toy", "API key of Toyshop", "Ask Ida."):
        assert words in page
