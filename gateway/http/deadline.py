"""Whether anybody still waits for an operation: the moment it has to be answered by, and a client that hangs up.

Whoever waits for something slow below a resolver turns what comes too late into a coded error, so that the rest is
still answered.
"""

from __future__ import annotations

import asyncio
from contextvars import ContextVar
from types import TracebackType

from starlette.types import Receive

from gateway.http.errors import refused_by
from gateway.http.limits import Limits
from gateway.http.request import ClientGoneError
from resolvers.errors import UpstreamUnavailable

LATE = "The operation did not finish in time."

_deadline: ContextVar[float | None] = ContextVar("deadline", default=None)


current_deadline = _deadline.get
"""When the running operation has to be answered, on the running loop's clock; null outside an operation."""


class Attended:
    """An async context whose work is cancelled when the client hangs up, and some seconds after its deadline.

    Clock and client are watched from the next turn of the event loop on, so work that waits for nothing costs no timer
    and no task.

    Args:
        limits: How long the work may take; null for any time.
        receive: Where the client is heard, after its request has been read; null where somebody else listens.

    Raises:
        ClientGoneError: the client hung up.
        RequestError: the time is over.
    """

    def __init__(self, limits: Limits | None, receive: Receive | None) -> None:
        self._limits = limits
        self._receive = receive
        self._listening: asyncio.Task[None] | None = None
        self._late = self._gone = False

    async def __aenter__(self) -> None:
        self._loop = loop = asyncio.get_running_loop()
        self._work = asyncio.current_task()
        self._cancelling = self._work.cancelling() if self._work else 0
        self._deadline = loop.time() + self._limits.operation_seconds if self._limits else None
        self._before = _deadline.set(self._deadline)
        self._timer = loop.call_soon(self._watch)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _deadline.reset(self._before)
        self._timer.cancel()
        if self._listening:
            self._listening.cancel()
            self._listening = None  # what it ends with refers back to this
        cancelled = (self._late or self._gone) and self._work and self._work.uncancel() <= self._cancelling
        if cancelled and kind is asyncio.CancelledError:
            raise ClientGoneError if self._gone else refused_by(UpstreamUnavailable(LATE)) from None

    def _watch(self) -> None:
        if self._limits and self._deadline:
            self._timer = self._loop.call_at(self._deadline + self._limits.grace_seconds, self._give_up)
        if self._receive:
            self._listening = self._loop.create_task(self._listen(self._receive))

    async def _listen(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        if self._work and not self._late:
            self._gone = self._work.cancel()

    def _give_up(self) -> None:
        if self._work and not self._gone:
            self._late = self._work.cancel()
