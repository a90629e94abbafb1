"""Move application: another stage for an application (beyond model 6)."""

import strawberry

from schema.actions.create_candidate import ActionStatus
from schema.actions.planned_call import PlannedCall
from schema.actions.problem import ActionWarning, UserError
from schema.application import Application
from schema.relation import one


@strawberry.input(description="Which application to move, and where to.")
class MoveApplicationInput:
    """What the unified API takes where it can move applications."""

    application_id: strawberry.ID = strawberry.field(
        description="Id of the application; `remote:<remote id>` works too."
    )
    stage_id: strawberry.ID = strawberry.field(
        description="Id of the application stage to move it to; `remote:<remote id>` works too."
    )
    idempotency_key: str | None = strawberry.field(
        default=None, description="The same key with the same input is carried out once."
    )
    dry_run: bool = strawberry.field(default=False, description="Check and plan, but write nothing.")


@strawberry.type(description="What came of it.")
class MoveApplicationPayload:
    """The application itself is returned.

    Attributes:
        application_key: Its key, where there is such an application.
    """

    application_key: strawberry.Private[str | None] = None

    application: Application | None = one("Application", "application_key", "The application, as the ATS has it now.")
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
