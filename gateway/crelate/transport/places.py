"""The few calls that are under way at a time, and how long each may take."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Protocol

import httpx

LONG_SECONDS = 5.0
"""A call that takes longer no longer counts among those under way."""


class Timer(Protocol):
    """Something that will happen."""

    def cancel(self) -> None:
        """Let it not happen."""


CallLater = Callable[[float, Callable[[], None]], Timer]
"""Calls a function after so many seconds."""


class Places:
    """How many calls are under way at a time.

    A place that becomes free goes to the kind of call that has the fewest under way, so that many of one kind, or
    hanging ones, do not keep the others from being sent. Calls of one kind go in the order they came.

    Args:
        number: How many at a time; as many again where that many take long.
    """

    def __init__(self, number: int) -> None:
        self._free = number
        self._spare = number
        self._under_way: Counter[str] = Counter()
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}

    async def take(self, kind: str) -> None:
        """Wait for a place."""
        if self._free:
            self._free -= 1
            self._under_way[kind] += 1
            return
        turn = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(kind, deque()).append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.leave(kind)
            raise

    def lend(self) -> bool:
        """Let another call have the place of one that takes long; whether so few take long that it may."""
        if not self._spare:
            return False
        self._spare -= 1
        self._pass_on()
        return True

    def leave(self, kind: str, *, lent: bool = False) -> None:
        """A call is over."""
        self._under_way[kind] -= 1
        if not self._under_way[kind]:
            del self._under_way[kind]
        if lent:
            self._spare += 1
        elif self._waiting:
            self._pass_on()
        else:
            self._free += 1

    def _pass_on(self) -> None:
        while self._waiting:
            kind = min(self._waiting, key=self._under_way.__getitem__)
            turn = self._waiting[kind].popleft()
            if not self._waiting[kind]:
                del self._waiting[kind]
            if not turn.done():
                self._under_way[kind] += 1
                turn.set_result(None)
                return
        self._free += 1


@dataclass(slots=True)
class Attempt:
    """One call under way, as an async context that waits for a place and ends work that takes too long.

    The context's value is the seconds it may take.

    Attributes:
        places: Where it has one of.
        kind: Of the call.
        call_later: Where time comes from.
        seconds: How long the work may take, asked for when it begins.

    Raises:
        httpx.ReadTimeout: it took longer.
    """

    places: Places
    kind: str
    call_later: CallLater
    seconds: Callable[[], float]
    _late: bool = False
    _lent: bool = False
    _rest: float = 0.0
    _timer: Timer = field(init=False)
    _task: asyncio.Task[Any] | None = field(init=False)
    _cancelling: int = 0

    async def __aenter__(self) -> float:
        await self.places.take(self.kind)
        self._task = asyncio.current_task()
        self._cancelling = self._task.cancelling() if self._task else 0
        seconds = self.seconds()
        self._rest = seconds - LONG_SECONDS
        self._timer = self.call_later(min(seconds, LONG_SECONDS), self._long if self._rest > 0 else self._end)
        return seconds

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        self.places.leave(self.kind, lent=self._lent)
        ended = self._late and self._task and self._task.uncancel() <= self._cancelling
        if ended and kind is asyncio.CancelledError:
            raise httpx.ReadTimeout("No answer came in time.") from None

    def _long(self) -> None:
        self._lent = self.places.lend()
        self._timer = self.call_later(self._rest, self._end)

    def _end(self) -> None:
        self._late = self._task is not None and self._task.cancel()
