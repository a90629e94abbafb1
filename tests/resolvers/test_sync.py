"""Syncs as clients see them."""

from dataclasses import dataclass, field
from typing import Any

import pytest
import strawberry
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import create_type

from resolvers.mutations.sync import sync
from resolvers.ports.sync import Begun, Syncing
from resolvers.queries.sync_status import sync_status
from schema.change import ModelName
from schema.scalars import SCALARS
from schema.sync_status import ModelSyncStatus, SyncMode, SyncStatus
from tests.gateway.replica.records import START

STATUS: Any = strawberry.field(resolver=sync_status)
SYNC: Any = strawberry.mutation(resolver=sync)
SCHEMA = strawberry.Schema(
    query=create_type("Query", [STATUS]),
    mutation=create_type("Mutation", [SYNC]),
    config=StrawberryConfig(scalar_map=SCALARS),
)


@dataclass
class MemorySyncs:
    """Remembers what it was asked for and pretends to be at it."""

    begun: list[SyncMode] = field(default_factory=list)

    async def begin(self, mode: SyncMode) -> Begun:
        """As `Syncing`."""
        self.begun.append(mode)
        return Begun("sync-1", self.begun[0], already_running=len(self.begun) > 1)

    async def status(self) -> SyncStatus:
        """As `Syncing`."""
        model = ModelSyncStatus(
            model=ModelName.JOB,
            records=7,
            synced_at=START,
            last_delta_at=None,
            last_full_at=START,
            watermark=None,
            complete=True,
            running=True,
            read=3,
            expected=9,
            last_error=None,
            skipped=0,
            skipped_ids=[],
        )
        return SyncStatus(
            running=self.begun[0] if self.begun else None,
            started_at=None,
            next_delta_at=START,
            next_full_at=None,
            models=[model],
        )


@dataclass
class Context:
    """A request that may ask for syncs."""

    syncs: Syncing | None


async def _ask(context: Context, document: str) -> Any:
    result = await SCHEMA.execute(document, context_value=context)
    assert result.errors is None, result.errors
    return result.data


async def test_a_sync_is_begun_once() -> None:
    """A delta unless said otherwise; whoever comes later learns which one is at work."""
    context = Context(MemorySyncs())
    fields = "{ mode alreadyRunning userErrors { code } warnings { code } }"
    nothing: dict[str, Any] = {"userErrors": [], "warnings": []}
    assert await _ask(context, f"mutation {{ sync(input: {{}}) {fields} }}") == {
        "sync": {"mode": "DELTA", "alreadyRunning": False} | nothing
    }
    assert await _ask(context, f"mutation {{ sync(input: {{ mode: FULL }}) {fields} }}") == {
        "sync": {"mode": "DELTA", "alreadyRunning": True} | nothing
    }


async def test_the_status_is_told_model_by_model() -> None:
    """With the names clients know."""
    document = "{ syncStatus { running nextDeltaAt models { model records syncedAt read expected complete } } }"
    assert await _ask(Context(MemorySyncs()), document) == {
        "syncStatus": {
            "running": None,
            "nextDeltaAt": "2026-01-01T00:00:00Z",
            "models": [
                {
                    "model": "JOB",
                    "records": 7,
                    "syncedAt": "2026-01-01T00:00:00Z",
                    "read": 3,
                    "expected": 9,
                    "complete": True,
                }
            ],
        }
    }


@pytest.mark.parametrize("document", ["{ syncStatus { running } }", "mutation { sync(input: {}) { mode } }"])
async def test_without_a_database_there_are_no_syncs(document: str) -> None:
    """And the answer says so."""
    result = await SCHEMA.execute(document, context_value=Context(None))
    assert result.errors
    assert "DATABASE_URL" in result.errors[0].message
