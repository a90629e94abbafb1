"""What becomes of mapping tables.

A table says, field by field, where a record of the unified model gets its value from. Records are lazy: a field is read
from its row when it is first asked for. A request selects a few fields of thousands of rows, and reading all of them
costs ten times as much as what is wanted. Who knows beforehand what will be looked at has it read for all records at
once (`prepare`), by a function made of the table's rows for these fields alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Generic, TypeVar

from msgspec import Struct

from gateway.crelate.assumptions import Assumptions
from gateway.crelate.entities import FORGOTTEN, Row, sent, whole
from gateway.crelate.mapping.expression import expression, text_or
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
        now: What time it is.
    """

    assumptions: Assumptions = field(default_factory=Assumptions)
    web_url: str = "https://app.crelate.com"
    labels: Mapping[str, str] = field(default_factory=dict)
    job_key: str = ""
    candidate_key: str = ""
    now: Callable[[], datetime] = lambda: datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Field:
    """A field read from one place of the row.

    Attributes:
        name: Attribute of the record.
        path: Where the value stands: `Name`, inside a lookup `AccountId.Title`, or several such places with ` ?? `
            between them, of which the first that can be read counts.
        reader: Turns what stands there into the value; null means it cannot be read, and so does nothing that stands
            there. Without one it is the value.
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
        usual: A column whose text, where there is any, is the value; or empty.
    """

    name: str
    reader: Callable[[Any, Facts], Any]
    path: str
    rule: str = ""
    assumption: str = ""
    learnt: Callable[[Any], bool] | None = None
    usual: str = ""


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

_BETWEEN = re.compile(r" (?:\?\?|\+) ")
"""What stands between the places of a path."""

READERS = 256
"""Sets of fields for which a function that reads them is held."""


class Table(Generic[T]):
    """How the records of one model are read.

    Args:
        record: The model's type.
        entity: The type of the rows.
        source: The list whose columns the rows' paths speak of, such as `/jobs`.
        rows: One per field.
        given: Fields that come as `known` with most rows: they are read one by one where they do not.
        raw: What the rows' columns are, by the list they are of, for records that do not show it; the whole row
            unless said otherwise.
        stays: Whether what is read of a row stays the same with time; it does unless said otherwise.
    """

    def __init__(
        self,
        record: type[T],
        entity: type[Struct],
        source: str,
        *rows: Field | Computed | Absent,
        given: Collection[str] = (),
        raw: Callable[[Any, Facts], Mapping[str, Any]] | None = None,
        stays: Callable[[Any, Facts], bool] = lambda _row, _facts: True,
    ) -> None:
        self.record = record
        self.source = source
        self.entity = entity
        self.rows = rows
        self._given = {"key", *given}
        entries = [row for row in rows if not isinstance(row, Absent)]
        if RAW not in {entry.name for entry in entries}:
            entries.append(Computed(RAW, raw or endpoint(source), "*"))
        self._constants: dict[str, Any] = {}
        self._expressions = {entry.name: self._expression(entry) for entry in entries}
        self._stays = stays
        if _is_key(entries):
            self._expressions["remote_id"] = "record.key"
        self._lazy = self._made()
        self._readers = lru_cache(maxsize=READERS)(self._reader)

    def _made(self) -> type[T]:
        """The model's type, with attributes that are read when they are asked for."""
        late = {
            name: _Late(name, eval(f"lambda record, row, facts: {read}", self._constants))  # noqa: S307  made of our tables
            for name, read in self._expressions.items()
        }
        ours = {
            "sent": property(_sent),
            "prepare": staticmethod(self.prepare),
            "_prepared": None,
            "__doc__": self.record.__doc__,
        }
        return type(self.record.__name__, (self.record,), {**late, **ours})

    def _expression(self, entry: Field | Computed) -> str:
        """Python that reads a field from `row` and `facts`."""
        name = f"read_{entry.name}"
        if isinstance(entry, Field):
            return expression(entry.path, entry.reader, name, self._constants)
        self._constants[name] = entry.reader
        return text_or(entry.usual, f"{name}(row, facts)") if entry.usual else f"{name}(row, facts)"

    def read(self, rows: Mapping[str, Any], facts: Facts, known: Known = NOTHING) -> dict[str, T]:
        """The records of these rows by key, in order. They are of the model's type, and keep their rows.

        A row that is held from an earlier answer has its record still, unless that was made of other facts.

        Args:
            rows: What Crelate gave, under the key of the record it stands for.
            facts: What rows do not say themselves.
            known: What need not be read.
        """
        new, stays = object.__new__, self._stays
        lazy: type[Any] = self._lazy
        records: dict[str, Any] = {}
        some_are_new = False
        for key, row in rows.items():
            record = row.record
            if record.__class__ is not lazy or record._facts is not facts or record.key != key:  # noqa: SLF001  ours
                record, some_are_new = new(lazy), True
                record.key, record._row, record._facts = key, row, facts  # noqa: SLF001  it is being made
                if row.record is not FORGOTTEN and stays(row, facts):
                    row.record = record
            records[key] = record
        for name, values in known.items() if some_are_new else ():
            for record, value in zip(records.values(), values, strict=True):
                setattr(record, name, value)
        return records

    def one(self, row: Any, facts: Facts) -> T:
        """The record of one row, whose key is read like any other field."""
        record: Any = object.__new__(self._lazy)
        record._row, record._facts = row, facts  # noqa: SLF001  it is being made
        made: T = record
        return made

    def columns(self, names: Collection[str] | None = None) -> set[str]:
        """Columns of the row, or of the record in a pair, that these fields are read from; null for all fields."""
        there = [row for row in self.rows if not isinstance(row, Absent)]
        paths = [row.path for row in there if names is None or row.name in names]
        return {place.partition(".")[0] for path in paths for place in _BETWEEN.split(path)}

    def prepare(self, records: Iterable[Any], names: tuple[str, ...]) -> None:
        """Read these fields of all records at once, where they are of this table."""
        self._readers(names)(records)

    def _reader(self, names: tuple[str, ...]) -> Callable[[Iterable[Any]], None]:
        """A function made for exactly these fields."""
        read = [name for name in names if name in self._expressions and name not in self._given]
        lines = (
            "def read_all(records):",
            " for record in records:",
            "  if record.__class__ is lazy:",
            "   row, facts = record._row, record._facts",
            "   if record._prepared is names: continue",
            "   record._prepared = names",
            *(f"   record.{name} = {self._expressions[name]}" for name in read),
        )
        known = {**self._constants, "lazy": self._lazy, "names": names}
        exec("\n".join(lines), known)  # noqa: S102  made of our tables
        made: Callable[[Iterable[Any]], None] = known["read_all"]
        return made


def _is_key(entries: Iterable[Field | Computed]) -> bool:
    """Whether a record's key and its id in Crelate are read alike."""
    read = {entry.name: (entry.reader, entry.path) for entry in entries}
    return "remote_id" in read and read["remote_id"] == read.get("key")


def _sent(record: Any) -> bytes | None:
    """The bytes of the row a record was made of, where they are known: what tells a changed one before it is read."""
    return sent(record._row)  # noqa: SLF001  ours


class _Late:
    """An attribute that is read once, then lies on the record itself, where Python finds it first.

    Args:
        name: Of the attribute.
        read: Its value, from the record, its row and the facts.
    """

    __slots__ = ("_name", "_read")

    def __init__(self, name: str, read: Callable[[Any, Any, Facts], Any]) -> None:
        self._name = name
        self._read = read

    def __get__(self, record: Any, _: type | None = None) -> Any:
        if record is None:
            return self
        value = self._read(record, record._row, record._facts)  # noqa: SLF001  ours
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
