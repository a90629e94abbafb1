"""Somebody who makes JSON Web Tokens and publishes the keys they are signed with."""

import hmac
import json
import time
from collections.abc import Mapping
from typing import Any

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, HMACAlgorithm, OKPAlgorithm, RSAAlgorithm
from jwt.utils import base64url_encode
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

KEYS: Mapping[str, Any] = {
    "RS256": rsa.generate_private_key(65537, 2048),
    "ES256": ec.generate_private_key(ec.SECP256R1()),
    "EdDSA": ed25519.Ed25519PrivateKey.generate(),
}
"""Algorithm -> a key for it."""

_WRITERS: Mapping[str, Any] = {"RS256": RSAAlgorithm, "ES256": ECAlgorithm, "EdDSA": OKPAlgorithm}
URL = "https://issuer.example/keys"


def published(algorithm: str, key_id: str) -> dict[str, Any]:
    """The public half of a key, as it stands in a key set."""
    public = KEYS[algorithm].public_key()
    return {**_WRITERS[algorithm].to_jwk(public, as_dict=True), "kid": key_id, "use": "sig"}


def shared_secret(secret: str, key_id: str) -> dict[str, Any]:
    """A symmetric key, as it must not stand in one."""
    return {**HMACAlgorithm.to_jwk(secret, as_dict=True), "kid": key_id}


def signed(algorithm: str = "RS256", key_id: str | None = "one", key: Any = None, **claims: Any) -> str:
    """A token, valid for an hour unless the claims say otherwise; a claim of null is left out."""
    usual = {"sub": "dana", "exp": int(time.time()) + 3600, "scope": "read pii"}
    payload = {name: value for name, value in (usual | claims).items() if value is not None}
    headers = {} if key_id is None else {"kid": key_id}
    return jwt.encode(payload, KEYS[algorithm] if key is None else key, algorithm, headers=headers)


def pem(algorithm: str) -> bytes:
    """The public half of a key, as it stands in a file."""
    return bytes(KEYS[algorithm].public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))


def forged(algorithm: str = "RS256", key_id: str = "one") -> str:
    """A token signed with the public key, as if that were a shared secret."""
    parts = ({"alg": "HS256", "kid": key_id}, {"sub": "dana", "exp": int(time.time()) + 3600, "scope": "read"})
    body = b".".join(base64url_encode(json.dumps(part).encode()) for part in parts)
    return (body + b"." + base64url_encode(hmac.digest(pem(algorithm), body, "sha256"))).decode()


class Issuer:
    """Where the keys are published, in process.

    Attributes:
        document: What is there; an exception is an issuer that does not answer.
        asked: How often it was fetched.
    """

    def __init__(self) -> None:
        self.document: Any = {"keys": [published(algorithm, key_id) for algorithm, key_id in IDS.items()]}
        self.asked = 0
        self.transport = httpx.ASGITransport(Starlette(routes=[Route("/keys", self._answer)]))

    async def _answer(self, _request: Request) -> JSONResponse:
        self.asked += 1
        if self.document is None:
            return JSONResponse({}, status_code=503)
        return JSONResponse(self.document)


IDS: Mapping[str, str] = {"RS256": "one", "ES256": "two", "EdDSA": "three"}
"""Algorithm -> id of the key for it."""
