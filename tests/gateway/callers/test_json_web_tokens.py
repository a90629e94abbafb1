"""JSON Web Tokens: whom they let in, what they may not get away with, and how their keys are found."""

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from gateway.callers.callers import Callers
from gateway.callers.public_keys import FRESH_SECONDS, KEPT_SECONDS, PAUSE_SECONDS
from gateway.settings import SettingsError
from resolvers.callers import EVERY_SCOPE, Caller, Scope
from resolvers.errors import AtsError, Unauthenticated, UpstreamUnavailable
from tests.gateway.callers.conftest import MakeSettings, bearer
from tests.gateway.callers.issuer import IDS, KEYS, URL, Issuer, forged, pem, published, shared_secret, signed

BOTH = frozenset({"crelate:north", "crelate:south"})
READER = Caller("dana", frozenset({Scope.READ, Scope.PII}))


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    now: float = 1000.0

    def __call__(self) -> float:
        """Seconds."""
        return self.now


@pytest.fixture
def issuer() -> Issuer:
    """An issuer with a key of each kind."""
    return Issuer()


@pytest.fixture
def clock() -> Clock:
    """The time of key fetching."""
    return Clock()


@pytest.fixture
def callers(make: MakeSettings, issuer: Issuer, clock: Clock) -> Callers:
    """Callers with tokens of that issuer."""
    return Callers(make(jwt_jwks_url=URL), issuer.transport, clock)


async def refusal(callers: Callers, token: str) -> AtsError:
    """Why the token lets nobody in."""
    with pytest.raises(AtsError) as refused:
        await callers.admit(bearer(token), None)
    return refused.value


@pytest.mark.parametrize(("algorithm", "key_id"), IDS.items())
async def test_a_signed_token_lets_in_its_subject(callers: Callers, algorithm: str, key_id: str) -> None:
    """Whichever kind of key signed it."""
    assert await callers.admit(bearer(signed(algorithm, key_id)), None) == READER


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ({"scope": None}, Caller("dana", frozenset())),
        ({"scope": ["read"]}, Caller("dana", frozenset())),
        ({"scope": "openid profile READ"}, Caller("dana", frozenset())),
        ({"scope": "openid read  write passthrough sync pii"}, Caller("dana", EVERY_SCOPE)),
        ({"scope": "read", "sub": "ci"}, Caller("ci", frozenset({Scope.READ}))),
        ({"integrations": []}, Caller("dana", READER.scopes, frozenset())),
        ({"integrations": ["north", "crelate:south"]}, Caller("dana", READER.scopes, BOTH)),
    ],
)
async def test_claims_say_who_may_do_what(callers: Callers, claims: dict[str, Any], expected: Caller) -> None:
    """Nothing is allowed that is not said; accounts are only narrowed."""
    assert await callers.admit(bearer(signed(**claims)), None) == expected


STRANGER = rsa.generate_private_key(65537, 2048)
SECRET = "x" * 64
BAD = {
    "expired": signed(exp=int(time.time()) - 3600),
    "not yet valid": signed(nbf=int(time.time()) + 3600),
    "no end": signed(exp=None),
    "nobody": signed(sub=None),
    "empty subject": signed(sub=""),
    "odd subject": signed(sub="dana\nadmin"),
    "long subject": signed(sub="d" * 201),
    "made out to somebody else": signed(aud="another service"),
    "odd accounts": signed(integrations="north"),
    "signed by a stranger": signed(key=STRANGER),
    "unknown key": signed(key_id="four"),
    "no key named": signed(key_id=None),
    "key of another kind": signed(key_id="two"),
    "not signed": signed("none", key=""),
    "signed with a shared secret": signed("HS256", "shared", SECRET),
    "signed with the public key": forged(),
    "no token": "a.b.c",
    "cut off": signed()[:-8],
    "nothing like it": "gibberish",
}


@pytest.mark.parametrize("token", BAD.values(), ids=BAD.keys())
async def test_nothing_else_lets_anybody_in(callers: Callers, issuer: Issuer, token: str) -> None:
    """Not even with a shared secret that a careless issuer publishes."""
    issuer.document["keys"].append(shared_secret(SECRET, "shared"))
    refused = await refusal(callers, token)
    assert isinstance(refused, Unauthenticated)
    assert token not in refused.message


async def test_an_expired_token_says_so(callers: Callers) -> None:
    """A client can then fetch another one."""
    assert "expired" in (await refusal(callers, BAD["expired"])).message


async def test_audience_and_issuer_are_checked(make: MakeSettings, issuer: Issuer, clock: Clock) -> None:
    """Where they are set, a token needs both of them."""
    settings = make(jwt_jwks_url=URL, jwt_audience="gateway", jwt_issuer="https://issuer.example")
    callers = Callers(settings, issuer.transport, clock)
    good: dict[str, Any] = {"aud": ["gateway", "others"], "iss": "https://issuer.example"}
    assert await callers.admit(bearer(signed(**good)), None) == READER
    for wrong in ({"aud": "others"}, {"aud": None}, {"iss": "https://evil.example"}, {"iss": None}):
        assert isinstance(await refusal(callers, signed(**(good | wrong))), Unauthenticated)


async def test_access_tokens_and_web_tokens_work_side_by_side(make: MakeSettings, issuer: Issuer, clock: Clock) -> None:
    """Each lets in its own; an access token asks nobody."""
    callers = Callers(make(API_TOKENS="ci:a-plain-token", jwt_jwks_url=URL), issuer.transport, clock)
    assert (await callers.admit(bearer("a-plain-token"), None)).name == "ci"
    assert issuer.asked == 0
    assert await callers.admit(bearer(signed()), None) == READER


async def test_keys_are_fetched_once(callers: Callers, issuer: Issuer, clock: Clock) -> None:
    """For many callers at once, and for all that come while they are fresh."""
    await asyncio.gather(*(callers.admit(bearer(signed()), None) for _ in range(20)))
    clock.now += FRESH_SECONDS
    await callers.admit(bearer(signed()), None)
    assert issuer.asked == 1
    clock.now += 1
    await callers.admit(bearer(signed()), None)
    assert issuer.asked == 2


async def test_a_new_key_is_found_at_once(callers: Callers, issuer: Issuer, clock: Clock) -> None:
    """A token with a key nobody knows has the keys fetched again."""
    await callers.admit(bearer(signed()), None)
    issuer.document["keys"].append(published("RS256", "four"))
    clock.now += PAUSE_SECONDS
    assert await callers.admit(bearer(signed(key_id="four")), None) == READER


async def test_unknown_keys_do_not_hammer_the_issuer(callers: Callers, issuer: Issuer) -> None:
    """However many are made up."""
    for number in range(20):
        await refusal(callers, signed(key_id=f"made up {number}"))
    assert issuer.asked == 1


@pytest.mark.parametrize("document", [None, [], {}, {"keys": "none"}, "text"])
async def test_keys_at_hand_outlive_an_outage(callers: Callers, issuer: Issuer, clock: Clock, document: object) -> None:
    """For a while; then nobody is let in until the issuer is back."""
    await callers.admit(bearer(signed()), None)
    known, issuer.document = issuer.document, document
    clock.now += KEPT_SECONDS
    assert await callers.admit(bearer(signed()), None) == READER
    clock.now += PAUSE_SECONDS
    refused = await refusal(callers, signed())
    assert isinstance(refused, UpstreamUnavailable)
    assert refused.retryable
    clock.now += PAUSE_SECONDS
    issuer.document = known
    assert await callers.admit(bearer(signed()), None) == READER


async def test_keys_for_other_ends_are_passed_over(callers: Callers, issuer: Issuer) -> None:
    """For encryption, of unknown kinds, or broken ones."""
    good = issuer.document["keys"]
    others = [{**good[0], "use": "enc", "kid": "enc"}, {"kty": "new", "kid": "new"}, {"kty": "RSA", "kid": "rsa"}, 7]
    issuer.document = {"keys": [*others, *good]}
    assert await callers.admit(bearer(signed()), None) == READER
    assert isinstance(await refusal(callers, signed(key_id="enc")), Unauthenticated)


@pytest.mark.parametrize("algorithm", KEYS)
async def test_a_key_may_come_from_a_file(make: MakeSettings, tmp_path: Path, algorithm: str) -> None:
    """As PEM; what the token calls the key does not matter."""
    file = tmp_path / "key.pem"
    file.write_bytes(pem(algorithm))
    callers = Callers(make(jwt_key_file=file))
    assert await callers.admit(bearer(signed(algorithm, "any")), None) == READER
    assert await callers.admit(bearer(signed(algorithm, None)), None) == READER
    other = next(name for name in KEYS if name != algorithm)
    assert isinstance(await refusal(callers, signed(other)), Unauthenticated)
    assert isinstance(await refusal(callers, forged(algorithm)), Unauthenticated)


@pytest.mark.parametrize(
    "given",
    [
        {"jwt_key_file": "/nowhere/at/all"},
        {"jwt_key_file": __file__},
        {"jwt_jwks_url": URL, "jwt_key_file": __file__},
        {"jwt_jwks_url": "http://issuer.example/keys"},
        {"jwt_jwks_url": "issuer.example"},
        {"jwt_audience": "gateway"},
        {"jwt_issuer": "https://issuer.example"},
    ],
)
def test_what_cannot_be_used_is_refused(make: MakeSettings, given: dict[str, Any]) -> None:
    """No key, two of them, keys over a wire that anybody can cut into, or claims of tokens nobody reads."""
    with pytest.raises(SettingsError, match="jwt_"):
        Callers(make(**given))
