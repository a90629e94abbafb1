"""The moment an operation has to be answered by.

The endpoint sets it when an operation starts, before it opens the operation's context. Whoever waits for something
slow below a resolver turns what comes too late into a coded error, so that the rest is still answered.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar

from gateway.graphql_http.errors import refused_by
from gateway.graphql_http.limits import Limits
from resolvers.errors import UpstreamUnavailable

_deadline: ContextVar[float | None] = ContextVar("deadline", default=None)


def current_deadline() -> float | None:
    """When the running operation has to be answered, on the running loop's clock; null outside an operation."""
    return _deadline.get()


@asynccontextmanager
async def operation_deadline(limits: Limits) -> AsyncIterator[None]:
    """Let the operation inside know its deadline, and give it up with a request error `grace_seconds` later."""
    deadline = asyncio.get_running_loop().time() + limits.operation_seconds
    token = _deadline.set(deadline)
    try:
        async with asyncio.timeout_at(deadline + limits.grace_seconds):
            yield
    except TimeoutError:
        raise refused_by(UpstreamUnavailable("The operation did not finish in time.")) from None
    finally:
        _deadline.reset(token)
