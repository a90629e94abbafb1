"""A request as it comes in over ASGI."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.types import Receive, Scope


@dataclass(frozen=True, slots=True)
class Request:
    """One whole request, body included."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    url: str
    """As the client wrote it, key included."""

    @property
    def key(self) -> str | None:
        """The API key, from the header or the query (crelate-api 1)."""
        return self.headers.get("x-api-key") or self.query_key

    @property
    def query_key(self) -> str | None:
        """The API key of the query."""
        return self.query.get("api_key")

    @property
    def key_in(self) -> str | None:
        """Where the key came."""
        if "x-api-key" in self.headers:
            return "header"
        return "query" if "api_key" in self.query else None


async def read_request(scope: Scope, receive: Receive) -> Request:
    """Reads the request to its end."""
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    query_string = scope["query_string"].decode("latin-1")
    address = f"{scope['scheme']}://{headers.get('host', 'localhost')}{scope['path']}"
    return Request(
        method=scope["method"],
        path=scope["path"],
        query=dict(parse_qsl(query_string, keep_blank_values=True)),
        headers=headers,
        body=await _body(receive),
        url=f"{address}?{query_string}" if query_string else address,
    )


async def _body(receive: Receive) -> bytes:
    body = b""
    more = True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body
