"""Connections: a page of records with its cursors, from the root of the graph or from a relation."""

from collections.abc import Sequence

from resolvers.criteria import matches, ordered, visible
from resolvers.errors import FilterNeedsSync
from resolvers.ids import Ids
from resolvers.loaders import Loaders
from resolvers.questions import question, scope
from resolvers.source import Children, Page, PageQuestion, Source
from schema.connection import Connection, Edge, PageInfo, Window
from schema.model import MODELS, Model
from schema.record import Tracked
from schema.relation import Relation

LOT = 100
"""Children are asked for in lots of this many, so that windows of nearly the same size share one question."""


async def page_of(
    source: Source, loaders: Loaders, ids: Ids, model: Model, window: Window, *, counted: bool
) -> Connection[Tracked]:
    """A page of all records of a model; its records answer later look-ups by id.

    Raises:
        AtsError: the arguments are wrong, or the source cannot answer.
    """
    asked = question(ids, model, window, counted=counted)
    page = await source.page(model.name, asked)
    loaders.prime(model.name, page.records)
    return _connection(ids, scope(model, asked.criteria, asked.orders), page)


async def children_of(
    loaders: Loaders, ids: Ids, relation: Relation, parent: Tracked, window: Window
) -> Connection[Tracked]:
    """A page of the records at the other end of a relation.

    Raises:
        AtsError: the arguments are wrong, or the source cannot answer.
    """
    model = MODELS[relation.to]
    place = f"{relation.key}={parent.key}"
    asked = _within(ids, model, window, place)
    children = await loaders.by_parent(model.name, relation.key, _limit(asked)).load(parent.key)
    page = _slice(children or Children(()), asked)
    return _connection(ids, scope(model, asked.criteria, asked.orders, place), page)


def _within(ids: Ids, model: Model, window: Window, place: str) -> PageQuestion:
    """The question about one parent's children; only conditions that single records can answer."""
    asked = question(ids, model, window, place=place)
    for criterion in asked.criteria:
        if not visible(model.record, criterion):
            raise FilterNeedsSync(argument=criterion.argument)
    if asked.include_deleted:
        raise FilterNeedsSync(argument="includeDeleted")
    return asked


def _limit(asked: PageQuestion) -> int | None:
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


def _connection(ids: Ids, place: str, page: Page) -> Connection[Tracked]:
    cursors = [ids.cursor(place, position) for position in page.positions]
    return Connection(
        edges=[Edge(cursor=cursor, node=record) for cursor, record in zip(cursors, page.records, strict=True)],
        nodes=list(page.records),
        page_info=PageInfo(
            has_next_page=page.has_next,
            has_previous_page=page.has_previous,
            start_cursor=cursors[0] if cursors else None,
            end_cursor=cursors[-1] if cursors else None,
        ),
        total_count=page.total,
    )
