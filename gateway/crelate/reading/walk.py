"""Paging through records that have no list of their own in Crelate, or none that says what is wanted.

A walk goes down an upstream list, its roots, and turns each root into records: a job into its hiring team, a contact
into a candidate or nothing. A position says where in both it stands.

Rows shift while clients read on: a position is found again by the root's and the record's own keys, in a window that
begins some rows earlier. Where the root is gone the walk goes on from the window's begin: rather twice than not at all.
A list that gets shorter while one page is made has its rows moved up: as many are read again.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gateway.crelate.filters import Asked
from gateway.crelate.reading.listing import ReadPage, RowPage
from resolvers.criteria import holding
from resolvers.errors import BadUserInput
from resolvers.ports.source import Page
from schema.criterion import Criterion
from schema.record import Tracked

OVERLAP = 20
"""How many roots before its position a walk begins to look for it: as many may be deleted in between."""

Expand = Callable[[Mapping[str, Any], int | None], Awaitable[Sequence[Sequence[Tracked]]]]
"""Turns roots into the records of each; of one root no more than this many are needed, null for all."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record stands in a walk.

    Attributes:
        name: Which list it was: offsets mean nothing in another.
        offset: Number of its root in the upstream list.
        inner: Number of the record among its root's.
        root: Key of the root.
        key: Key of the record.
    """

    name: str
    offset: int
    inner: int
    root: str
    key: str

    def __str__(self) -> str:
        return f"{self.name},{self.offset},{self.inner},{self.root},{self.key}"

    @classmethod
    def read(cls, position: str, name: str) -> Place:
        """The place a position of the list `name` stands for.

        Raises:
            BadUserInput: it stands for none, or for one of another list.
        """
        try:
            given, offset, inner, root, key = position.split(",", 4)
            place = cls(given, int(offset), int(inner), root, key)
        except ValueError:
            raise BadUserInput("The cursor is not one of this list.", argument="after") from None
        if place.name != name:
            raise BadUserInput("The cursor is no longer good: start the list again.", argument="after")
        return place


@dataclass(frozen=True, slots=True)
class Walk:
    """A list of records over a list of roots.

    Attributes:
        read: Reads a page of roots.
        expand: Turns roots into records.
        asked: The filters the roots are narrowed by.
        lot: How many roots are expanded at a time.
    """

    read: ReadPage
    expand: Expand
    asked: Asked = field(default_factory=dict)
    lot: int = 100

    @property
    def name(self) -> str:
        """Tells this list from the same one under other filters."""
        return "+".join(by.param for by in self.asked)

    async def page(self, position: str | None, size: int, criteria: Sequence[Criterion] = ()) -> Page:
        """The `size` records behind a position for which the criteria hold, and whether more follow."""
        after = None if position is None else Place.read(position, self.name)
        found: dict[str, tuple[Tracked, Place]] = {}
        holds = holding(criteria) if criteria else None
        async for record, place in self.records(after, None if criteria else size + 1):
            if holds is None or holds(record):
                found.setdefault(record.key, (record, place))
            if len(found) > size:
                break
        shown = list(found.values())[:size]
        return Page(
            records=[record for record, _ in shown],
            positions=[str(place) for _, place in shown],
            has_next=len(found) > size,
            has_previous=after is not None,
            total=len(found) if after is None and len(found) <= size else None,
        )

    async def records(
        self, after: Place | None = None, wanted: int | None = None
    ) -> AsyncIterator[tuple[Tracked, Place]]:
        """The records behind a place, each with its own; when not all are wanted, roots need not be expanded whole."""
        name = self.name
        async for offset, root, row_records in self._expanded(after, wanted):
            start = 0
            if after is not None and root == after.root:
                start = _behind(row_records, after)
            for inner, record in enumerate(row_records[start:], start):
                yield record, Place(name, offset, inner, root, record.key)

    async def _expanded(
        self, after: Place | None, wanted: int | None
    ) -> AsyncIterator[tuple[int, str, Sequence[Tracked]]]:
        """Number, key and records of each root, from that of a place on; no more at a time than are still needed."""
        needed = None if wanted is None else wanted + (0 if after is None else after.inner + 1)
        made = 0
        async for offset, roots in self._roots(after):
            names = list(roots)
            while names:
                size = self.lot if needed is None else min(self.lot, max(needed - made, 1))
                lot, names = names[:size], names[size:]
                expanded = await self.expand({name: roots[name] for name in lot}, needed)
                made += sum(map(len, expanded))
                begin = offset + len(roots) - len(names) - len(lot)
                for number, (name, records) in enumerate(zip(lot, expanded, strict=True), begin):
                    yield number, name, records

    async def _roots(self, after: Place | None) -> AsyncIterator[tuple[int, Mapping[str, Any]]]:
        """Pages of roots with the number of their first, from that of a place on."""
        offset, page = (0, await self.read(0)) if after is None else await self._window(after)
        names = list(page.rows)
        skipped = names.index(after.root) if after is not None and after.root in page.rows else 0
        yield offset + skipped, dict(list(page.rows.items())[skipped:])
        seen = set(page.rows)
        while page.more:
            offset, page = await self._page_behind(page, offset + page.length)
            new = {name: row for name, row in page.rows.items() if name not in seen}
            seen.update(new)
            yield offset + len(page.rows) - len(new), new

    async def _window(self, after: Place) -> tuple[int, RowPage]:
        """The page that holds the root of a place, looked for from before where it was; else the first looked at.

        A page may be shorter than the way from there to the root (ASM-01).
        """
        begin = offset = max(0, after.offset - OVERLAP)
        first = page = await self.read(begin)
        while after.root not in page.rows and page.more and offset + page.length <= after.offset:
            offset += page.length
            page = await self.read(offset)
        return (offset, page) if after.root in page.rows else (begin, first)

    async def _page_behind(self, page: RowPage, offset: int) -> tuple[int, RowPage]:
        """The next page, from as many rows further in front as the list has become shorter since the last one."""
        following = await self.read(offset)
        while offset and (lost := page.lost(following)):
            offset, page = max(0, offset - lost), following
            following = await self.read(offset)
        return offset, following


def _behind(records: Sequence[Tracked], after: Place) -> int:
    """Where the records behind a place begin; where the place itself was, once its record is gone."""
    keys = [record.key for record in records]
    return keys.index(after.key) + 1 if after.key in keys else after.inner
