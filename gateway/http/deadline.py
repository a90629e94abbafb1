"""The moment an operation has to be answered by.

The endpoint sets it when an operation starts, before it opens the operation's context. Whoever waits for something
slow below a resolver turns what comes too late into a coded error, so that the rest is still answered.
"""

from __future__ import annotations

import asyncio
from contextvars import ContextVar
from types import TracebackType

from gateway.http.errors import refused_by
from gateway.http.limits import Limits
from resolvers.errors import UpstreamUnavailable

_deadline: ContextVar[float | None] = ContextVar("deadline", default=None)


def current_deadline() -> float | None:
    """When the running operation has to be answered, on the running loop's clock; null outside an operation."""
    return _deadline.get()


class OperationDeadline:
    """An async context that lets the operation inside know its deadline, and gives it up some seconds later.

    Raises a request error when it gives up.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits

    async def __aenter__(self) -> None:
        deadline = asyncio.get_running_loop().time() + self._limits.operation_seconds
        self._before = _deadline.set(deadline)
        self._timeout = asyncio.timeout_at(deadline + self._limits.grace_seconds)
        await self._timeout.__aenter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _deadline.reset(self._before)
        try:
            await self._timeout.__aexit__(kind, error, trace)
        except TimeoutError:
            raise refused_by(UpstreamUnavailable("The operation did not finish in time.")) from None
