"""The result of an action for its caller: what was stored, and the records it is about as the ATS has them now."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from gateway.actions.ledger import Entry
from gateway.actions.problems import read_errors, read_warnings
from gateway.actions.specifications import SPECIFICATIONS
from resolvers.errors import AtsError
from resolvers.ports.actions import Result
from resolvers.ports.source import Source
from schema.actions.action import ActionName, ActionOutcome
from schema.record import Tracked

KEYS = {"Candidate": "candidate_key", "Application": "application_key"}
"""Model -> where a result holds the key of its record."""


async def stored_result(
    entry: Entry, name: ActionName, source: Callable[[], Source], idempotency_key: str, *, replayed: bool
) -> Result:
    """The result of an action in the audit trail, however far it is.

    Args:
        entry: Its row.
        name: Which action it is.
        source: Makes a source that reads live.
        idempotency_key: Its key.
        replayed: Whether an earlier call with the same key did the work.
    """
    return await result(
        entry.outcome,
        entry.result,
        name,
        source,
        action_id=entry.id,
        idempotency_key=idempotency_key,
        replayed=replayed,
        user_errors=read_errors(entry.result.get("user_errors", [])),
        warnings=read_warnings(entry.result.get("warnings", [])),
    )


async def result(
    outcome: ActionOutcome, found: Mapping[str, Any], name: ActionName, source: Callable[[], Source], **more: Any
) -> Result:
    """A result from what came of an action (see `Ledger.finish`) and further fields of `Result`."""
    attachment, note = found.get("attachment", {}), found.get("note", {})
    return Result(
        outcome,
        candidate_key=found.get("candidate_key"),
        application_key=found.get("application_key"),
        attachment_id=attachment.get("id"),
        attachment_name=attachment.get("name"),
        attachment_type=attachment.get("type"),
        attachment_size=attachment.get("size"),
        note_id=note.get("id"),
        note_time=datetime.fromisoformat(note["at"]) if note else None,
        records=await _read_back(found, SPECIFICATIONS[name].shows, source),
        **more,
    )


async def _read_back(
    found: Mapping[str, Any], models: Sequence[str], source: Callable[[], Source]
) -> dict[str, list[Tracked]]:
    """The records of these models that the action is about; one that cannot be read now is left out."""
    records: dict[str, list[Tracked]] = {}
    for model in models:
        if (key := found.get(KEYS[model])) is not None:
            with suppress(AtsError):
                read = (await source().by_ids(model, [key])).get(key)
                records[model] = [read] if isinstance(read, Tracked) else []
    return records
