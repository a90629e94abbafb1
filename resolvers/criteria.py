"""Conditions and orders applied to records in memory, for lists that are small enough to be held whole."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any, TypeVar, overload

from resolvers.errors import BadUserInput
from resolvers.ports.source import PageQuestion
from schema.criterion import Criterion, Operator, Order, comparable
from schema.record import UPDATED, Tracked
from schema.relation import relations

T = TypeVar("T", bound=Tracked)


def holding(criteria: Iterable[Criterion]) -> Callable[[Tracked], bool]:
    """A function that tells whether all conditions hold for a record; what they compare with is prepared once.

    Conditions over a relation cannot be seen on the record alone: the caller must have resolved them first.
    """
    conditions = [_condition(criterion) for criterion in criteria]
    if len(conditions) == 1:
        return conditions[0]
    return lambda record: all(holds(record) for holds in conditions)


def _condition(criterion: Criterion) -> Callable[[Tracked], bool]:
    name, given, among = criterion.attribute, criterion.value, criterion.operator is Operator.IN
    wanted = {comparable(name, value) for value in given} if among else comparable(name, given)
    if name == "key" and among:
        keys = frozenset(given)
        return lambda record: record.key in keys or record.key.casefold() in wanted
    holds, path = HOLDS[criterion.operator], [_attribute(part) for part in name.split(".")]
    return lambda record: any(holds(comparable(name, value), wanted) for value in _values(record, path))


def ordered(records: Iterable[T], orders: Sequence[Order]) -> list[T]:
    """The records sorted by the first order, ties by the next; records without a value come last either way."""
    result = list(records)
    for order in reversed(orders):
        result.sort(key=lambda record: _sort_key(record, order.attribute), reverse=order.descending)
        result.sort(key=lambda record: getattr(record, order.attribute) is None)
    return result


def visible(record_type: type[Tracked], criterion: Criterion) -> bool:
    """Whether the condition can be decided by looking at one record of this type alone."""
    return _attribute(criterion.attribute).partition(".")[0] in _own(record_type)  # type: ignore[arg-type]  # a type is hashable


@cache
def _own(record_type: type[Tracked]) -> Collection[str]:
    """The attributes that say something of a record itself."""
    return {field.name for field in fields(record_type)} - relations(record_type).keys()


def _attribute(path: str) -> str:
    """Without a change clock of ours, the ATS's own stamp says when a record last changed."""
    return "remote_updated_at" if path == UPDATED else path


def _values(record: Any, path: Sequence[str]) -> list[Any]:
    """The values at a path; a list on the way stands for each of its items."""
    values = [record]
    for attribute in path:
        held = [getattr(value, attribute) for value in values]
        values = [item for value in held for item in (value if isinstance(value, list) else [value])]
        values = [value for value in values if value is not None]
    return values


def _is_in(value: Any, wanted: Collection[Any]) -> bool:
    return value in wanted


def _contains(value: str, part: str) -> bool:
    return part in value


def _is_after(value: datetime, limit: datetime) -> bool:
    return value > limit


def _is_before(value: datetime, limit: datetime) -> bool:
    return value < limit


HOLDS: dict[Operator, Callable[[Any, Any], bool]] = {
    Operator.IN: _is_in,
    Operator.CONTAINS: _contains,
    Operator.AFTER: _is_after,
    Operator.BEFORE: _is_before,
}
"""Operator -> whether it holds between a record's value and the condition's, both as they are compared."""


def _sort_key(record: Tracked, attribute: str) -> Any:
    """Comparable within one attribute; a missing value sorts anywhere, it is moved last afterwards."""
    value = getattr(record, attribute)
    if isinstance(value, Enum):
        value = value.value
    return (value is not None, comparable(attribute, value) if value is not None else 0)


@dataclass(frozen=True, slots=True)
class Positions(Sequence[str]):
    """Where some records stand in a list that is held whole, `number:key`; each is made when it is asked for.

    Attributes:
        records: The list.
        start, end: Which of them; the end may be behind the last one.
    """

    records: Sequence[Tracked]
    start: int
    end: int

    def __len__(self) -> int:
        return len(self._numbers())

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> list[str]: ...
    def __getitem__(self, place: int | slice) -> str | list[str]:
        """The position at a place, or those at several."""
        if isinstance(place, slice):
            return [self[each] for each in range(len(self))[place]]
        number = self._numbers()[place]
        return f"{number}:{self.records[number].key}"

    def _numbers(self) -> range:
        return range(self.start, min(self.end, len(self.records)))


def bounds(records: Sequence[Tracked], question: PageQuestion) -> tuple[int, int]:
    """Where a page of these records begins and ends; it may end behind the last one.

    Raises:
        BadUserInput: the position is not one of this list.
    """
    place = None if question.position is None else _place(records, question.position)
    if question.backward:
        end = len(records) if place is None else place
        return max(0, end - question.size), end
    start = 0 if place is None else place + 1
    return start, start + question.size


def _place(records: Sequence[Tracked], position: str) -> int:
    """Number of the record that a position `number:key` names; the number in it once that record is gone."""
    number, _, key = position.partition(":")
    if not number.isdigit():
        raise BadUserInput("The cursor is not one of this list.", argument="after")
    return next((index for index, record in enumerate(records) if record.key == key), int(number))
