"""The request quota of an API key, shared by all processes on one database."""

import asyncio
from collections.abc import Awaitable, Callable

import orjson
from sqlalchemy import select

from gateway.database.engine import Database
from gateway.database.tables import QUOTA
from resolvers.ports.quota import WINDOW_SECONDS, QuotaState

MICROSECONDS = 1_000_000


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
        self._seen: list[int] = []

    async def acquire(self, patience: float | None) -> float | None:
        """Reserve the request's time and wait for it. It is reserved before the wait: no later request overtakes."""
        async with self._database.writing("quota", self._name) as connection:
            held = await connection.scalar(select(QUOTA.c.grants).where(QUOTA.c.name == self._name))
            grants: list[int] = orjson.loads(held or "[]")[-self._limit :]
            now = round(self._clock() * MICROSECONDS)
            free = grants[0] + round(WINDOW_SECONDS * MICROSECONDS) if len(grants) == self._limit else now
            wait = max(free - now, 0) / MICROSECONDS
            if patience is not None and wait > patience:
                self._seen = grants
                return wait
            self._seen = [*grants, max(free, now)][-self._limit :]
            row = {"name": self._name, "grants": orjson.dumps(self._seen).decode()}
            await self._database.upsert(connection, QUOTA, [row])
        if wait:
            await self._sleep(wait)
        return None

    def state(self) -> QuotaState:
        """What is left, as far as this process has seen."""
        now = self._clock()
        taken = [at / MICROSECONDS for at in self._seen if at / MICROSECONDS > now - WINDOW_SECONDS]
        reset = taken[-1] + WINDOW_SECONDS - now if taken else 0.0
        return QuotaState(self._limit, self._limit - len(taken), reset)
