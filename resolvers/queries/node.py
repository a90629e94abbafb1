"""Look-ups by id over all models."""

from typing import Annotated, Any

import strawberry

from resolvers.errors import BadUserInput
from resolvers.info import Info
from schema.connection import MAX_FIRST
from schema.record import Node


async def node(
    info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Id of a record of any model.")]
) -> Node | None:
    """The record behind an id of any model; null when there is none."""
    return await info.context.record(*info.context.ids.decode(id, "id"))


async def nodes(
    info: Info,
    ids: Annotated[list[strawberry.ID], strawberry.argument(description=f"At most {MAX_FIRST} ids, of any models.")],
) -> list[Node | None]:
    """The records behind ids, in order; an id that cannot be answered is null with an error of its own."""
    if len(ids) > MAX_FIRST:
        raise BadUserInput(f"Argument ids: at most {MAX_FIRST} ids.", argument="ids")
    found: list[Any] = await info.context.nodes(list(ids))
    return found
