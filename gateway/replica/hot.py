"""The hot set: copies and lists of one integration, held in memory as answers need them, within a number of bytes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Generic, NamedTuple, TypeVar

from gateway.replica.copies import Copy
from gateway.replica.touches import Touch
from resolvers.ports.source import Children, PageQuestion

Key = TypeVar("Key", bound=Hashable)
Entry = TypeVar("Entry")

SHARE = 8
"""When there is no room, the oldest entries of the largest part go: one in so many."""

LIST_BYTES = 200
"""What a list takes beside its keys, and a page beside its positions."""

KEY_BYTES = 60
"""What one key takes in a list: half of it is shared with the record."""

POSITION_BYTES = 220
"""What one record takes on a page: its key and its position."""

DEFAULT_BYTES = 64_000_000
"""Room of a process, where nothing else is said."""


class Budget:
    """The room that all hot sets of a process share.

    Args:
        limit: Bytes.

    Attributes:
        used: Bytes that are taken, as far as they can be told.
    """

    def __init__(self, limit: int = DEFAULT_BYTES) -> None:
        self._limit = limit
        self.used = 0
        self._parts: list[Part[Any, Any]] = []

    def part(self) -> Part[Any, Any]:
        """A new part, with nothing in it."""
        part: Part[Any, Any] = Part(self)
        self._parts.append(part)
        return part

    def fit(self) -> None:
        """Make room, if more is taken than there is."""
        while self.used > self._limit:
            max(self._parts, key=lambda part: part.bytes).shrink()


class Part(Generic[Key, Entry]):
    """Entries of one kind, the oldest first.

    Args:
        budget: The room they share with others.

    Attributes:
        held: The entries.
        bytes: What they take together.
        on_loss: Called after an entry was forgotten or replaced.
    """

    def __init__(self, budget: Budget) -> None:
        self.on_loss: Callable[[], None] = _unheard
        self._budget = budget
        self.held: dict[Key, Entry] = {}
        self.bytes = 0

    def put(self, key: Key, entry: Entry, size: int) -> None:
        """Hold an entry, as the newest."""
        self.drop([key])
        self.held[key] = entry
        self._count(size)
        self._budget.fit()

    def drop(self, keys: Sequence[Key]) -> None:
        """Forget these entries, where they are held."""
        for key in keys:
            if key in self.held:
                self._count(-(self.bytes // len(self.held)))  # each counts as their mean
                del self.held[key]
                self.on_loss()

    def clear(self) -> None:
        """Forget all entries."""
        self.held.clear()
        self._count(-self.bytes)
        self.on_loss()

    def shrink(self) -> None:
        """Forget the oldest entries."""
        self.drop(list(islice(self.held, 1 + len(self.held) // SHARE)))
        if not self.held:
            self.clear()

    def _count(self, size: int) -> None:
        self.bytes += size
        self._budget.used += size


def _unheard() -> None:
    """Nobody wants to know."""


@dataclass(frozen=True, slots=True)
class HotList:
    """The records that belong to one parent.

    Attributes:
        keys: Their keys, in order.
        total: How many there are.
        listed_at: When they were last read completely; null where that is known of the model as a whole.
    """

    keys: tuple[str, ...]
    total: int
    listed_at: datetime | None


class Family(NamedTuple):
    """The records of a list.

    Attributes:
        children: As the port has them.
        listed_at: As of the list.
        is_complete: Whether these are all of the parent's.
    """

    children: Children
    listed_at: datetime | None
    is_complete: bool

    def covers(self, limit: int | None) -> bool:
        """Whether these are as many as somebody wants."""
        return self.is_complete or (limit is not None and len(self.children.records) >= limit)


NO_CHILDREN = Children((), 0)
CHILDLESS = Family(NO_CHILDREN, None, is_complete=True)


def family(listed: HotList, copies: Sequence[Copy]) -> Family:
    """The records of a list, given its copies."""
    if not listed.total and listed.listed_at is None:
        return CHILDLESS
    children = Children([copy.record for copy in copies], listed.total) if listed.total else NO_CHILDREN
    return Family(children, listed.listed_at, len(copies) >= listed.total)


@dataclass(frozen=True, slots=True)
class HotPage:
    """A page of a model; the rest as in `CopyPage`."""

    keys: tuple[str, ...]
    positions: Sequence[str]
    has_next: bool
    has_previous: bool
    total: int | None


class HotSet:
    """What is held of one integration.

    Args:
        budget: The room it shares with others.

    Attributes:
        number: Number of the last touch that was taken in; null where there was none.
        records: Model -> its copies by key.
        lists: Model and attribute -> lists by the parent's key.
        families: Model -> attribute -> the same with their records, as far as all of these are held and somebody has
            asked for them since a record or a list of the model was forgotten.
        absent: Model -> keys of records that the ATS said it does not have, and when it was asked.
        pages: Pages by model and question.
    """

    def __init__(self, budget: Budget) -> None:
        self.number: int | None = None
        self.records: defaultdict[str, Part[str, Copy]] = defaultdict(budget.part)
        self.lists: defaultdict[tuple[str, str], Part[str, HotList]] = defaultdict(budget.part)
        self.families: defaultdict[str, defaultdict[str, dict[str, Family]]] = defaultdict(lambda: defaultdict(dict))
        self.absent: defaultdict[str, Part[str, datetime]] = defaultdict(budget.part)
        self.pages: Part[tuple[str, PageQuestion], HotPage] = budget.part()

    def copies(self, model: str, keys: Sequence[str]) -> list[Copy] | None:
        """The copies under these keys, in order; null where one of them is not held."""
        held = self.records[model].held
        try:
            return [held[key] for key in keys]
        except KeyError:
            return None

    def keep_copies(self, model: str, copies: Sequence[Copy]) -> None:
        """Hold copies."""
        part = self.records[model]
        part.on_loss = self.families[model].clear
        for copy in copies:
            part.put(copy.record.key, copy, copy.size)

    def keep_absent(self, model: str, keys: Sequence[str], asked: datetime) -> None:
        """Remember that there are no such records."""
        for key in keys:
            self.absent[model].put(key, asked, LIST_BYTES)

    def keep_list(self, model: str, attribute: str, parent: str, listed: HotList) -> None:
        """Hold the keys of a parent's records."""
        part = self.lists[model, attribute]
        part.on_loss = self.families[model].clear
        part.put(parent, listed, LIST_BYTES + KEY_BYTES * len(listed.keys))

    def family(self, model: str, attribute: str, parent: str) -> Family | None:
        """The records that belong to a parent, where all that are listed are held."""
        families = self.families[model][attribute]
        listed = self.lists[model, attribute].held.get(parent)
        copies = None if listed is None else self.copies(model, listed.keys)
        if listed is None or copies is None:
            return None
        families[parent] = family(listed, copies)
        return families[parent]

    def keep_page(self, model: str, question: PageQuestion, page: HotPage) -> None:
        """Hold the keys of a page."""
        self.pages.put((model, question), page, LIST_BYTES * 3 + POSITION_BYTES * len(page.keys))

    def take_in(self, since: int | None, touches: Sequence[Touch]) -> None:
        """Forget what was touched.

        Args:
            since: `number` when it was asked for touches; others may have taken in some meanwhile.
            touches: The touch with that number and all behind it; the newest one alone where that was null.
        """
        newest = touches[-1].number if touches else None
        if newest == self.number:
            return
        if any(touch.number == self.number for touch in touches):
            self._forget([touch for touch in touches if touch.number > (self.number or 0)])
        elif since == self.number or (newest or 0) > (self.number or 0):  # too late for all of them, or all was erased
            self.clear()
        else:  # others have taken in more
            return
        self.number = newest

    def clear(self) -> None:
        """Forget everything."""
        parts: list[Part[Any, Any]] = [
            *self.records.values(),
            *self.lists.values(),
            *self.absent.values(),
            self.pages,
        ]
        for part in parts:
            part.clear()

    def _forget(self, touches: Sequence[Touch]) -> None:
        for model in {touch.model for touch in touches}:
            for (of, _), part in self.lists.items():
                if of == model:
                    part.clear()
        for touch in touches:
            parts: tuple[Part[str, Any], ...] = (self.records[touch.model], self.absent[touch.model])
            for each in parts:
                if touch.keys is None:
                    each.clear()
                else:
                    each.drop(touch.keys)
        if any(touch.keys is None or touch.keys for touch in touches):
            self.pages.clear()
