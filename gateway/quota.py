"""The request quota of a key that one process has to itself; `gateway.database.quota` shares one between processes."""

from collections import deque
from collections.abc import Awaitable, Callable

from resolvers.ports.quota import WINDOW_SECONDS, QuotaState


class WindowQuota:
    """At most `limit` requests in any minute, all at once if need be, in the order they were asked for.

    A sliding window rather than a bucket: an ATS that counts requests per minute then never counts more than `limit`,
    even in a burst after a pause.

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
