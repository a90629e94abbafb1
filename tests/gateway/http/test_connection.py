"""What is written in one turn leaves together, nothing is lost at the end of a connection, and idle ones close."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from gateway.http.connection import LARGE, ClientConnection

REQUEST = b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 2\r\n%s\r\n{}"

KEPT_SECONDS = 75
"""How long an idle connection is kept."""


class Wire(asyncio.Transport):
    """A transport that keeps what is written, piece by piece."""

    def __init__(self) -> None:
        super().__init__({"sockname": ("127.0.0.1", 8000), "peername": ("127.0.0.1", 50000)})
        self.pieces: list[bytes] = []
        self.closed = False

    def writelines(self, parts: Iterable[bytes | bytearray | memoryview]) -> None:
        """Write a piece."""
        assert not self.closed
        self.pieces.append(b"".join(parts))

    def close(self) -> None:
        """Close it."""
        self.closed = True

    def is_closing(self) -> bool:
        """Whether it is closed."""
        return self.closed

    def pause_reading(self) -> None:
        """Read no more for now."""

    def resume_reading(self) -> None:
        """Read on."""


class Clock:
    """The running loop under a clock that is moved by hand, with one timer."""

    def __init__(self) -> None:
        self.now = 0.0
        self.due: tuple[float, Callable[[], None]] | None = None

    def time(self) -> float:
        """The time."""
        return self.now

    def call_later(self, seconds: float, callback: Callable[[], None]) -> asyncio.Handle:
        """Set the timer."""
        assert self.due is None
        self.due = self.now + seconds, callback
        self.timer = asyncio.Handle(callback, (), asyncio.get_running_loop())
        return self.timer

    def pass_until(self, now: float) -> None:
        """Move the clock; the timer goes off on the way."""
        while self.due and self.due[0] <= now:
            (self.now, callback), self.due = self.due, None
            callback()
        self.now = now

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio.get_running_loop(), name)


async def in_parts(_: Scope, receive: Receive, send: Send) -> None:
    """Answer with a head and a first part, and with the rest a turn later."""
    await receive()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"6")]})
    await send({"type": "http.response.body", "body": b"one", "more_body": True})
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    await send({"type": "http.response.body", "body": b"two"})


async def refusing_lines(_: Scope, receive: Receive, send: Send) -> None:
    """Answer with a header of two lines."""
    await receive()
    headers = [(b"content-length", b"2"), (b"location", b"here\r\nset-cookie: mine")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"{}"})


async def streamed(_: Scope, receive: Receive, send: Send) -> None:
    """Answer with a head alone, whose body is long in coming."""
    await receive()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream")]})
    await asyncio.Event().wait()


def opened(app: Any = in_parts, clock: Any = None) -> tuple[ClientConnection, Wire]:
    """A connection that was just made, and its wire."""
    wire = Wire()
    config = uvicorn.Config(app, log_config=None, timeout_keep_alive=KEPT_SECONDS)
    connection = ClientConnection(config, ServerState(), {}, clock)
    connection.connection_made(wire)
    return connection, wire


async def asked(connection: ClientConnection, request: bytes) -> None:
    """Ask, and let the answer be made."""
    connection.data_received(request)
    for _ in range(10):
        await asyncio.sleep(0)


async def answered(fields: bytes = b"", *, app: Any = in_parts) -> Wire:
    """The wire after one request."""
    connection, wire = opened(app)
    await asked(connection, REQUEST % fields)
    return wire


async def test_a_head_and_the_first_part_leave_as_one_piece_and_later_parts_are_not_waited_for() -> None:
    """The client is woken once for each turn in which something was written."""
    first, second = (await answered()).pieces
    assert first.startswith(b"HTTP/1.1 200 OK\r\n")
    assert first.endswith(b"\r\n\r\none")
    assert second == b"two"


async def test_two_requests_at_once_are_answered_one_after_the_other() -> None:
    """Whatever comes meanwhile waits."""
    connection, wire = opened()
    await asked(connection, 2 * (REQUEST % b""))
    assert [piece[-3:] for piece in wire.pieces] == [b"one", b"two", b"one", b"two"]


async def test_the_head_of_a_stream_does_not_wait_for_its_body() -> None:
    """The client learns at once that it is heard."""
    (head,) = (await answered(app=streamed)).pieces
    assert head.endswith(b"transfer-encoding: chunked\r\n\r\n")


async def test_a_header_has_one_line() -> None:
    """Nobody gets a header of their own in by way of another's value."""
    written = b"".join((await answered(app=refusing_lines)).pieces)
    assert written.startswith(b"HTTP/1.1 500 ")
    assert b"set-cookie" not in written


async def test_an_answer_without_a_body_is_only_a_head() -> None:
    """HEAD is answered with the length of what GET would bring."""
    connection, wire = opened()
    await asked(connection, b"HEAD / HTTP/1.1\r\nHost: here\r\n\r\n")
    assert b"".join(wire.pieces).endswith(b"content-length: 6\r\n\r\n")


async def test_what_was_written_leaves_before_the_connection_closes() -> None:
    """A client that wants no further answer gets the whole of this one."""
    wire = await answered(b"Connection: close\r\n")
    assert wire.closed
    assert b"".join(wire.pieces).endswith(b"onetwo")


async def test_what_was_written_leaves_before_the_transport_hears_that_the_client_sends_no_more() -> None:
    """A client that closes its side at once still gets an answer."""
    connection, wire = opened()
    connection.transport.write(b"")
    connection.transport.write(b"answer")
    connection.eof_received()
    assert wire.pieces == [b"answer"]


async def test_much_is_not_kept_back() -> None:
    """The transport below has to see it, to say when the client does not keep up."""
    connection, wire = opened()
    for _ in range(3):
        connection.transport.write(bytes(LARGE // 2))
    assert sum(map(len, wire.pieces)) > LARGE


@pytest.mark.parametrize("fields", [b"", b"Connection: close\r\n"])
async def test_nothing_is_written_to_a_connection_that_is_gone(fields: bytes) -> None:
    """A client that has hung up breaks nothing."""
    connection, wire = opened()
    connection.data_received(REQUEST % fields)
    wire.close()
    await asked(connection, b"")
    assert wire.pieces == []


async def test_an_idle_connection_closes() -> None:
    """Once nothing has come for as long as it is kept."""
    connection, wire = opened(clock=(clock := Clock()))
    await asked(connection, REQUEST % b"")
    clock.pass_until(KEPT_SECONDS - 1)
    assert not wire.closed
    clock.pass_until(KEPT_SECONDS)
    assert wire.closed


async def test_each_request_lets_it_stay_as_long_again() -> None:
    """One that is under way as well, however long it takes."""
    connection, wire = opened(clock=(clock := Clock()))
    await asked(connection, REQUEST % b"")
    clock.pass_until(50)
    connection.data_received(REQUEST % b"")
    clock.pass_until(50 + 2 * KEPT_SECONDS)
    assert not wire.closed
    await asked(connection, b"")
    clock.pass_until(50 + 3 * KEPT_SECONDS - 1)
    await asked(connection, REQUEST % b"")
    clock.pass_until(50 + 4 * KEPT_SECONDS - 2)
    assert not wire.closed
    clock.pass_until(50 + 4 * KEPT_SECONDS - 1)
    assert wire.closed


async def test_a_connection_that_is_gone_leaves_no_timer() -> None:
    """What it held is free at once."""
    connection, _ = opened(clock=(clock := Clock()))
    await asked(connection, REQUEST % b"")
    connection.connection_lost(None)
    assert clock.timer.cancelled()
