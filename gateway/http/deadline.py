"""Whether anybody still waits for an operation: the moment it has to be answered by, and a client that hangs up.

Whoever waits for something slow below a resolver turns what comes too late into a coded error, so that the rest is
still answered.
"""

from __future__ import annotations

import asyncio
from contextvars import ContextVar
from types import TracebackType
from typing import Self

from starlette.types import Receive

from gateway.http.errors import refused_by
from gateway.http.limits import Limits
from resolvers.errors import UpstreamUnavailable

LATE = "The operation did not finish in time."

QUICK_SECONDS = 0.05
"""For so long nobody looks whether the client is still there."""

_deadline: ContextVar[float | None] = ContextVar("deadline", default=None)


current_deadline = _deadline.get
"""When the running operation has to be answered, on the running loop's clock; null outside an operation."""


def seconds_left() -> float | None:
    """Seconds until the running operation has to be answered; null outside an operation."""
    deadline = _deadline.get()
    return None if deadline is None else max(deadline - asyncio.get_running_loop().time(), 0.0)


class ClientGoneError(Exception):
    """The client hung up: nobody waits for an answer."""


class Patience:
    """A context whose work is cancelled when its time is over, or when the client hangs up.

    Clock and client are watched once the work has taken a moment, so work that is quick costs no task, and work that
    waits for nothing no timer either.

    Args:
        until: When the time is over, on the running loop's clock; null for any time.
        receive: Where the client is heard, after its request has been read; null where somebody else listens.
        deadline: When the work should be over, where it is an operation.

    Attributes:
        until: The same; it may be moved to a later time meanwhile.
        over: Whether the work was cancelled because its time was over.

    Raises:
        ClientGoneError: the client hung up.
        RequestError: the time of an operation is over.
        TimeoutError: any other time is over.
    """

    def __init__(self, until: float | None, receive: Receive | None = None, deadline: float | None = None) -> None:
        self.until = until
        self._receive = receive
        self._deadline = deadline
        self._listening: asyncio.Task[None] | None = None
        self.over = self._gone = False

    def __enter__(self) -> Self:
        self._loop = loop = asyncio.get_running_loop()
        self._work = asyncio.current_task(loop)
        self._cancelling = self._work.cancelling() if self._work else 0
        self._timer: asyncio.Handle = loop.call_soon(self._wait)
        self._before = None if self._deadline is None else _deadline.set(self._deadline)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        if self._before:
            _deadline.reset(self._before)
        if self._listening:
            self._listening.cancel()
            self._listening = None  # what it ends with refers back to this
        cancelled = (self.over or self._gone) and self._work and self._work.uncancel() <= self._cancelling
        if cancelled and kind is asyncio.CancelledError:
            raise self._end() from None

    def _end(self) -> Exception:
        """What the work that was cancelled ends with."""
        if self._gone:
            return ClientGoneError()
        return TimeoutError() if self._deadline is None else refused_by(UpstreamUnavailable(LATE))

    def _wait(self) -> None:
        """The work has waited for something; let a moment pass."""
        moment = self._loop.time() + QUICK_SECONDS
        self._timer = self._loop.call_at(moment if self.until is None else min(moment, self.until), self._watch)

    def _watch(self) -> None:
        """Listen to the client, look whether the time is over, and again when it is."""
        if self._receive and not self._listening:
            self._listening = self._loop.create_task(self._listen(self._receive))
        if self.until is None:
            return
        if self._loop.time() < self.until:
            self._timer = self._loop.call_at(self.until, self._watch)
        elif self._work and not self._gone:
            self.over = self._work.cancel()

    async def _listen(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        if self._work and not self.over:
            self._gone = self._work.cancel()


def attended(limits: Limits, receive: Receive | None = None) -> Patience:
    """The patience with one operation, which knows its deadline and is given up some seconds after it.

    Args:
        limits: How long it may take.
        receive: As for `Patience`.
    """
    deadline = asyncio.get_running_loop().time() + limits.operation_seconds
    return Patience(deadline + limits.grace_seconds, receive, deadline)
