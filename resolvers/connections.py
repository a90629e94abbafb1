"""Connections: a page of records with its cursors, from the root of the graph or from a relation."""

from collections.abc import Sequence
from functools import cached_property

from resolvers.criteria import matches, ordered, visible
from resolvers.errors import FilterNeedsSync
from resolvers.ids import Ids
from resolvers.ports.source import Children, Page, PageQuestion
from resolvers.privacy import refuse_probing
from resolvers.questions import question, scope
from schema.connection import Connection, Edge, PageInfo, Window
from schema.model import MODELS, Model
from schema.record import Tracked
from schema.relation import Relation

LOT = 100
"""Children are asked for in lots of this many, so that windows of nearly the same size share one question."""


def page_of(ids: Ids, model: Model, asked: PageQuestion, page: Page) -> Connection[Tracked]:
    """A page of all records of a model as clients see it."""
    return _PageConnection(ids, model, asked, page)


def asked_of(ids: Ids, relation: Relation, key: str, window: Window, *, sees_personal: bool) -> PageQuestion:
    """The question about the children of the parent with this key; the key only matters where there is a cursor.

    Raises:
        BadUserInput, FilterNeedsSync: an argument is wrong, or no single record can answer a condition.
        Forbidden: the window would tell personal data to a caller who may not see it.
    """
    model = MODELS[relation.to]
    if not sees_personal:
        refuse_probing(model, window)
    asked = question(ids, model, window, place=_place(relation, key))
    for criterion in asked.criteria:
        if not visible(model.record, criterion):
            raise FilterNeedsSync(argument=criterion.argument)
    if asked.include_deleted:
        raise FilterNeedsSync(argument="includeDeleted")
    return asked


def among(ids: Ids, relation: Relation, key: str, asked: PageQuestion, children: Children) -> Connection[Tracked]:
    """The page that was asked for, out of the children of the parent with this key."""
    return _PageConnection(ids, MODELS[relation.to], asked, _slice(children, asked), _place(relation, key))


def _place(relation: Relation, key: str) -> str:
    return f"{relation.key}={key}"


def limit_of(asked: PageQuestion) -> int | None:
    """How many children the source has to give: all of them when they are narrowed, sorted or taken from the end."""
    if asked.criteria or asked.orders or asked.backward:
        return None
    needed = _after(asked) + asked.size + 1
    return -(-needed // LOT) * LOT


def _after(asked: PageQuestion) -> int:
    """How many records precede the page, as far as its position tells."""
    return 0 if asked.position is None else int(asked.position.partition(":")[0]) + 1


def _slice(children: Children, asked: PageQuestion) -> Page:
    """The page of these children; a position is found by its record, or by its number once that is gone."""
    records = ordered((record for record in children.records if matches(record, asked.criteria)), asked.orders)
    total = len(records) if asked.criteria or children.total is None else children.total
    start, end = _bounds(records, asked)
    return Page(
        records=records[start:end],
        positions=[f"{index}:{record.key}" for index, record in enumerate(records[start:end], start)],
        has_next=end < max(total, len(records)),
        has_previous=start > 0,
        total=total,
    )


def _bounds(records: Sequence[Tracked], asked: PageQuestion) -> tuple[int, int]:
    if asked.backward:
        end = len(records) if asked.position is None else _index(records, asked.position)
        return max(0, end - asked.size), end
    start = 0 if asked.position is None else _index(records, asked.position) + 1
    return start, min(start + asked.size, len(records))


def _index(records: Sequence[Tracked], position: str) -> int:
    number, _, key = position.partition(":")
    return next((index for index, record in enumerate(records) if record.key == key), int(number))


class _PageConnection(Connection[Tracked]):
    """A page as clients see it. Cursors are made when they are asked for: each costs more than the rest of its edge."""

    def __init__(self, ids: Ids, model: Model, asked: PageQuestion, page: Page, place: str = "") -> None:
        self._ids = ids
        self._list = (model, asked.criteria, asked.orders, place)
        self._page = page
        self.nodes = list(page.records)
        self.total_count = page.total

    @cached_property
    def _cursors(self) -> list[str]:
        place = scope(*self._list)
        return [self._ids.cursor(place, position) for position in self._page.positions]

    @cached_property
    def edges(self) -> list[Edge[Tracked]]:  # type: ignore[override]  # worked out when it is read
        """The page's records, each with its cursor."""
        return [Edge(cursor=cursor, node=record) for cursor, record in zip(self._cursors, self.nodes, strict=True)]

    @cached_property
    def page_info(self) -> PageInfo:  # type: ignore[override]  # likewise
        """Where this page stands."""
        cursors = self._cursors
        return PageInfo(
            has_next_page=self._page.has_next,
            has_previous_page=self._page.has_previous,
            start_cursor=cursors[0] if cursors else None,
            end_cursor=cursors[-1] if cursors else None,
        )
