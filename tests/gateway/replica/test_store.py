"""What the store promises: one row per record, its age, and each change once."""

import asyncio
from datetime import timedelta
from typing import Any

from gateway.changes.log import changes_after
from gateway.database.engine import Database
from gateway.replica.copies import Listed
from gateway.replica.store import Store
from resolvers.ports.changes import LogEntry
from schema.application_stage import ApplicationStage
from schema.change import ChangeKind
from schema.job import Job
from schema.record import Tracked
from tests.gateway.replica.records import (
    INTEGRATION,
    START,
    Clock,
    application,
    candidate,
    job,
    properties,
    user,
    value,
)

EVER = timedelta.max


async def _log(store: Store) -> list[tuple[str, ChangeKind, tuple[str, ...]]]:
    log = await changes_after(store.database, INTEGRATION, 0, 1000)
    return [(change.key, change.kind, change.properties) for change in log]


async def _write(store: Store, clock: Clock, *records: Tracked) -> None:
    await store.write(INTEGRATION, type(records[0]).__name__, records, clock.now)


async def test_a_record_comes_back_as_it_was_with_its_stamps(store: Store, clock: Clock) -> None:
    """Nested values and the raw record included; `changed_at` is when it was first observed."""
    record = candidate("c1", "Ada@Example.com", first_name="Ada", remote_created_at=START, remote_data={"/c": [1]})
    await _write(store, clock, record)
    copy = (await store.by_keys(INTEGRATION, "Candidate", ["c1", "c2"]))["c1"]
    record.changed_at = clock.now
    assert (properties(copy.record), copy.fetched_at) == (properties(record), clock.now)


class _Late:
    """An attribute that is read once, then held by its record."""

    def __get__(self, record: Any, _: type) -> str:
        record.description = "Long"
        return "Long"


async def test_a_record_holds_no_more_than_before_it_was_written(store: Store, clock: Clock) -> None:
    """It may be held for long as few fields of it were asked for, and all of them are read to be written."""
    late: Any = object.__new__(type("Job", (Job,), {"description": _Late()}))
    vars(late).update({name: held for name, held in vars(job("j1")).items() if name != "description"})
    before = set(vars(late))
    await _write(store, clock, late)
    assert value((await store.by_keys(INTEGRATION, "Job", ["j1"]))["j1"].record, "description") == "Long"
    assert set(vars(late)) == before


async def test_only_a_change_of_content_moves_changed_at(store: Store, clock: Clock) -> None:
    """Seeing the same again only makes the copy younger, and so does another raw record."""
    await _write(store, clock, candidate("c1", title="A", remote_data={"/c": 1}))
    clock.tick()
    await _write(store, clock, candidate("c1", title="A", remote_data={"/c": 2}))
    copy = (await store.by_keys(INTEGRATION, "Candidate", ["c1"]))["c1"]
    assert (copy.record.changed_at, copy.fetched_at) == (START, clock.now)
    assert value(copy.record, "remote_data") == {"/c": 2}
    clock.tick()
    await _write(store, clock, candidate("c1", title="B", remote_data={"/c": 2}))
    assert (await store.by_keys(INTEGRATION, "Candidate", ["c1"]))["c1"].record.changed_at == clock.now


async def test_who_is_not_listed_is_kept_for_look_ups_by_key_alone(store: Store, clock: Clock) -> None:
    """As the record says that names most of them; once their own list has them they are created like any other."""
    for first_name in ("Ada", None):
        await _write(store, clock, user("u1", listed=False, first_name=first_name))
        clock.tick()
    copy = (await store.by_keys(INTEGRATION, "User", ["u1"]))["u1"]
    assert value(copy.record, "first_name") == "Ada"
    assert await store.present(INTEGRATION, "User") == []
    assert await _log(store) == []
    for listed in (True, False):
        await _write(store, clock, user("u1", listed=listed, first_name="Ada"))
        clock.tick()
    assert await store.present(INTEGRATION, "User") == ["u1"]
    assert await _log(store) == [("u1", ChangeKind.CREATED, ())]


async def test_nobody_is_kept_whom_nothing_names_any_more(store: Store, clock: Clock) -> None:
    """Of those who are not listed: seeing them again is enough."""
    for key in ("u1", "u2"):
        await _write(store, clock, user(key, listed=False, first_name="\0"))
    await _write(store, clock, user("u3"))
    clock.tick()
    await _write(store, clock, user("u2", listed=False))
    await store.forget_unlisted(INTEGRATION, clock.now)
    assert set(await store.by_keys(INTEGRATION, "User", ["u1", "u2", "u3"])) == {"u2", "u3"}


async def test_others_that_no_list_has_are_not_kept(store: Store, clock: Clock) -> None:
    """A copy of a stage that belongs to no pipeline would be taken for one of the list."""
    stage = ApplicationStage(key="s1", remote_id="s1", name="Placed")
    stage.is_listed = False
    await _write(store, clock, stage)
    assert await store.by_keys(INTEGRATION, "ApplicationStage", ["s1"]) == {}


async def test_each_change_is_logged_once_with_what_changed(store: Store, clock: Clock) -> None:
    """Created, updated, deleted, restored; seeing the same again is no change."""
    for record in (job("j1"), job("j1"), job("j1", job_code="7")):
        await _write(store, clock, record)
        clock.tick()
    assert await store.delete(INTEGRATION, "Job", ["j1"], clock.now) == 1
    assert await store.delete(INTEGRATION, "Job", ["j1"], clock.now) == 0
    clock.tick()
    await _write(store, clock, job("j1", job_code="8"))
    assert await _log(store) == [
        ("j1", ChangeKind.CREATED, ()),
        ("j1", ChangeKind.UPDATED, ("job_code",)),
        ("j1", ChangeKind.DELETED, ()),
        ("j1", ChangeKind.RESTORED, ("job_code",)),
    ]


async def test_hashes_link_one_change_to_the_next(store: Store, clock: Clock) -> None:
    """What one change left behind is what the next one found."""
    await _write(store, clock, job("j1"))
    await _write(store, clock, job("j1", job_code="7"))
    first, second = await changes_after(store.database, INTEGRATION, 0, 10)
    assert (first.hash_before, second.hash_before) == (None, first.hash_after)


async def test_a_deleted_record_keeps_its_content_and_loses_its_mark_when_it_returns(
    store: Store, clock: Clock
) -> None:
    """Deletion is a stamp."""
    await _write(store, clock, job("j1", name="Cook"))
    gone = clock.tick()
    await store.delete(INTEGRATION, "Job", ["j1"], gone)
    record = (await store.by_keys(INTEGRATION, "Job", ["j1"]))["j1"].record
    assert (record.remote_deleted_at, record.changed_at, value(record, "name")) == (gone, gone, "Cook")
    await _write(store, clock, job("j1", name="Cook"))
    assert (await store.by_keys(INTEGRATION, "Job", ["j1"]))["j1"].record.remote_deleted_at is None


async def test_what_was_seen_meanwhile_is_not_deleted(store: Store, clock: Clock) -> None:
    """A record someone read after the listing began is there, whatever the listing said."""
    await _write(store, clock, job("j1"), job("j2"))
    began = clock.tick()
    await _write(store, clock, job("j2"))
    assert await store.unseen(INTEGRATION, "Job", began) == ["j1"]
    assert await store.delete(INTEGRATION, "Job", ["j1", "j2"], began) == 1


async def test_a_late_answer_does_not_undo_a_newer_one(store: Store, clock: Clock) -> None:
    """What counts is when the ATS was asked."""
    asked = clock.now
    clock.tick()
    await _write(store, clock, job("j1", name="New"))
    await store.write(INTEGRATION, "Job", [job("j1", name="Old")], asked)
    assert value((await store.by_keys(INTEGRATION, "Job", ["j1"]))["j1"].record, "name") == "New"
    assert len(await _log(store)) == 1


async def test_integrations_do_not_see_each_other(store: Store, clock: Clock) -> None:
    """Neither records nor changes."""
    await _write(store, clock, job("j1"))
    assert await store.by_keys("crelate:other", "Job", ["j1"]) == {}
    assert await changes_after(store.database, "crelate:other", 0, 10) == []


async def test_writers_at_the_same_time_log_each_change_once_and_in_order(store: Store, clock: Clock) -> None:
    """Ten writers see the same twenty records; a reader that follows the log meanwhile misses and repeats nothing."""
    followed: list[LogEntry] = []
    done = asyncio.Event()

    async def follow() -> None:
        while True:
            finished = done.is_set()
            after = followed[-1].position if followed else 0
            found = await changes_after(store.database, INTEGRATION, after or 0, 7)
            followed.extend(found)
            if finished and not found:
                return

    async def write(turn: int) -> None:
        for number in range(20):
            await _write(store, clock, job(f"j{(number + turn * 3) % 20}"))
        for number in range(5):
            await _write(store, clock, job(f"w{turn}-{number}"))

    reader = asyncio.create_task(follow())
    await asyncio.gather(*(write(turn) for turn in range(10)))
    done.set()
    await reader
    expected = {f"j{number}" for number in range(20)} | {
        f"w{turn}-{number}" for turn in range(10) for number in range(5)
    }
    assert sorted(change.key for change in followed) == sorted(expected)


async def test_children_come_with_their_number(store: Store, clock: Clock) -> None:
    """As many as wanted for each parent, and how many there are; parents without any are absent."""
    await _write(store, clock, *(application("j1", f"c{number}") for number in range(5)), application("j2", "c1"))
    children = await store.by_parents(INTEGRATION, "Application", "job_key", {"j1": None, "j2": None, "j3": None}, 2)
    found = {parent: ([copy.record.key for copy in copies], total) for parent, (copies, total) in children.items()}
    assert found == {"j1": (["j1:c0", "j1:c1"], 5), "j2": (["j2:c1"], 1)}


async def test_children_missing_from_the_last_listing_do_not_count(store: Store, clock: Clock) -> None:
    """A copy older than its parent's complete listing is of a child that is no longer there."""
    await _write(store, clock, application("j1", "c1"), application("j1", "c2"))
    listed = clock.tick()
    await _write(store, clock, application("j1", "c2"))
    children = await store.by_parents(INTEGRATION, "Application", "job_key", {"j1": Listed(listed, ("j1:c2",))}, None)
    assert [copy.record.key for copy in children["j1"][0]] == ["j1:c2"]


async def test_children_keep_the_order_they_were_listed_in(store: Store, clock: Clock) -> None:
    """So that a second page, answered from here, fits a first one from the ATS; what came since is at the end."""
    await _write(store, clock, *(application("j1", f"c{number}") for number in range(4)))
    listed = Listed(clock.now, ("j1:c3", "j1:c0", "j1:c2"))
    for limit, keys in ((None, ["j1:c3", "j1:c0", "j1:c2", "j1:c1"]), (2, ["j1:c3", "j1:c0"])):
        copies, total = (await store.by_parents(INTEGRATION, "Application", "job_key", {"j1": listed}, limit))["j1"]
        assert ([copy.record.key for copy in copies], total) == (keys, 4)


async def test_without_raw_records_none_is_kept(database: Database, clock: Clock) -> None:
    """Switching them off also forgets those already stored, as soon as the record is seen again."""
    await _write(Store(database, clock), clock, candidate("c1", remote_data={"/c": 1}))
    store = Store(database, clock, keeps_raw=False)
    await _write(store, clock, candidate("c1", remote_data={"/c": 1}))
    copy = (await store.by_keys(INTEGRATION, "Candidate", ["c1"]))["c1"]
    assert value(copy.record, "remote_data") is None
