"""Browsers that reach a gateway without tokens under a foreign name (DNS rebinding) are refused."""

from functools import lru_cache
from urllib.parse import urlsplit

from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocketClose

from gateway.callers.addresses import is_loopback
from resolvers.errors import Forbidden

POLICY_VIOLATION = 1008
"""The WebSocket code for it (RFC 6455 7.4.1)."""


async def refuse_foreign_name(scope: Scope, receive: Receive, send: Send) -> None:
    """Refuse one request."""
    if scope["type"] == "websocket":
        await WebSocketClose(POLICY_VIOLATION, "Forbidden")(scope, receive, send)
        return
    error = Forbidden("Without access tokens the gateway answers to localhost only.")
    body = {"errors": [{"message": error.message, "extensions": error.extensions}]}
    await JSONResponse(body, status_code=403)(scope, receive, send)


def host_of(public_url: str) -> bytes | None:
    """The host of an address as it stands in a header; null for no address."""
    return urlsplit(public_url).netloc.encode() or None


def is_local(scope: Scope, public: bytes | None = None) -> bool:
    """Whether a request was made to this machine by one of its own names, or by its public one.

    A page can have its own name lead to 127.0.0.1 (DNS rebinding), and then counts as one of this gateway's; only the
    Host header tells. Starlette's middleware of this kind does not know IPv6 addresses.
    """
    for name, value in scope["headers"]:
        if name == b"host":
            return _leads_here(value) or value.lower() == public
    return False


@lru_cache(maxsize=256)
def _leads_here(value: bytes) -> bool:
    """Whether the value of a Host header is this machine."""
    host = value.decode("latin-1")
    name = host.partition("]")[0] if host.startswith("[") else host.partition(":")[0]
    return is_loopback(name.removesuffix("."))
