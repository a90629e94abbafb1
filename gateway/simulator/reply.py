"""What goes out over ASGI."""

import json
from dataclasses import dataclass, field
from enum import Enum, auto

import httpx
import orjson
from starlette.types import Receive, Send


class Silence(Enum):
    """What a client gets in place of a reply."""

    DROPPED = auto()
    """The connection ends."""
    HANGING = auto()
    """The connection stays open."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A status, headers and a body."""

    status: int
    body: bytes
    media_type: str = "application/json; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)

    async def send(self, send: Send) -> None:
        """Sends it whole."""
        headers = {"content-type": self.media_type, "content-length": str(len(self.body)), **self.headers}
        encoded = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": self.status, "headers": encoded})
        await send({"type": "http.response.body", "body": self.body})


def json_reply(data: object, status: int = 200, headers: dict[str, str] | None = None) -> Reply:
    """A reply with this JSON. Text that UTF-8 cannot hold, a lone surrogate, goes out as an escape."""
    try:
        body = orjson.dumps(data)
    except orjson.JSONEncodeError:
        body = json.dumps(data, separators=(",", ":")).encode()
    return Reply(status, body, headers=headers or {})


def text_reply(text: str, status: int, headers: dict[str, str] | None = None) -> Reply:
    """A reply with this plain text."""
    return Reply(status, text.encode(), "text/plain; charset=utf-8", headers or {})


async def drop_connection(receive: Receive, send: Send) -> None:
    """Ends the connection without an answer.

    ASGI has no word for it. Under uvicorn the socket behind `send` is closed; in-process there is no socket, and the
    error that a client would meet is raised instead.
    """
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is None:
        raise httpx.RemoteProtocolError("Server disconnected without sending a response.")
    transport.abort()
    await hang(receive)


async def hang(receive: Receive) -> None:
    """Keeps the connection open until the client closes it."""
    while (await receive())["type"] != "http.disconnect":
        pass
