"""Bringing the copies up to date."""

from typing import Annotated

import strawberry

from resolvers.info import Info
from resolvers.queries.sync_status import syncs
from schema.sync_status import SyncInput, SyncPayload


async def sync(
    info: Info, input: Annotated[SyncInput, strawberry.argument(description="What to bring up to date.")]
) -> SyncPayload | None:
    """Begin to bring the copies of this integration's records up to date; it goes on by itself."""
    begun = await syncs(info).begin(input.mode)
    return SyncPayload(mode=begun.mode, already_running=begun.already_running, user_errors=[], warnings=[])
