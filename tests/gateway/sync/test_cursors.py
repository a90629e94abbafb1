"""A sync of an ATS with other shapes: numeric ids, cursors, no totals, stages per job, a filter on everything."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import orjson
import pytest

from gateway.replica.store import Store
from gateway.replica.sync_state import sync_states
from gateway.sync.account import Account
from gateway.sync.sync import Run, Sync
from resolvers.ports.listing import Listing, SyncPage
from schema.application_stage import ApplicationStage
from schema.candidate import Candidate
from schema.job import Job
from schema.record import Tracked
from schema.sync_status import SyncMode
from tests.gateway.replica.records import INTEGRATION, Clock

PAGE = 2

JOBS = Listing("jobs", ("Job",), exhaustive=True)
STAGES = Listing("stages", ("ApplicationStage",), exhaustive=True)
PEOPLE = Listing("people", ("Candidate",), exhaustive=True)

Row = tuple[int, datetime, str]
"""Id, when it changed, name."""


@dataclass
class Numbers:
    """An ATS of rows by number.

    Attributes:
        rows: List -> its rows.
        asked: List, `since` and place of each page that was read.
    """

    clock: Clock
    rows: dict[str, list[Row]]
    asked: list[tuple[str, datetime | None, str | None]] = field(default_factory=list)
    listings: Sequence[Listing] = (JOBS, STAGES, PEOPLE)

    async def can_narrow(self, listing: Listing) -> bool:
        """Its filter works everywhere."""
        return listing in self.listings

    async def read(self, listing: Listing, parent: str | None, since: datetime | None, place: str | None) -> SyncPage:
        """A page behind a cursor, which is opaque to the sync; stages are read job by job as one list."""
        assert parent is None
        self.asked.append((listing.name, since, place))
        rows = [row for row in self.rows[listing.name] if since is None or row[1] > since]
        start = 0 if place is None else orjson.loads(place)["after"]
        page = [row for row in sorted(rows) if row[0] > start][:PAGE]
        more = len(page) == PAGE
        return SyncPage(
            rows=[str(row[0]) for row in page],
            records={listing.models[0]: [_record(listing, row) for row in page]},
            ranks={str(row[0]): row[0] for row in page},
            next=orjson.dumps({"after": page[-1][0]}).decode() if more else None,
            at=self.clock.now,
        )

    async def gone(self, model: str, keys: Sequence[str]) -> Collection[str]:
        """Those without a row."""
        listing = next(listing for listing in self.listings if listing.models[0] == model)
        held = {str(number) for number, *_ in self.rows[listing.name]}
        return [key for key in keys if key not in held]


def _record(listing: Listing, row: Row) -> Tracked:
    key, name = str(row[0]), row[2]
    if listing is JOBS:
        return Job(key=key, remote_id=key, name=name)
    if listing is STAGES:
        return ApplicationStage(key=key, remote_id=key, name=name)
    return Candidate(key=key, remote_id=key, first_name=name)


@pytest.fixture
def ats(clock: Clock) -> Numbers:
    """The same numbers in every list."""
    return Numbers(
        clock, {name: [(n, clock.now - timedelta(days=1), f"{name} {n}") for n in range(1, 6)] for name in _NAMES}
    )


_NAMES = ("jobs", "stages", "people")


async def _sync(store: Store, clock: Clock, ats: Numbers, mode: SyncMode) -> None:
    ats.asked.clear()
    clock.tick()
    run: Run = _run
    await Sync(Account(INTEGRATION, store, ats, clock, _sleep), mode, "sync-1", run).conduct()


async def _run(_name: str, do: object) -> object:
    assert callable(do)
    return orjson.loads(orjson.dumps(await do()))


async def _sleep(_seconds: float) -> None:
    """Do not wait."""


async def _counts(store: Store) -> Mapping[str, int]:
    return {model: await store.count(INTEGRATION, model) for model in ("Job", "ApplicationStage", "Candidate")}


async def test_lists_behind_cursors_are_complete_at_their_end(store: Store, clock: Clock, ats: Numbers) -> None:
    """Without a total: all is brought once, and what is missing from the next full sync is gone."""
    await _sync(store, clock, ats, SyncMode.FULL)
    assert await _counts(store) == {"Job": 5, "ApplicationStage": 5, "Candidate": 5}
    assert {state.complete for state in (await sync_states(store.database, INTEGRATION)).values()} == {True}
    assert len(ats.asked) == 3 * 3
    del ats.rows["people"][0], ats.rows["stages"][2]
    await _sync(store, clock, ats, SyncMode.FULL)
    assert await _counts(store) == {"Job": 5, "ApplicationStage": 4, "Candidate": 4}
    assert await store.deleted_keys(INTEGRATION, "Candidate") == ["1"]


async def test_a_delta_asks_each_list_for_what_changed(store: Store, clock: Clock, ats: Numbers) -> None:
    """Since its own clock a little earlier, and removes nothing."""
    await _sync(store, clock, ats, SyncMode.FULL)
    seen = clock.now
    clock.now += timedelta(hours=1)
    ats.rows["jobs"][0] = (1, clock.now, "New")
    await _sync(store, clock, ats, SyncMode.DELTA)
    assert [name for name, *_ in ats.asked] == list(_NAMES)
    assert all(since is not None and since < seen for _, since, _ in ats.asked)
    held = await store.by_keys(INTEGRATION, "Job", ["1", "2"])
    assert [getattr(held[key].record, "name", None) for key in ("1", "2")] == ["New", "jobs 2"]
    assert await _counts(store) == {"Job": 5, "ApplicationStage": 5, "Candidate": 5}


async def test_parents_that_cannot_be_closed_are_all_open(store: Store, clock: Clock, ats: Numbers) -> None:
    """A delta reads the lists of all of them."""
    await _sync(store, clock, ats, SyncMode.FULL)
    found = await store.open_or_changed(INTEGRATION, "Candidate", "Application", "candidate_key", clock.now)
    assert found == ["1", "2", "3", "4", "5"]
