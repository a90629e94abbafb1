"""One kept connection: a question at a time, its answer parsed by httptools."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from select import POLLIN, poll
from typing import Any, cast

import httptools
import httpx

LARGEST = 64 * 1024 * 1024
"""Bytes of the largest answer that is read, on the wire and once it is decompressed."""

COMPRESSED, PLAIN = frozenset({"gzip", "x-gzip"}), frozenset({"", "identity"})
ANY_WINDOW = 47
"""What zlib calls a gzip header with a window of any size."""


@dataclass(slots=True)
class Reply:
    """An answer that is there to its end.

    Attributes:
        status_code: HTTP status.
        headers: Its headers, found by their lower-case names.
        body: All of its body.
        decoded: The JSON of the body, once it has been decoded.
    """

    status_code: int
    headers: Mapping[str, str]
    body: bytes
    decoded: Any = None


class StaleError(httpx.ReadError):
    """The connection ended before the first byte of an answer."""


class Connection(asyncio.Protocol):
    """A connection to a server of HTTP/1.1.

    Attributes:
        alive: Whether it is open, and all that came was asked for.
    """

    def __init__(self) -> None:
        self.alive = False
        self._parser = httptools.HttpResponseParser(self)
        self._nothing: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._nothing.cancel()
        self._answer = self._nothing
        self._received = 0
        self._unread = poll()
        self._headers: dict[str, str] = {}
        self._met: dict[str, str] = {}
        self._body: list[bytes] = []
        self._open_ended = False

    @property
    def is_free(self) -> bool:
        """Whether a question can be sent on it: what has come unasked must not answer it, read already or not."""
        return self.alive and not self._unread.poll(0)

    async def ask(self, message: bytes) -> Reply:
        """The answer to a GET, which is sent as it is. An error or a cancellation closes the connection.

        Raises:
            StaleError: the server had closed the connection already.
            httpx.RequestError: no usable answer came.
        """
        self._received, self.alive = 0, False
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(message)
        try:
            return _plain(await self._answer)
        except BaseException:
            self.alive = False
            raise
        finally:
            self._answer, self._body = self._nothing, []  # an idle connection holds on to no answer
            if not self.alive:
                self._transport.abort()

    def close(self) -> None:
        """Close it."""
        self.alive = False
        self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is open."""
        self._transport = cast("asyncio.Transport", transport)
        self._unread.register(transport.get_extra_info("socket"), POLLIN)
        self.alive = True

    def connection_lost(self, error: Exception | None) -> None:
        """It has ended, and with it a body that does not say how long it is."""
        self.alive = False
        if self._open_ended and error is None:
            self._end()
        self._fail(httpx.ReadError("The connection ended within the answer.") if self._received else StaleError(""))

    def data_received(self, data: bytes) -> None:
        """Some more bytes of an answer; those that nobody has asked for make the connection useless."""
        self._received += len(data)
        if self._answer.done():
            self.close()
        elif self._received > LARGEST:
            self._fail(httpx.DecodingError("The answer is too large."))
        else:
            try:
                self._parser.feed_data(data)
            except (httptools.HttpParserError, httptools.HttpParserUpgrade):
                self._fail(httpx.RemoteProtocolError("The answer is not HTTP."))

    def on_message_begin(self) -> None:
        """The parser meets an answer; one more than was asked for makes the connection useless."""
        self._met, self._body = {}, []
        self._open_ended = self.alive = False

    def on_header(self, name: bytes, value: bytes) -> None:
        """The parser meets a header."""
        self._met[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        """The parser has met all headers; those that follow a body are none of them."""
        self._headers, self._met = self._met, {}
        self._open_ended = not self._headers.keys() & {"content-length", "transfer-encoding"}

    def on_body(self, body: bytes) -> None:
        """The parser meets a part of the body."""
        self._body.append(body)

    def on_message_complete(self) -> None:
        """The parser has met the whole answer; one that only says that another will follow does not count."""
        self._open_ended = False
        if self._parser.get_status_code() >= httpx.codes.OK and not self._answer.done():
            self.alive = self._parser.should_keep_alive()
            self._end()

    def _end(self) -> None:
        if not self._answer.done():
            self._answer.set_result(Reply(self._parser.get_status_code(), self._headers, b"".join(self._body)))

    def _fail(self, error: httpx.RequestError) -> None:
        self.alive = False
        if not self._answer.done():
            self._answer.set_exception(error)


def _plain(reply: Reply) -> Reply:
    """The same with its body decompressed."""
    coding = reply.headers.get("content-encoding", "").strip().lower()
    if coding in COMPRESSED and reply.body:
        unpacking = zlib.decompressobj(ANY_WINDOW)
        try:
            reply.body = unpacking.decompress(reply.body, LARGEST)
        except zlib.error as error:
            raise httpx.DecodingError("The answer is not compressed as it says.") from error
        if not unpacking.eof:
            raise httpx.DecodingError("The answer is too large, or cut.")
    elif coding not in COMPRESSED and coding not in PLAIN:
        raise httpx.DecodingError("The answer is compressed in a way that was not asked for.")
    return reply
