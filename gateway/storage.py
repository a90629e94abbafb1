"""What a process keeps beyond a request: copies, the log of changes, syncs, webhooks and actions, over one database."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial

import httpx

from gateway.actions.actions import Actions, Connection
from gateway.actions.passing import Allowance
from gateway.changes.feed import Feed
from gateway.changes.webhooks import Endpoint, Webhooks
from gateway.crelate.sync import CrelateLists
from gateway.database.engine import Database, database_url
from gateway.database.migrations import migrate
from gateway.durable.workflows import Workflows
from gateway.integration import METER, Integration
from gateway.quota import WindowQuota
from gateway.replica.freshness import Freshness, Policy
from gateway.replica.retention import erase, keep_nulling
from gateway.replica.source import Replica
from gateway.replica.store import Store
from gateway.settings import TOOL, Settings, SettingsError
from gateway.sync.sync import Account
from gateway.sync.syncs import Schedule, Syncs
from resolvers.ids import Ids
from resolvers.ports.source import Source
from resolvers.queries.changes import position_of
from schema.model import MODELS


def now() -> datetime:
    """The time."""
    return datetime.now(UTC)


def open_database(settings: Settings) -> Database | None:
    """The database the settings name; null when it is off.

    Raises:
        SettingsError: the address is not one.
    """
    try:
        url = database_url(settings.database_url)
    except ValueError as error:
        raise SettingsError(str(error)) from error
    return None if url is None else Database(url)


class Storage:
    """The durable parts of one process, started and stopped together.

    Attributes:
        replicas: The copies of each integration, by its name.
        feed: Follows the log of changes.
        syncs: Brings copies up to date.
        actions: Writes.
    """

    def __init__(self, settings: Settings, database: Database, integrations: Mapping[str, Integration]) -> None:
        self._settings = settings
        self._database = database
        self._store = Store(database, now, keeps_raw=settings.keep_remote_data)
        self._poster = httpx.AsyncClient(timeout=10)
        self._nulling: asyncio.Task[None] | None = None
        self.feed = Feed(database)
        self._store.on_change = self.feed.wake
        policy = _policy(settings)
        self.replicas = {name: Replica(name, self._store, policy, now) for name in integrations}
        self._workflows = Workflows(database, carried=(METER,))
        self.actions = Actions(
            database,
            self._workflows,
            _connections(settings, integrations, self.replicas),
            file_limit=settings.file_limit,
            clock=now,
        )
        self._integrations = integrations

    async def start(self) -> None:
        """Bring the tables up to date, and take up what another process left unfinished."""
        await migrate(self._database)
        accounts = {
            name: Account(
                name,
                self._store,
                CrelateLists(integration.connector.account),
                now,
                pace=_pace(integration, self._settings),
            )
            for name, integration in self._integrations.items()
        }
        self.syncs = Syncs(self._workflows, self._database, accounts, now, _schedule(self._settings))
        self._webhooks = Webhooks(
            self._workflows, self._database, self.feed, _endpoints(self._settings), self._poster, now
        )
        await self.actions.start()
        await self._workflows.start()
        self.syncs.start()
        await self._webhooks.start()
        self._nulling = asyncio.create_task(
            keep_nulling(self._database, now, self._settings.deleted_after, asyncio.sleep)
        )

    async def erase(self, integration: str) -> None:
        """Forget everything about an integration."""
        await erase(self._database, integration)

    async def replay(self, integration: str, url: str, cursor: str | None) -> None:
        """Deliver everything behind a cursor of `changes` to a webhook once more; without one, the whole log.

        Raises:
            BadUserInput: it is not a cursor of this integration's log.
        """
        position = 0 if cursor is None else position_of(Ids(integration), cursor)
        await self._webhooks.replay(integration, url, position or 0)

    async def stop(self) -> None:
        """Stop; what is under way goes on in another process, or in the next one."""
        if self._nulling is not None:
            self._nulling.cancel()
            with suppress(asyncio.CancelledError):
                await self._nulling
        await self._webhooks.stop()
        await self.syncs.stop()
        await self._workflows.stop()
        await asyncio.gather(*(replica.close() for replica in self.replicas.values()))
        await self.feed.close()
        await self._poster.aclose()
        await self._database.close()


def _pace(integration: Integration, settings: Settings) -> Callable[[], Awaitable[object]]:
    """Waits for a place in the part of the quota that syncs may take."""
    whole = integration.rate_limit().limit
    share = WindowQuota(max(1, int(whole * settings.sync_share)), time.monotonic, asyncio.sleep)
    return partial(share.acquire, None)


def _policy(settings: Settings) -> Policy:
    unknown = sorted(set(settings.max_age_by_model) - set(MODELS))
    if unknown:
        raise SettingsError(f"max_age_by_model: there is no model {', '.join(unknown)}.")
    return Policy(dict.fromkeys(MODELS, settings.max_age) | settings.max_age_by_model, settings.stale_if_error)


def _schedule(settings: Settings) -> Schedule:
    return Schedule(settings.sync_delta_every, settings.sync_full_every)


def _connections(
    settings: Settings, integrations: Mapping[str, Integration], replicas: Mapping[str, Replica]
) -> dict[str, Connection]:
    return {
        name: Connection(
            integrations[name].connector.writer,
            integrations[name].connector.files,
            partial(_reading_back, integrations[name], replicas[name]),
            Allowance(account.passthrough),
        )
        for name, account in ((f"{TOOL}:{short}", account) for short, account in settings.accounts().items())
    }


def _reading_back(integration: Integration, replica: Replica) -> Source:
    """A source that asks the ATS whatever there is, and keeps what it hears: what was just written is then fresh."""
    return replica.reading(integration.live(), Freshness(no_cache=True))


def _endpoints(settings: Settings) -> list[Endpoint]:
    return [
        Endpoint(f"{TOOL}:{name}", webhook.url, webhook.secret.get_secret_value())
        for name, account in settings.accounts().items()
        for webhook in account.webhooks
    ]
