"""Where a field comes from, said of a record: the table's row, and what stands in the columns it names.

What stands there is taken from the row as JSON, which a copy of a record has as well as a record that was just read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from gateway.crelate.learning import PIPELINE_ROWS, STAGES_FOUND_BY
from gateway.crelate.mapping.table import RAW, Absent, Computed, Field, Table
from gateway.crelate.readers import mapping, part
from schema.provenance import Basis, Provenance
from schema.unified_fields import OWN, unified_fields

Trusted = Callable[[str], Any]


def _nothing(_: str) -> None:
    """What is trusted where there is no profile."""


Stands = tuple[str | None, Any]
"""Columns and what stands in them."""


PEOPLE = frozenset({"ContactId", "ParentId", "TargetId"})
"""Columns that hold the name of a person beside an id."""

LEARNT_BY: Mapping[tuple[str, str], tuple[str, str]] = {
    ("Application", "current_stage_key"): (PIPELINE_ROWS, "stage"),
    ("Application", "remote_updated_at"): (PIPELINE_ROWS, "date"),
    ("ApplicationStage", "key"): (STAGES_FOUND_BY, ""),
    ("ApplicationStage", "remote_id"): (STAGES_FOUND_BY, ""),
}
"""Model and attribute -> the fact of an account's profile that shows what is assumed of it, and its part."""


def provenance(table: Table[Any], record: Any, fields: Sequence[str], trusted: Trusted = _nothing) -> list[Provenance]:
    """Where these fields of a model come from; without a record, what holds for all of them.

    Args:
        table: How the model is read.
        record: One of its records, or null.
        fields: Names in the schema.
        trusted: The value of a fact of the account's profile, or null.
    """
    attributes, rows = unified_fields(table.record.__name__), {row.name: row for row in table.rows}
    source, row = _row(table, record)
    return [
        Provenance(field=name, rule=OWN[name])
        if name in OWN
        else _told(
            name, rows[attributes[name]], _is_learnt(table, rows[attributes[name]], record, trusted), source, row
        )
        for name in fields
    ]


def _is_learnt(table: Table[Any], entry: Field | Computed | Absent, record: Any, trusted: Trusted) -> bool:
    """Whether the account itself has shown what a field is read by."""
    if isinstance(entry, Computed) and entry.learnt is not None and record is not None and entry.learnt(record):
        return True
    fact, part_of = LEARNT_BY.get((table.record.__name__, entry.name), ("", ""))
    value = trusted(fact) if fact else None
    return (mapping(value).get(part_of) is True) if part_of else value is not None


def _row(table: Table[Any], record: Any) -> tuple[str, Mapping[str, Any] | None]:
    """The list a record's row is from, and the row; null where it is not known."""
    raw = mapping(getattr(record, RAW, None))
    source = next(iter(raw), table.source)
    return source, raw.get(source)


def _told(
    name: str, entry: Field | Computed | Absent, learnt: bool, source: str, row: Mapping[str, Any] | None
) -> Provenance:
    if isinstance(entry, Absent):
        return Provenance(field=name, rule=entry.why)
    basis = Basis.LEARNT if learnt else Basis.ASSUMED if entry.assumption else Basis.DOCUMENTED
    column, stands = standing(entry, row)
    return Provenance(
        field=name,
        source=source,
        column=column,
        rule=entry.rule or entry.path,
        basis=basis,
        assumption=entry.assumption if basis is Basis.ASSUMED else None,
        stands=stands,
        personal=any(name.partition(".")[0] in PEOPLE for name in (column or "").split(", ")),
    )


def standing(entry: Field | Computed, row: Mapping[str, Any] | None) -> Stands:
    """The columns that count for a row, and what stands in them; where none does, the one there is."""
    places = entry.path.split(" ?? ")
    readable = _reads(entry)
    found = [] if row is None or not entry.path else [held for place in places if (held := _held(place, row))[0]]
    for column, stands in found:
        if readable(stands):
            return column, stands
    return found[0] if found else (None if len(places) > 1 or not entry.path else entry.path, None)


def _reads(entry: Field | Computed) -> Callable[[Any], bool]:
    """Whether a value counts."""
    if isinstance(entry, Computed) or entry.reader is None:
        return lambda _: True
    reader = entry.reader
    return lambda value: reader(value) is not None


def _held(place: str, row: Mapping[str, Any]) -> Stands:
    """Those columns of a place that hold something, and what: an object where the place is of several."""
    if place == "*":
        return place, row
    several = " + " in place or place.endswith("*")
    held = {name: value for name in _columns(place, row) if (value := _at(name, row)) is not None}
    return (", ".join(held) or None), held if several else held.get(place)


def _columns(place: str, row: Mapping[str, Any]) -> Iterator[str]:
    for name in place.split(" + "):
        if name.endswith("*"):
            yield from sorted(
                (column for column in row if column.startswith(name[:-1])), key=lambda each: (len(each), each)
            )
        else:
            yield name


def _at(name: str, row: Mapping[str, Any]) -> Any:
    column, _, inside = name.partition(".")
    return part(row.get(column), inside) if inside else row.get(column)
