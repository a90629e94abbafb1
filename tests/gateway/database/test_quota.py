"""The quota that processes share."""

import asyncio
from bisect import bisect_left
from collections.abc import Awaitable, Callable
from random import Random
from typing import TypeVar

import pytest
from sqlalchemy import Connection

from gateway.database.engine import Database
from gateway.database.quota import DatabaseQuota
from gateway.database.tables import QUOTA

T = TypeVar("T")


class Seconds:
    """A clock that moves when somebody waits; those who wait at the same time wait side by side."""

    def __init__(self) -> None:
        self.now = 1_000_000.0
        self.waited: list[float] = []

    def __call__(self) -> float:
        """The time."""
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        self.waited.append(seconds)


def _quota(database: Database, seconds: Seconds, limit: int = 5) -> DatabaseQuota:
    return DatabaseQuota(database, "key", limit, seconds, seconds.sleep)


async def test_processes_together_stay_within_the_limit(database: Database) -> None:
    """Of fifteen requests by three processes five go at once, five in a minute, five in two."""
    seconds = Seconds()
    quotas = [_quota(database, seconds) for _ in range(3)]
    assert await asyncio.gather(*(quotas[n % 3].acquire(None) for n in range(15))) == [None] * 15
    assert sorted(seconds.waited) == pytest.approx([60] * 5 + [120] * 5)


async def test_who_cannot_wait_is_told_how_long_and_takes_nothing(database: Database) -> None:
    """The refused request does not stand in the way of the next one."""
    seconds = Seconds()
    quota = _quota(database, seconds, limit=1)
    assert await quota.acquire(0) is None
    seconds.now += 20
    assert await quota.acquire(39) == pytest.approx(40)
    assert await quota.acquire(40) is None
    assert seconds.waited == pytest.approx([40])


async def test_what_is_left_grows_back(database: Database) -> None:
    """A minute after the last request everything is free again."""
    seconds = Seconds()
    quota = _quota(database, seconds)
    assert (quota.state().limit, quota.state().remaining, quota.state().reset_seconds) == (5, 5, 0)
    await quota.acquire(None)
    seconds.now += 15
    assert quota.state().remaining == 4
    assert quota.state().reset_seconds == pytest.approx(45)
    seconds.now += 45
    assert quota.state().remaining == 5


async def test_keys_have_quotas_of_their_own(database: Database) -> None:
    """One key's requests are no other's."""
    seconds = Seconds()
    for name in ("one", "other"):
        assert await DatabaseQuota(database, name, 1, seconds, seconds.sleep).acquire(0) is None


class Uses:
    """The instants at which calls went out, by whatever process."""

    def __init__(self, seconds: Seconds) -> None:
        self.instants: list[float] = []
        self._seconds = seconds

    async def take(self, quota: DatabaseQuota) -> bool:
        """Send a call if it may go out now; whether it did."""
        if await quota.acquire(0) is not None:
            return False
        self.instants.append(self._seconds.now)
        return True

    def most(self) -> int:
        """How many went out in any minute."""
        ordered = sorted(self.instants)
        return max((bisect_left(ordered, at + 60) - place for place, at in enumerate(ordered)), default=0)


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("limit", [1, 7, 300])
async def test_no_minute_has_more_than_the_limit(database: Database, limit: int, seed: int) -> None:
    """Whatever the order in which processes ask, wait, give back, and die with places they have not used."""
    chance = Random(seed)  # noqa: S311  a repeatable order, no secret
    seconds = Seconds()
    uses = Uses(seconds)
    quotas = [_quota(database, seconds, limit) for _ in range(4)]
    for _ in range(40):
        quota = chance.choice(quotas[:4])
        for _ in range(chance.choice([1, 1, 3, limit // 10 + 1])):
            await uses.take(quota)
        seconds.now += chance.choice([0, 0.01, 0.3, 1, 5, 20, 59.99])
        if chance.random() < 0.2:
            await chance.choice(quotas).give_back()
        if chance.random() < 0.1:
            quotas.insert(0, _quota(database, seconds, limit))
    assert 0 < uses.most() <= limit
    await asyncio.gather(*(quota.close() for quota in quotas))


async def test_most_calls_find_a_place_without_asking(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the limit is large, a thousand calls take a few transactions."""
    seconds = Seconds()
    quota = _quota(database, seconds, 100_000)
    asked = 0
    transact = database.transact

    def counted(work: Callable[[Connection], T], *subject: str) -> Awaitable[T]:
        nonlocal asked
        asked += 1
        return transact(work, *subject)

    monkeypatch.setattr(database, "transact", counted)
    for _ in range(1000):
        assert await quota.acquire(0) is None
        seconds.now += 0.002
    assert asked < 20
    await quota.close()


async def test_what_a_process_holds_leaves_places_for_others(database: Database) -> None:
    """Seven processes that asked once leave the eighth its place, and nearly all others."""
    seconds = Seconds()
    quotas = [_quota(database, seconds, 100) for _ in range(8)]
    for quota in quotas[:7]:
        assert await quota.acquire(0) is None
    assert sum([await quotas[7].acquire(0) is None for _ in range(100)]) > 60
    await asyncio.gather(*(quota.close() for quota in quotas))


async def test_what_was_not_used_is_given_back(database: Database) -> None:
    """After a moment or at the stop others have the places."""
    seconds = Seconds()
    one, other = _quota(database, seconds, 100), _quota(database, seconds, 100)
    await one.acquire(0)
    await one.close()
    assert sum([await other.acquire(0) is None for _ in range(100)]) == 99
    await other.close()


async def test_calls_at_the_same_time_share_one_transaction(database: Database) -> None:
    """They have their places in the order in which they came."""
    seconds = Seconds()
    quota = _quota(database, seconds, 3)
    waits = await asyncio.gather(*(quota.acquire(0) for _ in range(5)))
    assert waits == [None, None, None, pytest.approx(60), pytest.approx(60)]


async def test_what_an_earlier_version_stored_still_counts(database: Database) -> None:
    """It wrote the instant of each place."""
    seconds = Seconds()
    async with database.writing("quota", "key") as connection:
        await connection.run_sync(database.upsert, QUOTA, [{"name": "key", "grants": f"[{round(seconds.now * 1e6)}]"}])
    assert await _quota(database, seconds, 1).acquire(0) == pytest.approx(60)
