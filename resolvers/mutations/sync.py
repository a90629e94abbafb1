"""Bringing the copies up to date."""

from typing import Annotated

import strawberry

from resolvers.info import Info
from resolvers.queries.sync_status import syncs
from schema.sync_status import SyncMode, SyncPayload


async def sync(
    info: Info,
    mode: Annotated[SyncMode, strawberry.argument(description="How much of the ATS is read.")] = SyncMode.DELTA,
) -> SyncPayload | None:
    """Begin to bring the copies of this integration's records up to date; it goes on by itself."""
    begun = await syncs(info).begin(mode)
    return SyncPayload(mode=begun.mode, already_running=begun.already_running, user_errors=[], warnings=[])
