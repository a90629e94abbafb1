"""The key: added to requests, and kept from coming out again."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from urllib.parse import quote, quote_plus

PARAMETER, HEADER = "api_key", "X-Api-Key"
"""Where Crelate looks for the key (crelate-api 1)."""

ACCEPT = {"Accept": "application/json"}

HIDDEN = "***"
"""What stands in place of the key."""


class KeyForm(StrEnum):
    """How the key is sent (ASM-32)."""

    HEADER = "header"
    QUERY = "query"

    @property
    def other(self) -> KeyForm:
        """The other one."""
        return KeyForm.QUERY if self is KeyForm.HEADER else KeyForm.HEADER


class Signing:
    """What a request needs to carry the key.

    Args:
        key: Of the account.
        forms: How it is sent at first, by the API that is called.

    Attributes:
        forms: How it is sent.
        headers: The headers of a request, by API; among them the one that carries it.
        params: The query parameters that carry it, by API.
    """

    def __init__(self, key: str, forms: Mapping[object, KeyForm]) -> None:
        self._key = key
        self.forms: dict[object, KeyForm] = {}
        self.headers: dict[object, Mapping[str, str]] = {}
        self.params: dict[object, Mapping[str, str]] = {}
        self._spellings = sorted({key, quote(key, safe=""), quote_plus(key)}, key=len, reverse=True)
        for api, form in forms.items():
            self.use(api, form)

    def use(self, api: object, form: KeyForm) -> None:
        """Send the key in this form from now on."""
        self.forms[api] = form
        self.headers[api] = {**ACCEPT, HEADER: self._key} if form is KeyForm.HEADER else ACCEPT
        self.params[api] = {PARAMETER: self._key} if form is KeyForm.QUERY else {}

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
