"""The route under which files of the ATS are handed out to anyone with a signed address."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from resolvers.errors import AtsError, NotFound

if TYPE_CHECKING:
    from gateway.actions.links import Link, Links
    from resolvers.ports.writing import OpenFile, Writer

PATH = "/files"

_SAFE = {
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""Files come from candidates and are not trusted: they are saved, not shown, and run nothing."""


def file_route(links: Callable[[], Links | None], writer_of: Callable[[str], Writer | None]) -> Route:
    """The route that streams files, piece by piece, as the ATS sends them.

    Args:
        links: Reads signed tokens; null until the secret is known.
        writer_of: The writing side of an integration, or null when it is not connected.
    """

    async def serve(request: Request) -> Response:
        known = links()
        link = None if known is None else known.read(request.path_params["token"])
        writer = None if link is None else writer_of(link.integration)
        if link is None or writer is None:
            return PlainTextResponse("This address is not valid, or no longer.", 404, _SAFE)
        return await _answer(writer, link)

    return Route(f"{PATH}/{{token}}/{{name}}", serve, methods=["GET"])


async def _answer(writer: Writer, link: Link) -> Response:
    stack = AsyncExitStack()
    try:
        file = await stack.enter_async_context(writer.open_file(link.file_id))
    except NotFound:
        return PlainTextResponse("The ATS does not have this file any more.", 404, _SAFE)
    except AtsError as failed:
        return PlainTextResponse(failed.message, 502, _SAFE)
    from gateway.actions.media_types import GENERIC  # noqa: PLC0415  what judges files is not needed where nothing is kept

    headers = {**_SAFE, "Content-Disposition": f"attachment; filename*=UTF-8''{quote(link.name, safe='')}"}
    if file.size is not None:
        headers["Content-Length"] = str(file.size)
    return StreamingResponse(_pieces(file, stack), 200, headers, file.content_type or GENERIC)


async def _pieces(file: OpenFile, stack: AsyncExitStack) -> AsyncIterator[bytes]:
    async with stack:
        async for piece in file.pieces:
            yield piece
