"""The innermost transport: aiohttp's connection pool, spoken to in httpx's words."""

from __future__ import annotations

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport


class Pool(AiohttpTransport):
    """As its parent, with the few aiohttp errors it lets slip turned into httpx's own.

    Raises:
        httpx.RequestError: no usable answer came.
    """

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request."""
        try:
            return await super().handle_async_request(request)
        except aiohttp.ClientError as error:
            raise httpx.RemoteProtocolError("The answer is not HTTP.", request=request) from error
