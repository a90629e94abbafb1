"""Sync: whole lists of the ATS brought into the replica, one step after the other.

Every step is small, can be repeated without harm, and answers with JSON. A durable runner remembers the answers, so
that after a crash the sync goes on with the page it was reading.

A record is marked as gone only when a full list proved complete, and the ATS says of that very record that it does not
exist. A list is complete when it was read to its end without an error, never got shorter meanwhile, and brought as many
different rows as it claims to have. That is not enough: a record may be hidden from lists, or from the key's owner.

A record that cannot be read or stored is skipped: it is noted, the list goes on, and its copy stays as it was.
"""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from gateway.replica.sync_state import sync_states
from gateway.sync.account import Account
from gateway.sync.failure import INCOMPLETE, ListLeftError, answered, code_of
from gateway.sync.pages import SWEEPS, Pages
from gateway.sync.reading import Reading, Start, is_complete
from gateway.sync.removal import Removal
from gateway.sync.skipped import forget_skipped
from resolvers.errors import AtsError
from resolvers.ports.listing import Listing
from schema.sync_status import SyncMode

OVERLAP = timedelta(minutes=5)
"""How far before its watermark a delta begins: an ATS may leave out its boundary, or list a change a little late."""

CONFIRMED_AT_ONCE = 20
"""How many of the records missing from a complete list one step asks for."""

Run = Callable[[str, Callable[[], Awaitable[Any]]], Awaitable[Any]]
"""Runs a step under a name and returns its JSON; a durable one runs it once and remembers."""


class Sync:
    """One sync of one integration.

    Args:
        account: What is synced.
        mode: DELTA or FULL.
        sync_id: Its id.
        run: Runs its steps.
    """

    def __init__(self, account: Account, mode: SyncMode, sync_id: str, run: Run) -> None:
        self._account = account
        self._name, self._store = account.name, account.store
        self._mode = mode
        self._id = sync_id
        self._run = run
        self._begun: datetime | None = None
        self._left: dict[str, str] = {}
        self._removal = Removal(account)
        self._pages = Pages(account, sync_id, self._removal)

    async def conduct(self) -> Mapping[str, str]:
        """Read list after list, as long as the ATS and the database answer.

        Returns:
            Model -> code of the error that ended its list, where the database did not take it.
        """
        for listing in self._account.source.listings:
            try:
                await self._read_listing(listing)
            except ListLeftError as left:
                self._left |= dict.fromkeys(listing.models, left.code)
                unsaid = await self._leave(listing, left.code)
                if left.fatal or unsaid:
                    return unsaid
        if not self._left and self._mode is SyncMode.FULL and self._begun:
            with suppress(ListLeftError):  # the next one will do
                await self._step("forget", partial(self._store.forget_unlisted, self._name, self._begun))
        return {}

    async def _read_listing(self, listing: Listing) -> None:
        """From the first step of a list to what is remembered of it.

        Lists of parents are not all of them where the list of the parents itself was left.
        """
        begun = await self._step(f"begin {listing.name}", partial(self._begin, listing))
        start = Start(_instant(begun["at"]), _maybe_instant(begun["since"]), begun["parents"])
        self._begun = self._begun or start.at
        reading = await (self._read_lists_of_parents if listing.parent else self._read_list)(listing, start)
        if self._mode is SyncMode.FULL and reading.error is None:
            await self._remove(listing, start, reading)
        left = self._left.get(listing.parent or "")
        if left or not reading.ended:
            raise ListLeftError(left or reading.error or INCOMPLETE, fatal=False)
        await self._step(f"finish {listing.name}", partial(self._finish, listing, start, reading))

    async def _leave(self, listing: Listing, code: str) -> Mapping[str, str]:
        """Remember the error that ended a list; returns it where that is not possible."""
        try:
            await self._step(
                f"leave {listing.name}", partial(self._account.note, listing, last_error=code, running=None)
            )
        except ListLeftError:
            return dict.fromkeys(listing.models, code)
        return {}

    async def _step(self, name: str, do: Callable[[], Awaitable[Any]]) -> Any:
        """Run a step.

        Raises:
            ListLeftError: it failed, or its answer could not be remembered.
        """
        try:
            answer = await self._run(name, partial(answered, do))
        except Exception as broken:
            raise ListLeftError(code_of(broken), fatal=True) from broken
        if answer is not None and "error" in answer:
            raise ListLeftError(answer["error"], fatal=answer["fatal"])
        return answer

    async def _read_list(self, listing: Listing, start: Start) -> Reading:
        """A list, page by page, and again while it cannot be proved complete."""
        rows: set[str] = set()
        watermark: datetime | None = None
        for sweep in range(SWEEPS):
            totals: list[int | None] = []
            place: str | None = None
            while place is not None or not totals:
                read = partial(self._pages.read, listing, start, place, len(rows))
                page = await self._step(f"{listing.name} {sweep + 1}.{len(totals) + 1}", read)
                rows.update(page["rows"])
                totals.append(page["total"])
                place = page["next"]
                watermark = watermark or _maybe_instant(page["at"])
            if listing.never_empty and not rows and start.since is None:
                continue
            proved = listing.exhaustive or is_complete(len(rows), totals)
            if proved or not any(totals):
                return Reading(ended=True, proved=proved, watermark=watermark)
        return Reading(ended=False, proved=False)

    async def _read_lists_of_parents(self, listing: Listing, start: Start) -> Reading:
        """The list of each parent, one step each."""
        proved: list[str] = []
        ended = 0
        error: str | None = None
        for number, parent in enumerate(start.parents):
            read = partial(self._pages.read_of_parent, listing, start, parent, number)
            try:
                answer = await self._step(f"{listing.name} {parent}", read)
            except ListLeftError as left:
                if left.fatal:
                    raise
                error = left.code
                continue
            ended += answer["ended"]
            if answer["proved"]:
                proved.append(parent)
        total = len(start.parents)
        return Reading(ended=ended == total, proved=len(proved) == total, parents=proved, error=error)

    async def _begin(self, listing: Listing) -> dict[str, Any]:
        """Where to begin, and with whose lists."""
        state = (await sync_states(self._store.database, self._name)).get(listing.models[0])
        watermark = state.watermark if state and self._mode is SyncMode.DELTA else None
        narrowed = watermark is not None and await self._account.ask(self._account.source.can_narrow, listing)
        await self._account.note(listing, running=self._id, read=0, expected=None)
        since = watermark - OVERLAP if watermark is not None and narrowed else None
        at = self._account.clock()
        parents = await self._parents(listing) if listing.parent else []
        return {"at": at.isoformat(), "since": since and since.isoformat(), "parents": parents}

    async def _parents(self, listing: Listing) -> list[str]:
        """A delta re-reads the lists of parents that are open or changed; such lists do not say what changed."""
        model, parent = listing.models[0], listing.parent or ""
        if self._mode is SyncMode.FULL:
            return await self._store.present(self._name, parent)
        return await self._store.open_or_changed(self._name, parent, model, listing.parent_key, self._account.clock())

    async def _remove(self, listing: Listing, start: Start, reading: Reading) -> None:
        """Mark as gone what a complete list did not bring and the ATS does not have."""
        if not listing.parent and not reading.proved:
            return
        find = partial(self._removal.find_missing, listing, start, reading)
        missing = await self._step(f"missing {listing.name}", find)
        kept = list(missing["waiting"])
        for first in range(0, len(missing["asked"]), CONFIRMED_AT_ONCE):
            asked = missing["asked"][first : first + CONFIRMED_AT_ONCE]
            confirm = partial(self._removal.confirm, listing.models[0], asked, start.at)
            kept += (await self._step(f"confirm {listing.name} {first}", confirm))["kept"]
        await self._step(f"remove {listing.name}", partial(self._removal.remove_others, listing, kept, start.at))

    async def _finish(self, listing: Listing, start: Start, reading: Reading) -> None:
        """Remember that the copies are now complete as of the list's beginning.

        A full sync also finds out, while it is asking anyway, whether the next delta can be narrowed.
        """
        if self._mode is SyncMode.FULL:
            with suppress(AtsError):
                await self._account.source.can_narrow(listing)
        known: dict[str, Any] = {"synced_at": start.at, "watermark": reading.watermark, "last_error": None}
        if self._mode is SyncMode.FULL:
            known |= {"last_full_at": start.at, "complete": reading.proved}
            if reading.proved:
                await forget_skipped(self._store.database, self._name, listing.models, start.at)
        else:
            known |= {"last_delta_at": start.at}
        await self._account.note(listing, running=None, **known)


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _maybe_instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
