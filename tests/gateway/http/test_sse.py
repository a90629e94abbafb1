"""GraphQL over server-sent events, in distinct connections mode."""

from collections.abc import Callable
from typing import Any

import httpx
import orjson
import pytest

from gateway.http import Endpoint, Limits
from tests.gateway.http.connections import posted
from tests.gateway.http.library import Library

Build = Callable[..., Endpoint]
STREAM = {"Accept": "text/event-stream"}


def events(text: str) -> list[tuple[str, Any]]:
    """The events of a stream: name and data."""
    blocks = [block for block in text.split("\n\n") if block and not block.startswith(":")]
    pairs = [dict(line.split(": ", 1) for line in block.split("\n")) for block in blocks]
    return [(pair["event"], orjson.loads(pair["data"]) if pair["data"] else None) for pair in pairs]


async def test_a_subscription_is_a_stream_of_results(client: httpx.AsyncClient, library: Library) -> None:
    """One `next` for each event, and `complete`."""
    answer = await client.post("/graphql", json={"query": "subscription { count(to: 2) }"}, headers=STREAM)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
    received = events(answer.text)
    assert [(name, data and data["data"]) for name, data in received] == [
        ("next", {"count": 0}),
        ("next", {"count": 1}),
        ("complete", None),
    ]
    assert library.closed == len(library.opened)


async def test_any_operation_may_be_streamed(client: httpx.AsyncClient, library: Library) -> None:
    """A query or mutation is a stream of one result; by GET everything but a mutation."""
    by_get = await client.get("/graphql", params={"query": "{ hello }"}, headers=STREAM)
    assert events(by_get.text)[0][1]["data"] == {"hello": "Hello, world0"}
    write = {"query": 'mutation { write(title: "x") }'}
    refused = await client.get("/graphql", params=write, headers=STREAM)
    assert events(refused.text)[0][1]["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert library.written == []
    await client.post("/graphql", json=write, headers=STREAM)
    assert library.written == ["x"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("subscription {", "GRAPHQL_PARSE_FAILED"),
        ("subscription { nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { locked }", "BAD_USER_INPUT"),
        ("subscription { count(failAt: 0) }", "UPSTREAM_UNAVAILABLE"),
    ],
)
async def test_a_request_error_is_the_last_event(client: httpx.AsyncClient, query: str, code: str) -> None:
    """Errors of the document and of the source come in the stream."""
    answer = await client.post("/graphql", json={"query": query}, headers=STREAM)
    (name, data), last = events(answer.text)
    assert (name, data["errors"][0]["extensions"]["code"], last) == ("next", code, ("complete", None))


@pytest.mark.parametrize(("reason", "status"), [("token", 401), ("integration", 404), ("bug", 500)])
async def test_who_is_not_let_in_gets_no_stream(client: httpx.AsyncClient, reason: str, status: int) -> None:
    """The answer is a status and JSON."""
    headers = {**STREAM, "X-Refuse": reason}
    answer = await client.post("/graphql", json={"query": "subscription { count }"}, headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/json; charset=utf-8")


async def test_a_bad_request_gets_no_stream(client: httpx.AsyncClient) -> None:
    """What is no GraphQL request is answered in JSON."""
    answer = await client.post("/graphql", json={}, headers=STREAM)
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (400, "BAD_USER_INPUT")


async def test_a_quiet_stream_is_kept_alive(build: Build, library: Library) -> None:
    """Comments are sent while there is nothing to say, from the very start."""
    async with posted(build(limits=Limits(stream_ping_seconds=0)), "subscription { wait }", **STREAM_ACCEPT) as client:
        assert (await client.outgoing.get())["status"] == 200
        assert [(await client.outgoing.get())["body"] for _ in range(3)] == [b":\n\n"] * 3
        library.gate.set()
        while b"done" not in (await client.outgoing.get())["body"]:
            pass


STREAM_ACCEPT = {"accept": "text/event-stream"}


async def test_a_listener_who_hangs_up_ends_the_subscription(build: Build, library: Library) -> None:
    """The source is closed, and so is every context."""
    async with posted(build(), "subscription { wait }", **STREAM_ACCEPT):
        await library.started.wait()
    assert library.cancelled.is_set()
    assert library.closed == len(library.opened)
