"""Values of custom fields, read as their types."""

from datetime import UTC, datetime
from typing import Any

import pytest
import strawberry

from resolvers.custom_fields import custom_fields_of
from resolvers.ports.custom_fields import Definition, Definitions, FieldOption
from schema.custom_field import CustomFieldOption, CustomFieldType
from schema.job import Job
from schema.scalars import JSON
from schema.values import IntegrationField, IntegrationFieldType

AT = datetime(2026, 3, 1, 8, tzinfo=UTC)
VALUES = ("text", "number", "date", "boolean", "option")
READ: list[tuple[CustomFieldType, Any, Any]] = [
    (CustomFieldType.TEXT, "x", "x"),
    (CustomFieldType.TEXT, 4, None),
    (CustomFieldType.NUMBER, 4, 4.0),
    (CustomFieldType.NUMBER, "4.5", 4.5),
    (CustomFieldType.NUMBER, "many", None),
    (CustomFieldType.NUMBER, True, None),
    (CustomFieldType.NUMBER, "1e999", None),
    (CustomFieldType.DATE, "2026-03-01T08:00:00", AT),
    (CustomFieldType.DATE, "2026-03-01T09:00:00+01:00", AT),
    (CustomFieldType.DATE, "soon", None),
    (CustomFieldType.DATE, 5, None),
    (CustomFieldType.BOOLEAN, False, False),
    (CustomFieldType.BOOLEAN, "yes", None),
    (CustomFieldType.OPTION, "One", CustomFieldOption(key="1", label="One")),
    (CustomFieldType.OPTION, "Ninth", CustomFieldOption(key=None, label="Ninth")),
    (CustomFieldType.OPTION, 1, None),
]


@pytest.mark.parametrize(
    ("kind", "value", "read"), READ, ids=[f"{at}-{kind.name}" for at, (kind, *_) in enumerate(READ)]
)
def test_a_value_stands_under_its_type_and_nowhere_else(kind: CustomFieldType, value: Any, read: Any) -> None:
    """What cannot be read as its type is in `value` alone; the label of the record stands in for one not known."""
    held = IntegrationField(
        id=strawberry.ID("a"), key="a", type=IntegrationFieldType.CUSTOM, value=JSON(value), label="Called"
    )
    definitions = Definitions((Definition("a", kind, None, (FieldOption("1", "One"),)), Definition("b", kind)))
    (found,) = custom_fields_of(Job(key="j", remote_id="j", integration_fields=[held]), definitions, None)
    assert (found.key, found.label, found.type, found.value) == ("a", "Called", kind, value)
    assert {name: getattr(found, name) for name in VALUES} == dict.fromkeys(VALUES) | {kind.name.lower(): read}


def test_a_name_comes_before_a_label() -> None:
    """And what is called neither is none."""
    one, other = Definition("a", CustomFieldType.TEXT, "b"), Definition("b", CustomFieldType.TEXT)
    definitions = Definitions((one, other))
    assert (definitions.named("b"), definitions.named("a"), definitions.named("c")) == (other, one, None)
