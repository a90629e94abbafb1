"""Following the change log, whoever writes it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest_asyncio
from sqlalchemy import text

from gateway.changes.feed import BATCH, Feed
from gateway.database.engine import Database
from gateway.replica.store import Store
from resolvers.ports.changes import LogEntry
from tests.databases import open_database
from tests.gateway.replica.records import INTEGRATION, Clock, candidate, job

PATIENCE = 20.0


@pytest_asyncio.fixture
async def feed(store: Store) -> AsyncIterator[Feed]:
    """The feed of the process whose store `store` is."""
    made = Feed(store.database)
    store.on_change = made.wake
    yield made
    await made.close()


@pytest_asyncio.fixture
async def elsewhere(database_address: str, clock: Clock) -> AsyncIterator[Store]:
    """The store of another process, which tells nobody here."""
    database = open_database(database_address)
    yield Store(database, clock)
    await database.close()


async def _take(entries: AsyncIterator[LogEntry], number: int) -> list[str]:
    async with asyncio.timeout(PATIENCE):
        return [(await anext(entries)).key for _ in range(number)]


async def test_a_follower_gets_what_was_and_what_comes(feed: Feed, store: Store, clock: Clock) -> None:
    """From its position on, in order, of its integration only."""
    await store.write(INTEGRATION, "Job", [job("j1"), job("j2")], clock.now)
    first = (await feed.log(INTEGRATION).after(0, 1, None))[0]
    async with aclosing(feed.log(INTEGRATION).follow(first.position, None)) as entries:
        assert await _take(entries, 1) == ["j2"]
        await store.write("crelate:other", "Job", [job("x")], clock.now)
        await store.write(INTEGRATION, "Job", [job("j3")], clock.now)
        assert await _take(entries, 1) == ["j3"]


async def test_a_change_made_by_another_process_arrives(feed: Feed, elsewhere: Store, clock: Clock) -> None:
    """While the follower waits."""
    async with aclosing(feed.log(INTEGRATION).follow(0, None)) as entries:
        waiting = asyncio.create_task(_take(entries, 1))
        await asyncio.sleep(0)
        await elsewhere.write(INTEGRATION, "Job", [job("j1")], clock.now)
        assert await waiting == ["j1"]


async def test_models_can_be_chosen(feed: Feed, store: Store, clock: Clock) -> None:
    """Changes of the others pass by."""
    async with aclosing(feed.log(INTEGRATION).follow(0, ["Candidate"])) as entries:
        for number in range(3):
            await store.write(INTEGRATION, "Job", [job(f"j{number}")], clock.now)
            await store.write(INTEGRATION, "Candidate", [candidate(f"c{number}")], clock.now)
            assert await _take(entries, 1) == [f"c{number}"]


async def test_a_slow_follower_misses_nothing(feed: Feed, store: Store, clock: Clock) -> None:
    """Many more changes than are read at once pile up in the database, not in memory."""
    keys = [f"j{number:04}" for number in range(3 * BATCH + 1)]
    async with aclosing(feed.log(INTEGRATION).follow(0, None)) as entries:
        await store.write(INTEGRATION, "Job", [job(keys[0])], clock.now)
        assert await _take(entries, 1) == keys[:1]
        await store.write(INTEGRATION, "Job", map(job, keys[1:]), clock.now)
        assert await _take(entries, len(keys) - 1) == keys[1:]


async def test_all_followers_share_one_listener(feed: Feed, store: Store, clock: Clock) -> None:
    """However many there are, the database is listened to once; each gets everything."""
    async with asyncio.timeout(PATIENCE):
        logs = [feed.log(INTEGRATION).follow(0, None) for _ in range(20)]
        waiting = [asyncio.create_task(_take(entries, 1)) for entries in logs]
        await asyncio.sleep(0)
        await store.write(INTEGRATION, "Job", [job("j1")], clock.now)
        assert await asyncio.gather(*waiting) == [["j1"]] * 20
        assert await _listeners(store.database) <= 1


async def test_a_lost_listener_comes_back(feed: Feed, elsewhere: Store, clock: Clock) -> None:
    """What was announced meanwhile is not lost with it."""
    async with aclosing(feed.log(INTEGRATION).follow(0, None)) as entries:
        for number in range(3):
            await elsewhere.write(INTEGRATION, "Job", [job(f"j{number}")], clock.now)
            assert await _take(entries, 1) == [f"j{number}"]
            await _cut_listeners(elsewhere.database)


async def _listeners(database: Database) -> int:
    if not database.is_postgres:
        return 1
    async with database.reading() as connection:
        return await connection.scalar(text(f"SELECT count(*) {_LISTENING}")) or 0


async def _cut_listeners(database: Database) -> None:
    if database.is_postgres:
        async with database.reading() as connection:
            await connection.execute(text(f"SELECT pg_terminate_backend(pid) {_LISTENING}"))


_LISTENING = "FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN %'"
