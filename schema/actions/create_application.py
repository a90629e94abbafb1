"""Create application: as create candidate, with the job required (model 6.2)."""

import strawberry

from schema.actions.create_candidate import ApplicationInput, CreateCandidateInput, CreateCandidatePayload


@strawberry.input(description="Who applies for what.")
class CreateApplicationInput(CreateCandidateInput):
    """Model 6.2."""

    application: ApplicationInput = strawberry.field(description="The job applied for.")


@strawberry.type(description="What came of it.")
class CreateApplicationPayload(CreateCandidatePayload):
    """Model 6.2."""
