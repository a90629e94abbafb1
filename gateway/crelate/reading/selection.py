"""A page of records that are held whole: any condition, any order, from either end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from resolvers.criteria import Positions, bounds, holding, ordered, visible
from resolvers.errors import FilterNeedsSync
from resolvers.ports.source import Page, PageQuestion
from schema.criterion import Criterion
from schema.record import Tracked


def select(
    record_type: type[Tracked], records: Iterable[Tracked], question: PageQuestion, criteria: Sequence[Criterion]
) -> Page:
    """The page of these records that the question asks for, where these are the conditions that are left to look at.

    Raises:
        FilterNeedsSync: a condition cannot be decided from one record alone.
        BadUserInput: the position is not one of this list.
    """
    for criterion in criteria:
        if not visible(record_type, criterion):
            raise FilterNeedsSync(argument=criterion.argument)
    found = ordered(filter(holding(criteria), records) if criteria else records, question.orders)
    start, end = bounds(found, question)
    return Page(
        records=found[start:end],
        positions=Positions(found, start, end),
        has_next=end < len(found),
        has_previous=start > 0,
        total=len(found),
    )
