"""How a simulator starts."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from gateway.simulator.knobs import Knobs
from gateway.simulator.seed.size import Size


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class SimulatorConfig:
    """Whose data there is and how much, and where time comes from."""

    api_keys: tuple[str, ...] = ("simulated-key",)
    """Each opens an account of its own; the first is `Simulator.state`."""
    size: Size = field(default_factory=Size)
    knobs: Knobs = field(default_factory=Knobs)
    clock: Callable[[], datetime] = _now
    """An aware time; the seeded records lie before the first one it gives."""
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    """What a slow answer waits with."""
