"""Which media type an answer has: what the `Accept` header prefers of what this endpoint can give."""

from __future__ import annotations

from enum import Enum
from functools import lru_cache

from gateway.http.errors import refusal


class MediaType(Enum):
    """The media types of answers; the value is the `Content-Type` header."""

    __hash__ = object.__hash__  # enums hash their members by name, in Python

    GRAPHQL = "application/graphql-response+json; charset=utf-8"
    JSON = "application/json; charset=utf-8"
    EVENT_STREAM = "text/event-stream; charset=utf-8"


_EXACT = 2
_CHARACTERS = 1_000
_JSON_TYPES = ("application/graphql-response+json", "application/json")


@lru_cache(maxsize=128)
def negotiate(accept: str) -> MediaType:
    """The media type to answer with (RFC 9110 12.5.1); status 406 when none of ours is acceptable.

    Without a preference the answer is `application/json`, which every client reads. An event stream has to be asked
    for by its exact name, and is given only when no JSON type is acceptable: clients list it without meaning it.
    """
    ranges = _ranges(accept or "*/*")
    new, old = (_quality(ranges, media_type) for media_type in _JSON_TYPES)
    if max(new, old) > (0.0, 0):
        return MediaType.GRAPHQL if new > old or (new == old and new[1] == _EXACT) else MediaType.JSON
    if ranges.get("text/event-stream", 0.0) > 0:
        return MediaType.EVENT_STREAM
    raise refusal(f"Answers are {' or '.join(_JSON_TYPES)}; the Accept header allows neither.", status=406)


def accepted_coding(accept_encoding: str, coding: str) -> bool:
    """Whether an `Accept-Encoding` header allows a content coding, by name."""
    return _ranges(accept_encoding).get(coding, 0.0) > 0


def _quality(ranges: dict[str, float], media_type: str) -> tuple[float, int]:
    """The quality of the most specific range that covers a media type, and how specific it is."""
    for specificity, name in ((_EXACT, media_type), (1, "application/*"), (0, "*/*")):
        if name in ranges:
            quality = ranges[name]
            return (quality, specificity) if quality > 0 else (0.0, 0)
    return (0.0, 0)


def _ranges(header: str) -> dict[str, float]:
    """The ranges of a header with their quality; other parameters, and what nobody would write, do not matter here."""
    ranges: dict[str, float] = {}
    for part in header[:_CHARACTERS].lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        quality = next((text[2:].strip() for text in parameters if text.startswith("q=")), "1")
        ranges[name] = max(ranges.get(name, 0.0), _number(quality))
    return ranges


def _number(quality: str) -> float:
    try:
        number = float(quality)
    except ValueError:
        return 0.0
    return number if 0 <= number <= 1 else 0.0
