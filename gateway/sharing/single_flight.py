"""Single-flight for upstream reads: concurrent requests share one batch per question.

The pattern of Go's `singleflight`, for many keys at a time: a key that is already being asked about is waited for, not
asked again.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from resolvers.errors import AtsError, TryAgain, UpstreamUnavailable

Question = TypeVar("Question", bound=Hashable)
Upstream = TypeVar("Upstream")
T = TypeVar("T")

GIVEN_UP = "The request that was asking the ATS was given up."


@dataclass(slots=True, eq=False)
class _Batch(Generic[T]):
    """One call upstream that several requests may wait for.

    Attributes:
        keys: What it asks about, in order; keys are added until it is sent.
        upstreams: Of the requests that wait for it, the one that opened it first.
        waiting: Get the answers by key, once they are there: one for each request that wants some.
    """

    keys: dict[str, None] = field(default_factory=dict)
    upstreams: list[Any] = field(default_factory=list)
    waiting: "list[asyncio.Future[Mapping[str, T | AtsError]]]" = field(default_factory=list)


class SingleFlight(Generic[Upstream, Question, T]):
    """Joins the keys that concurrent requests want of one question into one batch.

    Keys wanted in the same turn of the event loop or the next share a batch; a key that is under way is waited for.

    Args:
        ask: Answers a question about distinct keys; an absent key has no answer. The upstream of the request that
            opened the batch answers, where it is for that one alone.
        anew: Makes of the upstreams of several requests one that answers for all: it has read nothing before.
    """

    def __init__(
        self,
        ask: Callable[[Upstream, Question, list[str]], Awaitable[Mapping[str, T | AtsError]]],
        anew: Callable[[Sequence[Upstream]], Upstream] = lambda upstreams: upstreams[0],
    ) -> None:
        self._ask = ask
        self._anew = anew
        self._open: dict[Question, _Batch[T]] = {}
        self._under_way: defaultdict[Question, list[_Batch[T]]] = defaultdict(list)
        self._tasks: set[asyncio.Task[None]] = set()

    async def request(
        self, upstream: Upstream, question: Question, keys: Collection[str], *, join: bool = True
    ) -> dict[str, T | AtsError | None]:
        """The answer for each key; a failed batch is an error for each of its keys.

        A batch may fail only because the request that opened it had no time left: requests that joined it then ask
        once more.

        Args:
            upstream: Answers, if no batch is under way yet.
            question: What is asked about the keys.
            keys: Distinct keys.
            join: Whether an answer that others are already waiting for is good enough.
        """
        answers, joined = await self._together(upstream, question, keys, join=join)
        if failed := [key for key in joined if isinstance(answers[key], TryAgain)]:
            again, _ = await self._together(upstream, question, failed, join=False)
            answers |= again
        return answers

    @property
    def is_idle(self) -> bool:
        """Whether nobody asks anything."""
        return not self._under_way

    async def close(self) -> None:
        """Stop what is under way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for batch in self._open.values():  # not even begun
            _fail(batch.waiting, asyncio.CancelledError())
        self._open.clear()
        self._under_way.clear()

    async def _together(
        self, upstream: Upstream, question: Question, keys: Collection[str], *, join: bool
    ) -> tuple[dict[str, T | AtsError | None], Collection[str]]:
        """The answers, and the keys that another request had opened a batch for."""
        parts, missing = self._waited_for(question, keys) if join else ([], keys)
        own = self._opened(question) if missing and question not in self._open else None
        if missing:
            batch = self._open[question]
            batch.keys.update(dict.fromkeys(missing))
            parts.append((batch, missing))
        loop = asyncio.get_running_loop()
        waits = [(batch, asked, loop.create_future()) for batch, asked in parts]
        for batch, _, answered in waits:
            batch.waiting.append(answered)
            batch.upstreams.append(upstream)
        answers: dict[str, T | AtsError | None] = {}
        joined: list[str] = []
        for batch, asked, answered in waits:
            found = await answered
            answers.update(zip(asked, map(found.get, asked), strict=True))
            joined.extend(() if batch is own else asked)
        return answers, joined

    def _waited_for(
        self, question: Question, keys: Collection[str]
    ) -> tuple[list[tuple[_Batch[T], Collection[str]]], Collection[str]]:
        """The batches under way that are about some of these keys, each with those, and the keys that are left."""
        parts: list[tuple[_Batch[T], Collection[str]]] = []
        for batch in self._under_way.get(question, ()):
            if asked := [key for key in keys if key in batch.keys]:
                parts.append((batch, asked))
                keys = [key for key in keys if key not in batch.keys]
        return parts, keys

    def _opened(self, question: Question) -> _Batch[T]:
        """A new batch, about no keys yet."""
        batch: _Batch[T] = _Batch()
        self._open[question] = batch
        self._under_way[question].append(batch)
        task = asyncio.get_running_loop().create_task(self._send(question, batch))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return batch

    async def _send(self, question: Question, batch: _Batch[T]) -> None:
        try:
            await asyncio.sleep(0)  # a turn that costs microseconds brings more keys into a request that costs quota
            del self._open[question]
            upstream = batch.upstreams[0] if len(batch.upstreams) == 1 else self._anew(batch.upstreams)
            found = await self._ask(upstream, question, list(batch.keys))
        except AtsError as error:
            found = dict.fromkeys(batch.keys, error)
        except asyncio.CancelledError as error:
            if _is_being_cancelled():
                _fail(batch.waiting, error)
                raise
            found = dict.fromkeys(batch.keys, UpstreamUnavailable(GIVEN_UP))
        except BaseException as error:
            _fail(batch.waiting, error)
            raise
        finally:
            self._under_way[question].remove(batch)
            if not self._under_way[question]:
                del self._under_way[question]
        for waiting in batch.waiting:
            if not waiting.done():
                waiting.set_result(found)


def _is_being_cancelled() -> bool:
    """Whether the running task itself is, and not only what it waits for."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _fail(waiting: "Iterable[asyncio.Future[T]]", error: BaseException) -> None:
    """Pass an error on to all that still wait."""
    for answers in waiting:
        if isinstance(error, asyncio.CancelledError):
            answers.cancel()
        elif not answers.done():
            answers.set_exception(error)
            answers.exception()  # marks it as seen
