"""Custom fields with their types: what an account has added to its records, one by one."""

from datetime import datetime
from enum import Enum
from inspect import Parameter
from typing import Annotated, Any

import strawberry

from schema.privacy import PERSONAL
from schema.scalars import JSON
from schema.strawberry_bridge import declared

KEY = Annotated[str, strawberry.argument(description="The ATS's own name of the field, or its label.")]
KEYS = Annotated[
    list[str] | None,
    strawberry.argument(description="Names or labels of the fields; by default all that have a value on the record."),
]


@strawberry.enum(description="What a custom field holds.")
class CustomFieldType(Enum):
    """Kinds of custom fields."""

    TEXT = strawberry.enum_value("TEXT", description="Text; it stands in `text`.")
    NUMBER = strawberry.enum_value("NUMBER", description="A number; it stands in `number`.")
    DATE = strawberry.enum_value("DATE", description="A date or an instant; it stands in `date`.")
    BOOLEAN = strawberry.enum_value("BOOLEAN", description="Yes or no; it stands in `boolean`.")
    OPTION = strawberry.enum_value("OPTION", description="One of a list; it stands in `option`.")


@strawberry.type(description="Something that can be chosen in a custom field.")
class CustomFieldOption:
    """One option."""

    key: str | None = strawberry.field(default=None, description="Its id in the ATS; null where that is not known.")
    label: str = strawberry.field(description="What people see it called.")


@strawberry.type(description="A field of the account's own making, on one record.")
class CustomField:
    """A definition, and the value that the record has of it."""

    key: str = strawberry.field(description="The ATS's own name of the field.")
    label: str | None = strawberry.field(
        default=None, description="What people see it called; null where the ATS does not say."
    )
    type: CustomFieldType = strawberry.field(description="What it holds.")
    options: list[CustomFieldOption] | None = strawberry.field(
        default=None, description="What can be chosen, where the ATS lists it."
    )
    value: JSON | None = strawberry.field(
        default=None, description="The value as `integrationFields` has it.", directives=PERSONAL
    )
    text: str | None = strawberry.field(
        default=None, description="The value of a field of the type `TEXT`.", directives=PERSONAL
    )
    number: float | None = strawberry.field(
        default=None, description="The value of a field of the type `NUMBER`.", directives=PERSONAL
    )
    date: datetime | None = strawberry.field(
        default=None, description="The value of a field of the type `DATE`.", directives=PERSONAL
    )
    boolean: bool | None = strawberry.field(
        default=None, description="The value of a field of the type `BOOLEAN`.", directives=PERSONAL
    )
    option: CustomFieldOption | None = strawberry.field(
        default=None, description="The value of a field of the type `OPTION`.", directives=PERSONAL
    )


def one_custom_field() -> Any:
    """Declare the field of a model that leads to one of its custom fields."""
    return declared(
        "One custom field, with its type; the values that are null are those of other types.",
        {"custom_field": True},
        [Parameter("key", Parameter.KEYWORD_ONLY, annotation=KEY)],
    )


def several_custom_fields() -> Any:
    """Declare the field of a model that leads to its custom fields."""
    return declared(
        "Custom fields, each with its type: what `customFields` shows as one object.",
        {"custom_fields": True},
        [Parameter("keys", Parameter.KEYWORD_ONLY, default=None, annotation=KEYS)],
    )
