"""Which web pages may use the endpoint: its own, and those that are listed."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

from gateway.http.errors import refusal


class Origins:
    """The origins whose pages may use the endpoint.

    Args:
        allowed: Those beside its own.
        public_url: Where the gateway's own pages are for those who come through a proxy; empty where there is none.
    """

    def __init__(self, allowed: Collection[str], public_url: str = "") -> None:
        self._allowed = frozenset(allowed)
        parts = urlsplit(public_url)
        self._own = f"{parts.scheme}://{parts.netloc}"

    def check(self, headers: dict[bytes, bytes]) -> None:
        """Refuse what a browser sends on behalf of a foreign page (Fetch Metadata), links and images included."""
        if headers.get(b"sec-fetch-site") in {b"cross-site", b"same-site"} and not self._listed(headers):
            raise refusal("Pages of this origin may not use the gateway.", code="FORBIDDEN", status=403)

    def check_socket(self, headers: dict[bytes, bytes]) -> None:
        """Refuse a WebSocket that a foreign page opens; browsers always say which page it is, and ask nobody before."""
        origin = headers.get(b"origin", b"").decode("latin-1")
        own = origin == self._own or urlsplit(origin).netloc == headers.get(b"host", b"").decode("latin-1")
        if origin and not own and not self._listed(headers):
            raise refusal("Pages of this origin may not use the gateway.", code="FORBIDDEN", status=403)

    def _listed(self, headers: dict[bytes, bytes]) -> bool:
        return "*" in self._allowed or headers.get(b"origin", b"").decode("latin-1") in self._allowed
