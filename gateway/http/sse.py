"""Results as server-sent events: GraphQL over SSE in distinct connections mode, one stream for each operation."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from starlette.types import Send

from gateway.http.errors import request_error
from gateway.http.execution import Result
from gateway.http.negotiation import MediaType
from gateway.http.response import FIXED_HEADERS, encode

_HEADERS = (
    *FIXED_HEADERS,
    (b"content-type", MediaType.EVENT_STREAM.value.encode()),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),  # asks nginx not to collect events before passing them on
)
_COMMENT = b":\n\n"


async def stream_results(results: AsyncGenerator[Result, None], send: Send, ping_seconds: float) -> None:
    """Send each result as an event `next`, a request error too, and `complete` at the end."""
    await send({"type": "http.response.start", "status": 200, "headers": list(_HEADERS)})
    pings = asyncio.create_task(_ping(send, ping_seconds))
    try:
        async with aclosing(results):
            async for result in results:
                await _event(send, b"next", encode(result))
    except Exception as error:  # noqa: BLE001 - the boundary
        await _event(send, b"next", encode({"errors": request_error(error).errors}))
    finally:
        pings.cancel()
    await _event(send, b"complete", b"")
    await send({"type": "http.response.body", "body": b""})


async def _event(send: Send, name: bytes, data: bytes) -> None:
    await send({"type": "http.response.body", "body": b"event: %b\ndata: %b\n\n" % (name, data), "more_body": True})


async def _ping(send: Send, seconds: float) -> None:
    """Send comments for ever: the first makes proxies pass on the headers, the others keep them from hanging up."""
    while True:
        await send({"type": "http.response.body", "body": _COMMENT, "more_body": True})
        await asyncio.sleep(seconds)
