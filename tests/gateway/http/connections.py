"""The client's side of an ASGI connection, played step by step."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import orjson
from starlette.types import ASGIApp

PROTOCOL = "graphql-transport-ws"


class Connection:
    """What the client says goes in, what it hears comes out.

    Attributes:
        incoming: What the server will receive.
        outgoing: What the server has sent.
    """

    def __init__(self) -> None:
        self.incoming: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.outgoing: asyncio.Queue[Mapping[str, Any]] = asyncio.Queue()

    async def say(self, message: Mapping[str, Any]) -> None:
        """Say one message over a WebSocket."""
        await self.incoming.put({"type": "websocket.receive", "text": orjson.dumps(message).decode()})

    async def hear(self) -> Any:
        """The next message over a WebSocket; when the server closes, its code."""
        event = await self.outgoing.get()
        return event["code"] if event["type"] == "websocket.close" else orjson.loads(event["text"])

    async def ask(self, query: str, operation_id: str = "1", **parameters: Any) -> None:
        """Start an operation over a WebSocket."""
        await self.say({"id": operation_id, "type": "subscribe", "payload": {"query": query, **parameters}})


@asynccontextmanager
async def opened(app: ASGIApp, scope: dict[str, Any]) -> AsyncIterator[Connection]:
    """A connection that is served while the context lasts; at its end the client hangs up."""
    connection = Connection()

    async def serve() -> None:
        await app(scope, connection.incoming.get, connection.outgoing.put)

    serving = asyncio.create_task(serve())
    try:
        yield connection
    finally:
        await connection.incoming.put({"type": scope["type"] + ".disconnect"})
        await serving


@asynccontextmanager
async def socket(
    app: ASGIApp, *, protocols: tuple[str, ...] = (PROTOCOL,), headers: Mapping[str, str] | None = None
) -> AsyncIterator[Connection]:
    """A WebSocket that has asked to be opened."""
    raw = [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()]
    scope = {"type": "websocket", "path": "/graphql", "query_string": b"", "headers": raw, "subprotocols": protocols}
    async with opened(app, scope) as connection:
        await connection.incoming.put({"type": "websocket.connect"})
        yield connection


@asynccontextmanager
async def greeted(app: ASGIApp, payload: Mapping[str, Any] | None = None) -> AsyncIterator[Connection]:
    """A WebSocket on which operations may be started."""
    async with socket(app) as connection:
        assert (await connection.outgoing.get())["subprotocol"] == PROTOCOL
        await connection.say({"type": "connection_init", "payload": payload})
        assert await connection.hear() == {"type": "connection_ack"}
        yield connection


@asynccontextmanager
async def posted(app: ASGIApp, query: str, accept: str) -> AsyncIterator[Connection]:
    """A POST whose body has arrived."""
    headers = [(b"content-type", b"application/json"), (b"accept", accept.encode())]
    scope = {"type": "http", "method": "POST", "path": "/graphql", "query_string": b"", "headers": headers}
    async with opened(app, scope) as connection:
        await connection.incoming.put({"type": "http.request", "body": orjson.dumps({"query": query})})
        yield connection
