"""JSON Web Tokens: checks them and reads caller, scopes and accounts from their claims (RFC 7519)."""

from collections.abc import Callable, Mapping
from typing import Any

import jwt

from gateway.callers.public_keys import PublicKeys
from resolvers.callers import Caller, Scope
from resolvers.errors import Unauthenticated
from resolvers.ports.integration import IntegrationName

LEEWAY_SECONDS = 30
"""How far the clocks of issuer and gateway may be apart."""
MAX_NAME = 200
"""Longest subject that is taken for a name: it goes into logs and the audit trail."""

_READER = jwt.PyJWT({"enforce_minimum_key_length": True})


class JsonWebTokens:
    """Reads tokens that an identity provider issued.

    Args:
        keys: The issuer's keys.
        audience: What has to be in `aud`; without one, tokens with an audience are refused.
        issuer: What `iss` has to be; null for anything.
        name_of: Reads the name of an account in the claim `integrations`.
    """

    def __init__(
        self, keys: PublicKeys, audience: str | None, issuer: str | None, name_of: Callable[[str], IntegrationName]
    ) -> None:
        self._keys = keys
        self._audience = audience
        self._issuer = issuer
        self._name_of = name_of

    async def caller_with(self, shown: str) -> Caller:
        """The caller with this token: `sub` is the name, `scope` lists the scopes, `integrations` the accounts.

        A token without `scope` may do nothing; one without `integrations` may ask every account.

        Raises:
            Unauthenticated: it is not a valid token.
            UpstreamUnavailable: the keys are out of reach.
        """
        try:
            return self._caller(await self._read(shown))
        except jwt.ExpiredSignatureError:
            raise Unauthenticated("The access token has expired.") from None
        except (jwt.PyJWTError, ValueError, TypeError):
            raise Unauthenticated from None

    async def _read(self, shown: str) -> Mapping[str, Any]:
        key = await self._keys.find(jwt.get_unverified_header(shown).get("kid"))
        if key is None:
            raise Unauthenticated
        return _READER.decode(
            shown,
            key.key,
            algorithms=key.algorithms,
            audience=self._audience,
            issuer=self._issuer,
            leeway=LEEWAY_SECONDS,
            options={"require": ["exp", "sub"]},
        )

    def _caller(self, claims: Mapping[str, Any]) -> Caller:
        name = claims["sub"]
        if not name or len(name) > MAX_NAME or not name.isprintable():
            raise ValueError("not a name")
        return Caller(name, _scopes(claims.get("scope")), self._accounts(claims.get("integrations")))

    def _accounts(self, claim: Any) -> frozenset[IntegrationName] | None:
        if claim is None:
            return None
        if not isinstance(claim, list) or not all(isinstance(name, str) for name in claim):
            raise ValueError("not a list of accounts")
        return frozenset(map(self._name_of, claim))


def _scopes(claim: Any) -> frozenset[Scope]:
    """The scopes in a claim that the gateway knows; others are ignored (RFC 8693 4.2)."""
    if not isinstance(claim, str):
        return frozenset()
    named = claim.split()
    return frozenset(scope for scope in Scope if scope.value in named)
