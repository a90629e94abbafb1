"""Custom fields that stand for fields of the unified model, as an account's settings say (ASM-23, ASM-36)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from gateway.crelate.entities import whole
from gateway.crelate.mapping import TABLES
from gateway.crelate.mapping.table import Computed, Facts, Table
from gateway.crelate.readers import instant, number, title
from gateway.crelate.vocabulary import CUSTOM_FIELDS, custom_field_type
from schema.custom_field import CustomFieldType
from schema.job import JobVisibility

AVAILABILITY = "availability_date"
"""A field of a candidate that is written and never read."""

WRITTEN: Mapping[str, tuple[CustomFieldType, ...]] = {
    AVAILABILITY: (CustomFieldType.DATE, CustomFieldType.TEXT),
    "company": (CustomFieldType.TEXT,),
    "title": (CustomFieldType.TEXT,),
}
"""Fields that are written as well -> the types of custom fields that take them."""


def visibility(value: Any) -> JobVisibility | None:
    """The member a text or an option is called like, whatever its case."""
    return JobVisibility.__members__.get((title(value) or "").strip().upper())


READERS: Mapping[str, Mapping[str, Callable[[Any], Any] | None]] = {
    "Job": {
        "name": title,
        "job_code": title,
        "description": title,
        "visibility": visibility,
        "salary_amount": number,
        "salary_currency": title,
        "opened_at": instant,
        "closed_at": instant,
    },
    "Candidate": {"company": title, "title": title, AVAILABILITY: None},
}
"""Model -> its fields that a custom field may stand for, and how a value is read; null for one that is not read."""


@dataclass(frozen=True, slots=True, eq=False)
class CustomColumns:
    """The custom fields of one account that stand for fields of the model.

    Attributes:
        by_model: Model -> field -> custom field.
        tables: Model -> how its records are read.
    """

    by_model: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    tables: Mapping[str, Table[Any]] = field(init=False)

    def __post_init__(self) -> None:
        made = {model: customised(TABLES[model], columns) for model, columns in self.by_model.items()}
        object.__setattr__(self, "tables", {**TABLES, **made})

    @property
    def written(self) -> Mapping[str, str]:
        """Fields of a candidate that are written -> custom fields that stand for them."""
        return self.by_model.get("Candidate", {})

    @property
    def versions(self) -> Mapping[str, str]:
        """Model -> what tells this way of reading it from others; models read as usual are absent."""
        read = {
            model: sorted(pair for pair in columns.items() if pair[0] != AVAILABILITY)
            for model, columns in self.by_model.items()
        }
        return {
            model: blake2b(repr(pairs).encode(), digest_size=8).hexdigest() for model, pairs in read.items() if pairs
        }


def read_custom_columns(values: Mapping[str, Mapping[str, str]]) -> CustomColumns:
    """The custom fields that settings name: model in lower case -> field -> custom field.

    Raises:
        ValueError: there is no such model, field or custom field; the message names the key.
    """
    models = {model.lower(): model for model in READERS}
    for name, columns in values.items():
        if name not in models:
            raise ValueError(f"{name}: there is no such model with custom fields; there are {', '.join(models)}.")
        if len(set(columns.values())) < len(columns):
            raise ValueError(f"{name}: one custom field stands for two fields.")
        for attribute, column in columns.items():
            _check(f"{name}.{attribute}", READERS[models[name]], attribute, column)
    return CustomColumns({models[name]: dict(columns) for name, columns in values.items() if columns})


def _check(key: str, known: Mapping[str, Any], attribute: str, column: str) -> None:
    if attribute not in known:
        raise ValueError(f"{key}: no custom field can stand for this one; it can for {', '.join(known)}.")
    if column not in CUSTOM_FIELDS:
        raise ValueError(f"{key}: this is no custom field; they are {CUSTOM_FIELDS[0]} to {CUSTOM_FIELDS[-1]}.")
    types = [each.name for each in WRITTEN.get(attribute, ())]
    if types and custom_field_type(column).name not in types:
        raise ValueError(f"{key}: what is written here needs a custom field of the type {' or '.join(types)}.")


def customised(table: Table[Any], columns: Mapping[str, str]) -> Table[Any]:
    """The table of an account where these custom fields stand for fields."""
    readers = READERS[table.record.__name__]
    rows = (_from(row.name, columns[row.name], readers[row.name]) if row.name in columns else row for row in table.rows)
    return Table(table.record, table.entity, table.source, *rows)


def _from(name: str, column: str, reader: Callable[[Any], Any] | None) -> Computed:
    def read(row: Any, _: Facts) -> Any:
        value = whole(row).get(column)
        return None if value is None or reader is None else reader(value)

    return Computed(name, read, column, f"{column}, by the account's setting custom_fields.", learnt=lambda _: True)


NO_CUSTOM_COLUMNS = CustomColumns()
