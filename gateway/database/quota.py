"""The request quota of an API key, shared by all processes on one database.

A place in the window is taken in a transaction. Where much of the window is free, a process takes some more with it, a
lease: the next calls use them without asking the database. What it has not used after a moment it gives back.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from secrets import randbits
from typing import TYPE_CHECKING, TypeVar

import orjson
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from gateway.database.tables import QUOTA
from resolvers.ports.quota import WINDOW_SECONDS, QuotaState

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from gateway.database.engine import Database

T = TypeVar("T")

MICROSECONDS = 1_000_000
WINDOW = round(WINDOW_SECONDS * MICROSECONDS)

LEASE_SECONDS = 1.0
"""How long a process may hold places it has not used."""

SHARE = 20
"""A lease is one part in so many of what is left."""

SCARCE = 4
"""Once less than one part in so many of the limit is left, places are taken singly."""


@dataclass(slots=True)
class Grant:
    """Places in the window that were taken at once.

    Attributes:
        until: The latest instant at which one is used, in microseconds since 1970: they count for a minute more.
        places: How many.
        lease: Tells a lease that is open from others; 0 when all its places were used.
    """

    until: int
    places: int
    lease: int = 0


@dataclass(slots=True)
class Lease:
    """Places of one process.

    Attributes:
        id: As in its grant.
        until: When it ends, in microseconds since 1970.
        left: Places not used yet.
        used: Places used.
        last: When the last one was.
    """

    id: int
    until: int
    left: int
    used: int = 0
    last: int = 0

    def lasts(self, now: int) -> bool:
        """Whether it has a place still."""
        return self.left > 0 and now <= self.until

    def take(self, now: int) -> bool:
        """Use a place, if there is one still."""
        if not self.lasts(now):
            return False
        self.left -= 1
        self.used += 1
        self.last = now
        return True


@dataclass(slots=True)
class Asked:
    """A call that waits for the database's word.

    Attributes:
        patience: Seconds it can wait; null for as long as it takes.
        wait: Seconds until its time; null until that is known.
    """

    patience: float | None
    wait: float | None = None


@dataclass(slots=True)
class Window:
    """The grants that count, of all processes.

    Attributes:
        limit: Places in a minute.
        grants: In the order of their instants.
    """

    limit: int
    grants: list[Grant] = field(default_factory=list)

    @property
    def left(self) -> int:
        """Places that are free right now; below zero when some are promised for later."""
        return self.limit - sum(grant.places for grant in self.grants)

    def free_at(self, now: int) -> int:
        """When the next place is free."""
        left = self.left
        for grant in self.grants:
            if left > 0:
                break
            left += grant.places
            now = max(now, grant.until + WINDOW)
        return now

    def add(self, grant: Grant) -> None:
        """Count these places."""
        if not grant.lease and self.grants and self.grants[-1].until == grant.until and not self.grants[-1].lease:
            self.grants[-1].places += grant.places
        else:
            self.grants.append(grant)
            self.grants.sort(key=_instant)

    def settle(self, lease: Lease) -> None:
        """Of a lease that has ended only what was used counts, from the last use on."""
        self.grants = [grant for grant in self.grants if grant.lease != lease.id]
        if lease.used:
            self.add(Grant(lease.last, lease.used))

    def as_json(self) -> str:
        """The grants as they are stored."""
        return orjson.dumps([[grant.until, grant.places, grant.lease] for grant in self.grants]).decode()


class DatabaseQuota:
    """At most `limit` requests in any minute, whichever process sends them.

    The clocks of the machines should agree to within a few seconds: the gateway's limit is that much below the ATS's.

    Args:
        database: Where the processes meet.
        name: Tells one key's quota from another's; never the key itself.
        limit: Requests per minute.
        clock: Seconds since 1970.
        sleep: Waits.
    """

    def __init__(
        self,
        database: Database,
        name: str,
        limit: int,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._database = database
        self._name = name
        self._limit = limit
        self._clock = clock
        self._sleep = sleep
        self._seen = Window(limit)
        self._lease: Lease | None = None
        self._ended: list[Lease] = []
        self._turn = asyncio.Lock()
        self._asked: list[Asked] = []
        self._keeping: asyncio.Task[None] | None = None

    async def acquire(self, patience: float | None) -> float | None:
        """Reserve the request's time and wait for it. It is reserved before the wait: no later request overtakes."""
        if self._lease is not None and self._lease.take(self._now()):
            return None  # without a word to the database; `_renew` sees to the next lease in time
        asked = Asked(patience)
        self._asked.append(asked)
        wait = await self._granted(asked)
        if patience is not None and wait > patience:
            return wait
        if wait:
            await self._sleep(wait)
        return None

    def state(self) -> QuotaState:
        """What is left, as far as this process has seen."""
        now = self._now()
        taken = [grant for grant in self._seen.grants if grant.until > now - WINDOW]
        held = sum(lease.left for lease in (*self._ended, self._lease) if lease is not None)
        reset = (taken[-1].until + WINDOW - now) / MICROSECONDS if taken else 0.0
        return QuotaState(self._limit, self._limit - sum(grant.places for grant in taken) + held, reset)

    async def give_back(self) -> None:
        """Give back the places that are leased and not used."""
        async with self._turn:
            self._end()
            if any(lease.left for lease in self._ended):
                await self._change(lambda _: None)

    async def close(self) -> None:
        """Give back what is left, and stop."""
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.gather(self._keeping, return_exceptions=True)
        await self.give_back()

    async def _granted(self, asked: Asked) -> float:
        """Seconds until a call's time. The first to wait asks the database for all that wait by then."""
        try:
            async with self._turn:
                if asked.wait is None:
                    await self._grant(list(self._asked))
        finally:
            self._asked.remove(asked)
        assert asked.wait is not None  # noqa: S101  set by whichever transaction included it
        return asked.wait

    async def _grant(self, waiting: Sequence[Asked]) -> None:
        """Give each call its time, in the order they came, and lease some more places where many are left."""
        if self._lease is not None and not self._lease.lasts(self._now()):
            self._end()
        waits, new = await self._change(partial(_take, waiting, self._now))
        for asked, wait in zip(waiting, waits, strict=True):
            asked.wait = wait
        if new is not None:
            self._hold(new)

    def _hold(self, lease: Lease) -> None:
        """Use this lease from now on; what is left of the one before goes back with the next transaction."""
        self._end()
        self._lease = lease
        if self._keeping is None or self._keeping.done():
            self._keeping = asyncio.create_task(self._keep())

    def _end(self) -> None:
        if self._lease is not None:
            self._ended.append(self._lease)
            self._lease = None

    async def _keep(self) -> None:
        """Take the next lease before this one ends, or give back what is left once none of it is used."""
        while self._lease is not None:
            await asyncio.sleep(LEASE_SECONDS / 2)
            with suppress(SQLAlchemyError):  # what it holds counts for a minute more then, and is forgotten
                await self._renew()

    async def _renew(self) -> None:
        lease = self._lease
        if lease is not None and lease.used:
            async with self._turn:
                await self._grant([])
        if lease is self._lease:
            await self.give_back()

    async def _change(self, change: Callable[[Window], T]) -> T:
        """Change the window in a transaction. Of own leases that have ended only what was used counts from then on."""
        ended = list(self._ended)

        def work(connection: Connection) -> tuple[Window, T]:
            held = connection.scalar(select(QUOTA.c.grants).where(QUOTA.c.name == self._name))
            oldest = self._now() - WINDOW
            grants = [_grant(item) for item in orjson.loads(held or "[]")]
            window = Window(self._limit, [grant for grant in grants if grant.until > oldest])
            for lease in ended:
                window.settle(lease)
            changed = change(window)
            self._database.upsert(connection, QUOTA, [{"name": self._name, "grants": window.as_json()}])
            return window, changed

        self._ended.clear()
        self._seen, changed = await self._database.transact(work, "quota", self._name)
        return changed

    def _now(self) -> int:
        return round(self._clock() * MICROSECONDS)


def _take(waiting: Sequence[Asked], clock: Callable[[], int], window: Window) -> tuple[list[float], Lease | None]:
    """The seconds until the time of each call, and some more places to hold."""
    now = clock()
    return [_reserve(window, asked, now) for asked in waiting], _lease(window, now)


def _reserve(window: Window, asked: Asked, now: int) -> float:
    """Seconds until a call's time, which is reserved unless that is too late for it."""
    free = window.free_at(now)
    wait = (free - now) / MICROSECONDS
    if asked.patience is None or wait <= asked.patience:
        window.add(Grant(free, 1))
    return wait


def _lease(window: Window, now: int) -> Lease | None:
    """Some more places for calls to come; none where few are left."""
    left = window.left
    places = left // SHARE
    if not places or left * SCARCE < window.limit:
        return None
    lease = Lease(randbits(53), now + round(LEASE_SECONDS * MICROSECONDS), places)
    window.add(Grant(lease.until, places, lease.id))
    return lease


def _grant(item: int | list[int]) -> Grant:
    """A stored grant; earlier versions stored the instant of each single place."""
    return Grant(item, 1) if isinstance(item, int) else Grant(*item)


def _instant(grant: Grant) -> int:
    return grant.until
