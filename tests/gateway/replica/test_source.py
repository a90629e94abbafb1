"""Reading through the replica: what is asked upstream, and how old an answer is."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError

from gateway.replica.freshness import Freshness, Policy
from gateway.replica.intake import Upstream
from gateway.replica.source import Replica, ReplicaSource
from gateway.replica.store import Store
from gateway.replica.sync_state import note_sync
from gateway.replica.versions import renew
from resolvers.errors import (
    AtsError,
    BadUserInput,
    FilterNeedsSync,
    Rejected,
    UpstreamRateLimited,
    UpstreamUnauthorized,
    UpstreamUnavailable,
)
from resolvers.ports.source import Children, PageQuestion
from schema.criterion import Criterion, Operator
from schema.interview import Interview
from schema.model import MODELS
from schema.record import Tracked
from tests.gateway.replica.records import DEEP, INTEGRATION, START, Clock, application, candidate, job, value
from tests.resolvers.memory_source import MemorySource

NO_CACHE = Freshness(no_cache=True)
CACHED = Freshness(only_if_cached=True)
BY_JOB = Criterion("applications.job_key", Operator.IN, ("j1",), "jobIds")


@pytest.fixture
def upstream() -> MemorySource:
    """Two jobs, the first one with three applications."""
    applications = [application("j1", f"c{number}") for number in (2, 0, 1)]
    return MemorySource(
        {
            "Job": [job("j1"), job("j2")],
            "Application": [*applications],
            "Candidate": [candidate(f"c{number}", first_name=f"N{number}") for number in range(3)],
        }
    )


@pytest.fixture
def replica(store: Store, clock: Clock) -> Replica:
    """Copies are fresh for 60 seconds and bridge an hour."""
    return Replica(INTEGRATION, store, Policy(dict.fromkeys(MODELS, 60.0), 3600.0), clock)


async def _names(source: ReplicaSource, *keys: str) -> dict[str, Any]:
    found = await source.by_ids("Job", keys)
    return {key: item if isinstance(item, AtsError) else value(item, "name") for key, item in found.items()}


async def keep(replica: Replica, model: str, records: Sequence[Tracked]) -> None:
    """Copies of records as they are now."""
    await replica.store.write(INTEGRATION, model, records, replica.clock())


def _keys(children: Children | AtsError) -> Sequence[str]:
    assert isinstance(children, Children)
    return [record.key for record in children.records]


async def test_a_fresh_copy_answers_and_an_old_one_does_not(
    replica: Replica, upstream: MemorySource, clock: Clock
) -> None:
    """Until its time has passed a copy saves the question; then the answer is new, and so is the copy."""
    await _names(replica.reading(upstream, Freshness()), "j1")
    upstream.records["Job"] = [job("j1", name="New")]
    clock.tick(60)
    assert await _names(replica.reading(upstream, Freshness()), "j1") == {"j1": "Job j1"}
    assert upstream.questions["Job by id"] == 1
    clock.tick()
    for _ in range(2):
        assert await _names(replica.reading(upstream, Freshness()), "j1") == {"j1": "New"}
    assert upstream.questions["Job by id"] == 2


async def test_only_what_is_missing_is_asked_for(replica: Replica, upstream: MemorySource) -> None:
    """Held and missing keys are answered together; a key that does not exist is absent."""
    await _names(replica.reading(upstream, Freshness()), "j1")
    upstream.records["Job"].remove(upstream.records["Job"][0])
    assert await _names(replica.reading(upstream, Freshness()), "j1", "j2", "j3") == {"j1": "Job j1", "j2": "Job j2"}


async def test_what_does_not_exist_is_asked_for_once(replica: Replica, upstream: MemorySource, clock: Clock) -> None:
    """Until the answer is too old, or a record of that key is seen; a sync that does not see one makes it younger."""
    for _ in range(2):
        assert await _names(replica.reading(upstream, Freshness()), "j9") == {}
    assert upstream.questions["Job by id"] == 1
    clock.tick(61)
    await note_sync(replica.store.database, INTEGRATION, ["Job"], synced_at=clock.now)
    source = replica.reading(upstream, Freshness())
    assert await _names(source, "j9") == {}
    assert (upstream.questions["Job by id"], source.report.age(clock.now)) == (1, 0)
    assert await _names(replica.reading(upstream, NO_CACHE), "j9") == {}
    assert upstream.questions["Job by id"] == 2
    clock.tick(61)
    assert await _names(replica.reading(upstream, Freshness()), "j9") == {}
    assert upstream.questions["Job by id"] == 3
    await keep(replica, "Job", [job("j9")])
    assert await _names(replica.reading(upstream, Freshness()), "j9") == {"j9": "Job j9"}
    assert upstream.questions["Job by id"] == 3


async def test_requests_at_the_same_time_share_a_question(replica: Replica, upstream: MemorySource) -> None:
    """Ten who want two jobs in the same moment ask once."""
    request = Upstream(upstream, writes_behind=False)
    await asyncio.gather(*(replica.intake.records.request(request, "Job", ["j1", "j2"]) for _ in range(10)))
    assert upstream.questions["Job by id"] == 1


async def test_children_wanted_from_the_ats_are_asked_for_by_each_request(
    replica: Replica, upstream: MemorySource
) -> None:
    """Its own source knows what was read ahead for it; one that answered for several would ask again."""
    asked = ("Application", "job_key", ["j1"], None)
    found = await asyncio.gather(*(replica.reading(upstream, NO_CACHE).by_parents(*asked) for _ in range(2)))
    assert [_keys(children["j1"]) for children in found] == [["j1:c2", "j1:c0", "j1:c1"]] * 2
    assert upstream.questions["Application by job_key"] == 2


async def test_the_request_decides_how_old_is_too_old(replica: Replica, upstream: MemorySource, clock: Clock) -> None:
    """`max-age` may be shorter or longer than the default; `no-cache` always asks, `only-if-cached` never does."""
    await _names(replica.reading(upstream, Freshness()), "j1")
    clock.tick(100)
    asked = []
    for wanted in (Freshness(max_age=100), CACHED, Freshness(max_age=99), NO_CACHE):
        assert await _names(replica.reading(upstream, wanted), "j1") == {"j1": "Job j1"}
        asked.append(upstream.questions["Job by id"])
    assert asked == [1, 1, 2, 3]


async def test_only_if_cached_says_when_there_is_no_copy(
    replica: Replica, upstream: MemorySource, clock: Clock
) -> None:
    """A missing copy, or one that is older than the request allows, is an error of its own key."""
    await _names(replica.reading(upstream, Freshness()), "j1")
    clock.tick(10)
    found = await _names(replica.reading(upstream, CACHED), "j1", "j2")
    assert found["j1"] == "Job j1"
    assert isinstance(found["j2"], UpstreamUnavailable)
    found = await _names(replica.reading(upstream, Freshness(only_if_cached=True, max_age=9)), "j1")
    assert isinstance(found["j1"], UpstreamUnavailable)
    with pytest.raises(UpstreamUnavailable):
        await replica.reading(upstream, CACHED).page("Job", PageQuestion(size=1))
    assert upstream.questions["Job by id"] == 1


@pytest.mark.parametrize("error", [UpstreamUnavailable(), UpstreamRateLimited(), UpstreamUnauthorized()])
async def test_an_old_copy_stands_in_for_an_ats_that_cannot_answer(
    replica: Replica, upstream: MemorySource, clock: Clock, error: AtsError
) -> None:
    """Marked as stale and only as long as allowed; never against `no-cache`; keys without a copy fail alone."""
    await _names(replica.reading(upstream, Freshness()), "j1")
    upstream.failures["Job"] = error
    clock.tick(3600)
    source = replica.reading(upstream, Freshness())
    assert await _names(source, "j1", "j2") == {"j1": "Job j1", "j2": error}
    assert (source.report.stale, source.report.age(clock.now)) == (True, 3600)
    assert await _names(replica.reading(upstream, Freshness(stale_if_error=3599)), "j1") == {"j1": error}
    assert await _names(replica.reading(upstream, NO_CACHE), "j1") == {"j1": error}


async def test_a_refusal_is_no_outage(replica: Replica, upstream: MemorySource, clock: Clock) -> None:
    """An error that says the question is wrong is not papered over."""
    await _names(replica.reading(upstream, Freshness()), "j1")
    upstream.failures["Job", "j1"] = Rejected()
    clock.tick(61)
    assert isinstance((await _names(replica.reading(upstream, Freshness()), "j1"))["j1"], Rejected)


async def test_changed_at_is_what_was_observed(replica: Replica, upstream: MemorySource, clock: Clock) -> None:
    """On the first answer already, and it moves with the content only."""
    stamps = []
    for name in ("A", "A", "B"):
        upstream.records["Job"] = [job("j1", name=name)]
        found = (await replica.reading(upstream, NO_CACHE).by_ids("Job", ["j1"]))["j1"]
        assert not isinstance(found, AtsError)
        stamps.append(found.changed_at)
        clock.tick()
    assert [(stamp - START).seconds for stamp in stamps if stamp] == [0, 0, 2]


async def test_children_read_completely_are_held(replica: Replica, upstream: MemorySource, clock: Clock) -> None:
    """The second reader asks nothing, whatever number it wants; a parent without children is remembered too."""
    for limit in (None, 2, 100):
        found = await replica.reading(upstream, Freshness()).by_parents("Application", "job_key", ["j1", "j2"], limit)
        assert len(_keys(found["j1"])) == (2 if limit == 2 else 3)
        assert found["j1"] == Children(found["j1"].records, 3)  # type: ignore[union-attr]  # `_keys` has seen to it
        assert _keys(found["j2"]) == []
        assert _keys(found["j1"])[:2] == ["j1:c2", "j1:c0"]
    assert upstream.questions["Application by job_key"] == 1
    clock.tick(61)
    upstream.records["Application"].pop()
    found = await replica.reading(upstream, Freshness()).by_parents("Application", "job_key", ["j1"], None)
    again = await replica.reading(upstream, Freshness()).by_parents("Application", "job_key", ["j1"], None)
    assert _keys(found["j1"]) == _keys(again["j1"]) == ["j1:c2", "j1:c0"]


async def test_some_children_are_not_taken_for_all(replica: Replica, upstream: MemorySource) -> None:
    """After a question that was cut short, the next one is asked again."""
    await replica.reading(upstream, Freshness()).by_parents("Application", "job_key", ["j1"], 2)
    found = await replica.reading(upstream, Freshness()).by_parents("Application", "job_key", ["j1"], None)
    assert len(_keys(found["j1"])) == 3
    assert upstream.questions["Application by job_key"] == 2


async def test_what_a_mutation_touched_is_fresh(replica: Replica, upstream: MemorySource, clock: Clock) -> None:
    """Neither the new content nor the new child costs a question, and an answer under way does not undo it."""
    asked = clock.now
    await replica.reading(upstream, Freshness()).by_parents("Application", "job_key", ["j1"], None)
    clock.tick()
    await keep(replica, "Application", [application("j1", "c9", "s1")])
    await replica.store.write(INTEGRATION, "Application", [application("j1", "c9", None)], asked)
    source = replica.reading(upstream, Freshness())
    found = await source.by_parents("Application", "job_key", ["j1"], None)
    assert _keys(found["j1"]) == ["j1:c2", "j1:c0", "j1:c1", "j1:c9"]
    record = (await source.by_ids("Application", ["j1:c9"]))["j1:c9"]
    assert value(record, "current_stage_key") == "s1"
    assert (upstream.questions["Application by job_key"], upstream.questions["Application by id"]) == (1, 0)


async def _sync(replica: Replica, upstream: MemorySource, *models: str) -> None:
    for model in models:
        records = upstream.records[model]
        await keep(replica, model, records)
        await note_sync(replica.store.database, INTEGRATION, [model], synced_at=replica.clock(), complete=True)


async def test_lists_of_an_unsynced_model_come_from_upstream(replica: Replica, upstream: MemorySource) -> None:
    """Page by page with its own cursors, refusing what it cannot do; the records are kept all the same."""
    source = replica.reading(upstream, Freshness())
    first = await source.page("Job", PageQuestion(size=1))
    second = await source.page("Job", PageQuestion(size=1, position=first.positions[0]))
    assert [record.key for record in (*first.records, *second.records)] == ["j1", "j2"]
    with pytest.raises(FilterNeedsSync, match="only on synced"):
        await source.page("Candidate", PageQuestion(size=1, criteria=(BY_JOB,)))
    assert await _names(source, "j1", "j2") == {"j1": "Job j1", "j2": "Job j2"}
    assert upstream.questions["Job by id"] == 0


async def test_lists_of_a_synced_model_come_from_the_replica(
    replica: Replica, upstream: MemorySource, clock: Clock
) -> None:
    """With every filter, the total and both directions, without a question, however old; the age is reported."""
    await _sync(replica, upstream, "Candidate", "Application")
    clock.tick(1000)
    source = replica.reading(upstream, Freshness())
    page = await source.page("Candidate", PageQuestion(size=2, criteria=(BY_JOB,), counted=True, backward=True))
    assert ([record.key for record in page.records], page.total) == (["c1", "c2"], 3)
    assert (source.report.age(clock.now), source.report.stale) == (1000, False)
    assert not upstream.questions


async def test_a_list_may_be_wanted_from_the_ats(replica: Replica, upstream: MemorySource, clock: Clock) -> None:
    """`no-cache` and a `max-age` younger than the sync ask; where the ATS cannot, only the first is an error."""
    await _sync(replica, upstream, "Job", "Candidate", "Application")
    clock.tick(100)
    upstream.records["Job"].append(job("j3"))
    for wanted, expected in ((NO_CACHE, 3), (Freshness(max_age=99), 3), (Freshness(max_age=100), 3), (CACHED, 3)):
        assert len((await replica.reading(upstream, wanted).page("Job", PageQuestion(size=9))).records) == expected
    assert upstream.questions["Job page"] == 2
    hard = PageQuestion(size=1, criteria=(BY_JOB,))
    with pytest.raises(FilterNeedsSync):
        await replica.reading(upstream, NO_CACHE).page("Candidate", hard)
    source = replica.reading(upstream, Freshness(max_age=1))
    assert len((await source.page("Candidate", hard)).records) == 1
    assert source.report.stale


async def test_a_list_goes_on_where_it_began(replica: Replica, upstream: MemorySource, clock: Clock) -> None:
    """A cursor from the ATS stays with the ATS when a sync comes between, and one from the replica stays here."""
    live = await replica.reading(upstream, Freshness()).page("Job", PageQuestion(size=1))
    await _sync(replica, upstream, "Job")
    own = await replica.reading(upstream, Freshness()).page("Job", PageQuestion(size=1))
    clock.tick()
    for position in (live.positions[0], own.positions[0]):
        page = await replica.reading(upstream, NO_CACHE).page("Job", PageQuestion(size=1, position=position))
        assert [record.key for record in page.records] == ["j2"]
    assert upstream.questions["Job page"] == 2


async def test_a_cursor_of_the_replica_needs_the_replica(replica: Replica, upstream: MemorySource) -> None:
    """It means nothing to the ATS."""
    await _sync(replica, upstream, "Job")
    own = await replica.reading(upstream, Freshness()).page("Job", PageQuestion(size=1))
    await note_sync(replica.store.database, INTEGRATION, ["Job"], synced_at=None)
    with pytest.raises(BadUserInput):
        await replica.reading(upstream, Freshness()).page("Job", PageQuestion(size=1, position=own.positions[0]))


async def test_a_sync_makes_all_copies_young(replica: Replica, upstream: MemorySource, clock: Clock) -> None:
    """What it did not return is known to be unchanged, and what is not there is known not to exist."""
    await _sync(replica, upstream, "Job", "Application")
    clock.tick(3000)
    await note_sync(replica.store.database, INTEGRATION, ["Job"], synced_at=clock.now)
    await note_sync(replica.store.database, INTEGRATION, ["Application"], synced_at=clock.now)
    source = replica.reading(upstream, CACHED)
    assert await _names(source, "j1", "j9") == {"j1": "Job j1"}
    found = await source.by_parents("Application", "candidate_key", ["c1", "c9"], None)
    assert (_keys(found["c1"]), _keys(found["c9"])) == (["j1:c1"], [])
    assert not upstream.questions
    assert source.report.age(clock.now) == 0


async def test_a_deleted_record_is_answered_as_deleted(replica: Replica, upstream: MemorySource, clock: Clock) -> None:
    """Also when the ATS, asked again, knows nothing of it."""
    await keep(replica, "Job", [job("j1")])
    gone = clock.tick()
    await replica.store.delete(INTEGRATION, "Job", ["j1"], gone)
    upstream.records["Job"] = []
    for wanted in (Freshness(), NO_CACHE):
        found = (await replica.reading(upstream, wanted).by_ids("Job", ["j1"]))["j1"]
        assert not isinstance(found, AtsError)
        assert found.remote_deleted_at == gone


async def test_an_interview_names_only_applications_that_exist(replica: Replica, upstream: MemorySource) -> None:
    """Once applications are synced; until then it is what the ATS says."""
    keys = ["j1:c0", "j1:c9", None]
    rows = [Interview(key=f"i{number}", remote_id=f"i{number}", application_key=key) for number, key in enumerate(keys)]
    await keep(replica, "Interview", rows)
    await keep(replica, "Application", [application("j1", "c0")])

    async def named() -> list[str | None]:
        found = await replica.reading(upstream, CACHED).by_ids("Interview", ["i0", "i1", "i2"])
        return [value(found[name], "application_key") for name in ("i0", "i1", "i2")]

    assert await named() == keys
    for model in ("Interview", "Application"):
        await note_sync(replica.store.database, INTEGRATION, (model,), synced_at=replica.clock())
    assert await named() == ["j1:c0", None, None]
    page = await replica.reading(upstream, CACHED).page("Interview", PageQuestion(size=10))
    assert [value(record, "application_key") for record in page.records] == ["j1:c0", None, None]
    await replica.store.delete(INTEGRATION, "Application", ["j1:c0"], replica.clock() + timedelta(seconds=1))
    assert await named() == [None, None, None]


async def test_what_cannot_be_kept_is_answered_as_it_was_read(
    replica: Replica, upstream: MemorySource, store: Store
) -> None:
    """By key, by parent and by page: its neighbours are kept, and it is asked for anew."""
    upstream.records["Application"][0].remote_data = {"/c": DEEP}  # type: ignore[attr-defined]
    by_job = ("Application", "job_key", ["j1"], None)
    for _ in range(2):
        source = replica.reading(upstream, Freshness())
        (children,) = (await source.by_parents(*by_job)).values()
        assert isinstance(children, Children)
        page = await source.page("Application", PageQuestion(size=9))
        found = await source.by_ids("Application", ["j1:c2", "j1:c0"])
        assert [record.key for record in children.records] == ["j1:c2", "j1:c0", "j1:c1"]
        assert [record.key for record in page.records] == ["j1:c2", "j1:c0", "j1:c1"]
        assert set(found) == {"j1:c2", "j1:c0"}
    assert upstream.questions["Application by job_key"] == 2
    assert set(await store.by_keys(INTEGRATION, "Application", ["j1:c2", "j1:c0", "j1:c1"])) == {"j1:c0", "j1:c1"}


@contextmanager
def unwritable() -> Iterator[None]:
    """Databases can be read meanwhile, and nothing is written."""

    def refuse(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith(("INSERT", "UPDATE")):
            raise OperationalError(statement, None, Exception("database or disk is full"))

    event.listen(Engine, "before_cursor_execute", refuse)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", refuse)


async def test_a_disk_that_takes_nothing_more_costs_no_answer(
    replica: Replica, upstream: MemorySource, store: Store
) -> None:
    """Nothing is kept, and what is said of a list less than ever."""
    source = replica.reading(upstream, Freshness())
    with unwritable():
        assert await _names(source, "j1") == {"j1": "Job j1"}
        (children,) = (await source.by_parents("Application", "job_key", ["j1"], None)).values()
        page = await source.page("Job", PageQuestion(size=9))
    assert isinstance(children, Children)
    assert (len(children.records), len(page.records)) == (3, 2)
    assert await store.listed(INTEGRATION, "Application", "job_key", ["j1"]) == {}
    assert await store.by_keys(INTEGRATION, "Job", ["j1"]) == {}


async def test_an_outdated_copy_is_read_anew_whatever_a_request_allows(
    replica: Replica, upstream: MemorySource, clock: Clock
) -> None:
    """Also where a sync ended meanwhile that had begun before, and never to stand in for an ATS that is down."""
    await keep(replica, "Job", [job("j1", name="old")])
    await renew(replica.store.database, INTEGRATION, {"Job": "other"}, clock)
    await note_sync(replica.store.database, INTEGRATION, ["Job"], synced_at=clock.now)
    cached = await _names(replica.reading(upstream, CACHED), "j1")
    assert isinstance(cached["j1"], UpstreamUnavailable) or cached == {}
    upstream.failures["Job"] = UpstreamUnavailable()
    down = await _names(replica.reading(upstream, Freshness(stale_if_error=2 * 10**9)), "j1")
    assert isinstance(down["j1"], UpstreamUnavailable)
    upstream.failures.clear()
    assert await _names(replica.reading(upstream, Freshness(max_age=2 * 10**9)), "j1") == {"j1": "Job j1"}
    assert upstream.questions["Job by id"] == 2


async def test_what_follows_is_read_ahead_only_where_no_copies_will_answer(
    replica: Replica, upstream: MemorySource
) -> None:
    """Neither the question nor the one that follows; and never where the ATS may not be asked."""
    asked = ("Application", "job_key", ["j1"], ("Interview", "application_key"))
    for wanted in (Freshness(), CACHED, Freshness(no_cache=True, only_if_cached=True), NO_CACHE):
        await replica.reading(upstream, wanted).read_ahead(*asked)
    assert upstream.ahead == [asked]
    as_a_net = Freshness(max_age=0)
    await replica.reading(upstream, as_a_net).read_ahead(*asked)
    assert upstream.ahead == [asked, asked]
    await note_sync(replica.store.database, INTEGRATION, ["Interview"], synced_at=replica.clock(), complete=True)
    await replica.reading(upstream, as_a_net).read_ahead(*asked)
    assert upstream.ahead == [asked, asked]
