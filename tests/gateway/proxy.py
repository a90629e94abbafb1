"""A reverse proxy that takes a path prefix away, for HTTP, event streams and WebSockets."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import httpx
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

PREFIX = "/ats"
METHODS = ["GET", "HEAD", "POST", "OPTIONS", "DELETE"]
OF_THE_CONNECTION = {"host", "connection", "transfer-encoding", "upgrade"}


def reverse_proxy(upstream: str, said: Mapping[str, str]) -> Starlette:
    """The proxy: what comes under the prefix goes on to an address, without it and with other headers.

    It sends the Host that it connects to, as proxies do where nobody tells them otherwise.

    Args:
        upstream: Where to, such as `http://127.0.0.1:8000`.
        said: Headers it adds.
    """

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with httpx.AsyncClient(base_url=upstream, timeout=60) as app.state.http:
            yield

    async def pass_on(request: Request) -> StreamingResponse:
        http: httpx.AsyncClient = request.app.state.http
        path = request.scope["raw_path"].decode().removeprefix(PREFIX) or "/"
        url = httpx.URL(path, query=request.scope["query_string"])
        headers = [(name, value) for name, value in request.headers.items() if name not in OF_THE_CONNECTION]
        asked = http.build_request(request.method, url, headers=[*headers, *said.items()], content=await request.body())
        answer = await http.send(asked, stream=True)
        kept = {name: value for name, value in answer.headers.items() if name not in OF_THE_CONNECTION}
        return StreamingResponse(answer.aiter_raw(), answer.status_code, kept, background=BackgroundTask(answer.aclose))

    async def pass_through(near: WebSocket) -> None:
        url = upstream.replace("http", "ws", 1) + near.scope["path"].removeprefix(PREFIX)
        headers = {**said, "Origin": near.headers.get("origin", "")}
        try:
            async with connect(url, subprotocols=near.scope["subprotocols"], additional_headers=headers) as far:
                await near.accept(far.subprotocol)
                await _both_ways(near, far)
        except InvalidStatus:
            await near.close()

    every = f"{PREFIX}{{path:path}}"
    routes = [Route(every, pass_on, methods=METHODS), WebSocketRoute(every, pass_through)]
    return Starlette(routes=routes, lifespan=lifespan)


async def _both_ways(near: WebSocket, far: ClientConnection) -> None:
    """Pass messages on until either side is gone."""

    async def outwards() -> None:
        async for message in near.iter_text():
            await far.send(message)
        await far.close()

    outward = asyncio.create_task(outwards())
    try:
        async for message in far:
            await near.send_text(str(message))
        await near.close(far.close_code or 1000)
    except (ConnectionClosed, RuntimeError, WebSocketDisconnect):
        pass  # the other side was first
    finally:
        outward.cancel()
