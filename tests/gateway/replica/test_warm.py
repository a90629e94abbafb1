"""Copies held in memory are never older than what is committed, whoever committed it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from gateway.database.engine import Database
from gateway.database.erasure import erase_rows
from gateway.replica.copies import Copy
from gateway.replica.hot import Budget
from gateway.replica.retention import null_deleted
from gateway.replica.store import Store
from gateway.replica.sync_state import note_sync
from gateway.replica.touches import KEPT
from gateway.replica.warm import Warm
from resolvers.ports.source import PageQuestion
from schema.criterion import Criterion, Operator, Order
from tests.databases import open_database
from tests.gateway.replica.records import INTEGRATION, Clock, application, candidate, job, properties, value

JOBS = ("j1", "j2", "j3")
CANDIDATES = ("c1", "c2", "c3", "c4")
APPLICATIONS = tuple(f"{of}:{who}" for of in JOBS for who in CANDIDATES)
KEYS = {"Job": JOBS, "Candidate": CANDIDATES, "Application": APPLICATIONS}
QUESTIONS = (
    PageQuestion(size=2, counted=True),
    PageQuestion(size=9, include_deleted=True),
    PageQuestion(size=9, orders=(Order("name", descending=True),)),
    PageQuestion(size=9, criteria=(Criterion("applications.candidate_key", Operator.IN, ("c1",), "candidateIds"),)),
)
_RUNS = count()


@dataclass
class Side:
    """A process: its own connections and its own memory, on the database that both use."""

    store: Store
    warm: Warm
    clock: Clock


@pytest_asyncio.fixture
async def other(database_address: str) -> AsyncIterator[Database]:
    """The same database, opened by another process."""
    opened = open_database(database_address)
    yield opened
    await opened.close()


Deed = Callable[[Side, str], Coroutine[Any, Any, Any]]
"""Something that is done by one process to the copies of an integration."""


def _write(model: str, records: list[Any], rank: int) -> Deed:
    ranks = {record.key: rank for record in records}
    return lambda side, of: side.store.write(of, model, records, side.clock.now, ranks)


def _list(parent: str, keys: list[str]) -> Deed:
    return lambda side, of: side.store.note_listed(of, "Application", "job_key", {parent: keys}, side.clock.now)


def _delete(model: str, keys: list[str]) -> Deed:
    return lambda side, of: side.store.delete(of, model, keys, side.clock.tick())


async def _touch(side: Side, of: str) -> None:
    for model, keys in KEYS.items():
        records = [copy.record for copy in (await side.store.by_keys(of, model, keys)).values()]
        hashes = await side.store.keep(of, model, records[:1], side.clock.now)
        await side.store.touch(of, model, hashes, side.clock.tick())


_WRITTEN = st.one_of(
    st.builds(
        _write,
        st.just("Job"),
        st.lists(st.builds(lambda key, name: job(key, name=name), st.sampled_from(JOBS), st.sampled_from("ab"))),
        st.integers(1, 3),
    ),
    st.builds(
        _write,
        st.just("Candidate"),
        st.lists(st.builds(candidate, st.sampled_from(CANDIDATES), st.sampled_from("ab"))),
        st.just(0),
    ),
    st.builds(
        _write,
        st.just("Application"),
        st.lists(st.builds(application, st.sampled_from(JOBS), st.sampled_from(CANDIDATES), st.sampled_from("st"))),
        st.integers(1, 2),
    ),
)
_DEEDS = st.one_of(
    _WRITTEN,
    _WRITTEN,
    st.builds(_list, st.sampled_from(JOBS), st.lists(st.sampled_from(APPLICATIONS), unique=True)),
    st.sampled_from(sorted(KEYS)).flatmap(
        lambda model: st.builds(_delete, st.just(model), st.lists(st.sampled_from(KEYS[model]), unique=True))
    ),
    st.just(_touch),
    st.just(lambda side, of: note_sync(side.store.database, of, ["Application"], synced_at=side.clock.now)),
    st.just(lambda side, _: null_deleted(side.store.database, side.clock, timedelta(seconds=3))),
    st.just(lambda side, of: erase_rows(side.store.database, of)),
)


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)
@given(deeds=st.lists(st.tuples(_DEEDS, st.booleans()), min_size=3, max_size=9), room=st.sampled_from([10**9, 20_000]))
async def test_memory_answers_what_the_database_would(
    database: Database, other: Database, clock: Clock, deeds: list[tuple[Deed, bool]], room: int
) -> None:
    """After whatever either of two processes did, both answer as one does that holds nothing; in little room too."""
    of = f"run:{next(_RUNS)}"
    sides = [_side(opened, clock, of, room) for opened in (database, other)]
    for deed, by_other in deeds:
        await deed(sides[by_other], of)
        clock.tick()
        wanted = await _answers(_side(database, clock, of, 0).warm)
        for side in sides:
            assert await _answers(side.warm) == wanted
            assert await _answers(side.warm) == wanted  # now from memory


def _side(database: Database, clock: Clock, of: str, room: int) -> Side:
    store = Store(database, clock)
    return Side(store, Warm(of, store, Budget(room)), clock)


async def _answers(warm: Warm) -> list[Any]:
    """Everything that can be asked."""
    await warm.renew()
    answers: list[Any] = [warm.synced]
    for model, keys in KEYS.items():
        found = await warm.by_keys(model, keys)
        answers.append({key: properties(found[key].record) for key in sorted(found)})
    for limit in (2, None):
        lists = warm.children("Application", "job_key", JOBS, limit)
        lists |= await warm.read_children("Application", "job_key", [key for key in JOBS if key not in lists], limit)
        answers.append(
            {
                key: (of.listed_at, of.children.total, [record.key for record in of.children.records][:limit])
                for key, of in sorted(lists.items())
                if of.listed_at or "Application" in warm.synced
            }
        )
    for question in QUESTIONS:
        page = await warm.page("Job", question)
        answers.append((_keys(page.copies), page.positions, page.has_next, page.has_previous, page.total))
        answers.append([properties(copy.record) for copy in page.copies])
    return answers


def _keys(copies: Any) -> list[str]:
    return [copy.record.key for copy in copies]


async def test_what_is_held_asks_the_database_nothing(store: Store, clock: Clock) -> None:
    """Records, lists and pages alike, until something is written; then only what was written is read again."""
    warm = Warm(INTEGRATION, store, Budget())
    await store.write(INTEGRATION, "Application", [application("j1", who) for who in CANDIDATES], clock.now)
    await store.write(INTEGRATION, "Job", [job(key) for key in JOBS], clock.now)
    await note_sync(store.database, INTEGRATION, ["Application", "Job"], synced_at=clock.now)
    await _answers(warm)
    with _Counted(store.database) as statements:
        await warm.by_keys("Job", JOBS)
        assert set(warm.children("Application", "job_key", JOBS, None)) == set(JOBS)
        await warm.page("Job", QUESTIONS[0])
    assert statements == []
    await store.write(INTEGRATION, "Job", [job("j2", name="New")], clock.tick())
    await warm.renew()
    assert set(warm.hot.records["Job"].held) == {"j1", "j3"}
    assert set(warm.children("Application", "job_key", JOBS, None)) == set(JOBS)


async def test_a_look_of_a_while_ago_is_good_enough_for_who_says_so(
    database: Database, other: Database, clock: Clock
) -> None:
    """For what others have written; what this process has written is seen in any case."""
    theirs, ours = Store(other, clock), Store(database, clock)
    await theirs.write(INTEGRATION, "Job", [job("j1", name="Old"), job("j2", name="Old")], clock.now)
    warm = Warm(INTEGRATION, ours, Budget())
    await warm.renew()
    await warm.by_keys("Job", JOBS)
    await theirs.write(INTEGRATION, "Job", [job("j1", name="New")], clock.tick())
    with _Counted(database) as statements:
        await asyncio.gather(*(warm.renew(within=1e9) for _ in range(5)))
    assert (statements, await _names(warm)) == ([], ["Old", "Old"])
    await asyncio.gather(*(warm.renew() for _ in range(5)))
    assert await _names(warm) == ["New", "Old"]
    await ours.write(INTEGRATION, "Job", [job("j2", name="New")], clock.tick())
    await warm.renew(within=1e9)
    assert await _names(warm) == ["New", "New"]


async def _names(warm: Warm) -> list[Any]:
    copies = await warm.by_keys("Job", ("j1", "j2"))
    return [value(copies[key].record, "name") for key in ("j1", "j2")]


async def test_operations_share_the_next_look_at_a_server(database: Database, other: Database, clock: Clock) -> None:
    """Those that come while one is under way: what was committed before they came may be too late for it."""
    theirs = Store(other, clock)
    await theirs.write(INTEGRATION, "Job", [job("j1", name="Old")], clock.now)
    warm = Warm(INTEGRATION, Store(database, clock), Budget())
    await warm.renew()
    await warm.by_keys("Job", ["j1"])
    with _Counted(database) as statements:
        under_way = asyncio.create_task(warm.renew())
        await asyncio.sleep(0)
        await theirs.write(INTEGRATION, "Job", [job("j1", name="New")], clock.tick())
        await asyncio.gather(*(warm.renew() for _ in range(5)))
        await under_way
    assert len(statements) == (2 if database.is_postgres else 0)
    assert value((await warm.by_keys("Job", ["j1"]))["j1"].record, "name") == "New"


async def test_a_copy_too_old_is_looked_at_again(store: Store, clock: Clock) -> None:
    """Being seen again unchanged is no touch of a record: who needs it younger than it is held asks the database."""
    warm = Warm(INTEGRATION, store, Budget())
    await store.write(INTEGRATION, "Job", [job("j1")], clock.now)
    held = await _young(warm, clock)
    await store.write(INTEGRATION, "Job", [job("j1")], clock.tick(60))
    again = await _young(warm, clock)
    assert again.fetched_at - held.fetched_at == timedelta(seconds=60)


async def _young(warm: Warm, clock: Clock) -> Copy:
    await warm.renew()
    return (await warm.by_keys("Job", ["j1"], clock.now - timedelta(seconds=30)))["j1"]


async def test_who_has_not_looked_for_long_begins_anew(store: Store, clock: Clock) -> None:
    """Touches are kept for a while only; nothing that was missed is taken for right."""
    warm = Warm(INTEGRATION, store, Budget())
    await store.write(INTEGRATION, "Job", [job("j1", name="Old")], clock.now)
    await warm.renew()
    await warm.by_keys("Job", ["j1"])
    await store.write(INTEGRATION, "Job", [job("j1", name="New")], clock.tick())
    for _ in range(2 * KEPT):
        await store.touch(INTEGRATION, "Candidate", {"none": ""}, clock.now)
    await warm.renew()
    assert value((await warm.by_keys("Job", ["j1"]))["j1"].record, "name") == "New"


async def test_many_changes_at_once_are_not_named(store: Store, clock: Clock) -> None:
    """A touch of more records than are named is one of all records of the model."""
    warm = Warm(INTEGRATION, store, Budget())
    jobs = [f"j{number}" for number in range(600)]
    await store.write(INTEGRATION, "Job", [job(key) for key in jobs], clock.now)
    await store.write(INTEGRATION, "Candidate", [candidate("c1")], clock.now)
    await warm.renew()
    await warm.by_keys("Job", jobs)
    await warm.by_keys("Candidate", ["c1"])
    await store.write(INTEGRATION, "Job", [job(key, name="New") for key in jobs], clock.tick())
    await warm.renew()
    assert (len(warm.hot.records["Job"].held), len(warm.hot.records["Candidate"].held)) == (0, 1)


class _Counted:
    """The statements that go to a database while the block lasts."""

    def __init__(self, database: Database) -> None:
        self._database, self._asked = database, database._at_server  # noqa: SLF001  what it asks in no engine
        self._engines = [database.engine.sync_engine, *([database._own] if database._own else [])]  # noqa: SLF001  # what it asks in threads
        self.statements: list[str] = []

    def __enter__(self) -> list[str]:
        for engine in self._engines:
            event.listen(engine, "before_cursor_execute", self._note)
        self._database._at_server = self._at_server  # type: ignore[method-assign]  # noqa: SLF001  likewise
        return self.statements

    def __exit__(self, *_: object) -> None:
        for engine in self._engines:
            event.remove(engine, "before_cursor_execute", self._note)
        self._database._at_server = self._asked  # type: ignore[method-assign]  # noqa: SLF001  likewise

    async def _at_server(self, statement: str, values: dict[str, Any]) -> Any:
        self.statements.append(statement)
        return await self._asked(statement, values)

    def _note(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        self.statements.append(statement)
