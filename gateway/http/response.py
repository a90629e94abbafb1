"""Answers on their way out: status, headers, body."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from typing import Any, TypeAlias

import orjson
import zstandard
from starlette.types import Send

from gateway.http.errors import RequestError
from gateway.http.negotiation import MediaType, accepted_coding
from gateway.http.request_id import HEADER
from gateway.http.security_headers import SECURITY_HEADERS
from schema.scalars import serialize_datetime
from schema.text import spells_nul, storable_json

_WORTH_IT = 1_500
"""Bytes below which an answer fits into one packet anyway."""

_LONG = 256_000
"""Bytes beyond which compressing moves to a thread, so that the event loop is not held up."""

Field: TypeAlias = tuple[bytes, bytes]
"""A header as ASGI has it."""

FIXED_HEADERS: Sequence[Field] = (
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
        fields: The same as ASGI has them, and those every answer has, where they are known beforehand.
    """

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    fields: Sequence[Field] = FIXED_HEADERS

    async def send(self, send: Send, accept_encoding: bytes, request_id: bytes, *, with_body: bool = True) -> None:
        """Send it, compressed when that is worth it; for HEAD without its body."""
        body, fields = self.body, [*self.fields, (HEADER, request_id)]
        if accept_encoding and len(body) > _WORTH_IT:
            body, coding = await compress(body, accept_encoding.decode("latin-1"))
            fields += [(b"content-encoding", coding.encode())] if coding else []
        if self.headers:
            fields += map(_field, self.headers, self.headers.values())
        if self.status not in _BODILESS:
            fields.append((b"content-length", b"%d" % len(body)))
        await send({"type": "http.response.start", "status": self.status, "headers": fields})
        await send({"type": "http.response.body", "body": body if with_body else b""})


_BODILESS = (204, 304)


@lru_cache(maxsize=256)
def _field(name: str, value: str) -> Field:
    """A header as ASGI has it."""
    return name.lower().encode("latin-1"), value.encode("latin-1")


_OF_RESULTS: Mapping[MediaType, Sequence[Field]] = {
    media_type: (
        *FIXED_HEADERS,
        (b"content-type", media_type.value.encode()),
        (b"cache-control", b"no-store"),
    )
    for media_type in MediaType
}


def answer_result(result: Mapping[str, Any], media_type: MediaType, headers: dict[str, str]) -> Answer:
    """The answer for an executed operation, partly failed or not: status 200."""
    return Answer(200, encode(result), headers, _OF_RESULTS[media_type])


def answer_cacheable(
    result: Mapping[str, Any], media_type: MediaType, headers: dict[str, str], if_none_match: str
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

    Instants are in UTC, and spelt as the scalar `DateTime` spells them. Text that cannot be kept is shown as it would
    be kept (`schema.text`), whichever ATS it is from.

    Raises TypeError, ValueError or RecursionError for what is no JSON at all.
    """
    try:
        encoded = orjson.dumps(value, option=orjson.OPT_UTC_Z)
    except TypeError:
        return json.dumps(storable_json(value), allow_nan=False, default=_instant).encode()
    return orjson.dumps(storable_json(value), option=orjson.OPT_UTC_Z) if spells_nul(encoded) else encoded


def _instant(value: object) -> Any:
    if isinstance(value, datetime):
        return serialize_datetime(value)
    raise TypeError


async def compress(body: bytes, accept_encoding: str) -> tuple[bytes, str | None]:
    """The body as the client may have it, and the name of its content coding when it has one."""
    coding = _choose(accept_encoding)
    if coding is None:
        return body, None
    if len(body) > _LONG:
        return await asyncio.to_thread(_CODINGS[coding], body), coding
    return _CODINGS[coding](body), coding


@lru_cache(maxsize=128)
def _choose(accept_encoding: str) -> str | None:
    return next((coding for coding in _CODINGS if accepted_coding(accept_encoding, coding)), None)


def _zstd(body: bytes) -> bytes:
    return zstandard.ZstdCompressor(level=3).compress(body)


def _gzip(body: bytes) -> bytes:
    return gzip.compress(body, compresslevel=4, mtime=0)


_CODINGS = {"zstd": _zstd, "gzip": _gzip}
"""What we can, the quickest first."""
