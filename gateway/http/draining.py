"""The end of a request whose body was not read.

A connection that is closed while bytes are still arriving is reset, and the client may lose the answer with it. So the
answer is sent at once, and the rest of the body is taken and dropped before the exchange ends.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

DRAIN_SECONDS = 30.0
"""How long the rest of a body is taken."""

SILENCE_SECONDS = 5.0
"""How long the client may send nothing meanwhile."""


class Drained:
    """Takes what an app leaves of a request's body before its answer ends.

    Args:
        app: The app.
        seconds: How long the rest is taken.
        silence: Seconds after which a client that sends nothing is not waited for.
    """

    def __init__(self, app: ASGIApp, seconds: float = DRAIN_SECONDS, silence: float = SILENCE_SECONDS) -> None:
        self._app = app
        self._seconds = seconds
        self._silence = silence

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        headers = {name for name, value in scope.get("headers", ()) if name in _SPEAKING and value != b"0"}
        if scope["type"] != "http" or not headers & _FRAMING:
            await self._app(scope, receive, send)
            return
        body = Body(receive, invited=b"expect" not in headers)

        async def closing(message: Message) -> None:
            if body.ended:
                await send(message)
            elif message["type"] == "http.response.start":
                await send({**message, "headers": _with_close(message.get("headers", ()))})
            elif message.get("more_body", False):
                await send(message)
            else:
                await send({**message, "more_body": True})
                await body.drain(self._seconds, self._silence)
                await send({"type": "http.response.body", "body": b""})

        await self._app(scope, body.receive, closing)


@dataclass(slots=True)
class Body:
    """The body of one request.

    Attributes:
        source: Where it comes from.
        invited: Whether the client sends it without being asked to (`Expect: 100-continue`, RFC 9110 10.1.1).
        ended: Whether all of it has come, or the client is gone.
    """

    source: Receive
    invited: bool
    ended: bool = False

    async def receive(self) -> Message:
        """Receive the next message of the request."""
        self.invited = True  # the server asks for the body now
        message = await self.source()
        self.ended = message["type"] != "http.request" or not message.get("more_body", False)
        return message

    async def drain(self, seconds: float, silence: float) -> None:
        """Drop what is still to come, unless the client waits to be asked for it."""
        now = asyncio.get_running_loop().time
        end = now() + seconds
        with suppress(TimeoutError):
            async with asyncio.timeout(silence) as patience:
                while self.invited and not self.ended:
                    await self.receive()
                    patience.reschedule(min(now() + silence, end))


_FRAMING = {b"content-length", b"transfer-encoding"}
_SPEAKING = {*_FRAMING, b"expect"}


def _with_close(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """The headers of an answer after which the connection is closed: where the next request begins is not known."""
    kept = [(name, value) for name, value in headers if name.lower() != b"connection"]
    return [*kept, (b"connection", b"close")]
