"""The layer that keeps within the number of requests Crelate takes from one key (ASM-12)."""

from __future__ import annotations

from collections.abc import Callable

import httpx

from resolvers.errors import UpstreamCall, UpstreamRateLimited
from resolvers.ports.quota import Quota


class Pacing(httpx.AsyncBaseTransport):
    """Asks the quota before each request.

    Args:
        inner: The transport to wrap.
        quota: Of the key all requests carry.
        seconds_left: Seconds until the running operation has to be answered; null outside of one.

    Raises:
        UpstreamRateLimited: the request's turn comes after the operation's deadline.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport, quota: Quota, seconds_left: Callable[[], float | None]) -> None:
        self._inner = inner
        self._quota = quota
        self._seconds_left = seconds_left

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request when the quota has room for it."""
        wait = await self._quota.acquire(self._seconds_left())
        if wait is not None:
            call = UpstreamCall(request.method, request.extensions["template"])
            raise UpstreamRateLimited(upstream=call, retry_after=wait)
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        """Close what is wrapped."""
        await self._inner.aclose()
