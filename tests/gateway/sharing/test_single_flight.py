"""Single-flight: requests that share one batch."""

import asyncio
from collections.abc import Awaitable

import pytest

from gateway.sharing.single_flight import SingleFlight
from resolvers.errors import AtsError, UpstreamUnavailable


class Upstream:
    """Answers questions when it is told to, and remembers them."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, list[str]]] = []
        self.open = asyncio.Event()
        self.failure: Exception | None = None

    async def ask(self, name: str, question: str, keys: list[str]) -> dict[str, str | AtsError]:
        """Each key in capitals, except `none`, which has no answer."""
        self.asked.append((name + question, keys))
        await self.open.wait()
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


async def test_requests_of_one_turn_of_the_loop_share_a_batch() -> None:
    """Distinct keys, each once; a key without an answer is null."""
    upstream = Upstream()
    upstream.open.set()
    flight = SingleFlight(upstream.ask)
    answers = await asyncio.gather(flight.request("p", "q", ["a", "b"]), flight.request("late", "q", ["b", "none"]))
    assert list(answers) == [{"a": "A", "b": "B"}, {"b": "B", "none": None}]
    assert upstream.asked == [("pq", ["a", "b", "none"])]


async def test_a_key_under_way_is_waited_for() -> None:
    """Later requests only ask for the rest; one that insists on a new answer gets it."""
    upstream = Upstream()
    flight = SingleFlight(upstream.ask)
    first = await _soon(flight.request("p", "q", ["a"]))
    later = await _soon(flight.request("p", "q", ["a", "b"]))
    strict = await _soon(flight.request("p", "q", ["a"], join=False))
    upstream.open.set()
    assert list(await asyncio.gather(first, later, strict)) == [{"a": "A"}, {"a": "A", "b": "B"}, {"a": "A"}]
    assert upstream.asked == [("pq", ["a"]), ("pq", ["b"]), ("pq", ["a"])]


async def test_a_request_that_is_cancelled_leaves_the_others_alone() -> None:
    """The answer arrives for those that still wait."""
    upstream = Upstream()
    flight = SingleFlight(upstream.ask)
    impatient = await _soon(flight.request("p", "q", ["a"]))
    patient = await _soon(flight.request("p", "q", ["a"]))
    impatient.cancel()
    upstream.open.set()
    assert await patient == {"a": "A"}


async def test_a_failed_batch_fails_each_of_its_keys_once() -> None:
    """The next question is asked anew."""
    upstream = Upstream()
    upstream.failure = UpstreamUnavailable()
    upstream.open.set()
    flight = SingleFlight(upstream.ask)
    assert await flight.request("p", "q", ["a", "b"]) == {"a": upstream.failure, "b": upstream.failure}
    upstream.failure = None
    assert await flight.request("p", "q", ["a"]) == {"a": "A"}


async def test_a_request_that_joined_a_batch_that_ran_out_of_time_opens_another() -> None:
    """The one that opened it gets the error; the other one, which has time, gets an answer."""
    upstream = Upstream()
    flight = SingleFlight(upstream.ask)
    hasty = await _soon(flight.request("hasty", "q", ["a"]))
    patient = await _soon(flight.request("patient", "q", ["a"]))
    upstream.failure = UpstreamUnavailable()
    upstream.open.set()
    failed = await hasty
    assert failed == {"a": upstream.failure}
    upstream.failure = None
    assert await patient == {"a": "A"}
    assert [name for name, _ in upstream.asked] == ["hastyq", "patientq"]


async def test_that_holds_for_a_batch_joined_before_it_was_sent() -> None:
    """A request that insists on a new answer asks no third time."""
    upstream = Upstream()
    flight = SingleFlight(upstream.ask)
    hasty = asyncio.ensure_future(flight.request("hasty", "q", ["a"], join=False))
    patient = await _soon(flight.request("patient", "q", ["a", "b"], join=False))
    upstream.failure = UpstreamUnavailable()
    upstream.open.set()
    assert await hasty == {"a": upstream.failure}
    assert await patient == {"a": upstream.failure, "b": upstream.failure}
    assert upstream.asked == [("hastyq", ["a", "b"]), ("patientq", ["a", "b"])]


async def test_several_requests_are_answered_by_an_upstream_that_has_read_nothing_yet() -> None:
    """What one of them has read may be older than another; one alone is answered by its own."""
    upstream = Upstream()
    upstream.open.set()
    flight = SingleFlight(upstream.ask, lambda names: f"new-{'+'.join(names)}")
    await flight.request("alone", "q", ["a"])
    await asyncio.gather(*(flight.request(name, "q", ["a"]) for name in ("first", "second", "third")))
    assert [name for name, _ in upstream.asked] == ["aloneq", "new-first+second+thirdq"]


async def test_what_one_request_gives_up_another_asks_anew() -> None:
    """A wait below that somebody else ended is no reason to leave those who joined without an answer."""
    upstream = Upstream()
    flight = SingleFlight(upstream.ask)
    left = asyncio.ensure_future(flight.request("left", "q", ["a"], join=False))
    stays = await _soon(flight.request("stays", "q", ["a", "b"], join=False))
    upstream.failure = asyncio.CancelledError()  # type: ignore[assignment]  # no `Exception`, but raised like one
    upstream.open.set()
    assert isinstance((await left)["a"], UpstreamUnavailable)
    upstream.failure = None
    assert await stays == {"a": "A", "b": "B"}


async def test_a_fault_of_ours_reaches_every_request_that_waits() -> None:
    """An unexpected error is not swallowed."""
    upstream = Upstream()
    upstream.failure = ZeroDivisionError()
    upstream.open.set()
    flight = SingleFlight(upstream.ask)
    with pytest.raises(ZeroDivisionError):
        await flight.request("p", "q", ["a"])


@pytest.mark.parametrize("turns", [1, 3])
async def test_closing_stops_what_is_under_way(turns: int) -> None:
    """No request is left waiting, whether its question has gone out or not."""
    flight = SingleFlight(Upstream().ask)
    waiting = asyncio.ensure_future(flight.request("p", "q", ["a"]))
    for _ in range(turns):
        await asyncio.sleep(0)
    await flight.close()
    with pytest.raises(asyncio.CancelledError):
        await waiting
