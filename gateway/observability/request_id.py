"""The id of a request: in its logs, in the errors it meets, and in the answer's `X-Request-Id`."""

from __future__ import annotations

import re
import secrets

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER = b"x-request-id"
SANE = re.compile(rb"[A-Za-z0-9_.-]{1,64}")
"""What an id of the client's may look like to be taken over."""

_ANSWERS = ("http.response.start", "websocket.accept")


class RequestIds:
    """Gives each connection an id: the client's own if it is sane, else a new one."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        given = next((value for name, value in scope["headers"] if name == HEADER and SANE.fullmatch(value)), None)
        request_id = given or secrets.token_hex(16).encode()

        async def marked(message: Message) -> None:
            if message["type"] in _ANSWERS:
                message["headers"] = [*message.get("headers", ()), (HEADER, request_id)]
            await send(message)

        tokens = structlog.contextvars.bind_contextvars(request_id=request_id.decode())
        try:
            await self._app(scope, receive, marked)
        finally:
            structlog.contextvars.reset_contextvars(**tokens)
