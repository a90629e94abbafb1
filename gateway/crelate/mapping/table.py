"""The interpreter of mapping tables.

A table says, field by field, where a record of the unified model gets its value from. Records are lazy: a field is read
from its row when it is first asked for. A request selects a few fields of thousands of rows, and reading all of them
costs ten times as much as what is wanted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from operator import attrgetter
from typing import Any, Generic, TypeVar

from msgspec import Struct

from gateway.crelate.assumptions import Assumptions
from gateway.crelate.entities import Row, sent, whole
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
        assumption: Number of the assumption it rests on, or empty.
    """

    name: str
    path: str
    reader: Callable[[Any], Any] | None = None
    assumption: str = ""

    @property
    def rule(self) -> str:
        """How it is found, in words."""
        return self.path


@dataclass(frozen=True, slots=True)
class Computed:
    """A field worked out from the whole row.

    Attributes:
        name: Attribute of the record.
        reader: Takes the row and the facts.
        path: The columns it looks at, ` + ` between those that count together, ` ?? ` between those that count in
            place of each other; one that ends in `*` is all of that beginning. Empty when it looks at none.
        rule: How it is found, in words; empty where `path` says it.
        assumption: Number of the assumption it rests on, or empty.
        learnt: Tells of a record whether the account itself has said what the columns mean.
    """

    name: str
    reader: Callable[[Any, Facts], Any]
    path: str
    rule: str = ""
    assumption: str = ""
    learnt: Callable[[Any], bool] | None = None


@dataclass(frozen=True, slots=True)
class Absent:
    """A field that Crelate cannot give.

    Attributes:
        name: Attribute of the record.
        why: One sentence for the coverage report.
    """

    name: str
    why: str


RAW = "remote_data"
"""Attribute of a record under which its row is found, in the schema or not."""

Known = Mapping[str, Iterable[Any]]
"""Field -> its value for each row, where that is known before the row is looked at."""

NOTHING: Known = {}


class Table(Generic[T]):
    """How the records of one model are read.

    Args:
        record: The model's type.
        entity: The type of the rows.
        source: The list whose columns the rows' paths speak of, such as `/jobs`.
        rows: One per field.
        raw: What the rows' columns are, by the list they are of, for records that do not show it; the whole row
            unless said otherwise.
    """

    def __init__(
        self,
        record: type[T],
        entity: type[Struct],
        source: str,
        *rows: Field | Computed | Absent,
        raw: Callable[[Any, Facts], Mapping[str, Any]] | None = None,
    ) -> None:
        self.record = record
        self.source = source
        self.entity = entity
        self.rows = rows
        fields: dict[str, Any] = {row.name: _lazy(row) for row in rows if not isinstance(row, Absent)}
        fields.setdefault(RAW, _WorkedOut(RAW, raw or endpoint(source)))
        self._lazy: type[T] = type(
            record.__name__, (record,), {**fields, "sent": property(_sent), "__doc__": record.__doc__}
        )

    def read(self, rows: Mapping[str, Any], facts: Facts, known: Known = NOTHING) -> dict[str, T]:
        """The records of these rows by key, in order. They are of the model's type, and keep their rows.

        Args:
            rows: What Crelate gave, under the key of the record it stands for.
            facts: What rows do not say themselves.
            known: What need not be read.
        """
        new, lazy = object.__new__, self._lazy
        records: dict[str, T] = {}
        for key, row in rows.items():
            record: Any = new(lazy)
            record.key, record._row, record._facts = key, row, facts  # noqa: SLF001  it is being made
            records[key] = record
        for name, values in known.items():
            for record, value in zip(records.values(), values, strict=True):
                setattr(record, name, value)
        return records

    def one(self, row: Any, facts: Facts) -> T:
        """The record of one row, whose key is read like any other field."""
        record: Any = object.__new__(self._lazy)
        record._row, record._facts = row, facts  # noqa: SLF001  it is being made
        made: T = record
        return made


def _sent(record: Any) -> bytes | None:
    """The bytes of the row a record was made of, where they are known: what tells a changed one before it is read."""
    return sent(record._row)  # noqa: SLF001  ours


class _Read:
    """An attribute that is read once, then lies on the record itself, where Python finds it first.

    Args:
        name: Of the attribute.
        place: What is read, of the record.
        read: Turns it into the value.
    """

    __slots__ = ("_name", "_place", "_read")

    def __init__(self, name: str, place: Callable[[Any], Any], read: Callable[[Any], Any]) -> None:
        self._name = name
        self._place = place
        self._read = read

    def __get__(self, record: Any, _: type | None = None) -> Any:
        if record is None:
            return self
        value = self._read(self._place(record))
        setattr(record, self._name, value)
        return value


class _WorkedOut:
    """The same for what is worked out from the whole row."""

    __slots__ = ("_name", "_read")

    def __init__(self, name: str, read: Callable[[Any, Facts], Any]) -> None:
        self._name = name
        self._read = read

    def __get__(self, record: Any, _: type | None = None) -> Any:
        if record is None:
            return self
        value = self._read(record._row, record._facts)  # noqa: SLF001  ours
        setattr(record, self._name, value)
        return value


def endpoint(path: str) -> Callable[[Row, Facts], dict[str, Any]]:
    """The reader of `remote_data`: the raw row, under the endpoint it came from (model 2)."""
    return lambda row, _: {path: whole(row)}


ROW = "All of the row, under the list it is from."
"""Rule of a field that is the raw row."""


def raw_row(path: str) -> Computed:
    """The row of `remote_data`."""
    return Computed(RAW, endpoint(path), "*", ROW)


def _lazy(row: Field | Computed) -> _Read | _WorkedOut:
    if isinstance(row, Computed):
        return _WorkedOut(row.name, row.reader)
    places, read = [_place(path) for path in row.path.split(" ?? ")], row.reader or _as_it_is
    if len(places) == 1:
        return _Read(row.name, places[0], read)
    return _Read(row.name, lambda record: [at(record) for at in places], partial(_first, read))


def _first(read: Callable[[Any], Any], found: Iterable[Any]) -> Any:
    """The first value that can be read."""
    for value in found:
        if (it := read(value)) is not None:
            return it
    return None


def _as_it_is(value: Any) -> Any:
    return value


def _place(path: str) -> Callable[[Any], Any]:
    """Where a record has what stands at a place of its row."""
    column, _, inside = path.partition(".")
    column_of = attrgetter(f"_row.{column}")
    return (lambda record: getattr(column_of(record), inside, None)) if inside else column_of
