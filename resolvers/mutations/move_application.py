"""Move application (beyond model 6)."""

from typing import Annotated

import strawberry

from resolvers.info import Info
from resolvers.mutations.performing import perform, report
from schema.actions.action import ActionName
from schema.actions.move_application import MoveApplicationInput, MoveApplicationPayload


async def move_application(
    info: Info,
    input: Annotated[MoveApplicationInput, strawberry.argument(description="The application and the stage.")],
) -> MoveApplicationPayload | None:
    """Move an application to another stage."""
    result = await perform(info, ActionName.MOVE_APPLICATION, input)
    return MoveApplicationPayload(application_key=result.application_key, **report(result))
