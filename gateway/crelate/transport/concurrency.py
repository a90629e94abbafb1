"""The layer that keeps the number of requests under way small."""

from __future__ import annotations

import asyncio

import httpx


class Concurrency(httpx.AsyncBaseTransport):
    """Lets a few requests through at a time; the others wait their turn.

    Args:
        inner: The transport to wrap.
        limit: How many at a time: four to five are known to be tolerated (crelate-api 2.3).
    """

    def __init__(self, inner: httpx.AsyncBaseTransport, limit: int) -> None:
        self._inner = inner
        self._places = asyncio.Semaphore(limit)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request when it is its turn."""
        async with self._places:
            return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        """Close what is wrapped."""
        await self._inner.aclose()
