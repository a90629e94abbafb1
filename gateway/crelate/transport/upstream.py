"""What sends a call: over any transport of httpx, the seam of the tests, or straight over aiohttp's connection pool."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Protocol

import aiohttp
import httpx
from aiohttp.http_exceptions import ContentEncodingError
from httpx_aiohttp import AiohttpTransport
from yarl import URL

CONNECT_SECONDS = 10.0
"""How long a connection may take to open (crelate-api 3)."""

IDLE_SECONDS = 15.0
"""How long a connection that is not in use is kept."""

Headers = Mapping[str, str]

IN_HTTPX_WORDS: Sequence[tuple[type[Exception], type[httpx.RequestError]]] = (
    (aiohttp.ConnectionTimeoutError, httpx.ConnectTimeout),
    (aiohttp.ServerTimeoutError, httpx.ReadTimeout),
    (aiohttp.ClientConnectorError, httpx.ConnectError),
    (aiohttp.InvalidURL, httpx.UnsupportedProtocol),
    (aiohttp.NonHttpUrlClientError, httpx.UnsupportedProtocol),
    (aiohttp.ClientPayloadError, httpx.ReadError),
    (OSError, httpx.ReadError),
)
"""Error of aiohttp -> what httpx calls it, the first that fits; any other is an answer that is not HTTP."""


@dataclass(slots=True)
class Reply:
    """An answer that is there to its end.

    Attributes:
        status_code: HTTP status.
        headers: Its headers, found by their names in any case.
        body: All of its body.
        decoded: The JSON of the body, once it has been decoded.
    """

    status_code: int
    headers: Headers
    body: bytes
    decoded: Any = None


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


class Pool(AiohttpTransport):
    """aiohttp's connection pool. Whole answers come straight from it, the others in httpx's words.

    As many connections as there are calls: whoever makes them bounds their number.
    """

    def __init__(self) -> None:
        super().__init__(client=self._open)

    async def fetch(self, address: str, headers: Headers, seconds: float) -> Reply:  # noqa: ARG002  ended by the caller
        """The whole answer."""
        if not isinstance(self.client, aiohttp.ClientSession):
            self.client = self.get_client()
        try:
            url = URL(address, encoded=True)
            async with self.client.get(url, headers=headers, allow_redirects=False) as response:
                return Reply(response.status, response.headers, await response.read())
        except (aiohttp.ClientError, OSError) as error:
            raise _as_httpx(error) from error

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """An answer whose body has not been read yet."""
        try:
            return await super().handle_async_request(request)
        except aiohttp.ClientError as error:
            raise _as_httpx(error) from error

    def _open(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=IDLE_SECONDS, ssl=self.ssl_context),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS),
        )


def _as_httpx(error: Exception) -> httpx.RequestError:
    if isinstance(error.__cause__, ContentEncodingError):
        return httpx.DecodingError("The answer is not compressed as it says.")
    kind = next((ours for theirs, ours in IN_HTTPX_WORDS if isinstance(error, theirs)), httpx.RemoteProtocolError)
    return kind(str(error))
