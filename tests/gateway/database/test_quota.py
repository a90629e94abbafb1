"""The quota that processes share."""

import asyncio

import pytest

from gateway.database.engine import Database
from gateway.database.quota import DatabaseQuota


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
