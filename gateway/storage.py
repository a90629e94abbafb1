"""What a process keeps beyond a request, and what works on it: copies, syncs, the log of changes, writes.

It is imported where there is a database alone: without one, none of what is behind it is needed.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, suppress
from functools import cached_property, partial

import httpx
from sqlalchemy.exc import SQLAlchemyError

from gateway.actions.actions import Actions, Connection
from gateway.actions.passing import Allowance
from gateway.changes.feed import Feed
from gateway.changes.webhooks import Endpoint, Webhooks
from gateway.clock import now
from gateway.database.engine import Database, database_url
from gateway.database.migrations import migrate
from gateway.database.outage import first_line
from gateway.durable.workflows import Workflows
from gateway.observability.observer import RUNNING
from gateway.quota import WindowQuota
from gateway.replica.freshness import Freshness, Policy
from gateway.replica.hot import Budget
from gateway.replica.retention import keep_nulling
from gateway.replica.source import Replica
from gateway.replica.store import Store
from gateway.replica.versions import renew
from gateway.settings import Settings, SettingsError
from gateway.sync.account import Account
from gateway.sync.syncs import Schedule, Syncs
from resolvers.ids import Ids
from resolvers.ports.connector import Connector
from resolvers.ports.integration import IntegrationName
from resolvers.ports.source import Source
from resolvers.ports.writing import Writer
from resolvers.queries.changes import position_of
from schema.model import MODELS


class Storage:
    """What a process keeps beyond a request, over one database.

    Args:
        settings: Of the process.
        database: The database.
        connectors: The connected accounts.
        dropped: Counts records of an account whose copies were not written, because too many waited to be.

    Attributes:
        replicas: The copies of each account.
        feed: Follows the log of changes.
        workflows: Durable work: actions, syncs and deliveries run on them.
        actions: Writes.
        syncs: Bring copies up to date.
        webhooks: Deliver changes.
        public_url: Where clients reach the gateway; empty where the settings do not say.
    """

    def __init__(
        self,
        settings: Settings,
        database: Database,
        connectors: Mapping[IntegrationName, Connector],
        dropped: Callable[[str, int], None],
    ) -> None:
        self._settings = settings
        self.public_url = settings.public_url or ""
        self._database = database
        self._connectors = connectors
        self._store = Store(database, now, keeps_raw=settings.keep_remote_data)
        self.feed = Feed(database)
        self._store.on_change = self.feed.wake
        policy = _policy(settings)
        room = Budget(settings.copies_in_memory)
        self.replicas = {
            name: Replica(name, self._store, policy, now, partial(dropped, name), room) for name in connectors
        }
        self.workflows = Workflows(database, carried=(RUNNING,))
        self.actions = Actions(database, self.workflows, self._connections(), file_limit=settings.file_limit, clock=now)
        self.syncs = Syncs(self.workflows, database, self._accounts(), now, _schedule(settings))
        self.webhooks = Webhooks(self.workflows, database, self.feed, _endpoints(settings), lambda: self._poster, now)

    async def start(self, started: AsyncExitStack) -> None:
        """Bring the tables up to date, start everything, and take up what another process left unfinished.

        Args:
            started: Gets what stops each part as soon as the part runs. It stops the last one first, also when a later
                one cannot be started.
        """
        try:
            await migrate(self._database)
        except SQLAlchemyError as error:
            raise SettingsError(f"The database cannot be used: {first_line(error)}.") from error
        for name, connector in self._connectors.items():
            await renew(self._database, name, connector.versions, now)
        await self.actions.start()
        await self.workflows.start()
        started.push_async_callback(self.workflows.stop)
        self.syncs.start()
        started.push_async_callback(self.syncs.stop)
        await self.webhooks.start()
        started.push_async_callback(self.webhooks.stop)
        nulling = keep_nulling(self._database, now, self._settings.deleted_after, asyncio.sleep)
        started.push_async_callback(_cancel, asyncio.create_task(nulling))

    async def close(self) -> None:
        """Write what waits, and close all connections."""
        await asyncio.gather(*(replica.intake.close() for replica in self.replicas.values()))
        await self.feed.close()
        if "_poster" in vars(self):
            await self._poster.aclose()
        await self._database.close()

    async def replay(self, name: IntegrationName, url: str, cursor: str | None) -> None:
        """Deliver everything behind a cursor of `changes` to a webhook once more; without one, the whole log.

        Raises:
            BadUserInput: it is not a cursor of this account's log.
        """
        position = 0 if cursor is None else position_of(Ids(name), cursor)
        await self.webhooks.replay(name, url, position or 0)

    @cached_property
    def _poster(self) -> httpx.AsyncClient:
        """Delivers changes. Whom it trusts takes as long to read as all else at a start, so it waits for a change."""
        return httpx.AsyncClient(timeout=10)

    def _accounts(self) -> dict[str, Account]:
        return {
            name: Account(name, self._store, connector.sync_source(), now, pace=_pace(connector, self._settings))
            for name, connector in self._connectors.items()
        }

    def _connections(self) -> dict[str, Connection]:
        return {
            name: Connection(
                partial(self._writer, name),
                self._connectors[name].files,
                partial(self._reading_back, name),
                Allowance(account.passthrough),
            )
            for name, account in self._settings.connected().items()
        }

    def _writer(self, name: IntegrationName) -> Writer:
        return self._connectors[name].writer

    def _reading_back(self, name: IntegrationName) -> Source:
        """A source that asks the ATS in any case and keeps the answers: what was just written is then fresh."""
        return self.replicas[name].reading(self._connectors[name].source(), Freshness(no_cache=True), within=0.0)


def open_database(settings: Settings) -> Database | None:
    """The database the settings name; null when it is off.

    Raises:
        SettingsError: the address is not one.
    """
    try:
        url = database_url(settings.database_url)
    except ValueError as error:
        raise SettingsError(str(error)) from error
    try:
        return None if url is None else Database(url)
    except OSError as error:
        raise SettingsError(f"The database's folder cannot be made: {error.strerror}.") from error


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def _pace(connector: Connector, settings: Settings) -> Callable[[], Awaitable[object]]:
    """Waits for a place in the part of the quota that syncs may take."""
    whole = connector.rate_limit().limit
    share = WindowQuota(max(1, int(whole * settings.sync_share)), time.monotonic, asyncio.sleep)
    return partial(share.acquire, None)


def _policy(settings: Settings) -> Policy:
    unknown = sorted(set(settings.max_age_by_model) - set(MODELS))
    if unknown:
        raise SettingsError(f"max_age_by_model: there is no model {', '.join(unknown)}.")
    return Policy(dict.fromkeys(MODELS, settings.max_age) | settings.max_age_by_model, settings.stale_if_error)


def _schedule(settings: Settings) -> Schedule:
    return Schedule(settings.sync_delta_every, settings.sync_full_every)


def _endpoints(settings: Settings) -> list[Endpoint]:
    return [
        Endpoint(name, webhook.url, webhook.secret.get_secret_value())
        for name, account in settings.connected().items()
        for webhook in account.webhooks
    ]
