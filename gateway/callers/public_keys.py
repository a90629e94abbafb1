"""The public keys that JSON Web Tokens are signed with: from a file, or from an address and kept for a while."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Any, Protocol

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from gateway.settings import SettingsError
from resolvers.errors import UpstreamUnavailable

ALGORITHMS: Mapping[type, tuple[str, ...]] = {
    RSAPublicKey: ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    EllipticCurvePublicKey: ("ES256", "ES384", "ES512"),
    Ed25519PublicKey: ("EdDSA",),
}
"""Kind of key -> the algorithms it may be used with. All of them are asymmetric, so the gateway cannot sign."""

FRESH_SECONDS = 600
"""Keys are fetched again when they are older than this."""
KEPT_SECONDS = 3600
"""Keys that cannot be fetched again are trusted this long."""
PAUSE_SECONDS = 10
"""Between two attempts, however many tokens with unknown keys arrive."""
TIMEOUT_SECONDS = 5


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key, and what it may be used with.

    Attributes:
        id: The key's `kid`, or null.
        key: For PyJWT.
        algorithms: Names of the algorithms (RFC 7518 3.1).
    """

    id: str | None
    key: Any
    algorithms: Sequence[str]


class PublicKeys(Protocol):
    """Where keys are found."""

    async def find(self, key_id: str | None) -> PublicKey | None:
        """The key of this id; for a token that names none the only key there is.

        Raises:
            UpstreamUnavailable: the keys are out of reach.
        """


class KeyFile:
    """The one key in a PEM file; whatever key a token names, it is this one or none.

    Raises:
        SettingsError: the file holds no usable public key.
    """

    def __init__(self, path: Path) -> None:
        try:
            key = load_pem_public_key(path.expanduser().read_bytes())
        except (OSError, ValueError) as error:
            raise SettingsError(
                "The file named by jwt_key_file holds no public key in PEM that can be read."
            ) from error
        algorithms = _algorithms(key)
        if not algorithms:
            raise SettingsError("The key in the file named by jwt_key_file is neither RSA, EC nor Ed25519.")
        self._key = PublicKey(None, key, algorithms)

    async def find(self, key_id: str | None) -> PublicKey | None:  # noqa: ARG002  there is no choice
        """The key."""
        return self._key


class PublishedKeys:
    """The keys in a JSON Web Key Set at an address (RFC 7517 5).

    Args:
        url: The address.
        transport: Core of the way there; null for real connections.
        clock: Seconds that only grow.
    """

    def __init__(self, url: str, transport: httpx.AsyncBaseTransport | None, clock: Callable[[], float]) -> None:
        self._url = url
        self._transport = transport
        self._clock = clock
        self._keys: list[PublicKey] = []
        self._fetched_at = self._tried_at = -inf
        self._fetching = asyncio.Lock()

    async def find(self, key_id: str | None) -> PublicKey | None:
        """The key of this id; for a token that names none the only key there is."""
        if self._is_due(key_id):
            async with self._fetching:
                if self._is_due(key_id):
                    await self._fetch()
        if self._clock() - self._fetched_at > KEPT_SECONDS:
            raise UpstreamUnavailable("The keys that access tokens are signed with cannot be fetched.")
        return self._pick(key_id)

    def _is_due(self, key_id: str | None) -> bool:
        now = self._clock()
        if now - self._tried_at < PAUSE_SECONDS:
            return False
        return now - self._fetched_at > FRESH_SECONDS or self._pick(key_id) is None

    def _pick(self, key_id: str | None) -> PublicKey | None:
        if key_id is None:
            return self._keys[0] if len(self._keys) == 1 else None
        return next((key for key in self._keys if key.id == key_id), None)

    async def _fetch(self) -> None:
        """Fetch the keys; when that fails, those at hand stay."""
        self._tried_at = self._clock()
        try:
            async with httpx.AsyncClient(transport=self._transport, timeout=TIMEOUT_SECONDS) as client:
                response = await client.get(self._url)
            self._keys = _read_set(response.raise_for_status().json())
        except (httpx.HTTPError, ValueError, jwt.PyJWKSetError):
            return
        self._fetched_at = self._tried_at


def _read_set(document: Any) -> list[PublicKey]:
    """The keys of a set that can be used; it may hold others, for other purposes.

    Raises:
        PyJWKSetError: it is no set of keys.
    """
    listed = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(listed, list):
        raise jwt.PyJWKSetError("not a JSON Web Key Set")
    return [key for item in listed if (key := _read_key(item))]


def _read_key(item: Any) -> PublicKey | None:
    if not isinstance(item, dict) or item.get("use", "sig") != "sig":
        return None
    try:
        key = jwt.PyJWK(item).key
    except (jwt.PyJWTError, TypeError, ValueError):
        return None
    allowed = _algorithms(key)
    named = item.get("alg")
    algorithms = tuple(name for name in allowed if named in {None, name})
    return PublicKey(item.get("kid"), key, algorithms) if algorithms else None


def _algorithms(key: object) -> tuple[str, ...]:
    return next((names for kind, names in ALGORITHMS.items() if isinstance(key, kind)), ())
