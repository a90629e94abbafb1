"""Sync: whole lists of the ATS brought into the replica, one step after the other.

Every step is small, can be repeated without harm, and answers with JSON. A durable runner remembers the answers, so
that after a crash the sync goes on with the page it was reading.

A record is marked as gone only when a full list proved complete, and the ATS says of that very record that it does not
exist. A list is complete when it was read to its end without an error, never got shorter meanwhile, and brought as many
different rows as it claims to have. That is not enough: a record may be hidden from lists, or from the key's owner.

A record that cannot be read or stored is skipped: it is noted, the list goes on, and its copy stays as it was.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from hashlib import blake2b
from typing import Any

from gateway.clock import Clock, Sleep
from gateway.replica.store import Store
from gateway.replica.sync_state import note_sync, sync_states
from gateway.sync.failure import INCOMPLETE, ListLeftError, answered, code_of
from gateway.sync.skipped import Intake, forget_skipped, spare_skipped
from resolvers.errors import AtsError, TryAgain
from resolvers.ports.listing import Listing, SyncPage, SyncSource
from schema.record import Tracked
from schema.sync_status import SyncMode

OVERLAP = timedelta(minutes=5)
"""How far before its watermark a delta begins: an ATS may leave out its boundary, or list a change a little late."""

SWEEPS = 3
"""How often a list is read before it counts as not provable for now."""

PAUSES = (5.0, 15.0, 45.0, 60.0, 60.0, 60.0)
"""Seconds between attempts while the ATS cannot answer; a longer wait it asks for is kept."""

CONFIRMED = 500
"""How many of the records missing from a complete list one sync asks for, each at the sync's own pace; others wait."""

CONFIRMED_AT_ONCE = 20
"""How many of them one step asks for."""

CASCADE: Mapping[str, tuple[tuple[str, str], ...]] = {
    "User": (("UserRole", "user_key"),),
    "Job": (("JobHiringTeamMember", "job_key"),),
    "JobHiringTeamMember": (("JobUserRoleAssignment", "job_user_key"),),
    "Interview": (("InterviewingTeamMember", "interview_key"),),
}
"""Model -> records that go with it, and their attribute that holds its key."""

Run = Callable[[str, Callable[[], Awaitable[Any]]], Awaitable[Any]]
"""Runs a step under a name and returns its JSON; a durable one runs it once and remembers."""


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


@dataclass(frozen=True, slots=True)
class Start:
    """How the reading of a list begins.

    Attributes:
        at: Our clock.
        since: Where a delta starts; null to read everything.
        parents: Whose lists are read, for a list that each parent has.
    """

    at: datetime
    since: datetime | None
    parents: Sequence[str]


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of reading a list.

    Attributes:
        ended: Whether it was read to its end.
        proved: Whether it is known to be complete; never of a list that does not say how long it is.
        watermark: The ATS's clock when it began.
        parents: Parents whose lists are known to be complete.
        error: Code of the last error of a parent's list, or null.
    """

    ended: bool
    proved: bool
    watermark: datetime | None = None
    parents: Sequence[str] = ()
    error: str | None = None


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
        self._mode = mode
        self._id = sync_id
        self._run = run
        self._begun: datetime | None = None

    async def conduct(self) -> Mapping[str, str]:
        """Read list after list, as long as the ATS and the database answer.

        Returns:
            Model -> code of the error that ended its list, where the database did not take it.
        """
        whole = True
        for listing in self._account.source.listings:
            try:
                await self._read_listing(listing)
            except ListLeftError as left:
                whole = False
                unsaid = await self._leave(listing, left.code)
                if left.fatal or unsaid:
                    return unsaid
        if whole and self._mode is SyncMode.FULL and self._begun:
            with suppress(ListLeftError):  # the next one will do
                await self._step("forget", partial(self._store.forget_unlisted, self._name, self._begun))
        return {}

    async def _read_listing(self, listing: Listing) -> None:
        """From the first step of a list to what is remembered of it."""
        begun = await self._step(f"begin {listing.name}", partial(self._begin, listing))
        start = Start(_instant(begun["at"]), _maybe_instant(begun["since"]), begun["parents"])
        self._begun = self._begun or start.at
        reading = await (self._read_lists_of_parents if listing.parent else self._read_list)(listing, start)
        if self._mode is SyncMode.FULL and reading.error is None:
            await self._remove(listing, start, reading)
        if not reading.ended:
            raise ListLeftError(reading.error or INCOMPLETE, fatal=False)
        await self._step(f"finish {listing.name}", partial(self._finish, listing, start, reading))

    async def _leave(self, listing: Listing, code: str) -> Mapping[str, str]:
        """Remember the error that ended a list; returns it where that is not possible."""
        try:
            await self._step(f"leave {listing.name}", partial(self._note, listing, last_error=code, running=None))
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
                read = partial(self._read_page, listing, start, place, len(rows))
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
            read = partial(self._read_list_of_parent, listing, start, parent, number)
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
        narrowed = watermark is not None and await self._with_retries(self._source.can_narrow, listing)
        await self._note(listing, running=self._id, read=0, expected=None)
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

    async def _read_page(self, listing: Listing, start: Start, place: str | None, read: int) -> dict[str, Any]:
        page = await self._keep_page(listing, None, start.since, place)
        rows = [_digest(row) for row in page.rows]
        await self._note(listing, running=self._id, read=read + len(rows), expected=page.total)
        return {"rows": rows, "total": page.total, "next": page.next, "at": page.at and page.at.isoformat()}

    async def _read_list_of_parent(self, listing: Listing, start: Start, parent: str, number: int) -> dict[str, Any]:
        """All pages of one parent's list, which is remembered as complete when it proved so."""
        asked = self._account.clock()
        rows: set[str] = set()
        children: dict[str, None] = {}
        for _ in range(SWEEPS):
            totals = await self._read_pages_of_parent(listing, parent, rows, children)
            proved = listing.exhaustive or is_complete(len(rows), totals)
            if proved or not any(totals):
                break
        await self._note(listing, running=self._id, read=number + 1, expected=len(start.parents))
        if proved:
            await self._store.note_listed(
                self._name, listing.models[0], listing.parent_key, {parent: list(children)}, asked
            )
        return {"ended": proved or not any(totals), "proved": proved}

    async def _read_pages_of_parent(
        self, listing: Listing, parent: str, rows: set[str], children: dict[str, None]
    ) -> list[int | None]:
        totals: list[int | None] = []
        place: str | None = None
        while place is not None or not totals:
            page = await self._keep_page(listing, parent, None, place)
            rows.update(page.rows)
            children.update(dict.fromkeys(record.key for record in page.records.get(listing.models[0], ())))
            totals.append(page.total)
            place = page.next
        return totals

    async def _keep_page(
        self, listing: Listing, parent: str | None, since: datetime | None, place: str | None
    ) -> SyncPage:
        """Read a page and keep what it brings; the page without the records that were skipped."""
        asked = self._account.clock()
        page: SyncPage = await self._with_retries(self._source.read, listing, parent, since, place)
        kept = await self._take(listing, page, asked)
        for (model, attribute), parents in page.complete_for.items():
            left = await self._store.unseen(self._name, model, asked, attribute, parents)
            await self._mark_gone(model, left, asked)
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

    async def _remove(self, listing: Listing, start: Start, reading: Reading) -> None:
        """Mark as gone what a complete list did not bring and the ATS does not have."""
        if not listing.parent and not reading.proved:
            return
        find = partial(self._find_missing, listing, start, reading)
        missing = await self._step(f"missing {listing.name}", find)
        kept = list(missing["waiting"])
        for first in range(0, len(missing["asked"]), CONFIRMED_AT_ONCE):
            asked = missing["asked"][first : first + CONFIRMED_AT_ONCE]
            confirm = partial(self._confirm, listing.models[0], asked, start.at)
            kept += (await self._step(f"confirm {listing.name} {first}", confirm))["kept"]
        await self._step(f"remove {listing.name}", partial(self._remove_others, listing, kept, start.at))

    async def _find_missing(self, listing: Listing, start: Start, reading: Reading) -> dict[str, Any]:
        """What is to be asked for one by one, and what waits for another sync, which begins at another place.

        What is missing from the lists of parents cannot be asked for by itself, and is marked at once.
        """
        unseen = await self._missing(listing, start, reading)
        if listing.parent:
            await self._mark_gone(listing.models[0], unseen, start.at)
            return {"asked": [], "waiting": []}
        missing = await self._without_skipped(listing.models[0], unseen, start.at)
        skipped = sorted(set(unseen) - set(missing))
        turn = int(start.at.timestamp()) % max(len(missing), 1) if len(missing) > self._account.confirmed else 0
        turned = missing[turn:] + missing[:turn]
        return {"asked": turned[: self._account.confirmed], "waiting": turned[self._account.confirmed :] + skipped}

    async def _confirm(self, model: str, keys: Sequence[str], unseen_since: datetime) -> dict[str, Any]:
        """Mark those of which the ATS says that they do not exist; the others are hidden."""
        gone: list[str] = []
        try:
            for key in keys:
                gone += await self._with_retries(self._source.gone, model, [key])
        finally:
            await self._mark_gone(model, gone, unseen_since)
        return {"kept": [key for key in keys if key not in gone]}

    async def _remove_others(self, listing: Listing, kept: Sequence[str], unseen_since: datetime) -> None:
        """Mark what else the list did not bring, but for what belongs to records that are not confirmed to be gone."""
        main, *others = listing.models
        spared = await self._unseen_with(main, kept, unseen_since)
        for model in others:
            if model in spared or not kept:
                unseen = await self._store.unseen(self._name, model, unseen_since)
                await self._mark_gone(model, sorted(set(unseen) - spared.get(model, set())), unseen_since)

    async def _unseen_with(self, model: str, keys: Sequence[str], unseen_since: datetime) -> dict[str, set[str]]:
        """The unseen records that go with these, by model."""
        found: dict[str, set[str]] = {}
        for dependent, attribute in CASCADE.get(model, ()):
            left = await self._store.unseen(self._name, dependent, unseen_since, attribute, keys)
            found |= {dependent: set(left)} | await self._unseen_with(dependent, left, unseen_since)
        return found

    async def _missing(self, listing: Listing, start: Start, reading: Reading) -> list[str]:
        """What should have been in the list; of lists that parents have, where that is complete or the parent gone."""
        model = listing.models[0]
        if listing.parent is None:
            return await self._store.unseen(self._name, model, start.at)
        absent = await self._store.deleted_keys(self._name, listing.parent)
        parents = [*reading.parents, *absent]
        return await self._store.unseen(self._name, model, start.at, listing.parent_key, parents)

    async def _mark_gone(self, model: str, keys: Sequence[str], unseen_since: datetime) -> None:
        """Mark records, and what goes with them, but for those that came and were skipped."""
        gone = await self._without_skipped(model, keys, unseen_since) if keys else []
        if not gone:
            return
        await self._store.delete(self._name, model, gone, unseen_since)
        for dependent, attribute in CASCADE.get(model, ()):
            left = await self._store.unseen(self._name, dependent, unseen_since, attribute, gone)
            await self._mark_gone(dependent, left, unseen_since)

    async def _without_skipped(self, model: str, keys: Sequence[str], since: datetime) -> list[str]:
        return await spare_skipped(self._store.database, self._name, model, keys, since)

    async def _finish(self, listing: Listing, start: Start, reading: Reading) -> None:
        """Remember that the copies are now complete as of the list's beginning.

        A full sync also finds out, while it is asking anyway, whether the next delta can be narrowed.
        """
        if self._mode is SyncMode.FULL:
            with suppress(AtsError):
                await self._source.can_narrow(listing)
        known: dict[str, Any] = {"synced_at": start.at, "watermark": reading.watermark, "last_error": None}
        if self._mode is SyncMode.FULL:
            known |= {"last_full_at": start.at, "complete": reading.proved}
            if reading.proved:
                await forget_skipped(self._store.database, self._name, listing.models, start.at)
        else:
            known |= {"last_delta_at": start.at}
        await self._note(listing, running=None, **known)

    async def _note(self, listing: Listing, **columns: Any) -> None:
        await note_sync(self._store.database, self._name, listing.models, **columns)

    async def _with_retries(self, ask: Callable[..., Awaitable[Any]], *about: Any) -> Any:
        """Ask, and ask again while the ATS cannot answer."""
        for pause in PAUSES:
            await self._account.pace()
            try:
                return await ask(*about)
            except TryAgain as error:
                await self._account.sleep(max(pause, error.retry_after or 0))
        return await ask(*about)

    @property
    def _name(self) -> str:
        return self._account.name

    @property
    def _store(self) -> Store:
        return self._account.store

    @property
    def _source(self) -> SyncSource:
        return self._account.source


def is_complete(rows: int, totals: Sequence[int | None]) -> bool:
    """Whether so many different rows are all of a list that claimed, page by page, to have so many.

    A list that got shorter lost a row in front of the page being read, and the next row was skipped with it. One that
    got longer may have brought rows twice, which does no harm.
    """
    claimed = [total for total in totals if total is not None]
    return len(claimed) == len(totals) and claimed == sorted(claimed) and rows >= claimed[-1]


def _digest(row: str) -> str:
    """Enough of a row's identity to count different ones, and short to remember."""
    return blake2b(row.encode(), digest_size=8).hexdigest()


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _maybe_instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
