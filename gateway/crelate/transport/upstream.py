"""What sends a call: any transport of httpx, the seam of the tests, or kept connections of our own."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping
from contextlib import aclosing
from functools import cached_property, lru_cache
from socket import SOCK_STREAM
from ssl import SSLContext
from typing import Protocol

import httpx
from aiohappyeyeballs import start_connection

from gateway.crelate.transport.connection import Connection, Reply, StaleError

CONNECT_SECONDS = 10.0
"""How long a connection may take to open (crelate-api 3)."""

IDLE_SECONDS = 15.0
"""How long a connection that is not in use is kept."""

NEXT_ADDRESS_SECONDS = 0.25
"""After how long the next address of a server is tried beside the one before (RFC 8305)."""

PORTS = {"http": 80, "https": 443}

Headers = Mapping[str, str]


class Upstream(Protocol):
    """Sends calls. Redirects are answers, cookies are not kept.

    Raises:
        httpx.RequestError: no usable answer came.
    """

    async def fetch(self, address: str, headers: Headers, seconds: float) -> Reply:
        """The whole answer to a plain question; `address` is quoted, `seconds` is the longest wait for a byte."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """An answer whose body has not been read yet."""

    async def aclose(self) -> None:
        """Close all connections."""


class Transported:
    """Calls over a transport of httpx.

    Args:
        transport: Sends them.
    """

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self.handle_async_request = transport.handle_async_request
        self.aclose = transport.aclose

    async def fetch(self, address: str, headers: Headers, seconds: float) -> Reply:
        """The whole answer."""
        extensions = {"timeout": httpx.Timeout(seconds, connect=min(seconds, CONNECT_SECONDS)).as_dict()}
        request = httpx.Request("GET", address, headers=headers, extensions=extensions)
        async with aclosing(await self.handle_async_request(request)) as response:
            return Reply(response.status_code, response.headers, await response.aread())


class Pool(httpx.AsyncBaseTransport):
    """Plain questions over kept connections, the rest over one of httpx each.

    As many connections as there are calls: whoever makes them bounds their number. Of a write that meets a connection
    just closed nobody could say whether it happened, and httpx takes whatever came before for its answer.

    Args:
        idle_seconds: How long a connection that is not in use is kept.
    """

    def __init__(self, idle_seconds: float = IDLE_SECONDS) -> None:
        self._idle_seconds = idle_seconds
        self._idle: dict[str, deque[tuple[Connection, float]]] = {}
        self._rest: httpx.AsyncHTTPTransport | None = None

    async def fetch(self, address: str, headers: Headers, seconds: float) -> Reply:  # noqa: ARG002  ended by the caller
        """The whole answer."""
        scheme, _, rest = address.partition("://")
        host, _, target = rest.partition("/")
        head = _head(host, tuple(headers.items()))
        if scheme not in PORTS or " " in target or not target.isprintable() or not head:
            raise httpx.UnsupportedProtocol("This address or key cannot be sent.")
        message = f"GET /{target} HTTP/1.1\r\n{head}".encode()
        idle = self._idle.setdefault(f"{scheme}://{host}", deque())
        while True:
            kept = self._kept(idle)
            connection = kept or await self._connect(f"{scheme}://{host}")
            try:
                reply = await connection.ask(message)
            except StaleError:
                if kept:
                    continue
                raise
            if connection.alive:
                idle.append((connection, asyncio.get_running_loop().time() + self._idle_seconds))
            return reply

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """An answer whose body has not been read yet."""
        if self._rest is None:
            limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
            self._rest = httpx.AsyncHTTPTransport(verify=self._context, limits=limits)
        return await self._rest.handle_async_request(request)

    async def aclose(self) -> None:
        """Close all connections."""
        for idle in self._idle.values():
            while idle:
                idle.pop()[0].close()
        if self._rest is not None:
            await self._rest.aclose()

    @cached_property
    def _context(self) -> SSLContext:
        """Whom an encrypted connection trusts: a hundred issuers are not read for nothing."""
        return httpx.create_ssl_context()

    def _kept(self, idle: deque[tuple[Connection, float]]) -> Connection | None:
        """The connection that was used last, if there is one still."""
        now = asyncio.get_running_loop().time()
        while idle and idle[0][1] <= now:
            idle.popleft()[0].close()
        while idle:
            connection, _ = idle.pop()
            if connection.is_free:
                return connection
            connection.close()
        return None

    async def _connect(self, origin: str) -> Connection:
        url, loop = httpx.URL(origin), asyncio.get_running_loop()
        host, port = url.raw_host.decode(), url.port or PORTS[url.scheme]
        context, name = (self._context, host) if url.scheme == "https" else (None, None)
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                found = await loop.getaddrinfo(host, port, type=SOCK_STREAM)
                opened = await start_connection(found, happy_eyeballs_delay=NEXT_ADDRESS_SECONDS, interleave=1)
                making = loop.create_connection(Connection, sock=opened, ssl=context, server_hostname=name)
                return (await making)[1]
        except TimeoutError as error:
            raise httpx.ConnectTimeout("No connection was opened in time.") from error
        except (OSError, UnicodeError) as error:  # a name that no resolver can be asked for is one of the latter
            raise httpx.ConnectError(str(error)) from error


@lru_cache(maxsize=64)
def _head(host: str, headers: tuple[tuple[str, str], ...]) -> str:
    """What follows the first line of a question; blank where a line of it cannot be sent."""
    lines = [f"Host: {host}", "Accept-Encoding: gzip", *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join((*lines, "", "")) if all(map(str.isprintable, lines)) else ""
