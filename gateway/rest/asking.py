"""Asking the endpoint in this process, in the name of whoever sent a request."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from starlette.requests import Request
from starlette.types import ASGIApp, Message
from structlog.contextvars import get_contextvars

from gateway.http import ClientGoneError

PASSED_ON = {b"authorization", b"cache-control", b"host", b"traceparent", b"tracestate", b"x-integration-id"}
"""Headers that mean the same to the endpoint: who asks, about which account, how fresh, and by which address."""

OWN = [(b"content-type", b"application/json"), (b"accept", b"application/json")]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the endpoint said.

    Attributes:
        data: The operation's; empty where it was not executed.
        errors: As they stand in the answer.
        headers: Those that hold for an answer made of this one.
    """

    data: Mapping[str, Any]
    errors: list[Mapping[str, Any]]
    headers: Mapping[str, str] = field(default_factory=dict)


Ask = Callable[[str, Mapping[str, Any]], Awaitable[Answer]]
"""Document and variables to the answer."""


class Asking:
    """Asks on behalf of one request. The endpoint sees its connection, so it hears the client hang up.

    Args:
        endpoint: The endpoint.
        path: Where it is on the gateway.
        request: Whose body, if it has one, has been read.
    """

    def __init__(self, endpoint: ASGIApp, path: str, request: Request) -> None:
        self._endpoint = endpoint
        self._path = path
        self._request = request

    async def ask(self, document: str, variables: Mapping[str, Any]) -> Answer:
        """The answer to a document.

        Raises:
            ClientGoneError: the client hung up.
        """
        body = orjson.dumps({"query": document, "variables": variables})
        headers, content = await self._exchange(body)
        said = orjson.loads(content)
        age = {name: headers[name.lower()] for name in ("Age",) if name.lower() in headers}
        return Answer(said.get("data") or {}, said.get("errors") or [], age)

    async def _exchange(self, body: bytes) -> tuple[dict[str, str], bytes]:
        pending = [{"type": "http.request", "body": body, "more_body": False}]
        headers: dict[str, str] = {}
        content = bytearray()

        async def receive() -> Message:
            return pending.pop() if pending else await self._request.receive()

        async def send(message: Message) -> None:
            headers.update(
                (name.decode().lower(), value.decode("latin-1")) for name, value in message.get("headers", ())
            )
            content.extend(message.get("body", b""))

        await self._endpoint(self._scope(len(body)), receive, send)
        if not content:
            raise ClientGoneError
        return headers, bytes(content)

    def _scope(self, length: int) -> dict[str, Any]:
        passed_on = [(name, value) for name, value in self._request.scope["headers"] if name in PASSED_ON]
        request_id = str(get_contextvars().get("request_id", "")).encode()
        headers = [*passed_on, *OWN, (b"x-request-id", request_id), (b"content-length", str(length).encode())]
        path = {"path": self._path, "raw_path": self._path.encode(), "query_string": b""}
        return {**self._request.scope, **path, "method": "POST", "headers": headers}
