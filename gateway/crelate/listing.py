"""Lists, page by page and whole (crelate-api 2.3)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.crelate.client import Client
from gateway.crelate.protocol import PAGE_SIZE, page
from gateway.crelate.readers import key
from resolvers.errors import UpstreamUnreadable

Row = Mapping[str, Any]

SWEEPS = 3
"""How often a list that came out too short is read again (ASM-02)."""


@dataclass(frozen=True, slots=True)
class RowPage:
    """One page of a list.

    Attributes:
        rows: By what identifies them, in order.
        total: Rows in the whole list, or null.
        length: How many rows came, counting those that identify the same thing.
        more: Whether rows follow.
    """

    rows: Mapping[str, Row]
    total: int | None
    length: int
    more: bool


ReadPage = Callable[[int], Coroutine[Any, Any, RowPage]]
"""Reads the page of a list that starts at an offset."""


def pages(
    client: Client,
    template: str,
    /,
    params: Mapping[str, str] | None = None,
    *,
    identify: Callable[[Row], str | None] = key,
    **ids: str,
) -> ReadPage:
    """How to read the pages of a list.

    Args:
        client: Carries the calls.
        template: Path of the list.
        params: Filters.
        identify: What a row is known by; its `Id` unless said otherwise.
        ids: Values of the path's placeholders.
    """

    async def read(offset: int) -> RowPage:
        request = page(template, offset, params, **ids)
        answer = await client.send(request)
        if not isinstance(answer.data, list):
            raise UpstreamUnreadable(upstream=request.upstream(correlation_id=answer.correlation_id))
        rows: dict[str, Row] = {}
        for row in answer.data:
            name = identify(row) if isinstance(row, dict) else None
            if name is None:
                raise UpstreamUnreadable(upstream=request.upstream(correlation_id=answer.correlation_id))
            rows.setdefault(name, row)
        more = len(answer.data) >= PAGE_SIZE if answer.more is None else answer.more
        return RowPage(rows, answer.total, len(answer.data), more and bool(answer.data))

    return read


async def complete(read: ReadPage) -> dict[str, Row]:
    """All rows of a list, each once.

    Rows may shift while a list is paged, so that one is read twice and another not at all: a list with fewer distinct
    rows than it claims is read again, a few times at most (ASM-02).
    """
    rows: dict[str, Row] = {}
    for _ in range(SWEEPS):
        total = await _sweep(read, rows)
        if total is None or len(rows) >= total:
            break
    return rows


async def _sweep(read: ReadPage, rows: dict[str, Row]) -> int | None:
    """Read a list once, into `rows`; the number of rows it claims to have at the end."""
    first = await read(0)
    rows.update(first.rows)
    if not first.more:
        return first.total
    if first.total is None:
        await _follow(read, first, rows)
        return None
    offsets = range(first.length, first.total, first.length)  # a page may be shorter than asked for (ASM-01)
    others: Sequence[RowPage] = await asyncio.gather(*map(read, offsets))
    for other in others:
        rows.update(other.rows)
    return others[-1].total


async def _follow(read: ReadPage, first: RowPage, rows: dict[str, Row]) -> None:
    """Read the pages of a list that does not say how long it is, one after the other."""
    offset, last = first.length, first
    while last.more:
        last = await read(offset)
        rows.update(last.rows)
        offset += last.length
