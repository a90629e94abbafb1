"""GraphQL over WebSocket: `graphql-transport-ws`."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from websockets.asyncio.client import connect

from gateway.http import Endpoint, Limits
from tests.gateway.http.conftest import serving
from tests.gateway.http.connections import PROTOCOL, greeted, socket
from tests.gateway.http.library import SECRET, Library

Build = Callable[..., Endpoint]
EXTENSIONS = {"cost": {"estimated": 0, "upstreamRequests": 1}, "freshness": {"stale": False}}


def next_of(data: object, operation_id: str = "1") -> dict[str, Any]:
    """A result on its way to the client."""
    return {"id": operation_id, "type": "next", "payload": {"data": data, "extensions": EXTENSIONS}}


async def test_a_subscription_is_answered_event_by_event(build: Build, library: Library) -> None:
    """Each event has a result, and a context of its own beside the source's; the id is free afterwards."""
    async with greeted(build()) as client:
        before = len(library.opened)
        await client.ask("subscription { count(to: 2) }")
        assert [await client.hear() for _ in range(3)] == [
            next_of({"count": 0}),
            next_of({"count": 1}),
            {"id": "1", "type": "complete"},
        ]
        assert len(library.opened) - before == 3
        assert [reader.deadline is None for reader in library.opened[before:]] == [True, False, False]
        await client.ask("{ hello }")
        assert await client.hear() == next_of({"hello": "Hello, world0"})
        assert await client.hear() == {"id": "1", "type": "complete"}
    assert library.closed == len(library.opened)


async def test_mutations_come_over_a_socket_too(build: Build, library: Library) -> None:
    """Every kind of operation does."""
    async with greeted(build()) as client:
        await client.ask('mutation { write(title: "x") }')
        assert await client.hear() == next_of({"write": "x"})
    assert library.written == ["x"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { locked }", "BAD_USER_INPUT"),
        ("subscription { shut }", "BAD_USER_INPUT"),
        ("subscription ($n: Int!) { count(to: $n) }", "BAD_USER_INPUT"),
        ("{ books(first: 9999) { title } }", "QUERY_TOO_COMPLEX"),
        ("subscription { count wait }", "GRAPHQL_VALIDATION_FAILED"),
        ("", "BAD_USER_INPUT"),
    ],
)
async def test_a_request_error_ends_the_operation_and_not_the_connection(build: Build, query: str, code: str) -> None:
    """The client gets `error` with the coded errors, and may go on."""
    async with greeted(build()) as client:
        await client.ask(query)
        message = await client.hear()
        assert (message["id"], message["type"]) == ("1", "error")
        assert [error["extensions"]["code"] for error in message["payload"]] == [code]
        await client.ask("{ hello }")
        assert (await client.hear())["type"] == "next"


async def test_a_source_that_fails_ends_with_an_error(build: Build) -> None:
    """What came before the failure was answered."""
    async with greeted(build()) as client:
        await client.ask("subscription { count(failAt: 1) }")
        assert await client.hear() == next_of({"count": 0})
        message = await client.hear()
        assert message["payload"][0]["extensions"]["code"] == "UPSTREAM_UNAVAILABLE"


@pytest.mark.parametrize("query", ["subscription { wait }", "{ slow }"])
async def test_complete_cancels_the_operation(build: Build, library: Library, query: str) -> None:
    """The work stops, nothing more is sent for it, and the id is free."""
    async with greeted(build()) as client:
        await client.ask(query)
        await library.started.wait()
        await client.say({"id": "1", "type": "complete"})
        await library.cancelled.wait()
        await client.ask("{ hello }")
        assert await client.hear() == next_of({"hello": "Hello, world0"})


@pytest.mark.parametrize("query", ["subscription { wait }", "{ slow }"])
async def test_a_client_that_hangs_up_stops_its_operations(build: Build, library: Library, query: str) -> None:
    """Nothing goes on for a client that is gone, and every context is closed."""
    async with greeted(build()) as client:
        await client.ask(query)
        await library.started.wait()
    assert library.cancelled.is_set()
    assert library.closed == len(library.opened)


async def test_operations_run_side_by_side(build: Build, library: Library) -> None:
    """A slow operation does not hold up another one."""
    async with greeted(build()) as client:
        await client.ask("{ slow }", "slow")
        await library.started.wait()
        await client.ask("{ hello }", "quick")
        assert await client.hear() == next_of({"hello": "Hello, world0"}, "quick")
        assert await client.hear() == {"id": "quick", "type": "complete"}
        library.gate.set()
        assert await client.hear() == next_of({"slow": "done"}, "slow")


@pytest.mark.parametrize("protocols", [(), ("graphql-ws",), ("graphql-ws", "soap")])
async def test_another_protocol_is_not_spoken(build: Build, protocols: tuple[str, ...]) -> None:
    """The legacy protocol is off."""
    async with socket(build(), protocols=protocols) as client:
        assert (await client.outgoing.get())["subprotocol"] is None
        assert await client.hear() == 4406


@pytest.mark.parametrize(
    ("origin", "accepted"),
    [
        (None, True),
        ("http://gateway:8000", True),
        ("https://listed.example", True),
        ("https://evil.example", False),
        ("http://gateway:8001", False),
        ("null", False),
    ],
)
async def test_a_foreign_page_opens_no_socket(build: Build, origin: str | None, accepted: bool) -> None:
    """Browsers ask nobody before they open a WebSocket, so the server looks at the page's origin."""
    headers = {"Host": "gateway:8000"} | ({"Origin": origin} if origin else {})
    async with socket(build(cors_origins=["https://listed.example"]), headers=headers) as client:
        first = await client.outgoing.get()
        assert first["type"] == ("websocket.accept" if accepted else "websocket.close")


@pytest.mark.parametrize(("refuse", "code"), [("token", 4403), ("integration", 4403), ("bug", 4500)])
async def test_a_caller_who_is_not_let_in_is_closed_out(build: Build, refuse: str, code: int) -> None:
    """The context decides at `connection_init`, by its payload; a bug in it says nothing."""
    async with socket(build()) as client:
        await client.outgoing.get()
        await client.say({"type": "connection_init", "payload": {"refuse": refuse}})
        closed = await client.outgoing.get()
        assert closed["code"] == code
        assert SECRET not in closed["reason"]


INIT = {"type": "connection_init"}
SUBSCRIBE = {"type": "subscribe", "id": "1", "payload": {"query": "{ slow }"}}


@pytest.mark.parametrize(
    ("messages", "code"),
    [
        ([SUBSCRIBE], 4401),
        ([INIT, INIT], 4429),
        ([INIT, SUBSCRIBE, SUBSCRIBE], 4409),
        ([{"type": "start", "id": "1", "payload": {}}], 4400),
        ([{"type": 5}], 4400),
        ([{}], 4400),
        ([[]], 4400),
        ([{"type": "connection_init", "payload": 5}], 4400),
        ([INIT, {"type": "subscribe", "payload": {"query": "{ hello }"}}], 4400),
        ([INIT, {"type": "subscribe", "id": "", "payload": {"query": "{ hello }"}}], 4400),
        ([INIT, {"type": "subscribe", "id": "1", "payload": []}], 4400),
        ([{"type": "x" * 200}], 1009),
    ],
)
async def test_a_client_that_breaks_the_protocol_is_closed_out(build: Build, messages: list[Any], code: int) -> None:
    """With the code the protocol has for it."""
    async with socket(build(limits=Limits(body_bytes=150))) as client:
        await client.outgoing.get()
        for message in messages:
            await client.say(message)
        heard = await client.hear()
        while isinstance(heard, dict):
            heard = await client.hear()
        assert heard == code


@pytest.mark.parametrize("frame", [{"text": "{"}, {"bytes": b"\xff"}, {"text": ""}, {"text": "[" * 100}])
async def test_what_is_not_json_is_closed_out(build: Build, frame: dict[str, Any]) -> None:
    """Broken text, and bytes that are no text."""
    async with socket(build()) as client:
        await client.outgoing.get()
        await client.incoming.put({"type": "websocket.receive", **frame})
        assert await client.hear() == 4400


async def test_the_client_s_ping_is_answered(build: Build) -> None:
    """With its payload, before and after the greeting; a pong needs no answer."""
    async with greeted(build()) as client:
        await client.say({"type": "pong"})
        await client.say({"type": "ping"})
        await client.say({"type": "ping", "payload": {"a": 1}})
        assert await client.hear() == {"type": "pong"}
        assert await client.hear() == {"type": "pong", "payload": {"a": 1}}


async def test_a_client_that_does_not_greet_is_closed_out(build: Build) -> None:
    """The time for `connection_init` is limited."""
    async with socket(build(limits=Limits(socket_init_seconds=0))) as client:
        await client.outgoing.get()
        assert await client.hear() == 4408


async def test_an_idle_connection_is_closed(build: Build) -> None:
    """Without a running operation a connection does not stay open for ever."""
    async with greeted(build(limits=Limits(socket_idle_seconds=0))) as client:
        assert await client.hear() == 1000


async def test_a_silent_connection_is_pinged_and_then_closed(build: Build, library: Library) -> None:
    """A running operation keeps a connection from being idle, but not a dead one open."""
    async with greeted(build(limits=Limits(socket_ping_seconds=0.05, socket_idle_seconds=0.01))) as client:
        await client.ask("subscription { wait }")
        assert await client.hear() == {"type": "ping"}
        await client.say({"type": "pong"})
        assert await client.hear() == {"type": "ping"}
        assert await client.hear() == 1001
    assert library.cancelled.is_set()


async def test_the_number_of_operations_on_a_connection_is_limited(build: Build, library: Library) -> None:
    """One too many is refused by name, and the others go on."""
    async with greeted(build(limits=Limits(socket_operations=1))) as client:
        await client.ask("{ slow }", "1")
        await library.started.wait()
        await client.ask("{ hello }", "2")
        message = await client.hear()
        assert (message["id"], message["type"]) == ("2", "error")
        assert message["payload"][0]["extensions"] == {
            "code": "QUERY_TOO_COMPLEX",
            "limit": "socket_operations",
            "value": 2,
            "maximum": 1,
        }
        library.gate.set()
        assert (await client.hear())["id"] == "1"


async def test_the_number_of_connections_is_limited(build: Build) -> None:
    """One too many is asked to come later; when one leaves there is room again."""
    endpoint = build(limits=Limits(socket_connections=1))
    async with greeted(endpoint), socket(endpoint) as late:
        await late.outgoing.get()
        assert await late.hear() == 1013
    async with greeted(endpoint):
        pass


async def test_a_real_client_over_a_real_server(build: Build) -> None:
    """The same over TCP, with the server that is used in production."""
    with serving(build()) as address:
        async with connect(f"ws://{address}/graphql", subprotocols=[PROTOCOL]) as client:  # type: ignore[list-item]
            await client.send('{"type":"connection_init"}')
            assert await client.recv() == '{"type":"connection_ack"}'
            await client.send('{"id":"1","type":"subscribe","payload":{"query":"subscription { count(to: 1) }"}}')
            assert '"data":{"count":0}' in str(await client.recv())
            assert await client.recv() == '{"id":"1","type":"complete"}'


async def test_a_deadline_holds_for_each_event(build: Build) -> None:
    """An operation over a socket that takes too long ends with a coded error."""
    async with greeted(build(limits=Limits(operation_seconds=0, grace_seconds=0))) as client:
        await client.ask("{ slow }")
        message = await asyncio.wait_for(client.hear(), 5)
        assert message["payload"][0]["extensions"]["code"] == "UPSTREAM_UNAVAILABLE"
