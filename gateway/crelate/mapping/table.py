"""The interpreter of mapping tables.

A table says, field by field, where a record of the unified model gets its value from. Records are lazy: a field is read
from its row when it is first asked for. A request selects a few fields of thousands of rows, and reading all of them
costs ten times as much as what is wanted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import repeat
from operator import attrgetter
from typing import Any, Generic, TypeVar

from msgspec import Struct

from gateway.crelate.assumptions import Assumptions
from gateway.crelate.entities import Row, whole
from schema.record import Tracked

T = TypeVar("T", bound=Tracked)


@dataclass(frozen=True, slots=True)
class Facts:
    """What rows do not say themselves.

    Attributes:
        assumptions: The account's.
        web_url: Root of Crelate's own pages.
        labels: Custom field -> what people see it called.
        job_key: The job whose pipeline the rows are from.
        candidate_key: The contact whose jobs the rows are, or empty.
        now: When the rows were read.
    """

    assumptions: Assumptions = field(default_factory=Assumptions)
    web_url: str = "https://app.crelate.com"
    labels: Mapping[str, str] = field(default_factory=dict)
    job_key: str = ""
    candidate_key: str = ""
    now: datetime = field(default_factory=lambda: datetime.now(UTC))


@dataclass(frozen=True, slots=True)
class Field:
    """A field read from one place of the row.

    Attributes:
        name: Attribute of the record.
        path: Where the value stands: `Name`, inside a lookup `AccountId.Title`, or several such places with ` ?? `
            between them, of which the first that can be read counts.
        reader: Turns what stands there into the value; null means it cannot be read. Without one it is the value.
    """

    name: str
    path: str
    reader: Callable[[Any], Any] | None = None


@dataclass(frozen=True, slots=True)
class Computed:
    """A field worked out from the whole row.

    Attributes:
        name: Attribute of the record.
        reader: Takes the row and the facts.
    """

    name: str
    reader: Callable[[Any, Facts], Any]


@dataclass(frozen=True, slots=True)
class Absent:
    """A field that Crelate cannot give.

    Attributes:
        name: Attribute of the record.
        why: One sentence for the coverage report.
    """

    name: str
    why: str


class Table(Generic[T]):
    """How the records of one model are read.

    Args:
        record: The model's type.
        entity: The type of the rows.
        rows: One per field.
    """

    def __init__(self, record: type[T], entity: type[Struct], *rows: Field | Computed | Absent) -> None:
        self.record = record
        self.entity = entity
        self.rows = rows
        fields = {row.name: _Lazy(row.name, _reader(row)) for row in rows if not isinstance(row, Absent)}
        self._lazy: type[T] = type(record.__name__, (record,), {**fields, "__doc__": record.__doc__})

    def read(self, rows: Sequence[Any], facts: Facts, known: Sequence[Mapping[str, Any]] | None = None) -> list[T]:
        """The records of these rows, in order. They are of the model's type, and keep their rows.

        Args:
            rows: What Crelate gave.
            facts: What rows do not say themselves.
            known: For each row, the fields whose values are known already.
        """
        records = []
        for row, fields in zip(rows, known or repeat({})):  # noqa: B905  without `known` there is no second length
            record = object.__new__(self._lazy)
            record.__dict__ = {"_row": row, "_facts": facts, **fields}
            records.append(record)
        return records

    def one(self, row: Any, facts: Facts) -> T:
        """The record of one row."""
        return self.read([row], facts)[0]


class _Lazy:
    """An attribute that is worked out once, then lies on the record itself, where Python finds it first."""

    __slots__ = ("_name", "_read")

    def __init__(self, name: str, read: Callable[[Any, Facts], Any]) -> None:
        self._name = name
        self._read = read

    def __get__(self, record: Any, _: type | None = None) -> Any:
        if record is None:
            return self
        held = record.__dict__
        value = held[self._name] = self._read(held["_row"], held["_facts"])
        return value


def endpoint(path: str) -> Callable[[Row, Facts], dict[str, Any]]:
    """The reader of `remote_data`: the raw row, under the endpoint it came from (model 2)."""
    return lambda row, _: {path: whole(row)}


def _reader(row: Field | Computed) -> Callable[[Any, Facts], Any]:
    if isinstance(row, Computed):
        return row.reader
    places = [_place(path) for path in row.path.split(" ?? ")]
    read, (place, *others) = row.reader, places
    if read is None:
        return lambda source, _: place(source)
    if others:
        return lambda source, _: next((found for at in places if (found := read(at(source))) is not None), None)
    return lambda source, _: read(place(source))


def _place(path: str) -> Callable[[Any], Any]:
    head, _, rest = path.partition(".")
    if rest:
        return lambda row: getattr(getattr(row, head), rest, None)
    return attrgetter(path)
