"""Where the fields of a record come from (design: beside the data)."""

from enum import Enum
from typing import Any

import strawberry

from schema.scalars import JSON
from schema.strawberry_bridge import declared


@strawberry.enum(description="Why it is believed that this is where a field comes from.")
class Basis(Enum):
    """Kinds of grounds, the surest first."""

    LEARNT = strawberry.enum_value("LEARNT", description="The account says so itself.")
    DOCUMENTED = strawberry.enum_value("DOCUMENTED", description="The ATS's documents or other clients' use say so.")
    ASSUMED = strawberry.enum_value(
        "ASSUMED", description="Nobody has shown it yet: `assumption` is its number in the register."
    )


@strawberry.type(description="Where a field of a record comes from.")
class Provenance:
    """One field of one record.

    Attributes:
        stands: What stands in the columns.
        personal: Whether that says something about a person, though the field does not.
        withheld: The field, such as `Candidate.firstName`, where this caller may not see what stands there.
    """

    field: str = strawberry.field(description="Name of the field.")
    source: str | None = strawberry.field(
        default=None, description="The ATS's object it is read from; null where it is not read from one."
    )
    column: str | None = strawberry.field(
        default=None, description="The columns of that object that count for this record; null where none does."
    )
    rule: str | None = strawberry.field(
        default=None, description="How it is found: `a ?? b` is the first of two that can be read, `a + b` both."
    )
    raw: JSON | None = declared(
        "What stands in the column, as the ATS has it; of several columns, an object. Personal where the field is, and "
        "where the name of a person stands beside an id. "
        "Null as well where copies are kept without the ATS's own records.",
        {"raw": True},
    )
    basis: Basis | None = strawberry.field(default=None, description="Why this is believed; null with `source`.")
    assumption: str | None = strawberry.field(
        default=None, description="Number of the assumption it rests on, such as `ASM-15`."
    )

    stands: strawberry.Private[Any] = None
    personal: strawberry.Private[bool] = False
    withheld: strawberry.Private[str | None] = None
