"""Proxies in front of the gateway, and the address under which clients reach it.

What an app makes of a request's own address (redirects, links, addresses of files) follows from four entries of its
scope: scheme, Host header, `root_path` and `path`. They are moved here to what the client sees.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache, partial
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

Network = IPv4Network | IPv6Network

PROTO, HOST, PREFIX = b"x-forwarded-proto", b"x-forwarded-host", b"x-forwarded-prefix"

SANE = {
    PROTO: re.compile(rb"https?"),
    HOST: re.compile(rb"[A-Za-z0-9._-]+(:\d+)?|\[[0-9A-Fa-f:.]+\](:\d+)?"),
    PREFIX: re.compile(rb"(/[A-Za-z0-9._~-]+)+/?"),
}
"""What the value of a forwarded header may look like; others count as absent."""


class AtPublicUrl:
    """Serves an app as if every request had come to one address.

    Args:
        app: The app.
        public_url: Such as `https://example.com/ats`: what a proxy receives under it comes here without the `/ats`.
    """

    def __init__(self, app: ASGIApp, public_url: str) -> None:
        parts = urlsplit(public_url)
        self._app = app
        self._scheme = parts.scheme
        self._host = parts.netloc.encode()
        self._prefix = parts.path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        moved = scope if scope["type"] == "lifespan" else _moved(scope, self._scheme, self._host, self._prefix)
        await self._app(moved, receive, send)


class BehindProxies:
    """Believes what proxies say about the address that a client asked for: scheme, host, and the prefix they strip.

    Args:
        app: The app.
        trusted: Where the proxies are. From elsewhere the headers mean nothing.
    """

    def __init__(self, app: ASGIApp, trusted: Collection[Network]) -> None:
        self._app = app
        self._trusts = lru_cache(maxsize=1024)(partial(_is_in, trusted))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        client = scope.get("client")
        if client and self._trusts(client[0]) and (said := _forwarded(scope)):
            scheme = said.get(PROTO, scope.get("scheme", "http").replace("ws", "http").encode()).decode()
            scope = _moved(scope, scheme, said.get(HOST), said.get(PREFIX, b"").decode().rstrip("/"))
        await self._app(scope, receive, send)


def _forwarded(scope: Scope) -> dict[bytes, bytes]:
    """The forwarded headers of a request. Where there are several values, the last is the nearest proxy's."""
    last = {name: value.rpartition(b",")[2].strip() for name, value in scope["headers"] if name in SANE}
    return {name: value for name, value in last.items() if SANE[name].fullmatch(value)}


def _moved(scope: Scope, scheme: str, host: bytes | None, prefix: str) -> Scope:
    """The scope as if the client had asked for it at another address."""
    kept = scope["headers"]
    headers = kept if host is None else [(b"host", host), *((name, value) for name, value in kept if name != b"host")]
    return {
        **scope,
        "scheme": scheme.replace("http", "ws") if scope["type"] == "websocket" else scheme,
        "headers": headers,
        "root_path": prefix,
        "path": f"{prefix}{scope['path']}",
        "raw_path": prefix.encode() + scope.get("raw_path", scope["path"].encode()),
    }


def _is_in(networks: Collection[Network], host: str) -> bool:
    """Whether a client's address is in one of the networks; the name of a socket's file never is."""
    try:
        address = ip_address(host)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return any((mapped or address) in network for network in networks)
