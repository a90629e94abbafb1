"""The layer that keeps within the number of requests Crelate takes from one key (ASM-12)."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

import httpx

from resolvers.errors import UpstreamCall, UpstreamRateLimited

WINDOW_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class QuotaState:
    """How much of a quota is left.

    Attributes:
        limit: Requests per minute.
        remaining: Requests that may go out right now.
        reset_seconds: Seconds until all of `limit` is free again if nothing more is sent.
    """

    limit: int
    remaining: int
    reset_seconds: float


class Quota(Protocol):
    """Who says when the next request of a key may go out."""

    async def acquire(self, patience: float | None) -> float | None:
        """Wait until a request may go out; null once it may.

        Args:
            patience: How many seconds the caller can wait at most; null for as long as it takes.

        Returns:
            The seconds it would take, at once and without waiting, when that is longer than `patience`.
        """

    def state(self) -> QuotaState:
        """What is left."""


class WindowQuota:
    """At most `limit` requests in any minute, all at once if need be, in the order they were asked for.

    A sliding window rather than a bucket: Crelate counts this way, so a burst after a pause cannot exceed its count.

    Args:
        limit: Requests per minute.
        clock: Seconds, from any zero.
        sleep: Waits.
    """

    def __init__(self, limit: int, clock: Callable[[], float], sleep: Callable[[float], Awaitable[object]]) -> None:
        self._limit = limit
        self._clock = clock
        self._sleep = sleep
        self._granted: deque[float] = deque(maxlen=limit)

    async def acquire(self, patience: float | None) -> float | None:
        """Take a place in the window and wait for its time."""
        now = self._clock()
        oldest = self._granted[0] + WINDOW_SECONDS if len(self._granted) == self._limit else now
        wait = max(oldest - now, 0.0)
        if patience is not None and wait > patience:
            return wait
        self._granted.append(now + wait)
        if wait:
            await self._sleep(wait)
        return None

    def state(self) -> QuotaState:
        """What is left of the window."""
        now = self._clock()
        taken = [granted for granted in self._granted if granted > now - WINDOW_SECONDS]
        reset = taken[-1] + WINDOW_SECONDS - now if taken else 0.0
        return QuotaState(self._limit, self._limit - len(taken), reset)


class Pacing(httpx.AsyncBaseTransport):
    """Asks the quota before each request.

    Args:
        inner: The transport to wrap.
        quota: Of the key all requests carry.
        seconds_left: Seconds until the running operation has to be answered; null outside of one.

    Raises:
        UpstreamRateLimited: the request's turn comes after the operation's deadline.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport, quota: Quota, seconds_left: Callable[[], float | None]) -> None:
        self._inner = inner
        self._quota = quota
        self._seconds_left = seconds_left

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request when the quota has room for it."""
        wait = await self._quota.acquire(self._seconds_left())
        if wait is not None:
            call = UpstreamCall(request.method, request.extensions["template"])
            raise UpstreamRateLimited(upstream=call, retry_after=wait)
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        """Close what is wrapped."""
        await self._inner.aclose()
