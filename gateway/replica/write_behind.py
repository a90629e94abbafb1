"""Copies written in the background, by a task that no request waits for.

Where nothing has been synced and every question goes to the ATS, copies are only a net for when it cannot answer. What
was read is put aside without a look at it. Later one task writes it in small batches and rests after each for a
multiple of the time that took, so that requests have the event loop and the database to themselves most of the time.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import orjson

from gateway.replica import codec

if TYPE_CHECKING:
    from gateway.clock import Clock
    from gateway.replica.store import Store
    from schema.record import Tracked

OFTEN_ENOUGH = timedelta(minutes=1)
"""A copy of an unchanged record is not written again within this time."""

REMEMBERED = 100_000
"""Records whose last writing is remembered."""

MOST_WAITING = 3000
"""Records that may wait; beyond that the newest are dropped."""

BATCH = 50
"""Records written in one transaction."""

FIRST_REST = 0.1
"""Seconds before the first batch: the answer it was read for goes out meanwhile."""

REST = 24
"""How many times as long as the work the rest after it is: while requests keep coming, copies take one part in 25."""

LONG_REST = 99
"""The same where nothing of a batch was due: one part in 100, while the same records are read again and again."""

LAST_SECONDS = 5.0
"""How long what waits at the stop may take."""


@dataclass(frozen=True, slots=True)
class Listings:
    """Complete lists of children.

    Attributes:
        attribute: The attribute that holds the parent's key.
        children: Parent -> keys of its children, in order.
    """

    attribute: str
    children: Mapping[str, Sequence[str]]


class Observed(NamedTuple):
    """What one answer of the ATS brought.

    Attributes:
        model: Name of the records' model.
        records: The records.
        asked: When the ATS was asked.
        listings: Where the records are lists of children, works out which of these are complete.
    """

    model: str
    records: Sequence[Tracked]
    asked: datetime
    listings: Callable[[], Listings] | None = None

    def goes_with(self, other: Observed) -> bool:
        """Whether both can be written as one, as old as the older one."""
        return self.model == other.model and self.listings is other.listings is None


@dataclass(slots=True)
class Kept:
    """What is remembered of a copy this process has written.

    Attributes:
        fingerprint: Of what the ATS sent.
        hash: Of the record, as in its row.
        at: When it was written or touched last.
    """

    fingerprint: bytes
    hash: str
    at: datetime


@dataclass(slots=True)
class Batch:
    """Records of one answer, told apart by what is to be done.

    Attributes:
        new: Not written yet, or changed.
        old: Unchanged, and not written for a while.
        recent: Unchanged, and written a short while ago.
    """

    new: list[tuple[Tracked, bytes]] = field(default_factory=list)
    old: list[str] = field(default_factory=list)
    recent: list[str] = field(default_factory=list)


class WriteBehind:
    """What waits to be written of one integration, written piece by piece.

    Args:
        integration: Its name.
        store: Where copies are kept.
        clock: What time it is.
        dropped: Called with the number of records that were dropped because too many waited.
    """

    def __init__(
        self, integration: str, store: Store, clock: Clock, dropped: Callable[[int], None] = lambda _: None
    ) -> None:
        self._integration = integration
        self._store = store
        self._clock = clock
        self._dropped = dropped
        self._kept: dict[tuple[str, str], Kept] = {}
        self._queue: deque[Observed] = deque()
        self._waiting = 0
        self._hurry = asyncio.Event()
        self._writer: asyncio.Task[None] | None = None

    def put(self, observed: Observed) -> None:
        """Have this written after what waits already; it is dropped when too much does."""
        if self._waiting and self._waiting + len(observed.records) > MOST_WAITING:
            self._dropped(len(observed.records))
            return
        self._queue.append(observed)
        self._waiting += len(observed.records)
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write_all())

    async def settle(self) -> None:
        """Wait until all that waits has been written, which is then done without rests."""
        if self._writer is not None:
            self._hurry.set()
            await asyncio.wait([self._writer])
            self._hurry.clear()

    async def close(self) -> None:
        """Write what waits, as far as there is time for it, and stop."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LAST_SECONDS):
                await self.settle()
        await self.stop()

    async def stop(self) -> None:
        """Stop at once; what waits is lost."""
        if self._writer is not None:
            self._writer.cancel()
            await asyncio.gather(self._writer, return_exceptions=True)

    async def _write_all(self) -> None:
        await self._rest(FIRST_REST)
        while self._queue:
            observed = self._gathered()
            try:
                await self._write(observed)
            except Exception:  # noqa: BLE001  a net with a hole is better than none; the next answer mends it
                self._kept.clear()
            finally:
                self._waiting -= len(observed.records)

    def _gathered(self) -> Observed:
        """What waits longest, and with it what came next of the same model: a transaction costs more than a record."""
        first = self._queue.popleft()
        records = list(first.records)
        while self._queue and len(records) < BATCH and self._queue[0].goes_with(first):
            records += self._queue.popleft().records
        return first._replace(records=records)

    async def _write(self, observed: Observed) -> None:
        """Write what is due of an answer. Of a list all is written as soon as one record of it is due."""
        begun = time.perf_counter()
        due = False
        records = iter(observed.records)
        recent: list[str] = []
        while chunk := list(islice(records, BATCH)):
            batch = self._sorted(observed.model, chunk)
            await self._write_batch(observed, batch)
            recent += batch.recent
            is_due = bool(batch.new or batch.old)
            due = due or is_due
            await self._rest((REST if is_due else LONG_REST) * (time.perf_counter() - begun))
            begun = time.perf_counter()
        if due and observed.listings is not None:
            await self._touch(observed, recent)
            listings = observed.listings()
            await self._store.note_listed(
                self._integration, observed.model, listings.attribute, listings.children, observed.asked
            )

    async def _write_batch(self, observed: Observed, batch: Batch) -> None:
        await self._touch(observed, batch.old)
        if batch.new:
            records = [record for record, _ in batch.new]
            hashes = await self._store.keep(self._integration, observed.model, records, observed.asked)
            if len(self._kept) > REMEMBERED:
                self._kept.clear()
            now = self._clock()
            for record, fingerprint in batch.new:
                if record.key in hashes:
                    self._kept[observed.model, record.key] = Kept(fingerprint, hashes[record.key], now)

    async def _touch(self, observed: Observed, keys: Sequence[str]) -> None:
        """Note that the copies are still right; where one was written by another since, it is written again."""
        if not keys:
            return
        held = {key: self._kept[observed.model, key] for key in keys if (observed.model, key) in self._kept}
        hashes = {key: kept.hash for key, kept in held.items()}
        if await self._store.touch(self._integration, observed.model, hashes, observed.asked) != len(set(keys)):
            records = [record for record in observed.records if record.key in set(keys)]
            await self._store.keep(self._integration, observed.model, records, observed.asked)
        now = self._clock()
        for kept in held.values():
            kept.at = now

    def _sorted(self, model: str, records: Sequence[Tracked]) -> Batch:
        batch, now = Batch(), self._clock()
        for record in records:
            kept, fingerprint = self._kept.get((model, record.key)), _fingerprint(record)
            if kept is None or kept.fingerprint != fingerprint:
                batch.new.append((record, fingerprint))
            else:
                (batch.old if now - kept.at >= OFTEN_ENOUGH else batch.recent).append(record.key)
        return batch

    async def _rest(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._hurry.wait()


def _fingerprint(record: Tracked) -> bytes:
    """Equal for records made of the same row: taken from what the ATS sent where that is known, before it is read."""
    sent: bytes | None = getattr(record, codec.SENT, None)
    if sent is None:
        raw = getattr(record, codec.RAW, None)
        sent = codec.encode(record) if raw is None else orjson.dumps(raw)
    return blake2b(sent, digest_size=16).digest()
