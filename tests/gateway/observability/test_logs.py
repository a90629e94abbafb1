"""What is logged, and what never is."""

import io
import json
import logging
from typing import Any

import pytest
import structlog
from pydantic import SecretStr

from gateway.observability.logs import caller_label, configure_logs
from gateway.simulator import FaultKind, FaultRule, SimulatorConfig, create_simulator
from tests.end_to_end.conftest import KEY, World, gateway_over

TOKEN = "hq3vN0sV8uX2mYc7kD5wTz1rBf6gJp9L"
PERSON = "grace.hopper@example.com"
PEOPLE = "query { candidates(first: 50) { nodes { id remoteId firstName lastName emailAddresses { emailAddress } } } }"


def lines(logs: io.StringIO, event: str) -> list[dict[str, Any]]:
    """The lines of one event."""
    return [line for line in map(json.loads, logs.getvalue().splitlines()) if line["event"] == event]


async def test_each_operation_is_one_line(logs: io.StringIO) -> None:
    """It says whose, what, how long and at what cost."""
    simulator = create_simulator(SimulatorConfig(api_keys=(KEY,)))
    async with gateway_over(simulator, api_tokens=SecretStr(f"reports:{TOKEN}")) as world:
        headers = {"Authorization": f"Bearer {TOKEN}", "X-Request-Id": "from-outside_1"}
        await world.ask("query Everyone { users { nodes { id } } }", headers)
        requests = sum(world.calls.values())
        await world.ask("query Stranger { users { nodes { id } } }")
    known, stranger = lines(logs, "operation")
    assert known.pop("seconds") > 0
    assert known.pop("timestamp").endswith("Z")
    assert known == {
        "event": "operation",
        "level": "info",
        "name": "Everyone",
        "type": "query",
        "codes": [],
        "upstream_requests": requests,
        "integration": "crelate:default",
        "token": "reports",
        "request_id": "from-outside_1",
    }
    assert requests > 0
    assert (stranger["codes"], stranger["integration"], stranger["token"]) == (["UNAUTHENTICATED"], None, None)


async def test_each_failure_of_the_ats_is_one_line(world: World, logs: io.StringIO) -> None:
    """Under the id of the request that met it."""
    world.simulator.faults.rules.append(FaultRule(FaultKind.UNAVAILABLE, "/users", times=None))
    answer = await world.ask("{ users { nodes { id } } }", {"X-Request-Id": "abc"})
    assert answer["errors"]
    failures = lines(logs, "upstream_failed")
    assert len(failures) == world.calls["GET /users"] > 1
    assert {(line["route"], line["status"], line["integration"], line["request_id"]) for line in failures} == {
        ("/users", 503, "crelate:default", "abc")
    }


async def test_a_sane_request_id_is_kept_and_another_replaced(world: World) -> None:
    """An answer always has one, wherever it comes from."""
    for path in ("/graphql", "/health/live", "/nowhere"):
        assert (await world.http.get(path, headers={"X-Request-Id": "a-1_b.c"})).headers["X-Request-Id"] == "a-1_b.c"
        for odd in (PERSON, "x" * 65, "a b", ""):
            made = (await world.http.get(path, headers={"X-Request-Id": odd})).headers["X-Request-Id"]
            assert len(made) == 32
    assert "request_id" not in structlog.contextvars.get_contextvars()


async def test_no_personal_data_is_ever_logged(world: World, logs: io.StringIO) -> None:
    """Neither what people ask with nor what they get, whether all goes well or not."""
    logging.getLogger().setLevel(logging.DEBUG)
    records = (await world.data(PEOPLE))["candidates"]["nodes"]
    await world.ask("query One($id: ID!) { node(id: $id) { ... on Candidate { lastName } } }", id=records[0]["id"])
    await world.ask("query Odd($id: ID!) { node(id: $id) { id } }", id=PERSON)
    await world.ask(f'{{ users {{ nodes {{ id }} }} nobody(email: "{PERSON}") }}')
    await world.http.get("/graphql", params={"query": f'{{ node(id: "{PERSON}") {{ id }} }}'})
    for kind in (FaultKind.ERROR_TEXT, FaultKind.DROP, FaultKind.TRUNCATED, FaultKind.UNAUTHORIZED):
        world.simulator.faults.rules.append(FaultRule(kind, "/contacts", times=3))
        await world.ask(PEOPLE)
    assert len(lines(logs, "operation")) == 9
    assert lines(logs, "upstream_failed")
    text = logs.getvalue()
    private = {PERSON, KEY, "emailAddresses", "candidates("}
    for record in records:
        emails = (email["emailAddress"] for email in record["emailAddresses"])
        private |= {record["id"], record["remoteId"], record["firstName"], record["lastName"], *emails}
    assert len(private) > 50
    assert [value for value in private if value and value in text] == []


@pytest.mark.parametrize("name", ["dbos", "asyncio", "sqlalchemy.engine", "anything"])
def test_what_libraries_log_is_cut_down_to_its_place(name: str, logs: io.StringIO) -> None:
    """Their messages and tracebacks may quote values."""
    logging.getLogger(name).error("Failed for %s", PERSON, exc_info=ValueError(PERSON))
    (line,) = lines(logs, "library_message")
    assert (line["logger"], line["level"], line["error"]) == (name, "error", "ValueError")
    assert line["place"].startswith("test_logs:")
    assert PERSON not in logs.getvalue()


def test_the_server_speaks_without_tracebacks(logs: io.StringIO) -> None:
    """Its texts are about addresses and signals; what went wrong inside is known by type."""
    logger = logging.getLogger("uvicorn.error")
    logger.info("Uvicorn running on %s", "http://127.0.0.1:8000")
    logger.error("Exception in ASGI application\n", exc_info=ValueError(PERSON))
    assert [line["event"] for line in map(json.loads, logs.getvalue().splitlines())] == [
        "Uvicorn running on http://127.0.0.1:8000",
        "Exception in ASGI application",
    ]
    assert PERSON not in logs.getvalue()


def test_a_terminal_gets_columns(logs: io.StringIO) -> None:
    """JSON is for machines."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    configure_logs("info", terminal)
    structlog.get_logger().info("operation", name="People")
    assert "People" in terminal.getvalue()
    assert not terminal.getvalue().startswith("{")


def test_the_level_holds_for_everyone(logs: io.StringIO) -> None:
    """What is below it is not written."""
    configure_logs("error", logs)
    structlog.get_logger().info("operation")
    logging.getLogger("uvicorn").warning("Something")
    assert logs.getvalue() == ""


def test_callers_are_named_without_their_address() -> None:
    """The subject of a JSON Web Token may be anybody's e-mail address."""
    assert caller_label("nightly-report_2") == "nightly-report_2"
    assert caller_label(None) is None
    label = caller_label(PERSON)
    assert label
    assert "grace" not in label
    assert label == caller_label(PERSON)
