"""The order that a list comes in (ASM-02)."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from gateway.simulator.call import Call
from gateway.simulator.choices import ListOrder
from gateway.simulator.timestamps import comparable

T = TypeVar("T")


def in_order(call: Call, rows: Sequence[T], changed: Callable[[T], str]) -> Sequence[T]:
    """The rows, which come oldest first, in the order of the knob; `changed` is when one was last changed."""
    match call.knobs.list_order:
        case ListOrder.OLDEST_FIRST:
            return rows
        case ListOrder.NEWEST_FIRST:
            return rows[::-1]
        case ListOrder.LAST_CHANGED_FIRST:
            return sorted(rows, key=lambda row: comparable(changed(row)), reverse=True)
        case ListOrder.SHUFFLED:
            return call.account.random.sample(rows, len(rows))
