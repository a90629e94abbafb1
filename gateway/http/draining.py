"""The end of a request whose body was not read.

A connection that is closed while bytes are still arriving is reset, and the client may lose the answer with it. So the
answer is sent at once, and the rest of the body is taken and dropped before the exchange ends.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
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
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = body_of(dict(scope["headers"]), receive)
        body.seconds, body.silence = self._seconds, self._silence
        await self._app(scope, body.receive, body.ending(send))


@dataclass(slots=True)
class Body:
    """The body of one request.

    Attributes:
        source: Where it comes from.
        invited: Whether the client sends it without being asked to (`Expect: 100-continue`, RFC 9110 10.1.1).
        ended: Whether all of it has come, or the client is gone.
        seconds, silence: As for `Drained`.
    """

    source: Receive
    invited: bool
    ended: bool = False
    seconds: float = DRAIN_SECONDS
    silence: float = SILENCE_SECONDS

    async def receive(self) -> Message:
        """Receive the next message of the request."""
        self.invited = True  # the server asks for the body now
        message = await self.source()
        self.ended = message["type"] != "http.request" or not message.get("more_body", False)
        return message

    def ending(self, send: Send) -> Send:
        """Sends an answer, and where the body has not ended drops the rest of it before the answer ends."""

        async def closing(message: Message) -> None:
            if self.ended:
                await send(message)
            elif message["type"] == "http.response.start":
                await send({**message, "headers": _with_close(message.get("headers", ()))})
            elif message.get("more_body", False):
                await send(message)
            else:
                await send({**message, "more_body": True})
                await self._drain()
                await send({"type": "http.response.body", "body": b""})

        return closing

    async def _drain(self) -> None:
        """Drop what is still to come, unless the client waits to be asked for it."""
        now = asyncio.get_running_loop().time
        end = now() + self.seconds
        with suppress(TimeoutError):
            async with asyncio.timeout(self.silence) as patience:
                while self.invited and not self.ended:
                    await self.receive()
                    patience.reschedule(min(now() + self.silence, end))


def body_of(headers: Mapping[bytes, bytes], receive: Receive) -> Body:
    """The body of a request with these headers; where they announce none, it has ended."""
    announced = headers.get(b"content-length", b"0") != b"0" or b"transfer-encoding" in headers
    return Body(receive, b"expect" not in headers, not announced)


def _with_close(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """The headers of an answer after which the connection is closed: where the next request begins is not known."""
    kept = [(name, value) for name, value in headers if name.lower() != b"connection"]
    return [*kept, (b"connection", b"close")]
