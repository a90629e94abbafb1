"""What is written in one turn leaves together, and nothing is lost at the end of a connection."""

import asyncio
from collections.abc import Iterable

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from gateway.http.connection import LARGE, ClientConnection

REQUEST = b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 2\r\n%s\r\n{}"


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


async def in_parts(_: Scope, receive: Receive, send: Send) -> None:
    """Answer with a head and a first part, and with the rest a turn later."""
    await receive()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"6")]})
    await send({"type": "http.response.body", "body": b"one", "more_body": True})
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    await send({"type": "http.response.body", "body": b"two"})


async def answered(fields: bytes = b"", *, lost: bool = False) -> Wire:
    """The wire after one request."""
    wire = Wire()
    connection = ClientConnection(uvicorn.Config(in_parts, log_config=None), ServerState(), {})
    connection.connection_made(wire)
    connection.data_received(REQUEST % fields)
    if lost:
        wire.close()
    for _ in range(10):
        await asyncio.sleep(0)
    return wire


async def test_a_head_and_the_first_part_leave_as_one_piece_and_later_parts_are_not_waited_for() -> None:
    """The client is woken once for each turn in which something was written."""
    first, second = (await answered()).pieces
    assert first.startswith(b"HTTP/1.1 200 OK\r\n")
    assert first.endswith(b"\r\n\r\none")
    assert second == b"two"


async def test_what_was_written_leaves_before_the_connection_closes() -> None:
    """A client that wants no further answer gets the whole of this one."""
    wire = await answered(b"Connection: close\r\n")
    assert wire.closed
    assert b"".join(wire.pieces).endswith(b"onetwo")


async def test_what_was_written_leaves_before_the_transport_hears_that_the_client_sends_no_more() -> None:
    """A client that closes its side at once still gets an answer."""
    wire = Wire()
    connection = ClientConnection(uvicorn.Config(in_parts, log_config=None), ServerState(), {})
    connection.connection_made(wire)
    connection.transport.write(b"")
    connection.transport.write(b"answer")
    connection.eof_received()
    assert wire.pieces == [b"answer"]


async def test_much_is_not_kept_back() -> None:
    """The transport below has to see it, to say when the client does not keep up."""
    wire = Wire()
    connection = ClientConnection(uvicorn.Config(in_parts, log_config=None), ServerState(), {})
    connection.connection_made(wire)
    for _ in range(3):
        connection.transport.write(bytes(LARGE // 2))
    assert sum(map(len, wire.pieces)) > LARGE


@pytest.mark.parametrize("fields", [b"", b"Connection: close\r\n"])
async def test_nothing_is_written_to_a_connection_that_is_gone(fields: bytes) -> None:
    """A client that has hung up breaks nothing."""
    assert (await answered(fields, lost=True)).pieces == []
