"""A connection of a client: what is written in one turn of the event loop leaves together.

The server writes the head of an answer and its body one after the other, and each write is a system call that wakes
whoever reads: the client would be woken twice for a small answer, and in the middle of the work on others. It also
looks at every byte of every header, and sets a timer after each answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from functools import lru_cache
from typing import Any, cast

from starlette.types import ASGIApp, Message
from uvicorn.protocols.http.httptools_impl import (
    HEADER_RE,
    HEADER_VALUE_RE,
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

LARGE = 64 * 1024
"""Bytes that are not kept back: the transport below says when the client does not keep up."""


class JoinedWrites:
    """A transport that writes at the end of a turn; in all else it is the transport below.

    Args:
        transport: The transport below.
        loop: The event loop.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._parts: list[bytes] = []
        self._size = 0
        self.is_closing = transport.is_closing

    def write(self, data: bytes) -> None:
        """Write this after what was written before it, and before the loop waits for anything."""
        if not data:
            return
        if not self._parts:
            self._loop.call_soon(self.flush)
        self._parts.append(data)
        self._size += len(data)
        if self._size > LARGE:
            self.flush()

    def close(self) -> None:
        """Close the connection once all that was written has left."""
        self.flush()
        self._transport.close()

    def flush(self) -> None:
        """Write now."""
        parts, self._parts, self._size = self._parts, [], 0
        if parts and not self._transport.is_closing():
            self._transport.writelines(parts)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class Served:
    """An app, for one request: it writes the head of the answer where that is a plain one.

    Args:
        app: The app.
        cycle: The server's side of the request.
    """

    def __init__(self, app: ASGIApp, cycle: RequestResponseCycle) -> None:
        self._app = app
        self._cycle = cycle

    def __call__(self, scope: Any, receive: Any, _send: Any) -> Awaitable[None]:
        """Serve the request."""
        return self._app(scope, receive, self.send)

    async def send(self, message: Any) -> None:
        """Send a part of the answer."""
        cycle = self._cycle
        if cycle.response_started or (length := self._length(message)) is None:
            await cycle.send(message)
            return
        lines = [_line(name, value) for name, value in (*cycle.default_headers, *message["headers"])]
        cycle.response_started, cycle.chunked_encoding, cycle.expected_content_length = True, False, length
        cycle.transport.write(b"".join((STATUS_LINE[message["status"]], *lines, b"\r\n")))

    def _length(self, message: Message) -> int | None:
        """The length of the body, where this is a plain head; the server writes all others."""
        cycle = self._cycle
        if not cycle.keep_alive or cycle.waiting_for_100_continue or cycle.disconnected or cycle.flow.write_paused:
            return None
        headers = dict(message.get("headers", ()))
        length = headers.get(b"content-length")
        return None if length is None or b"connection" in headers or b"transfer-encoding" in headers else int(length)


@lru_cache(maxsize=256)
def _line(name: bytes, value: bytes) -> bytes:
    """The line of a header.

    Raises:
        ValueError: it would be something else than one line.
    """
    if HEADER_RE.search(name) or HEADER_VALUE_RE.search(value):
        raise ValueError("This cannot be the name or the value of a header.")
    return b"%s: %s\r\n" % (name, value)


class ClientConnection(HttpToolsProtocol):
    """The server's side of a connection of HTTP/1.1.

    One timer closes it when it has been idle for too long: it is set again when it has gone off too early.
    """

    _idle_since: float | None = None
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as the parent has it
        """It is open."""
        self._joined = JoinedWrites(transport, self.loop)
        super().connection_made(cast("asyncio.Transport", self._joined))

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone."""
        super().connection_lost(exc)
        if self._timer:
            self._timer.cancel()

    def eof_received(self) -> None:
        """The client sends no more; the transport below then closes itself, so what was written leaves before."""
        self._joined.flush()

    def on_response_complete(self) -> None:
        """A request is answered."""
        if self.pipeline:
            super().on_response_complete()
            return
        self.server_state.total_requests += 1
        self.flow.resume_reading()
        self._idle_since = self.loop.time()
        if self._timer is None:
            self._timer = self.loop.call_later(self.timeout_keep_alive, self._close_if_idle)

    def _unset_keepalive_if_required(self) -> None:
        self._idle_since = None

    def _close_if_idle(self) -> None:
        self._timer = None
        if self._idle_since is None:
            return
        left = self._idle_since + self.timeout_keep_alive - self.loop.time()
        if left > 0:
            self._timer = self.loop.call_later(left, self._close_if_idle)
        else:
            self.timeout_keep_alive_handler()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        super()._start_asgi_task(cycle, Served(app, cycle))
