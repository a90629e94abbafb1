"""Where time comes from: what parts are handed that look at a clock or wait, so that tests can move time."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Returns the current instant, with a timezone."""

Sleep = Callable[[float], Awaitable[object]]
"""Waits for so many seconds."""


def now() -> datetime:
    """The current instant of this machine's clock."""
    return datetime.now(UTC)
