"""The only wiring: settings in, an ASGI app out."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.actions.files import file_route
from gateway.actions.links import Links
from gateway.callers.browser import SecurityHeaders
from gateway.callers.callers import Callers
from gateway.database.quota import DatabaseQuota
from gateway.explorer.routes import explorer_routes
from gateway.http import Endpoint, Limits, TrustedDocuments
from gateway.integration import Integration, build_integration
from gateway.observability.health import DATABASE_SECONDS, UPSTREAM_SECONDS, Health, Part
from gateway.observability.observer import Observer
from gateway.observability.request_id import RequestIds
from gateway.observability.scrape import metrics_route
from gateway.operation import Operation
from gateway.settings import TOOL, Settings, SettingsError
from gateway.storage import Storage, open_database
from resolvers.cost import RelationCost
from resolvers.ports.writing import Writer
from resolvers.root import build_schema, executable
from schema.rate_limit import RateLimit

ENDPOINT = "/graphql"


class Gateway:
    """One process: its accounts, what it keeps, and how an operation is opened.

    It starts with the server, or with the first operation where nobody runs the app's lifespan.

    Attributes:
        callers: Everybody who may use it.
        integrations: The connected accounts by name, such as `crelate:default`.
        storage: What is kept; null where nothing is.
        observer: Is told what happens.
        health: Whether requests can be sent here.
    """

    def __init__(self, settings: Settings, transport: httpx.AsyncBaseTransport | None) -> None:
        self._database = open_database(settings)
        self.observer = Observer(self._quotas)
        self.integrations = self._build(settings, transport)
        self.storage = Storage(settings, self._database, self.integrations) if self._database else None
        self.callers = Callers(settings)
        self.health = Health(self._parts())
        self._started = False
        self._starting = asyncio.Lock()

    def _build(self, settings: Settings, transport: httpx.AsyncBaseTransport | None) -> dict[str, Integration]:
        shared = self._database is not None and (self._database.is_postgres or settings.workers > 1)
        return {
            f"{TOOL}:{name}": build_integration(
                name,
                account,
                settings,
                transport=transport,
                quota=self._quota if shared else None,
                observe=self.observer.hook(f"{TOOL}:{name}"),
            )
            for name, account in settings.accounts().items()
        }

    def _quota(self, integration: str, limit: int) -> DatabaseQuota:
        assert self._database is not None  # noqa: S101  only asked for where there is one
        return DatabaseQuota(self._database, integration, limit, time.time)

    def _quotas(self) -> dict[str, RateLimit]:
        return {name: integration.rate_limit() for name, integration in self.integrations.items()}

    def _parts(self) -> dict[str, Part]:
        parts = {name: Part(each.check, UPSTREAM_SECONDS) for name, each in self.integrations.items()}
        return parts if self._database is None else {"database": Part(self._database.check, DATABASE_SECONDS), **parts}

    async def start(self) -> None:
        """Start what works by itself; once, however often this is called."""
        async with self._starting:
            if self.storage and not self._started:
                await self.storage.start()
            self._started = self.health.started = True

    async def stop(self) -> None:
        """Stop, and close all connections."""
        if self.storage and self._started:
            await self.storage.stop()
        await asyncio.gather(*(integration.connector.aclose() for integration in self.integrations.values()))
        self._started = self.health.started = False

    def open(self, connection: HTTPConnection, params: Mapping[str, Any] | None) -> Operation:
        """The operation that a request asks for."""
        return Operation(self, connection, params)

    async def ensure_started(self) -> None:
        """Start, unless that has been done."""
        if not self._started:
            await self.start()

    def links(self) -> Links | None:
        """Signed addresses of files; null where there are none."""
        return self.storage.actions.links if self.storage and self._started else None

    def writer_of(self, integration: str) -> Writer | None:
        """The writing side of an integration, or null when it is not connected."""
        found = self.integrations.get(integration)
        return None if found is None else found.connector.writer


class App:
    """The ASGI app: the endpoint at its path, everything else by Starlette's router.

    The endpoint stands in front because most requests are for it, and routing would cost more than reading them.

    Attributes:
        gateway: The process behind it.
    """

    def __init__(self, gateway: Gateway, endpoint: ASGIApp, rest: ASGIApp) -> None:
        self.gateway = gateway
        self._endpoint = endpoint
        self._rest = rest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        at_endpoint = scope["type"] != "lifespan" and scope["path"] == ENDPOINT
        await (self._endpoint if at_endpoint else self._rest)(scope, receive, send)


def create_app(settings: Settings, transport: httpx.AsyncBaseTransport | None = None) -> App:
    """The gateway as an ASGI app.

    Args:
        settings: Of the process.
        transport: Core of the way to the ATS, such as `httpx.ASGITransport(simulator)`; null for real connections.

    Raises:
        SettingsError: the settings cannot be used together.
    """
    gateway = Gateway(settings, transport)
    endpoint = Endpoint(
        executable(build_schema()),
        open_context=gateway.open,
        limits=_limits(settings),
        cost=RelationCost(),
        cors_origins=settings.cors_origins,
        introspection=settings.introspection,
        observe=gateway.observer.end,
        begin=gateway.observer.begin,
        documents=_trusted_documents(settings),
    )

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        await gateway.start()
        yield
        await gateway.stop()

    routes = [
        *gateway.health.routes(),
        metrics_route(gateway.observer.metrics, gateway.callers),
        file_route(gateway.links, gateway.writer_of),
        *explorer_routes(ENDPOINT),
    ]
    rest = SecurityHeaders(Starlette(routes=routes, lifespan=lifespan))
    return App(gateway, RequestIds(endpoint), RequestIds(rest))


def _trusted_documents(settings: Settings) -> TrustedDocuments | None:
    if settings.documents is None or settings.documents_mode == "off":
        return None
    try:
        return TrustedDocuments.from_file(settings.documents, require=settings.documents_mode == "require")
    except (OSError, ValueError) as error:
        raise SettingsError("The file named by documents cannot be read as trusted documents.") from error


def _limits(settings: Settings) -> Limits:
    return Limits(
        body_bytes=settings.max_body,
        cost=settings.max_cost,
        depth=settings.max_depth,
        operation_seconds=settings.operation_timeout,
    )
