"""Fields of the account's own making (crelate-api 2.7, ASM-14)."""

from __future__ import annotations

from typing import Any

import strawberry

from gateway.crelate.entities import Row, whole
from gateway.crelate.mapping.table import Computed, Facts
from gateway.crelate.readers import title
from gateway.crelate.vocabulary import CUSTOM_FIELD, CUSTOM_FIELDS
from schema.values import IntegrationField, IntegrationFieldType

PLACES = f"{CUSTOM_FIELD}*"


def is_labelled(record: Any) -> bool:
    """Whether the account has said what a record's custom fields are called."""
    return any(field.label for field in record.integration_fields)


def filled(row: Row) -> list[tuple[str, Any]]:
    """Name and value of every custom field that has one; a lookup counts as its title."""
    columns = whole(row)
    return [
        (name, title(value) if isinstance(value, dict) else value)
        for name in CUSTOM_FIELDS
        if (value := columns.get(name)) is not None
    ]


def custom_fields(row: Row, facts: Facts) -> dict[str, Any]:
    """Label -> value; a field without a known label goes by its own name."""
    return {facts.labels.get(name, name): value for name, value in filled(row)}


def integration_fields(row: Row, facts: Facts) -> list[IntegrationField]:
    """The same fields with their own names."""
    return [
        IntegrationField(
            id=strawberry.ID(name),
            key=name,
            type=IntegrationFieldType.CUSTOM,
            value=value,
            label=facts.labels.get(name),
        )
        for name, value in filled(row)
    ]


RULE = "Every custom field that has a value, by what the account's list of fields calls it."

CUSTOM = Computed("custom_fields", custom_fields, PLACES, RULE, "ASM-14", is_labelled)
INTEGRATION = Computed("integration_fields", integration_fields, PLACES, RULE, "ASM-14", is_labelled)
