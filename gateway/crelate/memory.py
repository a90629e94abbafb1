"""What the requests of one account share: made once however many ask at the same time, and kept for a while."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Generic, TypeVar

from resolvers.errors import TryAgain

T = TypeVar("T")


class Memory(Generic[T]):
    """Values by name.

    A value that could not be made is not kept. A cancelled caller does not stop the value from being made for others.

    Args:
        clock: Seconds, from any zero.
        keep: For how many seconds a value is kept.
    """

    def __init__(self, clock: Callable[[], float], keep: Callable[[T], float]) -> None:
        self._clock = clock
        self._keep = keep
        self._held: dict[str, tuple[T, float]] = {}
        self._making: dict[str, asyncio.Task[T]] = {}

    async def get(self, name: str, make: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """The value under a name, made by `make` if it is not there.

        Raises:
            AtsError: it could not be made.
        """
        held = self.held(name)
        if held is not None:
            return held
        joined = self._making.get(name)
        if joined is None:
            return await self._make(name, make)
        try:
            return await asyncio.shield(joined)
        except TryAgain:  # perhaps only because the other request had no time left
            return await (self._making.get(name) or self._make(name, make))

    def held(self, name: str) -> T | None:
        """The value under a name; null if it is not there."""
        value, until = self._held.get(name, (None, -math.inf))
        return value if until > self._clock() else None

    def put(self, name: str, value: T, seconds: float | None = None) -> None:
        """Hold a value that was learnt otherwise, for so many seconds or as long as any other."""
        self._held[name] = (value, self._clock() + (self._keep(value) if seconds is None else seconds))

    def _make(self, name: str, make: Callable[[], Coroutine[Any, Any, T]]) -> Awaitable[T]:
        task = asyncio.create_task(self._fill(name, make))
        task.add_done_callback(lambda done: done.cancelled() or done.exception())  # all waiters may have been cancelled
        self._making[name] = task
        return asyncio.shield(task)

    async def _fill(self, name: str, make: Callable[[], Coroutine[Any, Any, T]]) -> T:
        try:
            value = await make()
            self.put(name, value)
            return value
        finally:
            del self._making[name]
