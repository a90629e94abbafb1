"""Copies written in the background, by a task that no request waits for.

Where nothing has been synced and every question goes to the ATS, copies are only a net for when it cannot answer. Both
what is due and the writing itself are that task's work, which runs between requests on the same event loop: a copy may
be written before or after the answer it was read for has gone out.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from datetime import datetime, timedelta
from typing import Any

from gateway.clock import Clock
from schema.record import Tracked

OFTEN_ENOUGH = timedelta(minutes=1)
"""A copy of an unchanged record is not written again within this time."""

REMEMBERED = 100_000
"""Records whose last writing is remembered."""

MOST_WAITING = 200
"""Batches that may wait; beyond that the newest are dropped."""

Write = Callable[[], Coroutine[Any, Any, object]]


class WriteBehind:
    """The batches of one integration that wait to be written, one after the other.

    Args:
        clock: What time it is.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._written: dict[tuple[str, str], tuple[datetime, datetime | None]] = {}
        self._waiting: asyncio.Queue[Write] = asyncio.Queue(MOST_WAITING)
        self._writer: asyncio.Task[None] | None = None

    def due(self, model: str, records: Iterable[Tracked]) -> list[Tracked]:
        """Those of the records whose copies are to be written: changed, or not written for a while."""
        now = self._clock()
        due = [record for record in records if not self._is_settled(model, record, now)]
        if len(self._written) > REMEMBERED:
            self._written.clear()
        self._written |= {(model, record.key): (now, _stamp(record)) for record in due}
        return due

    def put(self, write: Write) -> None:
        """Have this run by the background task, after what waits already; it is dropped when too much does."""
        if not self._waiting.full():
            self._waiting.put_nowait(write)
        if self._writer is None:
            self._writer = asyncio.create_task(self._write_all())

    async def settle(self) -> None:
        """Wait until all that waits has been written."""
        await self._waiting.join()

    async def close(self) -> None:
        """Write what waits, and stop."""
        if self._writer is not None:
            await self.settle()
            self._writer.cancel()
            await asyncio.gather(self._writer, return_exceptions=True)

    def _is_settled(self, model: str, record: Tracked, now: datetime) -> bool:
        at, stamp = self._written.get((model, record.key), (None, None))
        return at is not None and now - at < OFTEN_ENOUGH and stamp == _stamp(record)

    async def _write_all(self) -> None:
        while True:
            write = await self._waiting.get()
            try:
                await write()
            except Exception:  # noqa: BLE001  a net with a hole is better than none; the next answer mends it
                self._written.clear()
            finally:
                self._waiting.task_done()


def _stamp(record: Tracked) -> datetime | None:
    return getattr(record, "remote_updated_at", None)
