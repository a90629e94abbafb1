"""Add attachment to application (model 6.3)."""

import strawberry

from schema.actions.attachment import Attachment, AttachmentInput
from schema.actions.create_candidate import ActionStatus
from schema.actions.planned_call import PlannedCall
from schema.actions.problem import ActionWarning, UserError


@strawberry.input(description="Which file to add to which application.")
class AddAttachmentToApplicationInput:
    """Model 6.3."""

    application_id: strawberry.ID = strawberry.field(
        description="Id of the application; `remote:<remote id>` works too."
    )
    attachment: AttachmentInput = strawberry.field(description="The file.")
    idempotency_key: str | None = strawberry.field(
        default=None, description="The same key with the same input is carried out once."
    )
    dry_run: bool = strawberry.field(default=False, description="Check and plan, but write nothing.")


@strawberry.type(description="What came of it.")
class AddAttachmentToApplicationPayload:
    """Model 6.3; the file is on the candidate, since the ATS ties files to people."""

    attachment: Attachment | None = strawberry.field(default=None, description="The file that was added.")
    status: ActionStatus = strawberry.field(default=ActionStatus.DONE, description="How far it has come.")
    action_id: strawberry.ID | None = strawberry.field(default=None, description="Id for `Query.action`.")
    idempotency_key: str | None = strawberry.field(default=None, description="The key, given or made.")
    planned_calls: list[PlannedCall] | None = strawberry.field(
        default=None, description="For a dry run: what would be sent. Null otherwise."
    )
    replayed: bool = strawberry.field(default=False, description="Whether this is the result of an earlier call.")
    user_errors: list[UserError] = strawberry.field(default_factory=list, description="All errors of the input.")
    warnings: list[ActionWarning] = strawberry.field(
        default_factory=list, description="Everything dropped, changed or assumed."
    )
