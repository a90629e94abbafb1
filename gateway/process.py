"""What lives as long as the process: its accounts, what it keeps, and the order in which all of it starts and stops."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack
from functools import partial
from typing import TYPE_CHECKING

import httpx

from gateway.ats import Surroundings
from gateway.callers.callers import Callers
from gateway.http import seconds_left
from gateway.observability.health import DATABASE_SECONDS, UPSTREAM_SECONDS, Health, Part
from gateway.observability.observer import Observer
from gateway.profiles import profile_of
from gateway.settings import Settings
from gateway.sharing.source import look_ups
from resolvers.ports.connector import Connector
from resolvers.ports.integration import IntegrationName
from schema.rate_limit import RateLimit

if TYPE_CHECKING:
    from gateway.actions.links import Links
    from gateway.database.engine import Database
    from gateway.database.quota import DatabaseQuota
    from gateway.storage import Storage
    from resolvers.ports.writing import Writer


class Process:
    """The container of one process.

    It starts with the server, or with the first operation where nothing runs the app's lifespan.

    Args:
        settings: Of the process.
        transport: Core of the way to every ATS; null for real connections.

    Attributes:
        settings: Of the process.
        database: Null where nothing is kept.
        connectors: The connected accounts.
        profiles: What is known of each.
        look_ups: Those of each account that several requests ask together, where no copies are kept.
        storage: What works on the database; null where nothing is kept.
        callers: Who may use the gateway.
        observer: Metrics, logs and traces.
        health: Whether requests can be sent here.
        started: Whether all of it runs.

    Raises:
        SettingsError: the settings cannot be used together.
    """

    def __init__(self, settings: Settings, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self.settings = settings
        self.database = _opened(settings)
        self._quotas: list[DatabaseQuota] = []
        self.observer = Observer(self.rate_limits, logs_operations=settings.log_level in {"debug", "info"})
        self.profiles = {
            name: profile_of(self.database, name, account) for name, account in settings.connected().items()
        }
        self.connectors = {
            name: settings.ats_of(account).connect(name, account, self._surroundings(name, transport))
            for name, account in settings.connected().items()
        }
        self.look_ups = {name: look_ups() for name in self.connectors}
        self.storage = self._stored()
        self.callers = Callers(settings)
        self._watch_drift()
        self.health = Health(self._parts(), self._drifted)
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
        await asyncio.gather(*(profile.close() for profile in self.profiles.values()))
        await self._running.aclose()
        await asyncio.gather(*(quota.close() for quota in self._quotas), return_exceptions=True)
        await asyncio.gather(*(flight.close() for flight in self.look_ups.values()))
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

    def _stored(self) -> Storage | None:
        if self.database is None:
            return None
        from gateway.storage import Storage  # noqa: PLC0415  not needed without a database, and large

        return Storage(self.settings, self.database, self.connectors, self.observer.metrics.dropped)

    def _surroundings(self, name: IntegrationName, transport: httpx.AsyncBaseTransport | None) -> Surroundings:
        shared = self.database is not None and (self.database.is_postgres or self.settings.workers > 1)
        return Surroundings(
            transport,
            partial(self._shared_quota, name) if shared else None,
            self.observer.hook(name),
            seconds_left=seconds_left,
            profile=self.profiles[name],
            small_table_seconds=self.settings.small_table_seconds,
            row_bytes=self.settings.rows_in_memory // len(self.settings.connected()),
        )

    def _watch_drift(self) -> None:
        """Have what drifts counted and logged, and webhooks told about it."""
        for name, profile in self.profiles.items():
            profile.noticed = self.observer.drift(name)
            if self.storage:
                profile.raised = partial(self.storage.webhooks.tell_drift, name)

    async def _drifted(self) -> dict[str, list[str]]:
        """Account -> names of its facts that drifted lately, where there are any."""
        found = {name: [fact.name for fact in await profile.drifted()] for name, profile in self.profiles.items()}
        return {name: facts for name, facts in found.items() if facts}

    def _shared_quota(self, name: IntegrationName, per_minute: int) -> DatabaseQuota:
        from gateway.database.quota import DatabaseQuota  # noqa: PLC0415  likewise

        assert self.database is not None  # noqa: S101  only asked for where there is one
        self._quotas.append(quota := DatabaseQuota(self.database, name, per_minute, time.time))
        return quota

    async def _check_database(self) -> None:
        """Raise unless the database answers, and what writes run on could be launched when it was needed."""
        assert self.database is not None  # noqa: S101  only asked for where there is one
        await self.database.check()
        if self.storage and (failure := self.storage.workflows.failure):
            raise failure

    def _parts(self) -> dict[str, Part]:
        """What the process needs, with the check that it works."""
        parts: dict[str, Part] = {}
        if self.database:
            parts["database"] = Part(self._check_database, DATABASE_SECONDS)
        for name, connector in self.connectors.items():
            parts[name] = Part(partial(check, connector), UPSTREAM_SECONDS)
        return parts


def _opened(settings: Settings) -> Database | None:
    """The database the settings name; null when it is off.

    Raises:
        SettingsError: the address is not one.
    """
    if not settings.keeps:
        return None
    from gateway.storage import open_database  # noqa: PLC0415  likewise

    return open_database(settings)


async def check(connector: Connector) -> None:
    """Ask the ATS the least there is to ask, unless the quota is used up: then the account is known to answer.

    Raises:
        AtsError: the key is refused, or the ATS does not answer.
    """
    if connector.rate_limit().remaining:
        await connector.check()
