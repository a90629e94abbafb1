"""The route under which files of the ATS are handed out to whoever holds a signed address."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from urllib.parse import quote

import httpx
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from gateway.actions.links import PATH, Link, Links
from gateway.crelate.client import Client
from gateway.crelate.mapping.attachment import file_content
from resolvers.errors import AtsError, NotFound

_SAFE = {
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""A file is somebody else's: it is saved, not shown, and runs nothing."""


def file_route(links: Callable[[], Links | None], client_of: Callable[[str], Client | None]) -> Route:
    """The route that streams files, piece by piece, as the ATS sends them.

    Args:
        links: Reads signed tokens; null until the secret is known.
        client_of: The way to an integration's ATS, or null when it is not connected.
    """

    async def serve(request: Request) -> Response:
        known = links()
        link = None if known is None else known.read(request.path_params["token"])
        client = None if link is None else client_of(link.integration)
        if link is None or client is None:
            return PlainTextResponse("This address is not valid, or no longer.", 404, _SAFE)
        return await _answer(client, link)

    return Route(f"{PATH}/{{token}}/{{name}}", serve, methods=["GET"])


async def _answer(client: Client, link: Link) -> Response:
    stack = AsyncExitStack()
    try:
        answer = await stack.enter_async_context(client.stream(file_content(link.file_id)))
    except NotFound:
        return PlainTextResponse("The ATS does not have this file any more.", 404, _SAFE)
    except AtsError as failed:
        return PlainTextResponse(failed.message, 502, _SAFE)
    headers = {**_SAFE, "Content-Disposition": f"attachment; filename*=UTF-8''{quote(link.name, safe='')}"}
    if "content-encoding" not in answer.headers and "content-length" in answer.headers:
        headers["Content-Length"] = answer.headers["content-length"]
    media_type = answer.headers.get("content-type", "application/octet-stream")
    return StreamingResponse(_pieces(answer, stack), 200, headers, media_type)


async def _pieces(answer: httpx.Response, stack: AsyncExitStack) -> AsyncIterator[bytes]:
    async with stack:
        async for piece in answer.aiter_bytes():
            yield piece
