"""`/mcp`: the protocol over streamable HTTP, for callers of the endpoint."""

from __future__ import annotations

import asyncio
from importlib import import_module
from typing import TYPE_CHECKING

import httpx
from graphql import GraphQLSchema
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.agents.asking import Ask, Gateway, account_header
from gateway.callers.callers import Callers
from gateway.callers.headers import ACCOUNT
from gateway.http.errors import refused_by
from resolvers.errors import AtsError

if TYPE_CHECKING:
    from gateway.agents.tools import Tool

PASSED_ON = ("Authorization", ACCOUNT, "Cache-Control", "X-Request-Id")
"""Headers of a request to `/mcp` that go on to the endpoint."""

IN_PROCESS = "http://localhost"
"""Address of an endpoint that is asked without a network."""


class AgentsApp:
    """The ASGI app behind `/mcp`.

    The protocol's package is loaded at the first request: most gateways never get one. No session is kept, so any
    process of a server may answer any request.

    Args:
        endpoint: The gateway's, asked in this process.
        path: Where it is on the gateway.
        callers: Who may ask.
        schema: The endpoint's.
        writes: Whether tools that write are offered.
        body_bytes: Largest request.
    """

    def __init__(
        self, endpoint: ASGIApp, path: str, callers: Callers, schema: GraphQLSchema, *, writes: bool, body_bytes: int
    ) -> None:
        self._endpoint = endpoint
        self._path = path
        self._callers = callers
        self._schema = schema
        self._writes = writes
        self._body_bytes = body_bytes
        self._stopping = asyncio.Event()
        self._serving: asyncio.Future[ASGIApp] | None = None
        self._running: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        try:
            await self._callers.admit(Request(scope), None)
        except AtsError as error:
            refused = refused_by(error)
            response = JSONResponse({"errors": refused.errors}, refused.status, refused.headers)
            await response(scope, receive, send)
            return
        serve = await self._started()
        await serve(scope, receive, send)

    async def stop(self) -> None:
        """End what is under way."""
        self._stopping.set()
        if self._running:
            await self._running

    async def _started(self) -> ASGIApp:
        if self._serving is None:
            self._serving = asyncio.get_running_loop().create_future()
            self._running = asyncio.create_task(self._run(self._serving))
        return await asyncio.shield(self._serving)

    async def _run(self, serving: asyncio.Future[ASGIApp]) -> None:
        """Keep the protocol's tasks in one place until the gateway stops."""
        loaded = await asyncio.to_thread(import_module, "gateway.agents.sessions")
        sessions = loaded.sessions_of(self._tools(), self._ask_of, self._body_bytes)
        async with sessions.run():
            serving.set_result(sessions.handle_request)
            await self._stopping.wait()

    def _tools(self) -> list[Tool]:
        from gateway.agents.tools import all_tools  # noqa: PLC0415  not needed before an agent comes

        return all_tools(self._schema, writes=self._writes)

    def _ask_of(self, request: Request | None, account: str | None) -> Ask:
        """How the sender of a request to `/mcp` asks the endpoint: as if at the same address."""
        given = request.headers if request else {}
        headers = {name.encode(): given[name].encode("latin-1") for name in PASSED_ON if name in given}
        prefix = request.scope.get("root_path", "") if request else ""
        http = httpx.AsyncClient(
            transport=httpx.ASGITransport(self._endpoint, root_path=prefix),
            base_url=str(request.base_url.replace(path="")) if request else IN_PROCESS,
            timeout=None,  # noqa: S113  the endpoint has a deadline of its own
        )
        return Gateway(http, self._path, headers | account_header(account)).ask
