"""Create application (model 6.2)."""

from typing import Annotated

import strawberry

from resolvers.info import Info
from resolvers.mutations.performing import perform, report
from schema.actions.action import ActionName
from schema.actions.create_application import CreateApplicationInput, CreateApplicationPayload


async def create_application(
    info: Info,
    input: Annotated[
        CreateApplicationInput, strawberry.argument(description="The person, the job, files, and how to go about it.")
    ],
) -> CreateApplicationPayload | None:
    """Let a candidate apply for a job; the candidate is created if need be, otherwise used as `onDuplicate` says."""
    result = await perform(info, ActionName.CREATE_APPLICATION, input)
    return CreateApplicationPayload(
        candidate_key=result.candidate_key, application_key=result.application_key, **report(result)
    )
