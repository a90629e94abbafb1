"""Fetching a file from an address that a caller names, without being led to places only the gateway can reach.

The host is resolved here, every address it has must be a public one, and the connection goes to exactly the address
that was checked: a second answer of the name server cannot move it. Redirects are followed by hand, each one checked
like the first. Nothing of the gateway's own is sent: no cookies, no credentials, no proxies, no headers.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urljoin

import httpx

from gateway.actions.validation import is_web_address
from schema.actions.problem import UserErrorCode

MOST_REDIRECTS = 5
SECONDS = 20.0
"""How long a file may take, redirects included."""

PIECE_BYTES = 256 * 1024
REDIRECTS = frozenset({301, 302, 303, 307, 308})
WEB_PORTS = {"http": 80, "https": 443}

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]


class Unfetchable(Exception):
    """The file cannot be had.

    Attributes:
        code, message: What to tell the caller; the message holds nothing of the address.
    """

    def __init__(self, code: UserErrorCode, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def _not_allowed() -> Unfetchable:
    return Unfetchable(UserErrorCode.URL_NOT_ALLOWED, "The gateway does not fetch from this address.")


def _unreachable() -> Unfetchable:
    return Unfetchable(UserErrorCode.FILE_UNREACHABLE, "The file could not be fetched.")


async def resolve(host: str, port: int) -> Sequence[str]:
    """All addresses of a host."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(each[4][0]) for each in found]


def is_public(address: Address) -> bool:
    """Whether an address is one of the open Internet; one that carries another inside counts as that other."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or _translated(address)
        if address.teredo is not None:
            return False
        if inner is not None:
            return is_public(inner)
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


_TRANSLATION = IPv6Network("64:ff9b::/96")


def _translated(address: IPv6Address) -> IPv4Address | None:
    """The address that NAT64 would turn this one into."""
    return IPv4Address(int(address) & 0xFFFFFFFF) if address in _TRANSLATION else None


class Fetcher:
    """Fetches files.

    Args:
        trusted: Networks that may be fetched from although they are not public. Nothing sets it but tests.
        resolve: The name server.
        transport: Makes connections.
    """

    def __init__(
        self,
        trusted: Sequence[Network] = (),
        resolve: Resolve = resolve,
        transport: Callable[[], httpx.AsyncBaseTransport] = lambda: httpx.AsyncHTTPTransport(trust_env=False),
    ) -> None:
        self._trusted = trusted
        self._resolve = resolve
        self._transport = transport

    @asynccontextmanager
    async def fetch(self, url: str) -> AsyncIterator[tuple[str | None, AsyncIterator[bytes]]]:
        """The media type that the answer declares, and the file piece by piece.

        Raises:
            Unfetchable: the address is not allowed, does not answer in time, or does not answer with a file.
        """
        try:
            async with asyncio.timeout(SECONDS), self._transport() as transport:
                response = await self._follow(transport, url.strip())
                try:
                    yield _media_type(response), response.aiter_raw(PIECE_BYTES)
                finally:
                    await response.aclose()
        except (httpx.HTTPError, httpx.StreamError, TimeoutError, OSError) as failed:
            raise _unreachable() from failed

    async def _follow(self, transport: httpx.AsyncBaseTransport, url: str) -> httpx.Response:
        for _ in range(MOST_REDIRECTS + 1):
            response = await transport.handle_async_request(await self._request(url))
            if response.status_code not in REDIRECTS:
                break
            await response.aclose()
            url = urljoin(url, response.headers.get("location", ""))
        if not response.is_success or response.headers.get("content-encoding", "identity") != "identity":
            await response.aclose()
            raise _unreachable()
        return response

    async def _request(self, url: str) -> httpx.Request:
        """The request for an address, to one of the host's own addresses, each of which must be allowed."""
        try:
            given = httpx.URL(url)
        except (httpx.InvalidURL, ValueError):
            raise _not_allowed() from None
        if not is_web_address(url) or not given.host:
            raise _not_allowed()
        addresses = [ip_address(each.partition("%")[0]) for each in await self._addresses(given)]
        if not addresses or not all(map(self._is_allowed, addresses)):
            raise _not_allowed()
        headers = {"Host": given.netloc.decode("ascii"), "Accept": "*/*", "Accept-Encoding": "identity"}
        pinned = given.copy_with(host=str(addresses[0]), fragment=None)
        timeout = httpx.Timeout(SECONDS, connect=SECONDS / 2).as_dict()
        extensions = {"sni_hostname": given.raw_host.decode("ascii"), "timeout": timeout}
        return httpx.Request("GET", pinned, headers=headers, extensions=extensions)

    async def _addresses(self, url: httpx.URL) -> Sequence[str]:
        try:
            return await self._resolve(url.host, url.port or WEB_PORTS[url.scheme])
        except (OSError, UnicodeError):
            raise _unreachable() from None

    def _is_allowed(self, address: Address) -> bool:
        return is_public(address) or any(address in network for network in self._trusted)


def _media_type(response: httpx.Response) -> str | None:
    return response.headers.get("content-type", "").partition(";")[0].strip().lower() or None
