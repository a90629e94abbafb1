"""Create candidate (model 6.1)."""

from typing import Annotated

import strawberry

from resolvers.info import Info
from resolvers.mutations.performing import perform, report
from schema.actions.action import ActionName
from schema.actions.create_candidate import CreateCandidateInput, CreateCandidatePayload


async def create_candidate(
    info: Info,
    input: Annotated[
        CreateCandidateInput, strawberry.argument(description="The person, the job, files, and how to go about it.")
    ],
) -> CreateCandidatePayload | None:
    """Create a candidate, with an application if a job is named; a known one is used as `onDuplicate` says."""
    result = await perform(info, ActionName.CREATE_CANDIDATE, input)
    return CreateCandidatePayload(
        candidate_key=result.candidate_key, application_key=result.application_key, **report(result)
    )
