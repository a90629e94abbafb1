"""Questions that several ask at once, asked once."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Hashable, Iterable, Mapping
from typing import Generic, TypeVar

from resolvers.errors import AtsError, TryAgain

Question = TypeVar("Question", bound=Hashable)
Pilot = TypeVar("Pilot")
T = TypeVar("T")


class Flights(Generic[Pilot, Question, T]):
    """Joins the keys that concurrent requests want of one kind into one question.

    Keys wanted in the same turn of the event loop fly together; a key that is already under way is waited for.

    Args:
        ask: Answers a question about distinct keys; an absent key has no answer. The pilot is whoever boarded first:
            what answers that request answers for all.
    """

    def __init__(self, ask: Callable[[Pilot, Question, list[str]], Awaitable[Mapping[str, T | AtsError]]]) -> None:
        self._ask = ask
        self._boarding: defaultdict[Question, list[str]] = defaultdict(list)
        self._under_way: dict[tuple[Question, str], asyncio.Future[T | AtsError | None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def board(
        self, pilot: Pilot, question: Question, keys: Iterable[str], *, join: bool = True
    ) -> dict[str, T | AtsError | None]:
        """The answer for each key; a failed flight is an error for each of its keys.

        A flight may fail only because whoever began it had no time left: those who joined it then begin their own.

        Args:
            pilot: Who answers, if nobody does yet.
            question: What is asked about the keys.
            keys: Distinct keys.
            join: Whether an answer that others are already waiting for is good enough.
        """
        begun = question not in self._boarding
        waiting = {key: self._seat(pilot, question, key, join=join) for key in keys}
        own = set(self._boarding.get(question, ())) if begun else set()
        arrived = await asyncio.gather(*(asyncio.shield(future) for future in waiting.values()))
        answers = dict(zip(waiting, arrived, strict=True))
        stranded = [key for key, answer in answers.items() if isinstance(answer, TryAgain) and key not in own]
        if stranded and join:
            answers |= await self.board(pilot, question, stranded, join=False)
        return answers

    async def close(self) -> None:
        """Stop what is under way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _seat(self, pilot: Pilot, question: Question, key: str, *, join: bool) -> "asyncio.Future[T | AtsError | None]":
        boarding = key in self._boarding.get(question, ())
        if (join or boarding) and (question, key) in self._under_way:
            return self._under_way[question, key]
        if question not in self._boarding:
            task = asyncio.create_task(self._fly(pilot, question))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        self._boarding[question].append(key)
        future: asyncio.Future[T | AtsError | None] = asyncio.get_running_loop().create_future()
        self._under_way[question, key] = future
        return future

    async def _fly(self, pilot: Pilot, question: Question) -> None:
        await asyncio.sleep(0)  # whoever asks in this turn of the loop comes along
        keys = self._boarding.pop(question)
        seats = {key: self._under_way[question, key] for key in keys}
        try:
            found = await self._ask(pilot, question, keys)
        except AtsError as error:
            found = dict.fromkeys(keys, error)
        except BaseException as error:
            _fail(seats.values(), error)
            raise
        finally:
            for key, future in seats.items():
                if self._under_way.get((question, key)) is future:
                    del self._under_way[question, key]
        for key, future in seats.items():
            future.set_result(found.get(key))


def _fail(seats: Iterable["asyncio.Future[T]"], error: BaseException) -> None:
    """Pass an error on to whoever still waits; nobody has to."""
    for future in seats:
        if isinstance(error, asyncio.CancelledError):
            future.cancel()
        else:
            future.set_exception(error)
            future.exception()
