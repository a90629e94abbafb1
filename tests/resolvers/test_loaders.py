"""Loaders: what one waiter or one key suffers, the others do not."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress

import pytest

from resolvers.answers import Answers, Question
from resolvers.errors import AtsError, UpstreamRateLimited, UpstreamUnavailable
from schema.record import Tracked
from schema.user import User
from tests.resolvers.conftest import Ask
from tests.resolvers.memory_source import MemorySource

USERS = Question("User")


class GatedSource(MemorySource):
    """Answers only once its gate is opened, and keeps the keys it was asked for."""

    def __init__(self) -> None:
        super().__init__({"User": [User(key=f"u{n}", remote_id=f"u{n}") for n in range(3)]})
        self.gate = asyncio.Event()
        self.reached = asyncio.Event()
        self.asked: list[Sequence[str]] = []

    async def by_ids(self, model: str, keys: Sequence[str]) -> Mapping[str, Tracked | AtsError]:
        """Wait for the gate, then answer."""
        self.asked.append(keys)
        self.reached.set()
        await self.gate.wait()
        return await super().by_ids(model, keys)


@pytest.fixture
def gated() -> GatedSource:
    """A source whose answers the test lets through."""
    return GatedSource()


async def test_answers_come_in_order_with_null_for_what_is_missing(source: MemorySource) -> None:
    """Each key gets its own record, whatever the order and whatever is missing."""
    loader = Answers(source).loader(USERS)
    found = await asyncio.gather(*(loader.load(key) for key in ("u1", "gone", "u0", "u1")))
    assert [record and record.key for record in found] == ["u1", None, "u0", "u1"]
    assert source.questions == {"User by id": 1}


async def test_a_cancelled_waiter_leaves_the_others_their_answer(gated: GatedSource) -> None:
    """One waiter that gives up does not cancel the batch, nor poison the key for later."""
    loader = Answers(gated).loader(USERS)
    impatient, patient = (asyncio.ensure_future(loader.load("u0")) for _ in range(2))
    await asyncio.sleep(0)
    impatient.cancel()
    gated.gate.set()
    with suppress(asyncio.CancelledError):
        await impatient
    record = await patient
    assert record is not None
    assert await loader.load("u0") is record
    assert gated.asked == [["u0"]]


async def test_a_stopped_operation_stops_its_batches(gated: GatedSource) -> None:
    """Whoever still waits gets a coded error instead of waiting for ever."""
    answers = Answers(gated)
    waiting = asyncio.ensure_future(answers.loader(USERS).load("u0"))
    await gated.reached.wait()
    answers.stop()
    with pytest.raises(UpstreamUnavailable):
        await waiting


async def test_a_stopped_operation_asks_nothing_more(gated: GatedSource) -> None:
    """What was still being collected fails without a question."""
    answers = Answers(gated)
    waiting = answers.ask(USERS, ["u0"])
    answers.stop()
    await asyncio.wait(waiting)
    await asyncio.sleep(0.01)
    assert isinstance(answers.known[USERS]["u0"], UpstreamUnavailable)
    assert gated.asked == []


async def test_an_operation_is_stopped_after_its_waiting_was(gated: GatedSource) -> None:
    """The client has hung up before the question went out: nothing else goes wrong then."""
    answers = Answers(gated)
    (waiting,) = answers.ask(USERS, ["u0"])
    waiting.cancel()
    answers.stop()
    assert gated.asked == []


async def test_a_late_batch_fails_at_the_deadline(gated: GatedSource) -> None:
    """A deadline in the past is an error at each key."""
    loader = Answers(gated, deadline=asyncio.get_running_loop().time()).loader(USERS)
    answers = await asyncio.gather(loader.load("u0"), loader.load("u1"), return_exceptions=True)
    assert [type(answer) for answer in answers] == [UpstreamUnavailable] * 2


async def test_each_key_of_a_failed_batch_has_an_error_of_its_own(source: MemorySource) -> None:
    """Errors carry a path each, so no two waiters share one."""
    source.failures["User"] = UpstreamRateLimited(retry_after=7)
    loader = Answers(source).loader(USERS)
    answers = await asyncio.gather(loader.load("u0"), loader.load("u1"), return_exceptions=True)
    assert answers[0] is not answers[1]
    assert [answer.retry_after for answer in answers if isinstance(answer, UpstreamRateLimited)] == [7, 7]


async def test_a_failing_non_null_field_beside_a_shared_key_spoils_only_its_branch(
    ask: Ask, source: MemorySource
) -> None:
    """A branch that fails while a sibling waits for the same key leaves the sibling complete."""
    source.failures["Application", "j0"] = UpstreamUnavailable()
    result = await ask(
        """{ a: job(id: "remote:j0") { applications { totalCount } name }
             b: job(id: "remote:j0") { name hiringTeam { user { firstName } } } }"""
    )
    assert result.data == {
        "a": {"applications": None, "name": "Job 0"},
        "b": {"name": "Job 0", "hiringTeam": [{"user": {"firstName": "User 0"}}]},
    }
    assert [error.path for error in result.errors or ()] == [["a", "applications"]]
    assert source.questions["Job by id"] == 1
