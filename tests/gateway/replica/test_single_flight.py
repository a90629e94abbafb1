"""Questions that several ask at once."""

import asyncio
from collections.abc import Awaitable

import pytest

from gateway.replica.single_flight import Flights
from resolvers.errors import AtsError, UpstreamUnavailable


class Tower:
    """Answers questions when it is told to, and remembers them."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, list[str]]] = []
        self.clear = asyncio.Event()
        self.failure: Exception | None = None

    async def ask(self, pilot: str, question: str, keys: list[str]) -> dict[str, str | AtsError]:
        """Each key in capitals, except `none`, which has no answer."""
        self.asked.append((pilot + question, keys))
        await self.clear.wait()
        if self.failure:
            raise self.failure
        return {key: key.upper() for key in keys if key != "none"}


async def _soon(
    awaitable: Awaitable[dict[str, str | AtsError | None]],
) -> "asyncio.Task[dict[str, str | AtsError | None]]":
    task = asyncio.ensure_future(awaitable)
    for _ in range(3):
        await asyncio.sleep(0)
    assert isinstance(task, asyncio.Task)
    return task


async def test_those_who_ask_at_once_are_answered_by_one_question() -> None:
    """Distinct keys, each once; a key without an answer is null."""
    tower = Tower()
    tower.clear.set()
    flights = Flights(tower.ask)
    answers = await asyncio.gather(flights.board("p", "q", ["a", "b"]), flights.board("late", "q", ["b", "none"]))
    assert list(answers) == [{"a": "A", "b": "B"}, {"b": "B", "none": None}]
    assert tower.asked == [("pq", ["a", "b", "none"])]


async def test_a_key_under_way_is_waited_for() -> None:
    """Later askers only ask for the rest; who insists on a new answer gets one."""
    tower = Tower()
    flights = Flights(tower.ask)
    first = await _soon(flights.board("p", "q", ["a"]))
    later = await _soon(flights.board("p", "q", ["a", "b"]))
    strict = await _soon(flights.board("p", "q", ["a"], join=False))
    tower.clear.set()
    assert list(await asyncio.gather(first, later, strict)) == [{"a": "A"}, {"a": "A", "b": "B"}, {"a": "A"}]
    assert tower.asked == [("pq", ["a"]), ("pq", ["b"]), ("pq", ["a"])]


async def test_whoever_gives_up_leaves_the_others_alone() -> None:
    """The answer arrives for those who still wait."""
    tower = Tower()
    flights = Flights(tower.ask)
    impatient = await _soon(flights.board("p", "q", ["a"]))
    patient = await _soon(flights.board("p", "q", ["a"]))
    impatient.cancel()
    tower.clear.set()
    assert await patient == {"a": "A"}


async def test_a_failed_flight_fails_each_of_its_keys_once() -> None:
    """The next question is asked anew."""
    tower = Tower()
    tower.failure = UpstreamUnavailable()
    tower.clear.set()
    flights = Flights(tower.ask)
    assert await flights.board("p", "q", ["a", "b"]) == {"a": tower.failure, "b": tower.failure}
    tower.failure = None
    assert await flights.board("p", "q", ["a"]) == {"a": "A"}


async def test_whoever_joined_a_flight_that_ran_out_of_time_begins_another() -> None:
    """The one who began it gets the error; the other one, who has time, gets an answer."""
    tower = Tower()
    flights = Flights(tower.ask)
    hasty = await _soon(flights.board("hasty", "q", ["a"]))
    patient = await _soon(flights.board("patient", "q", ["a"]))
    tower.failure = UpstreamUnavailable()
    tower.clear.set()
    failed = await hasty
    assert failed == {"a": tower.failure}
    tower.failure = None
    assert await patient == {"a": "A"}
    assert [pilot for pilot, _ in tower.asked] == ["hastyq", "patientq"]


async def test_a_fault_of_ours_reaches_everyone_who_waits() -> None:
    """An unexpected error is not swallowed."""
    tower = Tower()
    tower.failure = ZeroDivisionError()
    tower.clear.set()
    flights = Flights(tower.ask)
    with pytest.raises(ZeroDivisionError):
        await flights.board("p", "q", ["a"])


async def test_closing_stops_what_is_under_way() -> None:
    """Nobody is left waiting."""
    flights = Flights(Tower().ask)
    waiting = await _soon(flights.board("p", "q", ["a"]))
    await flights.close()
    with pytest.raises(asyncio.CancelledError):
        await waiting
