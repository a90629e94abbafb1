"""The port of actions towards the graph: what mutations and the audit trail ask of the gateway.

An action's input travels as a document: the input's own field names in Python spelling, nested as in GraphQL, without
nulls, enums by value, instants as text, and keys in place of ids (`job_key` for `job_id`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from schema.actions.action import Action, ActionFilter, ActionName, ActionOutcome
from schema.actions.passthrough import PassthroughInput, PassthroughPayload
from schema.actions.planned_call import PlannedCall
from schema.actions.problem import ActionWarning, UserError
from schema.record import Tracked

if TYPE_CHECKING:
    from resolvers.ports.writing import Document


@dataclass(frozen=True, slots=True)
class Asked:
    """An action as it was asked for.

    Attributes:
        name: Which action.
        document: Its input.
        idempotency_key: The caller's key, or null.
        dry_run: Whether to plan only.
        user_errors: What is wrong with ids in the input; the action adds what else it finds.
    """

    name: ActionName
    document: Document
    idempotency_key: str | None = None
    dry_run: bool = False
    user_errors: Sequence[UserError] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """What came of an action, or how far it is.

    Attributes:
        outcome: PENDING while it goes on.
        action_id: Its id in the audit trail; null when it was refused at once, and for a dry run.
        idempotency_key: The key, given or made.
        replayed: Whether an earlier call with the same key did the work.
        planned_calls: The plan of a dry run.
        candidate_key, application_key: Keys of the records it made or used.
        attachment_id, note_id: Remote ids of the file and the note it made.
        attachment_name, attachment_type, attachment_size: The file as it was stored.
        note_time: The time the note carries.
        records: Records as the ATS has them now, by model.
        user_errors, warnings: What there is to say.
    """

    outcome: ActionOutcome
    action_id: str | None = None
    idempotency_key: str | None = None
    replayed: bool = False
    planned_calls: Sequence[PlannedCall] | None = None
    candidate_key: str | None = None
    application_key: str | None = None
    attachment_id: str | None = None
    attachment_name: str | None = None
    attachment_type: str | None = None
    attachment_size: int | None = None
    note_id: str | None = None
    note_time: datetime | None = None
    records: Mapping[str, Sequence[Tracked]] = field(default_factory=dict)
    user_errors: Sequence[UserError] = ()
    warnings: Sequence[ActionWarning] = ()


@dataclass(frozen=True, slots=True)
class Trail:
    """One page of the audit trail, the newest first.

    Attributes:
        actions: At most as many as were asked for.
        positions: For each the place in the list.
        has_next: Whether older ones follow.
        total: How many the filter lets through.
    """

    actions: Sequence[Action]
    positions: Sequence[str]
    has_next: bool
    total: int


class Actions(Protocol):
    """Carries out actions on one integration for one caller."""

    async def perform(self, asked: Asked, deadline: float | None) -> Result:
        """Carry out an action; the result names what is wrong with its input.

        Past the deadline, on the running loop's clock, the action goes on and PENDING is returned.
        """

    async def action(self, action_id: str) -> Action | None:
        """One row of the audit trail."""

    async def trail(self, size: int, position: str | None, filter: ActionFilter | None) -> Trail:
        """One page of the audit trail, behind `position`."""

    async def pass_through(self, request: PassthroughInput) -> PassthroughPayload:
        """Send a request to the ATS's own API.

        Raises:
            BadUserInput, Forbidden: the request is not allowed.
            AtsError: no answer came.
        """
