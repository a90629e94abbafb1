"""The ASGI app for `/graphql`."""

from __future__ import annotations

from collections.abc import Callable, Collection

from graphql import GraphQLSchema, OperationType
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.graphql_http.connection import Connected
from gateway.graphql_http.context import OpenContext
from gateway.graphql_http.cost import CostModel, PageSizes
from gateway.graphql_http.documents import Operation
from gateway.graphql_http.errors import RequestError, masked, refusal
from gateway.graphql_http.execution import Execution
from gateway.graphql_http.limits import Limits
from gateway.graphql_http.negotiation import MediaType, negotiate
from gateway.graphql_http.observation import Observation
from gateway.graphql_http.origin import Origins
from gateway.graphql_http.request import ClientGoneError, GraphQLRequest, read_get, read_headers, read_post
from gateway.graphql_http.response import Answer, answer_cacheable, answer_error, answer_result
from gateway.graphql_http.service import Service
from gateway.graphql_http.trusted import TrustedDocuments

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
        observe: Is told of each operation.
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
    ) -> None:
        execution = Execution(schema, limits, cost or PageSizes(), documents, introspection=introspection)
        self._service = Service(execution, open_context, limits, observe)
        self._limits = limits
        self._origins = Origins(cors_origins)
        self._methods = ("GET", "HEAD", "OPTIONS", "POST") if get_enabled else ("OPTIONS", "POST")
        self._explorer_path = explorer_path
        self._http = self._with_cors(cors_origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one HTTP request or WebSocket connection."""
        await self._http(scope, receive, send)

    def _with_cors(self, origins: Collection[str]) -> ASGIApp:
        if not origins:
            return self._exchange
        return CORSMiddleware(
            self._exchange,
            allow_origins=list(origins),
            allow_methods=["GET", "POST"],
            allow_headers=_REQUEST_HEADERS,
            expose_headers=_RESPONSE_HEADERS,
        )

    async def _exchange(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = read_headers(scope)
        try:
            answer = await self._answer(scope, headers, receive)
        except ClientGoneError:
            return
        accept_encoding = headers.get(b"accept-encoding", b"").decode("latin-1")
        await answer.send(send, accept_encoding, with_body=scope["method"] != "HEAD")

    async def _answer(self, scope: Scope, headers: dict[bytes, bytes], receive: Receive) -> Answer:
        media_type = MediaType.JSON
        try:
            if early := self._early(scope, headers):
                return early
            media_type = negotiate(headers.get(b"accept", b"").decode("latin-1"))
            self._origins.check(headers)
            return await self._operate(scope, headers, receive, media_type)
        except RequestError as error:
            return answer_error(error, media_type)
        except Exception as error:  # noqa: BLE001 - the boundary: nothing unknown leaves the gateway
            return answer_error(RequestError([masked(error)], status=500), media_type)

    def _early(self, scope: Scope, headers: dict[bytes, bytes]) -> Answer | None:
        """The answer to what is not a GraphQL request: a foreign method, OPTIONS, a browser that looks in."""
        method, allow = scope["method"], {"Allow": ", ".join(self._methods)}
        if method == "OPTIONS":
            return Answer(204, headers=allow)
        if method not in self._methods:
            raise refusal(f"{method[:20]} is not a method of this endpoint.", status=405, headers=allow)
        is_visit = method == "GET" and not scope["query_string"] and b"text/html" in headers.get(b"accept", b"")
        if is_visit and self._explorer_path:
            return Answer(302, headers={"Location": self._explorer_path, "Cache-Control": "no-store"})
        return None

    async def _operate(
        self, scope: Scope, headers: dict[bytes, bytes], receive: Receive, media_type: MediaType
    ) -> Answer:
        by_post = scope["method"] == "POST"
        request = await self._read(scope, headers, receive)
        connection = HTTPConnection(scope)
        permit = _permit_by_post if by_post else _permit_by_get
        async with Connected(receive):
            result, further = await self._service.answer(connection, request, permit)
        if by_post:
            return answer_result(result, media_type, further)
        return answer_cacheable(result, media_type, further, headers.get(b"if-none-match", b"").decode("latin-1"))

    async def _read(self, scope: Scope, headers: dict[bytes, bytes], receive: Receive) -> GraphQLRequest:
        if scope["method"] == "POST":
            return await read_post(headers, receive, self._limits)
        return read_get(scope["query_string"], self._limits)


def _permit_by_post(operation: Operation) -> None:
    if operation.type is OperationType.SUBSCRIPTION:
        words = "A subscription is answered over a WebSocket, or as an event stream to Accept: text/event-stream."
        raise refusal(words, code="OPERATION_RESOLUTION_FAILURE", status=406)


def _permit_by_get(operation: Operation) -> None:
    _permit_by_post(operation)
    if operation.type is OperationType.MUTATION:
        raise refusal("A mutation comes by POST.", status=405, headers={"Allow": "POST"})
