"""Authentication: which caller sends a request."""

from __future__ import annotations

import time
from collections.abc import Callable
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx
from starlette.requests import HTTPConnection

from gateway.callers.addresses import is_loopback
from gateway.callers.headers import Params, header_of
from gateway.callers.tokens import read_tokens
from gateway.settings import PREFIX, Settings, SettingsError
from resolvers.callers import LOCAL, Caller
from resolvers.errors import Unauthenticated

if TYPE_CHECKING:
    from gateway.callers.json_web_tokens import JsonWebTokens
    from gateway.callers.public_keys import PublicKeys


class Callers:
    """The callers that may use the gateway.

    Args:
        settings: Of the process.
        transport: Core of the way to published keys; null for real connections.
        clock: Seconds that only grow.

    Attributes:
        anonymous: Whether no tokens are asked for.

    Raises:
        SettingsError: tokens or keys in the settings cannot be used.
    """

    def __init__(
        self,
        settings: Settings,
        transport: httpx.AsyncBaseTransport | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._callers = {token.digest: token.caller for token in read_tokens(settings)}
        self._web_tokens = _web_tokens(settings, transport, clock)
        self.anonymous = not self._callers and self._web_tokens is None

    async def admit(self, connection: HTTPConnection, params: Params) -> Caller:
        """The caller that sends a request.

        Raises:
            Unauthenticated: the request has no token, or none that is valid.
            UpstreamUnavailable: the keys to check it with are out of reach.
        """
        if self.anonymous:
            return LOCAL
        shown = _bearer(header_of(connection, params, "Authorization"))
        caller = self._callers.get(sha256(shown.encode()).digest())
        if caller is None and self._web_tokens is not None:
            caller = await self._web_tokens.caller_with(shown)
        if caller is None:
            raise Unauthenticated
        return caller


def refuse_open_listen(settings: Settings) -> None:
    """Refuse to listen to other machines without access tokens.

    Raises:
        SettingsError: the address is not a loopback one, and no tokens are asked for.
    """
    if not is_loopback(settings.host) and Callers(settings).anonymous:
        raise SettingsError(
            f"The gateway listens on {settings.host} only with access tokens: set {PREFIX}API_TOKENS, "
            f"or {PREFIX}HOST to 127.0.0.1."
        )


def open_address(settings: Settings) -> str | None:
    """The public address of a gateway that asks for no access tokens; null where only this machine can reach it."""
    public = settings.public_url
    is_open = public and not is_loopback(urlsplit(public).hostname or "") and Callers(settings).anonymous
    return public if is_open else None


def _bearer(authorization: str | None) -> str:
    """The token in an Authorization header (RFC 6750 2.1)."""
    scheme, _, token = (authorization or "").strip().partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated
    return token.strip()


def _web_tokens(
    settings: Settings, transport: httpx.AsyncBaseTransport | None, clock: Callable[[], float]
) -> JsonWebTokens | None:
    """What reads JSON Web Tokens; null where the settings do not speak of them."""
    if not any((settings.jwt_jwks_url, settings.jwt_key_file, settings.jwt_audience, settings.jwt_issuer)):
        return None
    from gateway.callers.json_web_tokens import JsonWebTokens  # noqa: PLC0415  brings a whole library of cryptography

    keys = _keys(settings, transport, clock)
    return JsonWebTokens(keys, settings.jwt_audience, settings.jwt_issuer, settings.name_of)


def _keys(settings: Settings, transport: httpx.AsyncBaseTransport | None, clock: Callable[[], float]) -> PublicKeys:
    from gateway.callers.public_keys import KeyFile, PublishedKeys  # noqa: PLC0415  likewise

    if settings.jwt_jwks_url and settings.jwt_key_file:
        raise SettingsError("jwt_jwks_url and jwt_key_file: only one of them can be used.")
    if settings.jwt_key_file:
        return KeyFile(settings.jwt_key_file)
    if settings.jwt_jwks_url:
        return PublishedKeys(_safe(settings.jwt_jwks_url), transport, clock)
    raise SettingsError("jwt_audience and jwt_issuer need jwt_jwks_url or jwt_key_file.")


def _safe(url: str) -> str:
    """The address, if it is safe from keys that are put in on the way: https, or this machine."""
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.hostname or "")):
        raise SettingsError("jwt_jwks_url: this is not an https address.")
    return url
