"""What is known about the syncs of each model."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from gateway.database.engine import Database
from gateway.database.tables import SYNCS


@dataclass(frozen=True, slots=True)
class ModelSync:
    """What is known about the syncs of one model.

    Attributes:
        synced_at: When its copies were last known to be complete and right: the start of the last sync that reached
            its end.
        last_delta_at, last_full_at: Start of the last delta and full sync that reached their end.
        watermark: How far the ATS's own clock had come by then; the next delta asks for what changed since.
        complete: Whether the last full listing proved to be complete.
        running: Id of the sync at work, or null.
        read, expected: Records read so far by it, and how many there should be where that is known.
        last_error: Code of the error that ended the last sync before its time; null after one that reached its end.
    """

    synced_at: datetime | None = None
    last_delta_at: datetime | None = None
    last_full_at: datetime | None = None
    watermark: datetime | None = None
    complete: bool = False
    running: str | None = None
    read: int | None = None
    expected: int | None = None
    last_error: str | None = None


async def sync_states(database: Database, integration: str) -> dict[str, ModelSync]:
    """Model -> what is known about its syncs; models never touched by one are absent."""
    async with database.reading() as connection:
        rows = await connection.execute(select(SYNCS).where(SYNCS.c.integration == integration))
        return {row.model: ModelSync(*row[2:]) for row in rows}


async def note_sync(database: Database, integration: str, models: Iterable[str], **columns: Any) -> None:
    """Remember something about the syncs of these models: columns by name; the others stay as they are."""
    rows = [{"integration": integration, "model": model, **columns} for model in models]
    async with database.writing("syncs", integration) as connection:
        await connection.run_sync(database.upsert, SYNCS, rows)
