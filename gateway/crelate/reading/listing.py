"""Lists, page by page and whole (crelate-api 2.3)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from gateway.crelate.client import Client
from gateway.crelate.entities import Placed, Untouched
from gateway.crelate.filters import Asked, FilterViolation
from gateway.crelate.learning import page_size
from gateway.crelate.mapping.expression import own_key
from gateway.crelate.protocol import PAGE_SIZE, Answer, Request, page
from resolvers.errors import NotFound, Rejected, UpstreamUnreadable

NO_FILTERS: Asked = {}

SWEEPS = 3
"""How often a list that came out too short is read again (ASM-02)."""


@dataclass(frozen=True, slots=True)
class RowPage:
    """One page of a list.

    Attributes:
        rows: By what identifies them, in order.
        total: Rows in the whole list, which a list that fits one page need not say; or null.
        length: How many rows came, counting those that identify the same thing.
        more: Whether rows follow.
    """

    rows: Mapping[str, Any]
    total: int | None
    length: int
    more: bool

    def lost(self, later: RowPage) -> int:
        """How many rows shorter the list was by a later page: so many rows may have been moved out of its sight."""
        return max(0, (self.total or 0) - (later.total or 0)) if later.total is not None else 0


ReadPage = Callable[[int], Coroutine[Any, Any, RowPage]]
"""Reads the page of a list that starts at an offset."""


def pages(
    client: Client,
    template: str,
    /,
    params: Mapping[str, str] | None = None,
    *,
    asked: Asked = NO_FILTERS,
    identify: Callable[[Any], str | None] = own_key,
    **ids: str,
) -> ReadPage:
    """How to read the pages of a list.

    Args:
        client: Carries the calls.
        template: Path of the list.
        params: Query parameters.
        asked: Filters, by each of which every row is looked at again (crelate-api 2.4).
        identify: What a row is known by, the same for all rows of a type; its `Id` unless said otherwise.
        ids: Values of the path's placeholders.

    Reading raises `FilterViolation` when a row comes back that one of the filters should have held back, and when a
    list with filters is refused.
    """
    narrowed = {**(params or {}), **{by.param: ",".join(values) for by, values in asked.items()}}

    async def read(offset: int) -> RowPage:
        request = page(template, offset, narrowed, **ids)
        try:
            answer = await client.send(request)
        except Rejected as refusal:
            if not asked or isinstance(refusal, NotFound):
                raise
            raise FilterViolation(*asked, refusal=refusal) from refusal
        rows = _identified(answer, identify)
        if rows is None:
            raise UpstreamUnreadable(upstream=request.upstream(correlation_id=answer.correlation_id))
        for by, values in asked.items():
            if not by.allows(rows.values(), values):
                raise FilterViolation(by)
        if answer.more and answer.data:
            client.profile.learnt(page_size(template), len(answer.data))
        is_whole = offset == 0 and answer.more is False
        total = len(answer.data) if answer.total is None and is_whole else answer.total
        return RowPage(rows, total, len(answer.data), _follows(answer, offset, counts=not narrowed))

    return read


def _follows(answer: Answer, offset: int, *, counts: bool) -> bool:
    """Whether rows follow this page: `MoreRecords` says so, or `TotalRecords` where it counts or nothing else says.

    A list of which only one of them is right is read to its end; a page without rows is the end whatever they say.
    """
    length = len(answer.data)
    more = length >= PAGE_SIZE if answer.more is None else answer.more
    total = answer.total if counts or answer.more is None else None
    return bool(length) and (more or (total is not None and offset + length < total))


def _identified(answer: Answer, identify: Callable[[Any], str | None]) -> dict[str, Any] | None:
    """The rows of a page by what identifies them; null where there is none, or where one of them cannot be told."""
    if not isinstance(answer.data, list):
        return None
    if answer.data and isinstance(answer.data[0], Placed):
        known = {row.name: row for row in answer.data}  # rows that came before have been looked at
        if len(known) == len(answer.data) and None not in known:
            return known
    rows: dict[str, Any] = {}
    untouched = Untouched(answer.body)
    for place, row in enumerate(answer.data):
        if not isinstance(row, Placed):
            return None
        name = row.name
        if name is None:
            name = row.name = identify(row)
            if name is None:
                return None
            if row.untouched is None:
                row.untouched, row.place = untouched, place
        rows.setdefault(name, row)
    return rows


async def rows_of(client: Client, request: Request) -> Sequence[Any]:
    """The rows that come in answer to one call, whatever identifies them.

    Raises:
        UpstreamUnreadable: the answer is no list, so that nobody knows what there is.
    """
    answer = await client.send(request)
    if not isinstance(answer.data, list):
        raise UpstreamUnreadable(upstream=request.upstream(correlation_id=answer.correlation_id))
    return answer.data


async def complete(read: ReadPage) -> dict[str, Any]:
    """All rows of a list, each once.

    Rows may shift while a list is paged, so that one is read twice and another not at all. A list is read again, a few
    times at most, until all its pages claim the same number of rows and so many distinct ones were there (ASM-02).
    """
    rows: dict[str, Any] = {}
    for _ in range(SWEEPS):
        sweep = await _sweep(read)
        found = dict(chain.from_iterable(page.rows.items() for page in sweep))
        if {page.total for page in sweep} <= {None, len(found)}:
            return found
        rows.update(found)
    return rows


async def _sweep(read: ReadPage) -> Sequence[RowPage]:
    """Read the pages of a list once; all but the first at the same time when the list says how long it is."""
    sweep = [await read(0)]
    first = sweep[0]
    if first.more and first.total is not None:
        offsets = range(first.length, first.total, first.length)  # a page may be shorter than asked for (ASM-01)
        sweep += await asyncio.gather(*map(read, offsets))
    offset = sum(page.length for page in sweep)
    seen = set(chain.from_iterable(page.rows for page in sweep))
    while sweep[-1].more:
        sweep.append(await read(offset))
        if sweep[-1].rows.keys() <= seen:  # a list that repeats itself would never end
            break
        offset += sweep[-1].length
        seen.update(sweep[-1].rows)
    return sweep
