"""Answers on their way out: status, headers, body."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

import orjson
from starlette.types import Send

from gateway.http.compression import compress
from gateway.http.errors import RequestError
from gateway.http.negotiation import MediaType
from gateway.http.security_headers import SECURITY_HEADERS

FIXED_HEADERS = (
    (b"vary", b"accept, accept-encoding, authorization, x-integration-id"),
    *SECURITY_HEADERS.items(),
)


@dataclass(slots=True)
class Answer:
    """An HTTP answer.

    Attributes:
        status: HTTP status.
        body: The body before any content coding.
        headers: Headers beside those every answer has; content type and caching included.
    """

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)

    async def send(self, send: Send, accept_encoding: str, *, with_body: bool = True) -> None:
        """Send it, compressed when that is worth it; for HEAD without its body."""
        body, coding = await compress(self.body, accept_encoding)
        headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in self.headers.items()]
        if coding:
            headers.append((b"content-encoding", coding.encode()))
        if self.status not in _BODILESS:
            headers.append((b"content-length", b"%d" % len(body)))
        await send({"type": "http.response.start", "status": self.status, "headers": [*FIXED_HEADERS, *headers]})
        await send({"type": "http.response.body", "body": body if with_body else b""})


_BODILESS = (204, 304)


def answer_result(result: Mapping[str, Any], media_type: MediaType, headers: Mapping[str, str]) -> Answer:
    """The answer for an executed operation, partly failed or not: status 200."""
    return Answer(200, encode(result), {"Content-Type": media_type.value, "Cache-Control": "no-store", **headers})


def answer_cacheable(
    result: Mapping[str, Any], media_type: MediaType, headers: Mapping[str, str], if_none_match: str
) -> Answer:
    """The answer to a GET, with an `ETag` over its `data`; status 304 when the client has that already.

    The tag is weak: `extensions` tell of this request, not of the data.
    """
    if "errors" in result:
        return answer_result(result, media_type, headers)
    data = encode(result["data"])
    tag = f'W/"{blake2b(data + media_type.value.encode(), digest_size=12).hexdigest()}"'
    fields = {"Cache-Control": "private, no-cache", "ETag": tag, **headers}
    if tag in (known.strip() for known in if_none_match.split(",")):
        return Answer(304, b"", fields)
    return Answer(200, encode({**result, "data": orjson.Fragment(data)}), {"Content-Type": media_type.value, **fields})


def answer_error(error: RequestError, media_type: MediaType) -> Answer:
    """The answer for a request that was not executed: `errors` without `data`.

    Clients that only know `application/json` take every other status than 200 for a broken server, so there what is
    wrong with a document or its variables is status 200.
    """
    media_type = MediaType.JSON if media_type is MediaType.EVENT_STREAM else media_type
    status = 200 if error.in_document and media_type is MediaType.JSON else error.status
    headers = {"Content-Type": media_type.value, "Cache-Control": "no-store", **error.headers}
    return Answer(status, encode({"errors": error.errors}), headers)


def encode(value: object) -> bytes:
    """JSON in UTF-8; what orjson does not take, such as integers beyond 64 bits in a JSON scalar, goes the slow way.

    Raises TypeError, ValueError or RecursionError for what is no JSON at all.
    """
    try:
        return orjson.dumps(value)
    except TypeError:
        return json.dumps(value, allow_nan=False).encode()
