"""The request quota of one ATS account: how many requests may go out in a minute."""

from dataclasses import dataclass
from typing import Protocol

WINDOW_SECONDS = 60.0
"""Length of the window in which requests are counted."""


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
    """Grants the requests of one API key, in the order they are asked for."""

    async def acquire(self, patience: float | None) -> float | None:
        """Wait until a request may go out; null once it may.

        Args:
            patience: How many seconds the caller can wait at most; null for as long as it takes.

        Returns:
            The seconds it would take, at once and without waiting, when that is longer than `patience`.
        """

    def state(self) -> QuotaState:
        """What is left."""
