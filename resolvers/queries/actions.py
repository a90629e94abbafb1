"""The audit trail: actions that were carried out, are going on, or failed."""

from typing import Annotated

import strawberry

from resolvers.info import Info
from resolvers.mutations.performing import performer
from resolvers.ports.actions import Trail
from resolvers.questions import page_size
from schema.actions.action import Action, ActionFilter
from schema.connection import After, Connection, Edge, First, PageInfo

SCOPE = "actions"
"""What cursors of the trail are bound to."""


async def action(
    info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="An `actionId`.")]
) -> Action | None:
    """One action: its state, and its result once it has one; null when there is none with this id."""
    return await performer(info).action(id)


async def actions(
    info: Info,
    first: First = None,
    after: After = None,
    filter: Annotated[
        ActionFilter | None, strawberry.argument(description="Only actions for which all of this holds.")
    ] = None,
) -> Connection[Action] | None:
    """All writes through this gateway, the newest first."""
    size = page_size(first)
    position = None if after is None else info.context.ids.position(SCOPE, after, "after")
    return _connection(info, await performer(info).trail(size, position, filter), position is not None)


def _connection(info: Info, trail: Trail, continued: bool) -> Connection[Action]:
    cursors = [info.context.ids.cursor(SCOPE, position) for position in trail.positions]
    page_info = PageInfo(
        has_next_page=trail.has_next,
        has_previous_page=continued,
        start_cursor=cursors[0] if cursors else None,
        end_cursor=cursors[-1] if cursors else None,
    )
    edges = [Edge(cursor=cursor, node=row) for cursor, row in zip(cursors, trail.actions, strict=True)]
    return Connection(edges=edges, nodes=list(trail.actions), page_info=page_info, total_count=trail.total)
