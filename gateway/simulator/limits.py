"""How often a key may call (ASM-12)."""

from collections import defaultdict, deque
from datetime import datetime, timedelta
from math import ceil

_WINDOW = timedelta(minutes=1)


class SlidingWindow:
    """Remembers the calls of the last sixty seconds by key. A refused call does not count."""

    def __init__(self) -> None:
        self._calls: defaultdict[str, deque[datetime]] = defaultdict(deque)

    def admit(self, key: str, now: datetime, limit: int | None) -> int:
        """0 and the call is counted; else the whole seconds after which one is free again."""
        if limit is None:
            return 0
        calls = self._calls[key]
        while calls and calls[0] + _WINDOW <= now:
            calls.popleft()
        if len(calls) < limit:
            calls.append(now)
            return 0
        return max(1, ceil((calls[-limit] + _WINDOW - now).total_seconds())) if limit else 60
