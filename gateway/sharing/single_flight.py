"""Single-flight for upstream reads: concurrent requests share one batch per question.

The pattern of Go's `singleflight`, for many keys at a time: a key that is already being asked about is waited for, not
asked again.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from resolvers.errors import AtsError, TryAgain

Question = TypeVar("Question", bound=Hashable)
Upstream = TypeVar("Upstream")
T = TypeVar("T")


@dataclass(slots=True)
class _Batch(Generic[T]):
    """One call upstream that several requests may wait for.

    Attributes:
        keys: What it asks about; keys are added until it is sent.
        answers: The answers by key, once they are there.
    """

    keys: list[str] = field(default_factory=list)
    answers: "asyncio.Future[Mapping[str, T | AtsError]]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class SingleFlight(Generic[Upstream, Question, T]):
    """Joins the keys that concurrent requests want of one question into one batch.

    Keys wanted in the same turn of the event loop share a batch; a key that is already under way is waited for.

    Args:
        ask: Answers a question about distinct keys; an absent key has no answer. The upstream of the request that
            opened the batch answers for all.
    """

    def __init__(self, ask: Callable[[Upstream, Question, list[str]], Awaitable[Mapping[str, T | AtsError]]]) -> None:
        self._ask = ask
        self._open: dict[Question, _Batch[T]] = {}
        self._under_way: defaultdict[Question, dict[str, _Batch[T]]] = defaultdict(dict)
        self._tasks: set[asyncio.Task[None]] = set()

    async def request(
        self, upstream: Upstream, question: Question, keys: Collection[str], *, join: bool = True
    ) -> dict[str, T | AtsError | None]:
        """The answer for each key; a failed batch is an error for each of its keys.

        A batch may fail only because the request that opened it had no time left: requests that joined it then open
        one of their own.

        Args:
            upstream: Answers, if no batch is under way yet.
            question: What is asked about the keys.
            keys: Distinct keys.
            join: Whether an answer that others are already waiting for is good enough.
        """
        if not keys:
            return {}
        if question in self._open or self._under_way[question]:
            return await self._joined(upstream, question, keys, join=join)
        found = await asyncio.shield(self._opened(upstream, question, list(keys)).answers)
        return {key: found.get(key) for key in keys}

    async def _joined(
        self, upstream: Upstream, question: Question, keys: Collection[str], *, join: bool
    ) -> dict[str, T | AtsError | None]:
        """The same where others are asking already."""
        opened = question not in self._open
        slots = {key: self._slot(upstream, question, key, join=join) for key in keys}
        own = self._open.get(question) if opened else None
        batches = {id(batch): batch for batch in slots.values()}
        waiting = [asyncio.shield(batch.answers) for batch in batches.values()]
        answered = [await waiting[0]] if len(waiting) == 1 else await asyncio.gather(*waiting)
        by_batch = dict(zip(batches, answered, strict=True))
        answers = {key: by_batch[id(batch)].get(key) for key, batch in slots.items()}
        failed = [key for key, answer in answers.items() if isinstance(answer, TryAgain) and slots[key] is not own]
        if failed and join:
            answers |= await self.request(upstream, question, failed, join=False)
        return answers

    async def close(self) -> None:
        """Stop what is under way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _slot(self, upstream: Upstream, question: Question, key: str, *, join: bool) -> _Batch[T]:
        """The batch that answers this key: one under way, the open one, or a new one."""
        batch = self._open.get(question)
        under_way = self._under_way[question].get(key)
        if under_way is not None and (join or under_way is batch):
            return under_way
        if batch is None:
            return self._opened(upstream, question, [key])
        batch.keys.append(key)
        self._under_way[question][key] = batch
        return batch

    def _opened(self, upstream: Upstream, question: Question, keys: list[str]) -> _Batch[T]:
        """A new batch about these keys."""
        batch = self._open[question] = _Batch(keys)
        self._under_way[question].update(dict.fromkeys(keys, batch))
        task = asyncio.create_task(self._send(upstream, question, batch))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return batch

    async def _send(self, upstream: Upstream, question: Question, batch: _Batch[T]) -> None:
        try:
            await asyncio.sleep(0)  # requests of this turn of the loop still join
            self._close_batch(question, batch)
            found = await self._ask(upstream, question, batch.keys)
        except AtsError as error:
            found = dict.fromkeys(batch.keys, error)
        except BaseException as error:
            _fail(batch.answers, error)
            raise
        finally:
            self._close_batch(question, batch)
            self._forget(question, batch)
        batch.answers.set_result(found)

    def _forget(self, question: Question, batch: _Batch[T]) -> None:
        """Let nobody wait for a batch that has been answered."""
        under_way = self._under_way[question]
        if all(other is batch for other in under_way.values()):
            del self._under_way[question]
        else:
            self._under_way[question] = {key: other for key, other in under_way.items() if other is not batch}

    def _close_batch(self, question: Question, batch: _Batch[T]) -> None:
        """Let no more keys join."""
        if self._open.get(question) is batch:
            del self._open[question]


def _fail(answers: "asyncio.Future[T]", error: BaseException) -> None:
    """Pass an error on to all that still wait; it counts as retrieved when none does."""
    if isinstance(error, asyncio.CancelledError):
        answers.cancel()
    else:
        answers.set_exception(error)
        answers.exception()
