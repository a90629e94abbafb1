"""The port of listing: what a sync asks of an ATS.

It reads lists page by page, with all that is needed to prove them complete. Keys are texts that are distinct within a
model; a place in a list is a text that only the source understands: an offset, a cursor, or the parent it has come to.
"""

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
        parent: Name of the model of which each record has such a list, or null when there is one list. Where the first
            model does not hold its parent's key, the source reads the lists of all parents as one list.
        parent_key: Attribute of the first model that holds the parent's key.
        exhaustive: Whether a list that was read to its end is complete whatever it says of its length, such as one
            behind cursors that neither skip nor repeat rows. All others must claim a total to be taken for complete.
        never_empty: Whether an account always has such records, so that an empty list says that it could not be read.
    """

    name: str
    models: tuple[str, ...]
    parent: str | None = None
    parent_key: str = ""
    exhaustive: bool = False
    never_empty: bool = False


@dataclass(frozen=True, slots=True)
class SyncPage:
    """One page of a list.

    Attributes:
        rows: What identifies each row, whatever was read from it.
        records: Model -> records to be kept. Those that are not `is_listed` are kept where their own list does not have
            them, for look-ups by key alone.
        if_referenced: Model -> records to be kept only where there is a copy of them or an application points at them.
        complete_for: (model, key attribute) -> parents whose records of that model are all on this page: what there are
            other copies of is gone.
        unread: Key of a record of the list's first model -> what came of trying to read it. The others are read.
        ranks: Key of a record of the list's first model -> its place in the ATS's own order, where it has one.
        total: Rows the whole list claims to have, or null.
        next: Place of the next page, or null after the last one.
        at: The ATS's own clock when it answered. Null where it shows none: deltas then read everything.
    """

    rows: Sequence[str]
    records: Mapping[str, Sequence[Tracked]]
    if_referenced: Mapping[str, Sequence[Tracked]] = field(default_factory=dict)
    complete_for: Mapping[tuple[str, str], Sequence[str]] = field(default_factory=dict)
    unread: Mapping[str, Exception] = field(default_factory=dict)
    ranks: Mapping[str, int] = field(default_factory=dict)
    total: int | None = None
    next: str | None = None
    at: datetime | None = None


class SyncSource(Protocol):
    """Lists the records of an ATS. Every method may raise `AtsError`.

    Attributes:
        listings: What is read, in this order.
    """

    listings: Sequence[Listing]

    async def can_narrow(self, listing: Listing) -> bool:
        """Whether a list can be had of what changed since an instant alone, and the filter can be trusted."""

    async def read(self, listing: Listing, parent: str | None, since: datetime | None, place: str | None) -> SyncPage:
        """One page; of a parent's list that is gone with its parent, one without rows.

        Args:
            listing: Which list.
            parent: Whose list, for a list that each parent has.
            since: Only what changed later; given only where `can_narrow`, and never for lists that parents have.
            place: `next` of the page before; null for the first page.
        """

    async def gone(self, model: str, keys: Sequence[str]) -> Collection[str]:
        """Those of these records of which the ATS says, one by one, that they do not exist."""
