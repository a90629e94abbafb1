"""Which fields hold personal data: said once, beside the field, and printed in the SDL."""

import strawberry
from strawberry.schema_directive import Location

from schema.strawberry_bridge import fields_of


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    name="personal",
    description="This field holds data about a person. A caller without the scope `pii` gets null for it, with one "
    "error PERSONAL_DATA_WITHHELD for each such field, and can neither filter nor sort by it.",
)
class Personal:
    """Marks a field whose value says something about a person, or may: free text, custom fields, the ATS's own record.

    A marked field is nullable. Ids, references, stamps and states are not marked: without the fields that are, they
    name nobody.
    """


PERSONAL = (Personal(),)
"""For `strawberry.field(directives=...)`."""


def is_personal(field: object) -> bool:
    """Whether a Strawberry field is marked."""
    return any(isinstance(directive, Personal) for directive in getattr(field, "directives", ()))


def personal_fields(type_: type) -> frozenset[str]:
    """Python names of the marked fields of a type."""
    return frozenset(field.python_name for field in fields_of(type_) if is_personal(field))
