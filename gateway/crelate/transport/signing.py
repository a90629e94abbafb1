"""The layer that adds the key, and keeps it from going further in than the wire or coming out again."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from urllib.parse import quote, quote_plus

import httpx

PARAMETER, HEADER = "api_key", "X-Api-Key"
"""Where Crelate looks for the key (crelate-api 1)."""

HIDDEN = "***"
"""What stands in place of the key."""


class KeyForm(StrEnum):
    """How the key is sent (ASM-32)."""

    HEADER = "header"
    QUERY = "query"


class Signing(httpx.AsyncBaseTransport):
    """Sends a copy of each request that carries the key; the layers outside of it see the request without.

    Args:
        inner: The transport to wrap.
        key: Of the account.
        forms: How it is sent, by what a request's extension `version` says.

    Raises:
        httpx.RequestError: no usable answer came. Neither its text, nor its request, nor its cause has the key.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport, key: str, forms: Mapping[object, KeyForm]) -> None:
        self._inner = inner
        self._key = key
        self._forms = forms
        self._spellings = sorted({key, quote(key, safe=""), quote_plus(key)}, key=len, reverse=True)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request with the key."""
        try:
            return await self._inner.handle_async_request(self._signed(request))
        except httpx.RequestError as error:
            clean = type(error)(self.hide(str(error)), request=request)
        raise clean  # outside of the handler, so that what it hides is not its context

    def hide(self, text: str) -> str:
        """A text with the key, in every spelling an address may have it in, made unreadable."""
        for spelling in self._spellings:
            text = text.replace(spelling, HIDDEN)
        return text

    def hide_in(self, body: bytes) -> bytes:
        """A body, likewise."""
        for spelling in self._spellings:
            body = body.replace(spelling.encode(), HIDDEN.encode())
        return body

    def _signed(self, request: httpx.Request) -> httpx.Request:
        url, headers = request.url, request.headers.copy()
        if self._forms[request.extensions["version"]] is KeyForm.QUERY:
            url = url.copy_set_param(PARAMETER, self._key)
        else:
            headers[HEADER] = self._key
        return httpx.Request(request.method, url, headers=headers, stream=request.stream, extensions=request.extensions)

    async def aclose(self) -> None:
        """Close what is wrapped."""
        await self._inner.aclose()
