"""Look-ups by id over all models."""

from inspect import Parameter
from typing import Annotated, Any

import strawberry

from schema.connection import MAX_FIRST
from schema.record import Node
from schema.strawberry_bridge import declared

ID = Annotated[strawberry.ID, strawberry.argument(description="Id of a record of any model.")]
IDS = Annotated[list[strawberry.ID], strawberry.argument(description=f"At most {MAX_FIRST} ids, of any models.")]


def node_fields() -> list[Any]:
    """`node` and `nodes`."""
    return [
        declared(
            "The record behind an id of any model; null when there is none.",
            {"node": True},
            [Parameter("id", Parameter.KEYWORD_ONLY, annotation=ID)],
            Node | None,
            "node",
        ),
        declared(
            "The records behind ids, in order; an id that cannot be answered is null with an error of its own.",
            {"nodes": True},
            [Parameter("ids", Parameter.KEYWORD_ONLY, annotation=IDS)],
            list[Node | None],
            "nodes",
        ),
    ]
