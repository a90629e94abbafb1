"""What requests share."""

from __future__ import annotations

import asyncio

import pytest

from gateway.crelate.memory import Memory
from resolvers.errors import Rejected, UpstreamRateLimited
from tests.gateway.crelate.conftest import FakeTime


class Maker:
    """Makes a number that grows; fails as often as it is told to.

    Attributes:
        made: How often it was asked.
        failures: Errors to raise first.
    """

    def __init__(self, *failures: Exception) -> None:
        self.made = 0
        self.failures = list(failures)

    async def __call__(self) -> int:
        """The next number."""
        await asyncio.sleep(0)
        self.made += 1
        if self.failures:
            raise self.failures.pop(0)
        return self.made


@pytest.fixture
def time() -> FakeTime:
    """Stands still."""
    return FakeTime()


@pytest.fixture
def memory(time: FakeTime) -> Memory[int]:
    """Keeps values for ten seconds."""
    return Memory(time.clock, lambda _: 10)


async def test_a_value_is_made_once_for_everybody(memory: Memory[int]) -> None:
    """However many ask at once, and while it is kept."""
    make = Maker()
    assert await asyncio.gather(*(memory.get("a", make) for _ in range(5))) == [1] * 5
    assert await memory.get("a", make) == 1
    assert await memory.get("b", make) == 2


async def test_a_value_is_made_again_when_its_time_is_over(memory: Memory[int], time: FakeTime) -> None:
    """To the second."""
    make = Maker()
    await memory.get("a", make)
    time.seconds = 10
    assert await memory.get("a", make) == 2


async def test_a_failure_is_not_kept(memory: Memory[int]) -> None:
    """The next one who asks tries again."""
    make = Maker(Rejected())
    with pytest.raises(Rejected):
        await memory.get("a", make)
    assert await memory.get("a", make) == 2


async def test_whoever_gives_up_does_not_take_the_value_from_the_others(memory: Memory[int]) -> None:
    """Cancelling one request leaves the others their answer."""
    make = Maker()
    first = asyncio.create_task(memory.get("a", make))
    second = asyncio.create_task(memory.get("a", make))
    await asyncio.sleep(0)
    first.cancel()
    assert await second == 1
    assert first.cancelled()


async def test_a_request_out_of_time_does_not_fail_the_others(memory: Memory[int]) -> None:
    """Who joined a value that could not be made in time tries once more on its own time."""
    make = Maker(UpstreamRateLimited())
    outcomes = await asyncio.gather(memory.get("a", make), memory.get("a", make), return_exceptions=True)
    assert isinstance(outcomes[0], UpstreamRateLimited)
    assert outcomes[1] == 2


async def test_a_value_that_was_learnt_otherwise_is_held(memory: Memory[int]) -> None:
    """In place of the one there was."""
    make = Maker()
    await memory.get("a", make)
    memory.put("a", 7)
    assert await memory.get("a", make) == 7
