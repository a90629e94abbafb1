"""Actions as records: who wrote what, when, and what came of it."""

from datetime import datetime
from enum import Enum

import strawberry

from schema.actions.problem import ActionWarning, UserError
from schema.application import Application
from schema.candidate import Candidate
from schema.relation import one


@strawberry.enum(description="An action.")
class ActionName(Enum):
    """The value is the GraphQL name of the mutation."""

    CREATE_CANDIDATE = strawberry.enum_value("createCandidate", description="`Mutation.createCandidate`.")
    CREATE_APPLICATION = strawberry.enum_value("createApplication", description="`Mutation.createApplication`.")
    ADD_ATTACHMENT_TO_APPLICATION = strawberry.enum_value(
        "addAttachmentToApplication", description="`Mutation.addAttachmentToApplication`."
    )
    ADD_NOTE_TO_APPLICATION = strawberry.enum_value(
        "addNoteToApplication", description="`Mutation.addNoteToApplication`."
    )
    MOVE_APPLICATION = strawberry.enum_value("moveApplication", description="`Mutation.moveApplication`.")
    PASSTHROUGH = strawberry.enum_value("passthrough", description="`Query.passthrough` or `Mutation.passthrough`.")


@strawberry.enum(description="What came of an action.")
class ActionOutcome(Enum):
    """State of an action."""

    PENDING = strawberry.enum_value("PENDING", description="It is still going on.")
    DONE = strawberry.enum_value("DONE", description="It was carried out.")
    FAILED = strawberry.enum_value("FAILED", description="It was not carried out, or only in part: see `userErrors`.")


@strawberry.type(description="A write through this gateway. Holds no personal data.")
class Action:
    """One row of the audit trail.

    Attributes:
        candidate_key, application_key: Keys of the records it made or used.
    """

    candidate_key: strawberry.Private[str | None]
    application_key: strawberry.Private[str | None]

    id: strawberry.ID = strawberry.field(description="Opaque id.")
    name: ActionName = strawberry.field(description="Which action.")
    outcome: ActionOutcome = strawberry.field(description="What came of it.")
    integration: str = strawberry.field(description="Which account, such as `crelate:default`.")
    token_name: str | None = strawberry.field(description="Name of the access token it was asked with.")
    idempotency_key: str = strawberry.field(description="The key, given or made.")
    started_at: datetime = strawberry.field(description="When it was accepted.")
    finished_at: datetime | None = strawberry.field(description="When it was finished.")
    request: str | None = strawberry.field(
        description="For a passthrough the method and path template, such as `GET /jobs/{id}`."
    )
    status_code: int | None = strawberry.field(description="For a passthrough the ATS's HTTP status.")
    remote_ids: list[str] = strawberry.field(description="Ids of the ATS's records it made or used.")
    correlation_ids: list[str] = strawberry.field(description="The ATS's own ids of its answers, for its support.")
    user_errors: list[UserError] = strawberry.field(description="Why it was not carried out.")
    warnings: list[ActionWarning] = strawberry.field(description="Everything dropped, changed or assumed.")

    candidate: Candidate | None = one("Candidate", "candidate_key", "The candidate it made or used.")
    application: Application | None = one("Application", "application_key", "The application it made or used.")


@strawberry.input(description="Which actions to list. Conditions must all hold.")
class ActionFilter:
    """The newest come first."""

    names: list[ActionName] | None = strawberry.field(default=None, description="Only these actions.")
    outcomes: list[ActionOutcome] | None = strawberry.field(
        default=None, description="Only with one of these outcomes."
    )
    started_after: datetime | None = strawberry.field(default=None, description="Only accepted later than this.")
    started_before: datetime | None = strawberry.field(default=None, description="Only accepted earlier than this.")
