"""GraphQL over WebSocket: the protocol `graphql-transport-ws`, and no other."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import aclosing
from typing import Any

from starlette.requests import HTTPConnection
from starlette.types import Receive, Scope, Send

from gateway.http.documents import Operation
from gateway.http.errors import RequestError, request_error, too_complex
from gateway.http.limits import Limits
from gateway.http.origin import Origins
from gateway.http.request import load_json, read_headers, read_parameters
from gateway.http.response import encode
from gateway.http.service import Service

PROTOCOL = "graphql-transport-ws"


class SocketClosed(Exception):
    """The server closes the connection with a code of the protocol or of RFC 6455."""

    def __init__(self, code: int, reason: str) -> None:
        self.code = code
        self.reason = reason
        super().__init__(reason)


class Sockets:
    """The WebSocket connections of an endpoint."""

    def __init__(self, service: Service, origins: Origins, limits: Limits) -> None:
        self._service = service
        self._origins = origins
        self._limits = limits
        self._open = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection until either side closes it."""
        await receive()
        try:
            self._origins.check_socket(read_headers(scope))
        except RequestError:
            await send({"type": "websocket.close", "code": 1008, "reason": "Forbidden"})
            return
        self._open += 1
        try:
            await self._serve(scope, receive, send)
        except SocketClosed as closed:
            await send({"type": "websocket.close", "code": closed.code, "reason": closed.reason})
        finally:
            self._open -= 1

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        spoken = PROTOCOL in scope.get("subprotocols", ())
        await send({"type": "websocket.accept", "subprotocol": PROTOCOL if spoken else None})
        if not spoken:
            raise SocketClosed(4406, "Subprotocol not acceptable")
        if self._open > self._limits.socket_connections:
            raise SocketClosed(1013, "Too many connections")
        await Conversation(self._service, self._limits, HTTPConnection(scope), receive, send).run()


class Conversation:
    """What is said over one connection."""

    def __init__(
        self, service: Service, limits: Limits, connection: HTTPConnection, receive: Receive, send: Send
    ) -> None:
        self._service = service
        self._limits = limits
        self._connection = connection
        self._receive = receive
        self._raw_send = send
        self._payload: dict[str, Any] | None = None
        self._acknowledged = False
        self._pinged = False
        self._operations: dict[str, asyncio.Task[None]] = {}
        self._idle_since = self._now()
        self._handlers = {
            "connection_init": self._on_init,
            "ping": self._on_ping,
            "pong": self._on_pong,
            "subscribe": self._on_subscribe,
            "complete": self._on_complete,
        }

    async def run(self) -> None:
        """Listen until the client is gone, or raise SocketClosed; operations still running are cancelled."""
        try:
            while (text := await self._listen()) is not None:
                await self._on_message(text)
        finally:
            for task in self._operations.values():
                task.cancel()
            await asyncio.gather(*self._operations.values(), return_exceptions=True)

    async def _listen(self) -> str | bytes | None:
        """The next message; null when the client is gone."""
        while True:
            try:
                async with asyncio.timeout_at(self._patience()):
                    message = await self._receive()
            except TimeoutError:
                await self._on_silence()
                continue
            if message["type"] == "websocket.disconnect":
                return None
            self._pinged = False
            return message.get("text") or message.get("bytes") or ""

    def _patience(self) -> float:
        """When silence gets too long."""
        if not self._acknowledged:
            return self._idle_since + self._limits.socket_init_seconds
        ping = self._now() + self._limits.socket_ping_seconds
        return ping if self._operations else min(ping, self._idle_since + self._limits.socket_idle_seconds)

    async def _on_silence(self) -> None:
        if not self._acknowledged:
            raise SocketClosed(4408, "Connection initialisation timeout")
        if not self._operations and self._now() >= self._idle_since + self._limits.socket_idle_seconds:
            raise SocketClosed(1000, "Idle")
        if self._pinged:
            raise SocketClosed(1001, "No answer to a ping")
        self._pinged = True
        await self._send({"type": "ping"})

    async def _on_message(self, text: str | bytes) -> None:
        if len(text) > self._limits.body_bytes:
            raise SocketClosed(1009, "Message too big")
        try:
            message = load_json(text, "The message")
        except RequestError:
            raise SocketClosed(4400, "Invalid message") from None
        if not isinstance(message, dict) or not isinstance(kind := message.get("type"), str):
            raise SocketClosed(4400, "Invalid message")
        if kind not in self._handlers:
            raise SocketClosed(4400, "Invalid message type")
        await self._handlers[kind](message)

    async def _on_init(self, message: dict[str, Any]) -> None:
        if self._acknowledged:
            raise SocketClosed(4429, "Too many initialisation requests")
        payload = message.get("payload")
        if payload is not None and not isinstance(payload, dict):
            raise SocketClosed(4400, "Invalid message")
        try:
            await self._service.admit(self._connection, payload)
        except RequestError as error:
            code = error.errors[0]["extensions"]["code"]
            raise SocketClosed(4403 if error.status < 500 else 4500, f"Forbidden: {code}") from None  # noqa: PLR2004
        self._payload = payload
        self._acknowledged = True
        self._idle_since = self._now()
        await self._send({"type": "connection_ack"})

    async def _on_ping(self, message: dict[str, Any]) -> None:
        await self._send({"type": "pong"} | ({"payload": message["payload"]} if "payload" in message else {}))

    async def _on_pong(self, message: dict[str, Any]) -> None:
        """Nothing to do: any message is a sign of life."""

    async def _on_subscribe(self, message: dict[str, Any]) -> None:
        if not self._acknowledged:
            raise SocketClosed(4401, "Unauthorized")
        operation_id = message.get("id")
        if not isinstance(operation_id, str) or not operation_id or not isinstance(message.get("payload"), dict):
            raise SocketClosed(4400, "Invalid message")
        if operation_id in self._operations:
            raise SocketClosed(4409, "Subscriber for this id already exists")
        running = len(self._operations) + 1
        if running > self._limits.socket_operations:
            error = too_complex("socket_operations", running, self._limits.socket_operations)
            await self._send({"id": operation_id, "type": "error", "payload": error.errors})
            return
        task = asyncio.create_task(self._operate(operation_id, message["payload"]))
        self._operations[operation_id] = task

    async def _on_complete(self, message: dict[str, Any]) -> None:
        if task := self._operations.pop(str(message.get("id")), None):
            task.cancel()
            self._idle_since = self._now()

    async def _operate(self, operation_id: str, payload: dict[str, Any]) -> None:
        try:
            request = read_parameters(payload, self._limits)
            results = self._service.results(self._connection, self._payload, request, _permit)
            async with aclosing(results):
                async for result in results:
                    await self._send({"id": operation_id, "type": "next", "payload": result})
            last: dict[str, Any] = {"id": operation_id, "type": "complete"}
        except Exception as error:  # noqa: BLE001 - the boundary
            last = {"id": operation_id, "type": "error", "payload": request_error(error).errors}
        # The client may use the id again as soon as it has the last message.
        del self._operations[operation_id]
        self._idle_since = self._now()
        await self._send(last)

    async def _send(self, message: Mapping[str, Any]) -> None:
        await self._raw_send({"type": "websocket.send", "text": encode(message).decode()})

    def _now(self) -> float:
        return asyncio.get_running_loop().time()


def _permit(_operation: Operation) -> None:
    """Every kind of operation may come over a WebSocket."""
