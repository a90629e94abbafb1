"""Copies nobody waits for: written after the answer where nothing is synced and every question goes to the ATS."""

import asyncio
from datetime import timedelta

import pytest

from gateway.replica.freshness import Freshness, Policy
from gateway.replica.source import Replica
from gateway.replica.store import Store
from gateway.replica.sync_state import note_sync
from gateway.replica.write_behind import FIRST_REST, MOST_WAITING, Observed, WriteBehind
from resolvers.errors import UpstreamUnavailable
from resolvers.ports.source import Children, PageQuestion
from schema.model import MODELS
from tests.gateway.replica.records import INTEGRATION, START, Clock, application, job, value
from tests.resolvers.memory_source import MemorySource


@pytest.fixture
def upstream() -> MemorySource:
    """A job with an application."""
    return MemorySource({"Job": [job("j1")], "Application": [application("j1", "c1")]})


@pytest.fixture
def live(store: Store, clock: Clock) -> Replica:
    """No copy is fresh, and any bridges an hour."""
    return Replica(INTEGRATION, store, Policy(dict.fromkeys(MODELS, 0.0), 3600.0), clock)


async def test_what_was_read_is_kept_once_there_is_time(live: Replica, upstream: MemorySource, store: Store) -> None:
    """By key, by parent and by page; what a list said is remembered as well."""
    source = live.reading(upstream, Freshness())
    await source.by_ids("Job", ["j1"])
    await source.by_parents("Application", "job_key", ["j1"], None)
    await source.page("Job", PageQuestion(size=5))
    await live.intake.behind.settle()
    assert set(await store.by_keys(INTEGRATION, "Job", ["j1"])) == {"j1"}
    assert set(await store.listed(INTEGRATION, "Application", "job_key", ["j1"])) == {"j1"}
    await live.intake.close()


async def test_a_copy_answers_when_the_ats_does_not(live: Replica, upstream: MemorySource) -> None:
    """It is marked as stale."""
    await live.reading(upstream, Freshness()).by_ids("Job", ["j1"])
    await live.reading(upstream, Freshness()).by_parents("Application", "job_key", ["j1"], None)
    await live.intake.behind.settle()
    upstream.failures |= {"Job": UpstreamUnavailable(), "Application": UpstreamUnavailable()}
    source = live.reading(upstream, Freshness())
    assert value((await source.by_ids("Job", ["j1"]))["j1"], "name") == "Job j1"
    found = (await source.by_parents("Application", "job_key", ["j1"], None))["j1"]
    assert isinstance(found, Children)
    assert [record.key for record in found.records] == ["j1:c1"]
    assert source.report.stale
    await live.intake.close()


async def test_an_unchanged_record_is_left_alone_for_a_minute(
    live: Replica, upstream: MemorySource, store: Store, clock: Clock
) -> None:
    """Its copy is written again afterwards, or when the ATS says that it changed."""
    kept = []
    for step in (timedelta(0), timedelta(seconds=59), timedelta(seconds=2)):
        clock.now += step
        await live.reading(upstream, Freshness()).by_ids("Job", ["j1"])
        await live.intake.behind.settle()
        kept.append((await store.by_keys(INTEGRATION, "Job", ["j1"]))["j1"].fetched_at)
    assert kept == [START, START, clock.now]
    upstream.records["Job"] = [job("j1", name="New", remote_updated_at=clock.now)]
    await live.reading(upstream, Freshness()).by_ids("Job", ["j1"])
    await live.intake.behind.settle()
    assert value((await store.by_keys(INTEGRATION, "Job", ["j1"]))["j1"].record, "name") == "New"
    await live.intake.close()


async def test_a_copy_that_another_process_changed_is_written_again(
    live: Replica, upstream: MemorySource, store: Store, clock: Clock
) -> None:
    """It is not taken for the one this process wrote a minute ago."""
    await live.reading(upstream, Freshness()).by_ids("Job", ["j1"])
    await live.intake.behind.settle()
    await store.write(INTEGRATION, "Job", [job("j1", name="Elsewhere")], clock.now + timedelta(seconds=1))
    clock.now += timedelta(minutes=2)
    await live.reading(upstream, Freshness()).by_ids("Job", ["j1"])
    await live.intake.behind.settle()
    assert value((await store.by_keys(INTEGRATION, "Job", ["j1"]))["j1"].record, "name") == "Job j1"
    await live.intake.close()


async def test_a_list_is_whole_though_its_records_were_written_at_different_times(
    live: Replica, upstream: MemorySource, clock: Clock
) -> None:
    """A copy older than the list counts as having left it."""
    source = live.reading(upstream, Freshness())
    await source.by_ids("Application", ["j1:c1"])
    await live.intake.behind.settle()
    clock.now += timedelta(seconds=5)
    upstream.records["Application"].append(application("j1", "c2"))
    await source.by_parents("Application", "job_key", ["j1"], None)
    await live.intake.behind.settle()
    upstream.failures |= {"Application": UpstreamUnavailable()}
    found = (await live.reading(upstream, Freshness()).by_parents("Application", "job_key", ["j1"], None))["j1"]
    assert isinstance(found, Children)
    assert [record.key for record in found.records] == ["j1:c1", "j1:c2"]
    await live.intake.close()


async def test_what_waits_is_bounded(store: Store, clock: Clock) -> None:
    """What comes on top is dropped and counted, and nothing is looked at before it is written."""
    dropped: list[int] = []
    behind = WriteBehind(INTEGRATION, store, clock, dropped.append)
    for number in range(4):
        behind.put(Observed("Job", [job(f"{number}-{place}") for place in range(MOST_WAITING // 2)], clock.now))
    assert dropped == [MOST_WAITING // 2] * 2
    await behind.stop()


async def test_no_answer_waits_for_copies(live: Replica, upstream: MemorySource, store: Store) -> None:
    """Nothing is written while requests are still being answered."""
    await live.reading(upstream, Freshness()).by_ids("Job", ["j1"])
    await asyncio.sleep(FIRST_REST / 4)
    assert await store.by_keys(INTEGRATION, "Job", ["j1"]) == {}
    await live.intake.close()
    assert set(await store.by_keys(INTEGRATION, "Job", ["j1"])) == {"j1"}


async def test_synced_records_are_written_before_they_are_shown(
    live: Replica, upstream: MemorySource, store: Store, clock: Clock
) -> None:
    """Their `changedAt` is part of the answer."""
    await note_sync(store.database, INTEGRATION, ["Job"], synced_at=clock.now, complete=True)
    found = await live.reading(upstream, Freshness()).by_ids("Job", ["j1"])
    assert value(found["j1"], "changed_at") == clock.now
    await live.intake.close()
