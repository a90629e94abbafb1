"""The ASGI app for `/graphql`."""

from __future__ import annotations

from collections.abc import Callable, Collection

from graphql import GraphQLSchema
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.http.context import OpenContext
from gateway.http.cost import CostModel, PageSizes
from gateway.http.exchange import Exchanges
from gateway.http.execution import Execution
from gateway.http.limits import Limits
from gateway.http.observation import Observation
from gateway.http.origin import Origins
from gateway.http.service import Service
from gateway.http.trusted import TrustedDocuments
from gateway.http.websocket import Sockets

_REQUEST_HEADERS = ("Authorization", "Cache-Control", "Content-Type", "X-Integration-Id", "X-Request-Id")
_RESPONSE_HEADERS = ("Age", "ETag", "Retry-After", "X-Request-Id")


class Endpoint:
    """GraphQL over HTTP for one schema.

    Args:
        schema: The executable schema.
        open_context: Opens the context of each operation.
        limits: What one caller may ask for at once.
        cost: Knows what each field costs.
        cors_origins: Origins whose pages may use the endpoint beside its own, such as `https://example.com`; `*` is
            any. None by default.
        documents: The documents that are answered, or at least known.
        introspection: Whether the schema may be asked for.
        get_enabled: Whether queries may come by GET.
        explorer_path: Where a browser that visits the endpoint is sent; null to answer it like any other client.
        observe: Is told of each operation that has ended, in the task it ran in.
        begin: Is called there before it begins.
    """

    def __init__(  # noqa: PLR0913 - wired once, by name
        self,
        schema: GraphQLSchema,
        *,
        open_context: OpenContext,
        limits: Limits = Limits(),  # noqa: B008 - frozen
        cost: CostModel | None = None,
        cors_origins: Collection[str] = (),
        documents: TrustedDocuments | None = None,
        introspection: bool = True,
        get_enabled: bool = True,
        explorer_path: str | None = "/",
        observe: Callable[[Observation], None] = lambda _: None,
        begin: Callable[[], None] = lambda: None,
    ) -> None:
        execution = Execution(schema, limits, cost or PageSizes(), documents, introspection=introspection)
        service = Service(execution, open_context, limits, observe, begin)
        origins = Origins(cors_origins)
        methods = ("GET", "HEAD", "OPTIONS", "POST") if get_enabled else ("OPTIONS", "POST")
        self._exchanges = Exchanges(service, origins, limits, methods, explorer_path)
        self._sockets = Sockets(service, origins, limits)
        self._http = self._with_cors(cors_origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one HTTP request or WebSocket connection."""
        serve = self._sockets if scope["type"] == "websocket" else self._http
        await serve(scope, receive, send)

    def _with_cors(self, origins: Collection[str]) -> ASGIApp:
        if not origins:
            return self._exchanges
        return CORSMiddleware(
            self._exchanges,
            allow_origins=list(origins),
            allow_methods=["GET", "POST"],
            allow_headers=_REQUEST_HEADERS,
            expose_headers=_RESPONSE_HEADERS,
        )
