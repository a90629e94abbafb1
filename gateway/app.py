"""The gateway as an ASGI app: its routes, around one process."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import httpx
from graphql import GraphQLSchema
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.actions.files import file_route
from gateway.agents.http import AgentsApp
from gateway.ats import Ats
from gateway.callers.browser import host_of, is_local, refuse_foreign_name
from gateway.clock import now
from gateway.explorer.connecting import Guide, connecting_route
from gateway.explorer.routes import explorer_routes
from gateway.http import AtPublicUrl, BehindProxies, Drained, Endpoint, Limits, RequestIds, TrustedDocuments
from gateway.http.security_headers import SecurityHeaders
from gateway.observability.scrape import metrics_route
from gateway.process import Process
from gateway.request import open_request
from gateway.rest.http import RestApp
from gateway.settings import Settings, SettingsError
from resolvers.cost import RelationCost, largest
from resolvers.root import build_schema
from schema.strawberry_bridge import executable

ENDPOINT = "/graphql"
AGENTS = "/mcp"
REST = "/v1"


class App:
    """The ASGI app: the endpoint at its path, everything else by Starlette's router.

    The endpoint stands in front because most requests are for it, and routing would cost more than reading them.

    Attributes:
        process: The process behind it.
        only_local: Whether only requests to this machine by its own names are answered.
    """

    def __init__(
        self, process: Process, endpoint: ASGIApp, rest: ASGIApp, *, only_local: bool = False, public_url: str = ""
    ) -> None:
        self.process = process
        self.only_local = only_local
        self._public = host_of(public_url)
        self._endpoint = endpoint
        self._rest: ASGIApp
        self._refusing: ASGIApp
        self._rest, self._refusing = (Drained(RequestIds(app)) for app in (rest, SecurityHeaders(refuse_foreign_name)))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] == "lifespan":
            serve = self._rest
        elif self.only_local and not is_local(scope, self._public):
            serve = self._refusing
        else:
            serve = self._endpoint if scope["path"] == ENDPOINT else self._rest
        await serve(scope, receive, send)


def create_app(
    settings: Settings,
    transport: httpx.AsyncBaseTransport | None = None,
    *,
    only_local: bool = False,
) -> App:
    """The gateway as an ASGI app.

    Args:
        settings: Of the process.
        transport: Core of the way to the ATS, such as `httpx.ASGITransport(simulator)`; null for real connections.
        only_local: Whether, without access tokens, only requests to this machine by its own names are answered.

    Raises:
        SettingsError: the settings cannot be used together.
    """
    process = Process(settings, transport)
    schema = executable(build_schema())
    public_url = settings.public_url or ""
    limits, documents = _limits(settings), _trusted_documents(settings)
    serving = partial(
        Endpoint,
        schema,
        open_context=partial(open_request, process),
        limits=limits,
        cost=_cost(settings),
        cors_origins=settings.cors_origins,
        introspection=settings.introspection,
        observe=process.observer.end,
        begin=process.observer.begin,
        explorer_path=f"{public_url or '.'}/",
        public_url=public_url,
    )
    endpoint = serving(documents=documents)
    unified = RestApp(serving() if documents else endpoint, ENDPOINT, process.callers, limits, now)
    served: list[ASGIApp] = [endpoint, _rest(process, _agents(settings, process, endpoint, schema), unified)]
    if public_url:  # the endpoint knows it already, so its requests need not be moved there
        served[1] = AtPublicUrl(served[1], public_url)
    elif settings.trusted_proxies:
        served = [BehindProxies(app, settings.trusted_proxies) for app in served]
    return App(process, *served, only_local=only_local and process.callers.anonymous, public_url=public_url)


def _cost(settings: Settings) -> RelationCost:
    """What fields cost at most, whichever of the accounts is asked."""
    accounts = settings.accounts().values()
    return RelationCost(len(accounts), largest(settings.ats_of(account).requests for account in accounts))


def _agents(settings: Settings, process: Process, endpoint: ASGIApp, schema: GraphQLSchema) -> AgentsApp | None:
    """What serves agents; null where the settings turn it off."""
    if settings.mcp == "off":
        return None
    writes = settings.mcp == "write"
    return AgentsApp(endpoint, ENDPOINT, process.callers, schema, writes=writes, body_bytes=settings.body_limit)


def _guides(settings: Settings) -> list[Guide]:
    """How another account is connected: one of the first one's ATS, then those of the others."""
    first = next(iter(settings.connected().values()))
    addresses = {tool: ats.settings().address for tool, ats in settings.connectors.items()}
    addresses = {first.tool: first.address} | {tool: each for tool, each in addresses.items() if tool != first.tool}
    return [_guide(settings.connectors[tool], address) for tool, address in addresses.items()]


def _guide(ats: Ats, address: str) -> Guide:
    return Guide(ats.tool, ats.product, ats.steps(address), ats.more_rights)


def _rest(process: Process, agents: AgentsApp | None, unified: RestApp) -> ASGIApp:
    """Every route but the endpoint's; its lifespan is the process's."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        try:
            await process.start()
        except SettingsError as error:
            process.health.failure = str(error)
            raise
        yield
        if agents:
            await agents.stop()
        await process.stop()

    routes = [
        *process.health.routes(),
        metrics_route(process.observer.metrics, process.callers),
        file_route(process.links, process.writer_of),
        *([Route(AGENTS, agents)] if agents else []),
        Route(f"{REST}/{{path:path}}", unified),
        connecting_route(_guides(process.settings), partial(process.health.states, process.connectors)),
        *explorer_routes(ENDPOINT, accounts=process.connectors),
    ]
    return SecurityHeaders(Starlette(routes=routes, lifespan=lifespan))


def _trusted_documents(settings: Settings) -> TrustedDocuments | None:
    if settings.documents is None or settings.documents_mode == "off":
        return None
    try:
        return TrustedDocuments.from_file(settings.documents, require=settings.documents_mode == "require")
    except (OSError, ValueError) as error:
        raise SettingsError("The file named by documents cannot be read as trusted documents.") from error


def _limits(settings: Settings) -> Limits:
    return Limits(
        body_bytes=settings.body_limit,
        cost=settings.max_cost,
        depth=settings.max_depth,
        operation_seconds=settings.operation_timeout,
    )
