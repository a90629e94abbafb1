"""Following the change log as it grows, in this process and written by any other."""

import asyncio
from collections.abc import AsyncGenerator, Collection, Sequence
from contextlib import suppress

from sqlalchemy import func, select

from gateway.changes.log import CHANNEL, changes_after, last_position
from gateway.clock import Sleep
from gateway.database.engine import Database
from gateway.database.tables import CHANGES
from resolvers.ports.changes import LogEntry

BATCH = 100
"""Changes read at once. A slow reader holds no more than these; the rest waits in the database."""

PAUSE_SECONDS = 0.25
"""How often a SQLite file is looked at for changes by other processes, and a lost Postgres asked again."""


class Feed:
    """Wakes the followers of the log. One listener per process, started by the first follower.

    On Postgres it listens for what committing transactions announce; a SQLite file is looked at every so often.

    Args:
        database: Where the log is.
        sleep: Waits.
    """

    def __init__(self, database: Database, sleep: Sleep = asyncio.sleep) -> None:
        self._database = database
        self._sleep = sleep
        self._news = asyncio.Event()
        self._listener: asyncio.Task[None] | None = None

    def wake(self, _integration: str = "") -> None:
        """Say that there may be new changes."""
        self._news.set()
        self._news = asyncio.Event()

    def log(self, integration: str) -> "IntegrationLog":
        """The log of one integration."""
        return IntegrationLog(self, self._database, integration)

    def news(self) -> asyncio.Event:
        """An event that is set as soon as there may be changes that were not there when this was called."""
        if self._listener is None:
            listen = self._hear_postgres if self._database.is_postgres else self._watch_sqlite
            self._listener = asyncio.create_task(listen())
        return self._news

    async def close(self) -> None:
        """Stop listening."""
        if self._listener is not None:
            self._listener.cancel()
            with suppress(asyncio.CancelledError):
                await self._listener

    async def _hear_postgres(self) -> None:
        import psycopg  # noqa: PLC0415  large, and not needed on SQLite

        address = self._database.url.render_as_string(hide_password=False)
        while True:
            with suppress(psycopg.OperationalError):
                async with await psycopg.AsyncConnection.connect(address, autocommit=True) as connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    self.wake()  # for what was announced before this listened
                    async for _ in connection.notifies():
                        self.wake()
            await self._sleep(PAUSE_SECONDS)

    async def _watch_sqlite(self) -> None:
        seen: tuple[int | None, int] = None, -1
        while True:
            version = self._database.version()
            if version is None or version != seen[0]:
                newest = (await self._database.glance(_NEWEST))[0][0] or 0
                if newest != seen[1]:
                    self.wake()
                seen = version, newest
            await self._sleep(PAUSE_SECONDS)


_NEWEST = select(func.max(CHANGES.c.position))
"""Position of the newest change of all integrations."""


class IntegrationLog:
    """The change log of one integration, as `ChangeLog`."""

    def __init__(self, feed: Feed, database: Database, integration: str) -> None:
        self._feed = feed
        self._database = database
        self._integration = integration

    async def after(self, position: int, first: int, models: Collection[str] | None) -> Sequence[LogEntry]:
        """The next changes behind a position, oldest first, of these models or of all."""
        return await changes_after(self._database, self._integration, position, first, models)

    async def newest(self) -> int:
        """Position of the newest change, 0 when there is none."""
        return await last_position(self._database, self._integration)

    async def follow(self, position: int, models: Collection[str] | None) -> AsyncGenerator[LogEntry, None]:
        """All changes behind a position, then those to come, without end."""
        while True:
            news = self._feed.news()  # before reading: what is committed from here on sets it
            newest = await self.newest() if models is not None else 0
            entries = await self.after(position, BATCH, models)
            for entry in entries:
                yield entry
                position = entry.position
            if len(entries) < BATCH:
                position = max(position, newest)  # what is behind of other models need not be read again
                await news.wait()
