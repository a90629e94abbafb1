"""What every record of the unified model has (model 2), and what every list of them can be asked."""

from collections.abc import Sequence
from dataclasses import field
from datetime import datetime
from enum import Enum
from inspect import Parameter
from typing import Annotated, Any, Self

import strawberry

from schema.criterion import after, ids_of, one_of
from schema.provenance import Provenance
from schema.strawberry_bridge import declared, tagged

OWN = ""
"""In a `Meaning`: the ids are those of the model being listed."""

UPDATED = "updated_at"
"""In a `Meaning`: the last change of the record, or of a relation that counts for it (model 5.3)."""


FIELDS = Annotated[list[str] | None, strawberry.argument(description="Names of fields of the model; all by default.")]


@strawberry.interface(description="Anything with an id that is unique across all models and stays the same.")
class Node:
    """Relay's Node.

    Attributes:
        key: What the source calls the record: its remote id, or for a link model the keys of both ends.
    """

    key: strawberry.Private[str]
    id: strawberry.ID = declared(
        "Opaque id: store it, compare it, pass it back; never take it apart.", {"own_id": True}
    )


@strawberry.interface(description="A record whose changes and deletion the gateway watches.")
class Tracked(Node):
    """Stamps of the gateway itself (model 2).

    Attributes:
        is_listed: Whether its own list has it. Otherwise it is known as other records name it: it is found by its key,
            never in a list or in the log of changes.
        view: The way in which it was last shown to a client, with nothing of other records.
        shown: What was shown then.
    """

    is_listed: strawberry.Private[bool] = field(default=True, init=False)
    view: strawberry.Private[Any] = field(default=None, init=False, repr=False, compare=False)
    shown: strawberry.Private[Any] = field(default=None, init=False, repr=False, compare=False)
    changed_at: datetime | None = strawberry.field(
        default=None,
        description="When the gateway saw a property of this record change. "
        "Null until the record has been synced: it is observed, never guessed.",
    )
    remote_deleted_at: datetime | None = strawberry.field(
        default=None,
        description="When a full sync no longer found this record. Null while it exists, and until one has run.",
    )

    def __copy__(self) -> Self:
        """Another one with the same attributes, of which nothing has been shown."""
        made = object.__new__(type(self))
        vars(made).update(vars(self), view=None, shown=None)
        for name in getattr(type(self), "__slots__", ()):  # those that are kept have some
            setattr(made, name, getattr(self, name))
        return made

    @staticmethod
    def prepare(records: Sequence[Any], attributes: tuple[str, ...]) -> None:
        """Have these attributes of records at hand: something to do where they are read when they are asked for."""

    provenance: list[Provenance] | None = declared(
        "Where each of its fields comes from: of these fields, or of all. Costs no request to the ATS.",
        {"provenance": True},
        [Parameter("fields", Parameter.KEYWORD_ONLY, default=None, annotation=FIELDS)],
    )


def reference(model: str, key: str, description: str) -> Any:
    """Declare the id of a related record, from the attribute that holds its key."""
    return declared(description, {"reference": (model, key)})


def references(record_type: type) -> dict[str, tuple[str, str]]:
    """Python name of each id field of a type -> (model it points at, attribute holding the key)."""
    return tagged(record_type, "reference")


@strawberry.input(description="What every list can be narrowed by. Conditions of one filter must all hold.")
class RecordFilter:
    """The fields every filter begins with (model 5.1)."""

    ids: list[strawberry.ID] | None = ids_of(OWN, "key", "Only these ids; `remote:<remote id>` works too.")
    remote_ids: list[str] | None = one_of("key", "Only these remote ids.")
    updated_after: datetime | None = after(UPDATED, "Only what changed later than this.")
    include_deleted: bool | None = strawberry.field(
        default=None, description="Also records that are gone from the ATS. Needs synced records."
    )


@strawberry.enum(description="Which end comes first. Records without a value come last either way.")
class OrderDirection(Enum):
    """Sort direction."""

    ASC = strawberry.enum_value("asc", description="Smallest, earliest, A first.")
    DESC = strawberry.enum_value("desc", description="Largest, latest, Z first.")
