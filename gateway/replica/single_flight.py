"""Questions that several ask at once, asked once."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from resolvers.errors import AtsError, TryAgain

Question = TypeVar("Question", bound=Hashable)
Pilot = TypeVar("Pilot")
T = TypeVar("T")


@dataclass(slots=True)
class _Flight(Generic[T]):
    """One question that several wait for.

    Attributes:
        keys: What it asks about; more come along until it takes off.
        landed: Its answers by key, once they are there.
    """

    keys: list[str] = field(default_factory=list)
    landed: "asyncio.Future[Mapping[str, T | AtsError]]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class Flights(Generic[Pilot, Question, T]):
    """Joins the keys that concurrent requests want of one kind into one question.

    Keys wanted in the same turn of the event loop fly together; a key that is already under way is waited for.

    Args:
        ask: Answers a question about distinct keys; an absent key has no answer. The pilot is whoever boarded first:
            what answers that request answers for all.
    """

    def __init__(self, ask: Callable[[Pilot, Question, list[str]], Awaitable[Mapping[str, T | AtsError]]]) -> None:
        self._ask = ask
        self._boarding: dict[Question, _Flight[T]] = {}
        self._under_way: dict[tuple[Question, str], _Flight[T]] = {}
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
        seats = {key: self._seat(pilot, question, key, join=join) for key in keys}
        own = self._boarding.get(question) if begun else None
        flights = {id(flight): flight for flight in seats.values()}
        landed = await asyncio.gather(*(asyncio.shield(flight.landed) for flight in flights.values()))
        brought = dict(zip(flights, landed, strict=True))
        answers = {key: brought[id(flight)].get(key) for key, flight in seats.items()}
        stranded = [key for key, got in answers.items() if isinstance(got, TryAgain) and seats[key] is not own]
        if stranded and join:
            answers |= await self.board(pilot, question, stranded, join=False)
        return answers

    async def close(self) -> None:
        """Stop what is under way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _seat(self, pilot: Pilot, question: Question, key: str, *, join: bool) -> _Flight[T]:
        boarding = self._boarding.get(question)
        known = self._under_way.get((question, key))
        if known is not None and (join or known is boarding):
            return known
        if boarding is None:
            boarding = self._boarding[question] = _Flight()
            task = asyncio.create_task(self._fly(pilot, question, boarding))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        boarding.keys.append(key)
        self._under_way[question, key] = boarding
        return boarding

    async def _fly(self, pilot: Pilot, question: Question, flight: _Flight[T]) -> None:
        try:
            await asyncio.sleep(0)  # whoever asks in this turn of the loop comes along
            self._close_doors(question, flight)
            found = await self._ask(pilot, question, flight.keys)
        except AtsError as error:
            found = dict.fromkeys(flight.keys, error)
        except BaseException as error:
            _fail(flight.landed, error)
            raise
        finally:
            self._close_doors(question, flight)
            for key in flight.keys:
                if self._under_way.get((question, key)) is flight:
                    del self._under_way[question, key]
        flight.landed.set_result(found)

    def _close_doors(self, question: Question, flight: _Flight[T]) -> None:
        if self._boarding.get(question) is flight:
            del self._boarding[question]


def _fail(landed: "asyncio.Future[T]", error: BaseException) -> None:
    """Pass an error on to whoever still waits; nobody has to."""
    if isinstance(error, asyncio.CancelledError):
        landed.cancel()
    else:
        landed.set_exception(error)
        landed.exception()
