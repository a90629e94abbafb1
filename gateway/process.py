"""What lives as long as the process: its accounts, what it keeps, and the order in which all of it starts and stops."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from functools import partial

import httpx
from sqlalchemy.exc import SQLAlchemyError

from gateway.actions.actions import Actions, Connection
from gateway.actions.links import Links
from gateway.actions.passing import Allowance
from gateway.callers.callers import Callers
from gateway.changes.feed import Feed
from gateway.changes.webhooks import Endpoint, Webhooks
from gateway.clock import now
from gateway.database.engine import Database, database_url
from gateway.database.migrations import migrate
from gateway.database.outage import first_line
from gateway.database.quota import DatabaseQuota
from gateway.durable.workflows import Workflows
from gateway.http import current_deadline
from gateway.observability.health import DATABASE_SECONDS, UPSTREAM_SECONDS, Health, Part
from gateway.observability.observer import RUNNING, Observer
from gateway.quota import WindowQuota
from gateway.replica.freshness import Freshness, Policy
from gateway.replica.hot import Budget
from gateway.replica.retention import keep_nulling
from gateway.replica.source import Replica
from gateway.replica.store import Store
from gateway.settings import IntegrationSettings, Settings, SettingsError
from gateway.sync.sync import Account
from gateway.sync.syncs import Schedule, Syncs
from resolvers.ids import Ids
from resolvers.ports.connector import Connector, Hook, unobserved
from resolvers.ports.integration import IntegrationName
from resolvers.ports.quota import Quota
from resolvers.ports.source import Source
from resolvers.ports.writing import Writer
from resolvers.queries.changes import position_of
from schema.model import MODELS
from schema.rate_limit import RateLimit


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a process lends to one connector.

    Attributes:
        transport: Core of the way to the ATS; null for real connections.
        quota: Makes the account's quota from its requests per minute; null for one that the connector keeps itself.
        hook: Called after every attempt to reach the ATS; it counts the request for the operation it was made for.
        clock: Seconds, from any zero.
        sleep: Waits so many seconds.
        seconds_left: Seconds until the running operation has to be answered; null outside of one.
    """

    transport: httpx.AsyncBaseTransport | None = None
    quota: Callable[[int], Quota] | None = None
    hook: Hook = unobserved
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    seconds_left: Callable[[], float | None] = lambda: None


Connect = Callable[[IntegrationName, IntegrationSettings, Settings, Surroundings], Connector]
"""Makes the connector of an account; raises SettingsError where its settings cannot be used."""


class Process:
    """The container of one process.

    It starts with the server, or with the first operation where nothing runs the app's lifespan.

    Args:
        settings: Of the process.
        connect: Makes the connector of each account.
        transport: Core of the way to every ATS; null for real connections.

    Attributes:
        settings: Of the process.
        database: Null where nothing is kept.
        connectors: The connected accounts.
        storage: What works on the database; null where nothing is kept.
        callers: Who may use the gateway.
        observer: Metrics, logs and traces.
        health: Whether requests can be sent here.
        started: Whether all of it runs.

    Raises:
        SettingsError: the settings cannot be used together.
    """

    def __init__(self, settings: Settings, connect: Connect, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self.settings = settings
        self.database = open_database(settings)
        self._quotas: list[DatabaseQuota] = []
        self.observer = Observer(self.rate_limits, logs_operations=settings.log_level in {"debug", "info"})
        self.connectors = {
            name: connect(name, account, settings, self._surroundings(name, transport))
            for name, account in settings.connected().items()
        }
        self.storage = (
            Storage(settings, self.database, self.connectors, self.observer.metrics.dropped) if self.database else None
        )
        self.callers = Callers(settings)
        self.health = Health(self._parts())
        self.started = False
        self._starting = asyncio.Lock()
        self._running = AsyncExitStack()

    async def start(self) -> None:
        """Start what works by itself. Further calls do nothing.

        Raises:
            SettingsError: the database cannot be used.
        """
        async with self._starting:
            if self.storage and not self.started:
                async with AsyncExitStack() as started:
                    await self.storage.start(started)
                    self._running = started.pop_all()
            self.started = self.health.started = True

    async def stop(self) -> None:
        """Stop what was started, the last part first, and close all connections."""
        await self._running.aclose()
        await asyncio.gather(*(quota.close() for quota in self._quotas), return_exceptions=True)
        if self.storage:
            await self.storage.close()
        await asyncio.gather(*(connector.close() for connector in self.connectors.values()))
        self.started = self.health.started = False

    def rate_limits(self) -> dict[str, RateLimit]:
        """What is left of each account's request quota."""
        return {name: connector.rate_limit() for name, connector in self.connectors.items()}

    def links(self) -> Links | None:
        """Signed addresses of files; null where there are none."""
        return self.storage.actions.links if self.storage and self.started else None

    def writer_of(self, name: str) -> Writer | None:
        """The writing side of an account, or null when it is not connected."""
        connector = self.connectors.get(IntegrationName(name))
        return None if connector is None else connector.writer

    def _surroundings(self, name: IntegrationName, transport: httpx.AsyncBaseTransport | None) -> Surroundings:
        shared = self.database is not None and (self.database.is_postgres or self.settings.workers > 1)
        return Surroundings(
            transport,
            partial(self._shared_quota, name) if shared else None,
            self.observer.hook(name),
            seconds_left=_seconds_left,
        )

    def _shared_quota(self, name: IntegrationName, per_minute: int) -> DatabaseQuota:
        assert self.database is not None  # noqa: S101  only asked for where there is one
        self._quotas.append(quota := DatabaseQuota(self.database, name, per_minute, time.time))
        return quota

    def _parts(self) -> dict[str, Part]:
        """What the process needs, with the check that it works."""
        parts: dict[str, Part] = {}
        if self.database:
            parts["database"] = Part(self.database.check, DATABASE_SECONDS)
        for name, connector in self.connectors.items():
            parts[name] = Part(partial(check, connector), UPSTREAM_SECONDS)
        return parts


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
        self._poster = httpx.AsyncClient(timeout=10)
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
        self.webhooks = Webhooks(self.workflows, database, self.feed, _endpoints(settings), self._poster, now)

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
        await asyncio.gather(*(replica.close() for replica in self.replicas.values()))
        await self.feed.close()
        await self._poster.aclose()
        await self._database.close()

    async def replay(self, name: IntegrationName, url: str, cursor: str | None) -> None:
        """Deliver everything behind a cursor of `changes` to a webhook once more; without one, the whole log.

        Raises:
            BadUserInput: it is not a cursor of this account's log.
        """
        position = 0 if cursor is None else position_of(Ids(name), cursor)
        await self.webhooks.replay(name, url, position or 0)

    def _accounts(self) -> dict[str, Account]:
        return {
            name: Account(name, self._store, connector.sync_source(), now, pace=_pace(connector, self._settings))
            for name, connector in self._connectors.items()
        }

    def _connections(self) -> dict[str, Connection]:
        return {
            name: Connection(
                self._connectors[name].writer,
                self._connectors[name].files,
                partial(self._reading_back, name),
                Allowance(account.passthrough),
            )
            for name, account in self._settings.connected().items()
        }

    def _reading_back(self, name: IntegrationName) -> Source:
        """A source that asks the ATS in any case and keeps the answers: what was just written is then fresh."""
        return self.replicas[name].reading(self._connectors[name].source(), Freshness(no_cache=True))


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


async def check(connector: Connector) -> None:
    """Ask the ATS the least there is to ask, unless the quota is used up: then the account is known to answer.

    Raises:
        AtsError: the key is refused, or the ATS does not answer.
    """
    if connector.rate_limit().remaining:
        await connector.check()


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def _seconds_left() -> float | None:
    deadline = current_deadline()
    return None if deadline is None else max(deadline - asyncio.get_running_loop().time(), 0.0)


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
