"""What stands in the body of an answer: rows of a known entity, or any JSON (crelate-api 2.1)."""

from __future__ import annotations

from functools import lru_cache
from json import JSONDecoder
from typing import Any, Generic, TypeVar

import msgspec
import orjson
from msgspec import UNSET, Struct, UnsetType

from schema.text import spells_nul, storable_json

T = TypeVar("T")

DECODERS = 512
"""Types of rows for which a decoder is held."""


class Metadata(Struct, gc=False):
    """What an answer says about itself."""

    TotalRecords: Any = None
    MoreRecords: Any = None
    TimeStamp: Any = None
    CorrelationId: Any = None


class Envelope(Struct, Generic[T]):
    """An answer of either API.

    Attributes:
        Data: One record, a list of rows, a GUID, `true` or null.
        Results: The same in the first API.
        MoreRecords: Whether rows follow, in the first API.
        body: All of it as it came, or decoded where that took some tolerance.
    """

    Metadata: Metadata | str | int | float | bool | list[Any] | None = None
    Errors: Any = None
    Data: list[T] | T | str | int | float | bool | UnsetType | None = UNSET
    Results: Any = UNSET
    MoreRecords: Any = None
    body: Any = None


class Unreadable:
    """A body that is not JSON."""


UNREADABLE = Unreadable()


def decode(body: Any, row: type[Struct] | None = None) -> Any:
    """The JSON of a body; null for none, `UNREADABLE` for what is not JSON.

    A text that cannot be kept costs no other value: see `schema.text`. Neither does a byte that is no UTF-8, a control
    character that stands for itself, or a number that is none.

    Args:
        body: All of it; with a row's type also what it was decoded to before.
        row: The entity its rows are of; what fits becomes an `Envelope` with rows of this type.
    """
    if not body:
        return None
    if row is not None:
        return _typed(body, row) if isinstance(body, bytes) else _fitted(body, row)
    if not spells_nul(body):
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError:
            pass
    return _tolerant(body)


def enveloped(body: Any) -> Envelope[Any]:
    """An answer that has been decoded as any JSON; an empty one for what is none."""
    return msgspec.convert(body, Envelope[Any]) if isinstance(body, dict) else Envelope()


def _typed(body: bytes, row: type[Struct]) -> Any:
    if not spells_nul(body):
        try:
            envelope = _decoder(row).decode(body)
        except (ValueError, RecursionError):
            pass
        else:
            envelope.body = body
            return envelope
    return _fitted(decode(body), row)


def _fitted(body: Any, row: type[Struct]) -> Any:
    """The same from JSON that has been decoded; the JSON itself where the rows are none."""
    try:
        envelope = msgspec.convert(body, Envelope[row])  # type: ignore[valid-type]  # a variable here, a type there
    except msgspec.ValidationError:
        return body
    envelope.body = body
    return envelope


@lru_cache(DECODERS)
def _decoder(row: type[Struct]) -> msgspec.json.Decoder[Envelope[Any]]:
    return msgspec.json.Decoder(Envelope[row])  # type: ignore[valid-type]  # likewise


def _tolerant(body: bytes) -> Any:
    try:
        return storable_json(_LENIENT.decode(body.decode("utf-8-sig", "replace").strip()))
    except (ValueError, RecursionError):
        return UNREADABLE


def _integer(digits: str) -> int | float:
    """As orjson reads it: beyond 64 bits it is a float."""
    read = int(digits) if len(digits) <= _LONGEST_INTEGER else None
    return float(digits) if read is None or not -(2**63) <= read < 2**64 else read


_LONGEST_INTEGER = 20
_LENIENT = JSONDecoder(strict=False, parse_constant=lambda _: None, parse_int=_integer)
