"""From an input to an action that has been carried out, and the part of the payload all of them share."""

import asyncio
from typing import Any

from resolvers.documents import document
from resolvers.errors import Forbidden
from resolvers.info import Info
from resolvers.ports.actions import Actions, Asked, Result
from schema.actions.action import ActionName, ActionOutcome
from schema.actions.create_candidate import ActionStatus

MARGIN_SECONDS = 1.0
"""An action that goes on is reported as pending this long before the operation's deadline, so that it can be."""


def performer(info: Info) -> Actions:
    """Who carries out actions.

    Raises:
        Forbidden: the gateway keeps no database.
    """
    if info.context.actions is None:
        raise Forbidden("Writing needs a database: DATABASE_URL is off.")
    return info.context.actions


async def perform(info: Info, name: ActionName, given: Any) -> Result:
    """Carry out the action; what was read back answers the payload's own questions."""
    read, errors = document(info.context.ids, given)
    asked = Asked(name, read, given.idempotency_key, given.dry_run, errors)
    result = await performer(info).perform(asked, _deadline(info))
    for model, records in result.records.items():
        info.context.answers.keep(model, records)
    return result


def _deadline(info: Info) -> float | None:
    deadline = info.context.deadline
    return None if deadline is None else max(deadline - MARGIN_SECONDS, asyncio.get_running_loop().time())


def report(result: Result) -> dict[str, Any]:
    """The fields every payload has."""
    pending = result.outcome is ActionOutcome.PENDING
    return {
        "status": ActionStatus.PENDING if pending else ActionStatus.DONE,
        "action_id": result.action_id,
        "idempotency_key": result.idempotency_key,
        "planned_calls": None if result.planned_calls is None else list(result.planned_calls),
        "replayed": result.replayed,
        "user_errors": list(result.user_errors),
        "warnings": list(result.warnings),
    }
