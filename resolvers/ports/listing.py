"""What a sync asks of an ATS: its lists, page by page, with all that is needed to prove them complete."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from schema.record import Tracked


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of the ATS.

    Attributes:
        name: What it is called.
        models: The models its rows are read into; the first one is what a row stands for.
        parent: Name of the model of which each record has such a list, or null when there is one list.
        parent_key: Attribute of the first model that holds the parent's key.
    """

    name: str
    models: tuple[str, ...]
    parent: str | None = None
    parent_key: str = ""


@dataclass(frozen=True, slots=True)
class Lot:
    """One page of a list.

    Attributes:
        rows: What identifies each row, whatever was read from it.
        records: Model -> records to be kept.
        if_known: Model -> records to be kept only where there is a copy of them or an application points at them.
        families: (model, key attribute) -> parents of which all such records are among these: others have left.
        ranks: Places in the ATS's own order, by key, where it has one.
        total: Rows the whole list claims to have, or null.
        next: Where the next page begins, or null after the last one.
        at: The ATS's own clock when it answered, or null.
    """

    rows: Sequence[str]
    records: Mapping[str, Sequence[Tracked]]
    if_known: Mapping[str, Sequence[Tracked]] = field(default_factory=dict)
    families: Mapping[tuple[str, str], Sequence[str]] = field(default_factory=dict)
    ranks: Mapping[str, int] = field(default_factory=dict)
    total: int | None = None
    next: str | None = None
    at: datetime | None = None


class SyncSource(Protocol):
    """Who lists an ATS's records. Every method may raise `AtsError`.

    Attributes:
        listings: What is read, in this order.
    """

    listings: Sequence[Listing]

    async def can_narrow(self, listing: Listing) -> bool:
        """Whether a list can be had of what changed since an instant alone, and the filter can be trusted."""

    async def read(self, listing: Listing, parent: str | None, since: datetime | None, place: str | None) -> Lot:
        """One page; of a parent's list that is gone with its parent, one without rows.

        Args:
            listing: Which list.
            parent: Whose list, for a list that each parent has.
            since: Only what changed later; asked only where `can_narrow`.
            place: `next` of the page before; null for the first page.
        """

    async def gone(self, model: str, keys: Sequence[str]) -> Collection[str]:
        """Those of these records of which the ATS says, one by one, that they do not exist."""
