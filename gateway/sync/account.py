"""One account whose copies are kept up to date: where they go, where records come from, and at which pace."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from gateway.clock import Clock, Sleep
from gateway.replica.store import Store
from gateway.replica.sync_state import note_sync
from resolvers.errors import TryAgain
from resolvers.ports.listing import Listing, SyncSource

PAUSES = (5.0, 15.0, 45.0, 60.0, 60.0, 60.0)
"""Seconds between attempts while the ATS cannot answer; a longer wait it asks for is kept."""

CONFIRMED = 500
"""How many of the records missing from a complete list one sync asks for, each at the sync's own pace; others wait."""


async def at_once() -> None:
    """Return without waiting: the pace of a sync that has the quota to itself."""


@dataclass(frozen=True, slots=True)
class Account:
    """What a sync needs to know of an integration, beside where its steps are run.

    Attributes:
        name: Of the integration.
        store: Where the copies go.
        source: Lists the records.
        clock, sleep: Time.
        confirmed: How many missing records of a list are asked for one by one.
        pace: Waits until a sync may ask for the next page: a sync gets a share of the quota, and leaves the rest to
            requests.
    """

    name: str
    store: Store
    source: SyncSource
    clock: Clock
    sleep: Sleep = asyncio.sleep
    confirmed: int = CONFIRMED
    pace: Callable[[], Awaitable[object]] = at_once

    async def ask(self, question: Callable[..., Awaitable[Any]], *about: Any) -> Any:
        """Ask, and ask again while the ATS cannot answer."""
        for pause in PAUSES:
            await self.pace()
            try:
                return await question(*about)
            except TryAgain as error:
                await self.sleep(max(pause, error.retry_after or 0))
        return await question(*about)

    async def note(self, listing: Listing, **columns: Any) -> None:
        """Remember this of a list's models."""
        await note_sync(self.store.database, self.name, listing.models, **columns)
