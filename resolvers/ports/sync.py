"""The port of syncs: what `sync` and `syncStatus` ask of the gateway."""

from dataclasses import dataclass
from typing import Protocol

from schema.sync_status import SyncMode, SyncStatus


@dataclass(frozen=True, slots=True)
class Begun:
    """What came of asking for a sync.

    Attributes:
        sync_id: Id of the sync at work now.
        mode: Its kind.
        already_running: Whether it had been begun before.
    """

    sync_id: str
    mode: SyncMode
    already_running: bool


class Syncing(Protocol):
    """The syncs of one integration. There is one at a time, however many processes there are."""

    async def begin(self, mode: SyncMode) -> Begun:
        """Begin a sync, unless one is at work."""

    async def status(self) -> SyncStatus:
        """How up to date the copies are, and how far the sync at work is."""
