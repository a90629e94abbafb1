"""Add note to application (model 6.4)."""

from datetime import datetime

import strawberry

from schema.actions.create_candidate import ActionStatus
from schema.actions.planned_call import PlannedCall
from schema.actions.problem import ActionWarning, UserError
from schema.privacy import PERSONAL


@strawberry.input(description="Which note to add to which application.")
class AddNoteToApplicationInput:
    """Model 6.4."""

    application_id: strawberry.ID = strawberry.field(
        description="Id of the application; `remote:<remote id>` works too."
    )
    content: str = strawberry.field(description="Plain text.")
    idempotency_key: str | None = strawberry.field(
        default=None, description="The same key with the same input is carried out once."
    )
    dry_run: bool = strawberry.field(default=False, description="Check and plan, but write nothing.")


@strawberry.type(description="A note on an application.")
class Note:
    """Model 6.4 returns nothing; here the note that was made is returned."""

    remote_id: str | None = strawberry.field(description="Id in the ATS.")
    content: str | None = strawberry.field(
        description="The text; null when the result is read later on.", directives=PERSONAL
    )
    remote_created_at: datetime | None = strawberry.field(default=None, description="The time the note carries.")


@strawberry.type(description="What came of it.")
class AddNoteToApplicationPayload:
    """Model 6.4."""

    note: Note | None = strawberry.field(default=None, description="The note that was added.")
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
