"""Keyset paging: a page begins behind a place in the order, not behind a number of rows.

That is why inserts and deletes between two pages neither repeat nor skip a record that stays. Orders put records
without a value last, and look at the start of a long text only. Each order is walked in two stretches, the records with
a value in its first attribute and those without: within one stretch a plain index gives the order on both databases.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zlib import crc32

import orjson
from sqlalchemy import ColumnElement, Table, and_, false, or_

from gateway.database.column_types import Instant, indexed, start_of
from gateway.database.tables import RECORDS
from resolvers.errors import BadUserInput
from resolvers.ports.source import PageQuestion
from schema.criterion import Order

_TAG = "replica:"
_ELSEWHERE = "This cursor belongs to another list or order."
_OWN_ORDER = (Order("rank", descending=False),)


@dataclass(frozen=True, slots=True)
class Place:
    """A place in an order: the values of its attributes, and the key that decides between equals."""

    values: tuple[Any, ...]
    key: str


@dataclass(frozen=True, slots=True)
class Walk:
    """One order of a model, walked forwards or backwards.

    Attributes:
        model: Name of the model.
        orders: What it is sorted by; the key decides between equals, in the direction of the first order.
        backward: Whether it is walked from the end.
    """

    model: str
    orders: tuple[Order, ...]
    backward: bool

    @property
    def table(self) -> Table:
        """The model's table."""
        return RECORDS[self.model]

    def stretches(self, start: Place | None) -> list[ColumnElement[bool]]:
        """The conditions for the records behind `start`, or for all, to be asked one after the other."""
        first = self._column(self.orders[0])
        parts = [first.is_not(None), first.is_(None)]
        parts = parts[::-1] if self.backward else parts
        if start is None:
            return parts
        begun = int((start.values[0] is None) is not self.backward)
        return [and_(parts[begun], self._behind(start)), *parts[begun + 1 :]]

    def sorting(self) -> list[ColumnElement[Any]]:
        """What to sort by within a stretch."""
        first, *more = self.orders
        columns = [_sorted(self._column(first), down=self._down(first))]
        for order in more:
            column = self._column(order)
            columns += [_sorted(column.is_(None), down=self.backward), _sorted(column, down=self._down(order))]
        return [*columns, _sorted(self.table.c.key, down=self._down(first))]

    def place(self, row: Any) -> Place:
        """The place of a row in the order."""
        held = row._mapping  # noqa: SLF001  # SQLAlchemy's public name for it
        return Place(tuple(start_of(held[order.attribute]) for order in self.orders), held["key"])

    def _column(self, order: Order) -> Any:
        return indexed(self.table.c[order.attribute])

    def _down(self, order: Order) -> bool:
        return order.descending is not self.backward

    def _behind(self, start: Place) -> ColumnElement[bool]:
        """Behind the place, within its own stretch. The bound says what follows so plainly that an index can use it."""
        first, value = self.orders[0], start.values[0]
        later = self._later(self.orders[1:], start.values[1:], start.key)
        if value is None:
            return later
        column = self._column(first)
        return and_(column <= value if self._down(first) else column >= value, or_(column != value, later))

    def _later(self, orders: tuple[Order, ...], values: tuple[Any, ...], key: str) -> ColumnElement[bool]:
        """Behind the place among the records that equal it in the orders before these."""
        if not orders:
            return self.table.c.key < key if self._down(self.orders[0]) else self.table.c.key > key
        column, value = self._column(orders[0]), values[0]
        further = self._further(column, value, down=self._down(orders[0]))
        equal = column.is_(None) if value is None else column == value
        return or_(further, and_(equal, self._later(orders[1:], values[1:], key)))

    def _further(self, column: Any, value: Any, *, down: bool) -> ColumnElement[bool]:
        if value is None:
            return column.is_not(None) if self.backward else false()
        beyond = column < value if down else column > value
        return beyond if self.backward else or_(beyond, column.is_(None))


def walk(model: str, question: PageQuestion) -> Walk:
    """The walk that answers a question."""
    return Walk(model, question.orders or _OWN_ORDER, question.backward)


def is_ours(position: str) -> bool:
    """Whether a position was given out here rather than by the source behind."""
    return position.startswith(_TAG)


def written(walked: Walk, place: Place) -> str:
    """The place as a position for clients."""
    packed = orjson.dumps([_fingerprint(walked), place.key, *place.values])
    return _TAG + urlsafe_b64encode(packed).decode().rstrip("=")


def read(walked: Walk, position: str) -> Place:
    """The place behind a position.

    Raises:
        BadUserInput: it was not given out for this order of this model.
    """
    try:
        packed = position.removeprefix(_TAG)
        fingerprint, key, *values = orjson.loads(urlsafe_b64decode(packed + "=" * (-len(packed) % 4)))
        place = Place(tuple(_typed(walked, values)), key)
    except (ValueError, TypeError):
        raise BadUserInput(_ELSEWHERE) from None
    if fingerprint != _fingerprint(walked):
        raise BadUserInput(_ELSEWHERE)
    return place


def _typed(walked: Walk, values: Sequence[Any]) -> list[Any]:
    """JSON knows no instants: the column says where one is meant."""
    kinds = [walked.table.c[order.attribute].type for order in walked.orders]
    return [
        datetime.fromisoformat(value) if isinstance(kind, Instant) and value is not None else value
        for kind, value in zip(kinds, values, strict=True)
    ]


def _fingerprint(walked: Walk) -> int:
    return crc32(repr((walked.model, walked.orders)).encode())


def _sorted(column: ColumnElement[Any], *, down: bool) -> ColumnElement[Any]:
    return column.desc() if down else column.asc()
