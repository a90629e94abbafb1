"""The id of a request: in its logs, in the errors it meets, and in the answer's `X-Request-Id`."""

from __future__ import annotations

import re
from random import getrandbits

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bind_contextvars, reset_contextvars

HEADER = b"x-request-id"
SANE = re.compile(rb"[A-Za-z0-9_.-]{1,64}")
"""What an id of the client's may look like to be taken over."""

_ANSWERS = ("http.response.start", "websocket.accept")


def id_of(given: bytes | None) -> bytes:
    """The id that the client gave its request if it is sane, else a new one."""
    return given if given and SANE.fullmatch(given) else b"%032x" % getrandbits(128)


def marked(request_id: bytes, send: Send) -> Send:
    """Sends answers with the id in their headers."""

    async def send_marked(message: Message) -> None:
        if message["type"] in _ANSWERS:
            message["headers"] = [*message.get("headers", ()), (HEADER, request_id)]
        await send(message)

    return send_marked


class RequestIds:
    """Gives each connection of an app an id."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        given = (value for name, value in scope["headers"] if name == HEADER and SANE.fullmatch(value))
        request_id = id_of(next(given, None))
        tokens = bind_contextvars(request_id=request_id.decode())
        try:
            await self._app(scope, receive, marked(request_id, send))
        finally:
            reset_contextvars(**tokens)
