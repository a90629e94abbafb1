"""Connections: a page of records with its cursors, from the root of the graph or from a relation."""

from collections.abc import Callable
from functools import cached_property, partial

from resolvers.criteria import Positions, bounds, holding, ordered, visible
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
    return _Page(page, ids, partial(scope, model, asked.criteria, asked.orders))


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
    records, total = children.records, children.total
    if asked.criteria or asked.orders:
        records = ordered(filter(holding(asked.criteria), records), asked.orders)
    if asked.criteria or total is None:
        total = len(records)
    start, end = bounds(records, asked) if asked.backward or asked.position else (0, asked.size)
    page = Page(
        records=records[start:end],
        positions=Positions(records, start, end),
        has_next=end < max(total, len(records)),
        has_previous=start > 0,
        total=total,
    )
    return _Page(page, ids, partial(_scope_among, relation, key, asked))


def _scope_among(relation: Relation, key: str, asked: PageQuestion) -> str:
    return scope(MODELS[relation.to], asked.criteria, asked.orders, _place(relation, key))


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


class _Page(Connection[Tracked]):
    """A page as clients see it. Cursors are made when they are asked for: each costs more than the rest of its edge.

    Args:
        page: The page.
        ids: Make the cursors.
        describe: Says which list they belong to.
    """

    def __init__(self, page: Page, ids: Ids, describe: Callable[[], str]) -> None:
        self._page = page
        self._ids = ids
        self._describe = describe
        self.nodes = page.records  # type: ignore[assignment]  # a list nobody changes
        self.total_count = page.total

    @cached_property
    def edges(self) -> list[Edge[Tracked]]:  # type: ignore[override]  # worked out when it is read
        """The page's records, each with its cursor."""
        return [Edge(cursor=self._cursor(number), node=record) for number, record in enumerate(self.nodes)]

    @cached_property
    def page_info(self) -> PageInfo:  # type: ignore[override]  # likewise
        """Where this page stands."""
        return PageInfo(
            has_next_page=self._page.has_next,
            has_previous_page=self._page.has_previous,
            start_cursor=self._cursor(0) if self.nodes else None,
            end_cursor=self._cursor(len(self.nodes) - 1) if self.nodes else None,
        )

    @cached_property
    def _scope(self) -> str:
        return self._describe()

    def _cursor(self, number: int) -> str:
        return self._ids.cursor(self._scope, self._page.positions[number])
