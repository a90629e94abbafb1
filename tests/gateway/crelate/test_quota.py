"""Keeping within the number of requests Crelate takes."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.crelate import protocol
from gateway.quota import WindowQuota
from gateway.simulator import REQUESTS_PER_MINUTE
from resolvers.errors import UpstreamRateLimited
from tests.gateway.crelate.conftest import FakeTime, MakeWorld
from tests.gateway.crelate.test_client import OK, QUESTION, client


@given(st.lists(st.floats(0, 50), max_size=60), st.integers(1, 12))
async def test_no_minute_sees_more_than_the_limit(pauses: list[float], limit: int) -> None:
    """However the requests are spread."""
    time = FakeTime()
    quota = WindowQuota(limit, time.clock, time.sleep)
    granted = []
    for pause in pauses:
        time.seconds += pause
        assert await quota.acquire(None) is None
        granted.append(time.seconds)
    for first, last in zip(granted, granted[limit:], strict=False):
        assert last - first >= 60 - 1e-6


async def test_a_burst_goes_out_at_once_and_the_rest_waits_its_turn() -> None:
    """Until the oldest is a minute old."""
    time = FakeTime()
    quota = WindowQuota(3, time.clock, time.sleep)
    await asyncio.gather(*(quota.acquire(None) for _ in range(3)))
    assert time.waits == []
    time.seconds = 10
    await quota.acquire(None)
    assert time.waits == [50]


async def test_what_is_left_is_told() -> None:
    """And when all of it will be free again."""
    time = FakeTime()
    quota = WindowQuota(3, time.clock, time.sleep)
    assert (quota.state().remaining, quota.state().reset_seconds) == (3, 0)
    await quota.acquire(None)
    time.seconds += 20
    await quota.acquire(None)
    assert (quota.state().limit, quota.state().remaining, quota.state().reset_seconds) == (3, 1, 60)
    time.seconds += 45
    assert (quota.state().remaining, quota.state().reset_seconds) == (2, 15)


async def test_a_request_whose_turn_comes_too_late_fails_at_once() -> None:
    """With the seconds to wait, and without using up anybody's turn."""
    time = FakeTime(deadline=25)
    asked: list[httpx.Request] = []

    def answers(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json=OK)

    limited = client(answers, time, limit=2)
    await limited.send(QUESTION)
    await limited.send(QUESTION)
    with pytest.raises(UpstreamRateLimited) as caught:
        await limited.send(protocol.get("/jobs/{id}", id="x"))
    assert caught.value.retry_after == 60
    assert caught.value.extensions["upstream"]["path"] == "/jobs/{id}"
    assert len(asked) == 2
    assert time.waits == []
    time.seconds, time.deadline = 60, None
    await limited.send(QUESTION)
    assert time.waits == []


async def test_every_attempt_counts() -> None:
    """Retries go through the quota too."""
    time, seen = FakeTime(), []

    def answers(_: httpx.Request) -> httpx.Response:
        seen.append(time.seconds)
        return httpx.Response(200, json=OK) if len(seen) > 2 else httpx.Response(502)

    await client(answers, time, limit=2).send(QUESTION)
    assert seen[2] >= 60


async def test_crelate_never_has_to_refuse(make_world: MakeWorld) -> None:
    """A hundred a minute stays below its own count, however many are asked for (ASM-12)."""
    world = make_world(requests_per_minute=100)
    world.simulator.knobs.requests_per_minute = REQUESTS_PER_MINUTE
    asked = world.keys("contacts")
    found = await asyncio.gather(
        *(world.connector.account.client.send(protocol.get("/contacts/{id}", id=key)) for key in asked)
    )
    assert len(found) == len(asked) > 2 * REQUESTS_PER_MINUTE
    assert {logged.status for logged in world.simulator.log} == {200}
