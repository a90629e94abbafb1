"""Syncs as workflows: one at a time, on request, on schedule, and watched."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from io import StringIO

import pytest
from rich.console import Console

from gateway.clock import now
from gateway.database.engine import Database
from gateway.durable.workflows import Workflows
from gateway.replica.store import Store
from gateway.simulator import FaultKind
from gateway.sync.progress import sync_with_progress
from gateway.sync.syncs import NEVER, Schedule, Syncs
from schema.sync_status import SyncMode, SyncStatus
from tests.gateway.durable.test_workflows import rows
from tests.gateway.replica.records import INTEGRATION
from tests.gateway.sync.firm import Firm, Time

pytestmark = pytest.mark.long

DELTA_EVERY, FULL_EVERY = timedelta(minutes=10), timedelta(hours=10)


async def _glance(_seconds: float) -> None:
    """Look again soon, whatever the clock says."""
    await asyncio.sleep(0.01)


@asynccontextmanager
async def running(firm: Firm, schedule: Schedule = NEVER, workflows: Workflows | None = None) -> AsyncIterator[Syncs]:
    """The syncs of a process, with the engine they run on."""
    database = firm.store.database
    workflows = workflows or Workflows(database)
    syncs = Syncs(workflows, database, {INTEGRATION: firm.account}, firm.time, schedule, _glance)
    await workflows.start()
    syncs.start()
    try:
        yield syncs
    finally:
        await syncs.stop()
        await workflows.stop()


@pytest.fixture
def firm(database: Database) -> Firm:
    """A small firm whose records are not yet here."""
    time = Time()
    return Firm(Store(database, time), time)


async def _until(ready: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(30):
        while not await ready():  # noqa: ASYNC110  the workflow tells the database, not us
            await asyncio.sleep(0.01)


async def _over(syncs: Syncs) -> SyncStatus:
    async def is_over() -> bool:
        return await syncs.at_work(INTEGRATION) is None

    await _until(is_over)
    return await syncs.status(INTEGRATION)


async def test_there_is_one_sync_at_a_time(firm: Firm) -> None:
    """Whoever asks meanwhile is told which one is at work; afterwards another can begin."""
    async with running(firm) as syncs:
        begun = await asyncio.gather(
            *(syncs.of(INTEGRATION).begin(mode) for mode in [SyncMode.FULL, SyncMode.DELTA] * 3)
        )
        assert len({found.sync_id for found in begun}) == 1
        assert [found.already_running for found in begun].count(False) == 1
        assert len({found.mode for found in begun}) == 1
        await _over(syncs)
        assert firm.simulator.counts["GET /users"] == 1
        again = await syncs.of(INTEGRATION).begin(SyncMode.DELTA)
        assert not again.already_running
        await _over(syncs)


async def test_the_status_tells_how_up_to_date_the_copies_are(firm: Firm) -> None:
    """Nothing before the first sync; then numbers, times and, where a list failed, the error."""
    async with running(firm) as syncs:
        before = await syncs.status(INTEGRATION)
        assert {(m.records, m.synced_at, m.complete, m.running) for m in before.models} == {(0, None, False, False)}
        firm.simulator.faults.add(FaultKind.FORBIDDEN, "/activities", times=None)
        began = firm.time()
        await syncs.of(INTEGRATION).begin(SyncMode.FULL)
        status = await _over(syncs)
        models = {model.model.name: model for model in status.models}
        assert (status.running, status.next_delta_at, status.next_full_at) == (None, None, None)
        assert (models["JOB"].records, models["JOB"].last_full_at, models["JOB"].complete) == (11, began, True)
        assert models["JOB"].watermark is not None
        assert models["INTERVIEW"].last_error
        assert models["INTERVIEW"].synced_at is None


async def test_a_schedule_begins_syncs_when_they_are_due(firm: Firm) -> None:
    """A full one at first, which counts as a delta; then each in its own time."""
    async with running(firm, Schedule(DELTA_EVERY, FULL_EVERY)) as syncs:

        async def has_ended(mode: SyncMode) -> bool:
            status = await syncs.status(INTEGRATION)
            last = [m.last_full_at if mode is SyncMode.FULL else m.last_delta_at for m in status.models]
            return status.running is None and all(at is not None and at >= began for at in last)

        began = firm.time()
        await _until(lambda: has_ended(SyncMode.FULL))
        status = await syncs.status(INTEGRATION)
        assert (status.next_delta_at, status.next_full_at) == (began + DELTA_EVERY, began + FULL_EVERY)
        firm.time.now = began + DELTA_EVERY
        began = firm.time()
        await _until(lambda: has_ended(SyncMode.DELTA))
        firm.time.now += FULL_EVERY
        began = firm.time()
        await _until(lambda: has_ended(SyncMode.FULL))
        assert firm.simulator.counts["GET /users"] in {3, 4}  # a delta was due as well, and may have come first


async def test_a_sync_can_be_watched(firm: Firm) -> None:
    """The command shows each model, and says whether all went well."""
    async with running(firm) as syncs:
        shown = StringIO()
        assert await sync_with_progress(syncs.of(INTEGRATION), SyncMode.FULL, Console(file=shown), _glance)
        assert "records are up to date" in shown.getvalue()
        firm.simulator.faults.add(FaultKind.FORBIDDEN, "/activities", times=None)
        shown = StringIO()
        assert not await sync_with_progress(syncs.of(INTEGRATION), SyncMode.FULL, Console(file=shown), _glance)
        assert "INTERVIEW: UPSTREAM_" in shown.getvalue()


async def test_finished_syncs_leave_no_rows_behind(firm: Firm) -> None:
    """Their steps are kept for an hour, then erased."""
    ahead = timedelta(0)
    workflows = Workflows(firm.store.database, clock=lambda: now() + ahead)
    async with running(firm, workflows=workflows) as syncs:
        for mode in (SyncMode.FULL, SyncMode.DELTA):
            await syncs.of(INTEGRATION).begin(mode)
            await _over(syncs)
        await workflows.sweep()
        kept = await rows(firm.store.database)
        assert kept["workflow_status"] == 2
        assert kept["operation_outputs"] > 50
        ahead = timedelta(hours=1, minutes=1)

        async def is_empty() -> bool:
            await workflows.sweep()
            return set((await rows(firm.store.database)).values()) == {0}

        await _until(is_empty)
