"""`limit` and `offset` (crelate-api 2.3)."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from gateway.simulator.answers import Enveloped, RefusedError
from gateway.simulator.assumptions import DEFAULT_PAGE
from gateway.simulator.choices import LargeLimit
from gateway.simulator.knobs import Knobs
from gateway.simulator.table import Row

T = TypeVar("T")


def page(
    rows: Sequence[T], query: Mapping[str, str], knobs: Knobs, shape: Callable[[T], Row] | None = None
) -> Enveloped:
    """One page of the rows, each turned by `shape` if there is one; 400 for a malformed `limit` or `offset`."""
    limit = _limit(query, knobs)
    offset = _count(query, "offset", 0)
    found = rows[offset : offset + limit]
    shown = found if shape is None else [shape(row) for row in found]
    more = offset + len(found) < len(rows)
    return Enveloped(shown, total=len(rows) if knobs.total_records else None, more=more if knobs.more_records else None)


def _limit(query: Mapping[str, str], knobs: Knobs) -> int:
    """`limit`, no larger than a page may be (ASM-01)."""
    limit = _count(query, "limit", DEFAULT_PAGE)
    if limit > knobs.max_page and knobs.large_limit is LargeLimit.REFUSE and "limit" in query:
        raise RefusedError(400, f"The value '{limit}' is not valid for limit: at most {knobs.max_page}.")
    return min(limit, knobs.max_page)


def _count(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit()):
        raise RefusedError(400, f"The value '{text}' is not valid for {name}.")
    return int(text)
