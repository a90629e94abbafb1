"""The layer that reads an answer to its end, so that a cut one is a failed attempt and not a surprise later."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx


class Reading(httpx.AsyncBaseTransport):
    """Reads each body whole and leaves it decoded in the response's extension `decoded`.

    The body of a success that the caller wants piece by piece is left alone.

    Args:
        inner: The transport to wrap.
        decode: Turns a body into data.
        unreadable: What `decode` returns for a body it cannot read.

    Raises:
        httpx.DecodingError: a success had a body that cannot be read, perhaps because half of it is missing.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport, decode: Callable[[bytes], Any], unreadable: object) -> None:
        self._inner = inner
        self._decode = decode
        self._unreadable = unreadable

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request and read what comes back."""
        response = await self._inner.handle_async_request(request)
        response.request = request  # a transport does not set it, and reading errors name it
        if response.is_success and request.extensions.get("stream"):
            return response
        try:
            decoded = self._decode(await response.aread())
        except BaseException:
            await response.aclose()  # or the connection would be lost to the pool
            raise
        if response.is_success and self._lacks_data(request, decoded):
            raise httpx.DecodingError("The answer cannot be read.", request=request)
        response.extensions["decoded"] = decoded
        return response

    def _lacks_data(self, request: httpx.Request, decoded: Any) -> bool:
        """A write may answer without a body, a question may not."""
        return decoded is self._unreadable or (decoded is None and request.method == "GET")

    async def aclose(self) -> None:
        """Close what is wrapped."""
        await self._inner.aclose()
