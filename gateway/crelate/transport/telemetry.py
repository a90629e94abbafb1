"""The layer that tells how each attempt went."""

from __future__ import annotations

from collections.abc import Callable

import httpx

from resolvers.ports.connector import Hook


class Telemetry(httpx.AsyncBaseTransport):
    """Reports every attempt to a hook, in the context of the request it was made for.

    Args:
        inner: The transport to wrap.
        hook: Called after each attempt.
        clock: Seconds, from any zero.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport, hook: Hook, clock: Callable[[], float]) -> None:
        self._inner = inner
        self._hook = hook
        self._clock = clock

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request and report it."""
        started, status = self._clock(), None
        try:
            response = await self._inner.handle_async_request(request)
            status = response.status_code
            return response
        finally:
            self._hook(request.extensions["template"], status, self._clock() - started)

    async def aclose(self) -> None:
        """Close what is wrapped."""
        await self._inner.aclose()
