"""The key: added to requests, and kept from coming out again."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from urllib.parse import quote, quote_plus

PARAMETER, HEADER = "api_key", "X-Api-Key"
"""Where Crelate looks for the key (crelate-api 1)."""

HIDDEN = "***"
"""What stands in place of the key."""


class KeyForm(StrEnum):
    """How the key is sent (ASM-32)."""

    HEADER = "header"
    QUERY = "query"


class Signing:
    """What a request needs to carry the key.

    Args:
        key: Of the account.
        forms: How it is sent, by the API that is called.

    Attributes:
        headers: The headers that carry it, by API.
        params: The query parameters that carry it, by API.
    """

    def __init__(self, key: str, forms: Mapping[object, KeyForm]) -> None:
        self.headers = {api: {HEADER: key} if form is KeyForm.HEADER else {} for api, form in forms.items()}
        self.params = {api: {PARAMETER: key} if form is KeyForm.QUERY else {} for api, form in forms.items()}
        self._spellings = sorted({key, quote(key, safe=""), quote_plus(key)}, key=len, reverse=True)

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
