"""A connection of a client: what is written in one turn of the event loop leaves together.

The server writes the head of an answer and its body one after the other, and each write is a system call that wakes
whoever reads: the client would be woken twice for a small answer.
"""

from __future__ import annotations

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

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


class ClientConnection(HttpToolsProtocol):
    """The server's side of a connection of HTTP/1.1."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as the parent has it
        """It is open."""
        self._joined = JoinedWrites(transport, self.loop)
        super().connection_made(cast("asyncio.Transport", self._joined))

    def eof_received(self) -> None:
        """The client sends no more; the transport below then closes itself, so what was written leaves before."""
        self._joined.flush()
