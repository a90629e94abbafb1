"""A page of records that are held whole: any condition, any order, from either end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from resolvers.criteria import holding, ordered, visible
from resolvers.errors import BadUserInput, FilterNeedsSync
from resolvers.ports.source import Page, PageQuestion
from schema.record import Tracked


def select(record_type: type[Tracked], records: Iterable[Tracked], question: PageQuestion) -> Page:
    """The page of these records that the question asks for.

    Raises:
        FilterNeedsSync: a condition cannot be decided from one record alone.
        BadUserInput: the position is not one of this list.
    """
    for criterion in question.criteria:
        if not visible(record_type, criterion):
            raise FilterNeedsSync(argument=criterion.argument)
    found = ordered(filter(holding(question.criteria), records), question.orders)
    start, end = _bounds(found, question)
    return Page(
        records=found[start:end],
        positions=[f"{number}:{record.key}" for number, record in enumerate(found[start:end], start)],
        has_next=end < len(found),
        has_previous=start > 0,
        total=len(found),
    )


def _bounds(records: Sequence[Tracked], question: PageQuestion) -> tuple[int, int]:
    place = None if question.position is None else _index(records, question.position)
    if question.backward:
        end = len(records) if place is None else place
        return max(0, end - question.size), end
    start = 0 if place is None else place + 1
    return start, min(start + question.size, len(records))


def _index(records: Sequence[Tracked], position: str) -> int:
    """Where the record of a position is now; its number then, once it is gone."""
    number, _, key = position.partition(":")
    if not number.isdigit():
        raise BadUserInput("The cursor is not one of this list.", argument="after")
    return next((index for index, record in enumerate(records) if record.key == key), int(number))
