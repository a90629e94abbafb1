"""The ASGI app for `/graphql`: one HTTP request and its answer; WebSockets go to `gateway.http.websocket`."""

from __future__ import annotations

from collections.abc import Callable, Collection

from graphql import GraphQLSchema, OperationType
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send
from structlog.contextvars import bind_contextvars, reset_contextvars

from gateway.http.context import OpenContext
from gateway.http.cost import CostModel, PageSizes
from gateway.http.deadline import ClientGoneError, Patience
from gateway.http.documents import Operation
from gateway.http.draining import Body, body_of
from gateway.http.errors import refusal, request_error
from gateway.http.execution import Execution
from gateway.http.limits import Limits
from gateway.http.negotiation import MediaType, negotiate
from gateway.http.observation import Observation
from gateway.http.origin import Origins
from gateway.http.request import GraphQLRequest, read_body, read_get, read_headers, read_parameters
from gateway.http.request_id import HEADER as REQUEST_ID
from gateway.http.request_id import RequestIds, id_of, marked
from gateway.http.response import Answer, answer_cacheable, answer_error, answer_result
from gateway.http.service import Service
from gateway.http.sse import stream_results
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
        public_url: Where the gateway's own pages are for those who come through a proxy; empty where there is none.
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
        public_url: str = "",
        observe: Callable[[Observation], None] = lambda _: None,
        begin: Callable[[], None] = lambda: None,
    ) -> None:
        execution = Execution(schema, limits, cost or PageSizes(), documents, introspection=introspection)
        self._service = Service(execution, open_context, limits, observe, begin)
        self._origins = Origins(cors_origins, public_url)
        self._limits = limits
        self._methods = ("GET", "HEAD", "OPTIONS", "POST") if get_enabled else ("OPTIONS", "POST")
        self._explorer_path = explorer_path
        self._sockets = RequestIds(Sockets(self._service, self._origins, limits))
        self._http = self._with_cors(cors_origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one HTTP request or WebSocket connection."""
        serve = self._sockets if scope["type"] == "websocket" else self._http
        await serve(scope, receive, send)

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
        """Answer one request, unless the client hangs up before."""
        headers = read_headers(scope)
        request_id = id_of(headers.get(REQUEST_ID))
        body = body_of(headers, receive)
        named = bind_contextvars(request_id=request_id.decode())
        try:
            answer = await self._answer(scope, headers, request_id, body, send)
            if answer:
                send = send if body.ended else body.ending(send)
                coding = headers.get(b"accept-encoding", b"")
                await answer.send(send, coding, request_id, with_body=scope["method"] != "HEAD")
        except ClientGoneError:
            return
        finally:
            reset_contextvars(**named)

    async def _answer(
        self, scope: Scope, headers: dict[bytes, bytes], request_id: bytes, body: Body, send: Send
    ) -> Answer | None:
        """The answer, or null when it has been streamed."""
        media_type = MediaType.JSON
        try:
            by_post = scope["method"] == "POST"
            if not by_post and (early := self._early(scope, headers)):
                return early
            media_type = negotiate(headers.get(b"accept", b"").decode("latin-1"))
            if b"sec-fetch-site" in headers:
                self._origins.check(headers)
            if by_post:
                request = read_parameters(await read_body(headers, body.receive, self._limits), self._limits)
            else:
                request = read_get(scope["query_string"], self._limits)
            if media_type is MediaType.EVENT_STREAM:
                await self._stream(HTTPConnection(scope), request, body.receive, marked(request_id, send))
                return None
            permit = _one_result if by_post else _one_result_by_get
            result, further = await self._service.answer(HTTPConnection(scope), request, permit, body.receive)
            if by_post:
                return answer_result(result, media_type, further)
            known = headers.get(b"if-none-match", b"").decode("latin-1")
            return answer_cacheable(result, media_type, further, known)
        except ClientGoneError:
            raise
        except Exception as error:  # noqa: BLE001 - the boundary
            return answer_error(request_error(error), media_type)

    def _early(self, scope: Scope, headers: dict[bytes, bytes]) -> Answer | None:
        """The answer to what is not a GraphQL request: a foreign method, OPTIONS, a browser that looks in."""
        method, allow = scope["method"], {"Allow": ", ".join(self._methods)}
        if method == "OPTIONS":
            return Answer(204, headers=allow)
        if method not in self._methods:
            raise refusal("This method is not one of the endpoint's.", status=405, headers=allow)
        is_visit = method == "GET" and not scope["query_string"] and b"text/html" in headers.get(b"accept", b"")
        if is_visit and self._explorer_path:
            return Answer(302, headers={"Location": self._explorer_path, "Cache-Control": "no-store"})
        return None

    async def _stream(self, connection: HTTPConnection, request: GraphQLRequest, receive: Receive, send: Send) -> None:
        permit = _any if connection.scope["method"] == "POST" else _no_mutation
        with Patience(None, receive):
            await self._service.admit(connection, None)
            results = self._service.results(connection, None, request, permit)
            await stream_results(results, send, self._limits.stream_ping_seconds)


def _any(_operation: Operation) -> None:
    """Every operation may come this way."""


def _no_mutation(operation: Operation) -> None:
    if operation.type is OperationType.MUTATION:
        raise refusal("A mutation comes by POST.", status=405, headers={"Allow": "POST"})


def _one_result(operation: Operation) -> None:
    if operation.type is OperationType.SUBSCRIPTION:
        words = "A subscription is answered over a WebSocket, or as an event stream to Accept: text/event-stream."
        raise refusal(words, code="OPERATION_RESOLUTION_FAILURE", status=406)


def _one_result_by_get(operation: Operation) -> None:
    _no_mutation(operation)
    _one_result(operation)
