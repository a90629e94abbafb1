"""The pages of lists: read, and what they bring kept as copies."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from hashlib import blake2b
from typing import Any

from gateway.sync.account import Account
from gateway.sync.reading import Start, is_complete
from gateway.sync.removal import Removal
from gateway.sync.skipped import Intake
from resolvers.ports.listing import Listing, SyncPage
from schema.record import Tracked

SWEEPS = 3
"""How often a list is read before it counts as not provable for now."""


class Pages:
    """Reads pages of one account's lists into its copies, for the sync of this id."""

    def __init__(self, account: Account, sync_id: str, removal: Removal) -> None:
        self._account = account
        self._name, self._store = account.name, account.store
        self._id = sync_id
        self._removal = removal

    async def read(self, listing: Listing, start: Start, place: str | None, read: int) -> dict[str, Any]:
        """One page of a list; so many rows were read before it."""
        page = await self._keep(listing, None, start.since, place)
        rows = [_digest(row) for row in page.rows]
        await self._account.note(listing, running=self._id, read=read + len(rows), expected=page.total)
        return {"rows": rows, "total": page.total, "next": page.next, "at": page.at and page.at.isoformat()}

    async def read_of_parent(self, listing: Listing, start: Start, parent: str, number: int) -> dict[str, Any]:
        """All pages of one parent's list, which is remembered as complete when it proved so."""
        asked = self._account.clock()
        rows: set[str] = set()
        children: dict[str, None] = {}
        for _ in range(SWEEPS):
            totals = await self._read_all_of_parent(listing, parent, rows, children)
            proved = listing.exhaustive or is_complete(len(rows), totals)
            if proved or not any(totals):
                break
        await self._account.note(listing, running=self._id, read=number + 1, expected=len(start.parents))
        if proved:
            await self._store.note_listed(
                self._name, listing.models[0], listing.parent_key, {parent: list(children)}, asked
            )
        return {"ended": proved or not any(totals), "proved": proved}

    async def _read_all_of_parent(
        self, listing: Listing, parent: str, rows: set[str], children: dict[str, None]
    ) -> list[int | None]:
        totals: list[int | None] = []
        place: str | None = None
        while place is not None or not totals:
            page = await self._keep(listing, parent, None, place)
            rows.update(page.rows)
            children.update(dict.fromkeys(record.key for record in page.records.get(listing.models[0], ())))
            totals.append(page.total)
            place = page.next
        return totals

    async def _keep(self, listing: Listing, parent: str | None, since: datetime | None, place: str | None) -> SyncPage:
        """Read a page and keep what it brings; the page without the records that were skipped."""
        asked = self._account.clock()
        page: SyncPage = await self._account.ask(self._account.source.read, listing, parent, since, place)
        kept = await self._take(listing, page, asked)
        for (model, attribute), parents in page.complete_for.items():
            left = await self._store.unseen(self._name, model, asked, attribute, parents)
            await self._removal.mark_gone(model, left, asked)
        return replace(page, records=kept)

    async def _take(self, listing: Listing, page: SyncPage, asked: datetime) -> dict[str, Sequence[Tracked]]:
        """Write what a page brings, and note what cannot be written; the list's records that were."""
        intake = Intake(self._store.database, self._name, asked)
        kept: dict[str, Sequence[Tracked]] = {}
        for key, failed in page.unread.items():
            intake.skip(listing.models[0], key, failed)
        for model, records in page.records.items():
            ranks = page.ranks if model == listing.models[0] else {}
            write = partial(self._store.write, self._name, model, fetched_at=asked, ranks=ranks)
            kept[model] = await intake.keep(model, records, write)
        for model, records in page.if_referenced.items():
            wanted = await self._store.held_or_referenced(self._name, model, [record.key for record in records])
            write = partial(self._store.write, self._name, model, fetched_at=asked)
            await intake.keep(model, [record for record in records if record.key in wanted], write)
        await intake.note()
        return kept


def _digest(row: str) -> str:
    """Enough of a row's identity to count different ones, and short to remember."""
    return blake2b(row.encode(), digest_size=8).hexdigest()
