"""Requests to Crelate, and what its answers mean: pure functions, no I/O (crelate-api 2 and 3).

An answer is read in one place: `read` turns a status, headers and a body into an `Answer` or an `AtsError`. Messages of
errors never repeat Crelate's own: its texts and its `Metadata.Url` hold field values, addresses and keys.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from enum import Enum
from string import ascii_letters, digits
from typing import IO, Any
from urllib.parse import quote

from msgspec import UNSET, Struct

from gateway.crelate.decoding import UNREADABLE, Envelope, Metadata, decode, enveloped
from gateway.crelate.entities import ENTITIES, Row
from gateway.crelate.readers import instant
from resolvers.errors import (
    AtsError,
    Duplicate,
    NotFound,
    Rejected,
    UpstreamCall,
    UpstreamRateLimited,
    UpstreamUnauthorized,
    UpstreamUnavailable,
    UpstreamUnreadable,
)

PAGE_SIZE = 100
"""The largest page, and the most ids one request may name (crelate-api 2.3, ASM-01, ASM-05)."""

GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")

_CORRELATION_ID = re.compile(r"[\w.:|-]{1,100}")


_GUIDS = re.compile(rf"{GUID.pattern}(?:,{GUID.pattern})*")
_GUID_LENGTH = 36


def guids(keys: Sequence[str]) -> Sequence[str]:
    """Those of these keys that are GUIDs, looked through at once; no record is under any other."""
    together = ",".join(keys)  # as long as it is only where no key has a comma in it
    if len(together) == len(keys) * (_GUID_LENGTH + 1) - 1 and _GUIDS.fullmatch(together):
        return keys
    return list(filter(GUID.fullmatch, keys))


def stored(key: str) -> str:
    """A key as it is stored: its GUIDs in lower case, since Crelate does not tell cases apart (crelate-api 2.2)."""
    return key if key.islower() else GUID.sub(lambda guid: guid.group().lower(), key)


def all_stored(keys: Sequence[str]) -> Sequence[str]:
    """The same of each of these keys; where they are stored so already, they themselves."""
    return keys if (together := "".join(keys)).lower() == together else list(map(stored, keys))


NO_PARAMS: Mapping[str, str] = {}


class Version(Enum):
    """Which of Crelate's APIs is meant, by its path beside `/api3` (ASM-32)."""

    __hash__ = object.__hash__  # enums hash their members by name, in Python

    V3 = "/api3"
    V1 = "/api/pub/v1"


class Request(Struct, frozen=True, kw_only=True, gc=False):
    """One call.

    Attributes:
        method: HTTP method.
        template: Path with placeholders, such as `/jobs/{id}/contacts`; what errors, logs and metrics show.
        ids: Values of the placeholders.
        params: Query parameters; never the key.
        headers: Further headers; never the key.
        json: Body to be sent as JSON, or null.
        content: Body to be sent as it is, or null.
        files: Parts of a multipart body: name -> (file name or null for a text part, bytes or a
            file that can be read again from its beginning, content type).
        entity: What the rows of the answer are of; null to have them as any JSON.
        held: Whether its rows are held, in case they come again.
        version: Which API is called.
        idempotent: Whether the call may be repeated when its answer is lost. Of itself only a GET is.
    """

    method: str
    template: str
    ids: Mapping[str, str] = {}
    params: Mapping[str, str] = {}
    headers: Mapping[str, str] = {}
    json: Any = None
    content: bytes | None = None
    files: Mapping[str, tuple[str | None, bytes | IO[bytes], str]] = {}
    entity: type[Struct] | None = None
    held: bool = False
    version: Version = Version.V3
    idempotent: bool = False

    def target(self, params: Mapping[str, str] = NO_PARAMS) -> str:
        """Path and query, with some more parameters; a value cannot break out of its place.

        Commas, which part the keys of a list, stand for themselves.
        """
        path, query = self.template, {**self.params, **params}
        if self.ids:
            path = path.format_map({name: quote(value, safe="") for name, value in self.ids.items()})
        asked = "&".join([f"{_quoted(name)}={_quoted(value)}" for name, value in query.items()])
        return f"{path}?{asked}" if asked else path

    def upstream(self, status: int | None = None, correlation_id: str | None = None) -> UpstreamCall:
        """This call as errors show it."""
        return UpstreamCall(self.method, self.template, status, correlation_id)


_PLAIN = (ascii_letters + digits + "-._~,").encode()
"""What stands for itself in a value; commas do because they part the keys of a list."""


def _quoted(value: str) -> str:
    """A value of a query; long lists of keys are looked through at once."""
    return quote(value, safe=",") if value.encode().translate(None, _PLAIN) else value


def get(template: str, /, params: Mapping[str, str] | None = None, **ids: str) -> Request:
    """Read whatever is under a path."""
    entity = ENTITIES.get(template.removesuffix("/{id}"))
    return Request(method="GET", template=template, ids=ids, params=params or {}, entity=entity, idempotent=True)


def page(template: str, /, offset: int = 0, params: Mapping[str, str] | None = None, **ids: str) -> Request:
    """Read up to `PAGE_SIZE` rows of a list, from `offset` on."""
    window = {**(params or {}), "limit": str(PAGE_SIZE), "offset": str(offset)}
    entity = ENTITIES.get(template, Row)
    return Request(method="GET", template=template, ids=ids, params=window, entity=entity, held=True, idempotent=True)


def create(entity: str, record: Mapping[str, Any]) -> Request:
    """Make a record of an entity, such as `/contacts`; the answer's data is its GUID."""
    return Request(method="POST", template=entity, json={"entity": record})


def change(entity: str, key: str, fields: Mapping[str, Any]) -> Request:
    """Set these fields of a record and leave the others."""
    return Request(method="PATCH", template=f"{entity}/{{id}}", ids={"id": key}, json={"entity": fields})


@dataclass(frozen=True, slots=True)
class Answer:
    """What a successful call brought.

    Attributes:
        data: One record, a list of rows, a GUID, `true` or null.
        total: Rows in the whole list, or null.
        more: Whether rows follow this page, or null when the answer does not say.
        server_time: Crelate's clock when it answered.
        correlation_id: Crelate's name for this call.
        body: All of it, untouched, where the rows are of an entity.
    """

    data: Any
    total: int | None = None
    more: bool | None = None
    server_time: datetime | None = None
    correlation_id: str | None = None
    body: Any = field(default=None, repr=False, compare=False)


REFUSALS: dict[int, type[AtsError]] = {
    401: UpstreamUnauthorized,
    403: UpstreamUnauthorized,
    404: NotFound,
    408: UpstreamUnavailable,
    409: Duplicate,
    410: NotFound,
    429: UpstreamRateLimited,
}
"""Status -> what it means; any other 4xx is `Rejected`, 5xx `UpstreamUnavailable`, the rest `UpstreamUnreadable`."""


def read(
    request: Request, status: int, headers: Mapping[str, str], body: bytes, *, errors_refuse: bool = True
) -> Answer:
    """What an answer says.

    Args:
        request: The call it belongs to.
        status: Its HTTP status.
        headers: Its headers, found by their lower-case names.
        body: All of its body.
        errors_refuse: Whether a success that lists `Errors` is a refusal (ASM-13).

    Raises:
        AtsError: the call did not succeed; see `REFUSALS`.
    """
    return interpret(request, status, headers, decode(body, request.entity), errors_refuse=errors_refuse)


def interpret(
    request: Request, status: int, headers: Mapping[str, str], body: Any, *, errors_refuse: bool = True
) -> Answer:
    """What an answer says, whose body has been decoded; see `read`."""
    envelope = body if isinstance(body, Envelope) else enveloped(body)
    metadata = envelope.Metadata if isinstance(envelope.Metadata, Metadata) else Metadata()
    name = metadata.CorrelationId
    correlation_id = name if isinstance(name, str) and _CORRELATION_ID.fullmatch(name) else None
    if not 200 <= status < 300:  # noqa: PLR2004 - the range of success
        raise _refusal(status, headers, envelope, request, correlation_id)
    if envelope.Data is UNSET and not _is_readable(request, body, envelope):
        raise UpstreamUnreadable(upstream=request.upstream(status, correlation_id))
    if errors_refuse and envelope.Errors:
        raise Rejected(upstream=request.upstream(status, correlation_id))
    more = metadata.MoreRecords if request.version is Version.V3 else envelope.MoreRecords
    more = more if isinstance(more, bool) else None
    if request.version is Version.V1:
        return Answer(body if envelope.Results is UNSET else envelope.Results, more=more)
    total = metadata.TotalRecords
    return Answer(
        None if envelope.Data is UNSET else envelope.Data,
        total if type(total) is int else None,
        more,
        instant(metadata.TimeStamp),
        correlation_id,
        envelope.body,
    )


def _is_readable(request: Request, body: Any, envelope: Envelope[Any]) -> bool:
    """Whether a success without data can be made sense of; a write may have no body (crelate-api 2.1)."""
    if body is None:
        return request.method != "GET"
    if request.version is Version.V1:
        return body is not UNREADABLE
    return bool(envelope.Errors)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds a `Retry-After` asks for, from seconds or from a date; null without a readable one.

    A date counts from the answer's own `Date`, so that the two clocks need not agree.
    """
    value = headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,6}(\.\d+)?", value):
        return float(value)
    try:
        until, now = parsedate_to_datetime(value), parsedate_to_datetime(headers.get("date", ""))
        return max((until - now).total_seconds(), 0.0)
    except (TypeError, ValueError):
        return None


def _refusal(
    status: int, headers: Mapping[str, str], envelope: Envelope[Any], request: Request, correlation_id: str | None
) -> AtsError:
    """The error of a status. Only a record, not a pipeline entry, can be the duplicate of another."""
    error = _meaning(status)(upstream=request.upstream(status, correlation_id), retry_after=retry_after(headers))
    if isinstance(error, Duplicate) and isinstance(request.json, dict) and "entity" in request.json:
        error.key = _named_guid(envelope)
    return error


def _meaning(status: int) -> type[AtsError]:
    if status in REFUSALS:
        return REFUSALS[status]
    if status >= 500:  # noqa: PLR2004 - the range of server errors
        return UpstreamUnavailable
    return Rejected if status >= 400 else UpstreamUnreadable  # noqa: PLR2004 - the range of client errors


def _named_guid(envelope: Envelope[Any]) -> str | None:
    """The GUID in an error message: `A duplicate record of type Contacts with ID '<guid>' was found`."""
    found = GUID.search(str(envelope.Errors or ""))
    return found.group().lower() if found else None
