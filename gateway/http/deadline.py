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

_deadline: ContextVar[float | None] = ContextVar("deadline", default=None)


current_deadline = _deadline.get
"""When the running operation has to be answered, on the running loop's clock; null outside an operation."""


class Patience:
    """A context whose work is cancelled when its time is over.

    The clock is looked at from the next turn of the event loop on, so work that waits for nothing costs no timer.

    Args:
        until: When the time is over, on the running loop's clock; null for any time.

    Attributes:
        until: The same; it may be moved to a later time meanwhile.

    Raises:
        TimeoutError: the time is over.
    """

    def __init__(self, until: float | None) -> None:
        self.until = until
        self._over = False

    def __enter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        self._work = asyncio.current_task()
        self._cancelling = self._work.cancelling() if self._work else 0
        self._timer: asyncio.Handle = self._loop.call_soon(self._watch)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        if self._over and self._is_ours(kind):
            raise TimeoutError from None

    def _watch(self) -> None:
        """Look whether the time is over, and again when it is."""
        if self.until is None:
            return
        if self._loop.time() < self.until:
            self._timer = self._loop.call_at(self.until, self._watch)
        else:
            self._over = self._cancel()

    def _cancel(self) -> bool:
        return self._work is not None and self._work.cancel()

    def _is_ours(self, kind: type[BaseException] | None) -> bool:
        """Whether the work ended because it was cancelled here, and nowhere else."""
        uncancelled = self._work is not None and self._work.uncancel() <= self._cancelling
        return uncancelled and kind is asyncio.CancelledError


class ClientGoneError(Exception):
    """The client hung up: nobody waits for an answer."""


class Attended(Patience):
    """A context whose work is cancelled when the client hangs up, and some seconds after its deadline.

    Args:
        limits: How long the work may take; null for any time.
        receive: Where the client is heard, after its request has been read; null where somebody else listens.

    Raises:
        ClientGoneError: the client hung up.
        RequestError: the time is over.
    """

    def __init__(self, limits: Limits | None, receive: Receive | None) -> None:
        deadline = asyncio.get_running_loop().time() + limits.operation_seconds if limits else None
        super().__init__(deadline + limits.grace_seconds if limits and deadline else None)
        self._deadline = deadline
        self._receive = receive
        self._listening: asyncio.Task[None] | None = None
        self._gone = False

    def __enter__(self) -> Self:
        self._before = _deadline.set(self._deadline)
        return super().__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _deadline.reset(self._before)
        if self._listening:
            self._listening.cancel()
            self._listening = None  # what it ends with refers back to this
        try:
            super().__exit__(kind, error, trace)
        except TimeoutError:
            raise refused_by(UpstreamUnavailable(LATE)) from None
        if self._gone and self._is_ours(kind):
            raise ClientGoneError from None

    def _watch(self) -> None:
        super()._watch()
        if self._receive and not self._listening:
            self._listening = self._loop.create_task(self._listen(self._receive))

    async def _listen(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        if not self._over:
            self._gone = self._cancel()

    def _cancel(self) -> bool:
        return not self._gone and super()._cancel()
