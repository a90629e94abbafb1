"""The port of the change log: what `changes` asks of the gateway."""

from collections.abc import AsyncGenerator, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from schema.change import ChangeKind

SCOPE = "changes"
"""What cursors of the log are bound to; the models wanted may differ from one page to the next."""

ID_SCOPE = "change"
"""What the ids of changes are bound to, so that none is taken for a cursor."""


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One observed change.

    Attributes:
        model: Name of the record's model.
        key: Key of the record.
        kind: What happened to it.
        properties: Python names of the properties that changed; empty for CREATED and DELETED.
        at: When the gateway saw it.
        hash_before: Hash of the content before; null where there was no record.
        hash_after: Hash of the content afterwards; null where there is none.
        position: Place in the log: larger than that of every change of the integration committed before; 0 until
            it is written.
    """

    model: str
    key: str
    kind: ChangeKind
    properties: tuple[str, ...]
    at: datetime
    hash_before: str | None
    hash_after: str | None
    position: int = 0


class ChangeLog(Protocol):
    """The log of one integration. Positions only grow; a reader that goes on from the last one misses nothing."""

    async def after(self, position: int, first: int, models: Collection[str] | None) -> Sequence[LogEntry]:
        """The next changes behind a position, oldest first, of these models or of all; 0 for the beginning."""

    async def newest(self) -> int:
        """Position of the newest change, 0 when there is none."""

    def follow(self, position: int, models: Collection[str] | None) -> AsyncGenerator[LogEntry, None]:
        """All changes behind a position, then those to come, without end."""
