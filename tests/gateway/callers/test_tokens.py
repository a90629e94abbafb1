"""Access tokens: how they are written down, whom they let in, and that nobody gets to see them."""

from hashlib import sha256
from pathlib import Path

import pytest

from gateway.callers.callers import Callers
from gateway.callers.tokens import read_tokens
from gateway.settings import SettingsError
from resolvers.callers import EVERY_SCOPE, LOCAL, Caller, Scope
from resolvers.errors import Unauthenticated
from tests.gateway.callers.conftest import TOKEN, MakeSettings, bearer, connection

HASH = f"sha256-{sha256(TOKEN.encode()).hexdigest()}"
BOTH = frozenset({"crelate:north", "crelate:south"})
TWO_ACCOUNTS = {"integrations": {"north": {"crelate_api_key": "n"}, "south": {"crelate_api_key": "s"}}}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (TOKEN, Caller("default", EVERY_SCOPE)),
        (HASH, Caller("default", EVERY_SCOPE)),
        (f"ci:{TOKEN}", Caller("ci", EVERY_SCOPE)),
        (f"ci:{HASH}", Caller("ci", EVERY_SCOPE)),
        (f"ci:{TOKEN}:read", Caller("ci", frozenset({Scope.READ}))),
        (f"ci:{TOKEN}:read+pii", Caller("ci", frozenset({Scope.READ, Scope.PII}))),
        (f"ci:{TOKEN}@north", Caller("ci", EVERY_SCOPE, frozenset({"crelate:north"}))),
        (f"ci:{HASH}:sync@crelate:north+south", Caller("ci", frozenset({Scope.SYNC}), BOTH)),
    ],
)
async def test_a_token_is_whom_the_environment_says(make: MakeSettings, written: str, expected: Caller) -> None:
    """Name, scopes and accounts; whoever wrote down the hash lets in whoever shows the token."""
    callers = Callers(make(API_TOKENS=written, **TWO_ACCOUNTS))
    assert await callers.admit(bearer(TOKEN), None) == expected


@pytest.mark.parametrize("between", [",", " ", ", ", "\n", " ,\t"])
async def test_tokens_are_listed_with_commas_or_spaces(make: MakeSettings, between: str) -> None:
    """However they are separated, each lets in its own caller."""
    callers = Callers(make(API_TOKENS=between.join(["one:first-secret", "two:second-secret:read"])))
    assert (await callers.admit(bearer("first-secret"), None)).name == "one"
    assert (await callers.admit(bearer("second-secret"), None)).scopes == {Scope.READ}


async def test_tokens_are_tables_of_the_file(make: MakeSettings, tmp_path: Path) -> None:
    """With a hash, or a file that holds the token; beside those of the environment."""
    (tmp_path / "token").write_text("from-a-file\n", encoding="utf-8")
    toml = f"""
        [tokens.hashed]
        hash = "{HASH}"
        scopes = ["read", "write"]
        integrations = ["default"]

        [tokens.filed]
        token_file = "{tmp_path / "token"}"
    """
    callers = Callers(make(toml, API_TOKENS="listed:in-the-environment"))
    hashed = await callers.admit(bearer(TOKEN), None)
    assert hashed == Caller("hashed", frozenset({Scope.READ, Scope.WRITE}), frozenset({"crelate:default"}))
    assert (await callers.admit(bearer("from-a-file"), None)).name == "filed"
    assert (await callers.admit(bearer("in-the-environment"), None)).name == "listed"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": ""},
        {"Authorization": TOKEN},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer "},
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": f"Bearer {TOKEN[:-1]}"},
        {"Authorization": f"Bearer {TOKEN}x"},
        {"Authorization": f"Bearer {HASH}"},
        {"Authorization": "Bearer ünïcode"},
    ],
)
async def test_nobody_else_is_let_in(make: MakeSettings, headers: dict[str, str]) -> None:
    """No token, another scheme, nearly the token, or the hash in its place."""
    callers = Callers(make(API_TOKENS=f"ci:{TOKEN}"))
    with pytest.raises(Unauthenticated):
        await callers.admit(connection(headers), None)


@pytest.mark.parametrize("name", ["Authorization", "authorization", "AUTHORIZATION"])
async def test_a_socket_shows_its_token_in_the_payload(make: MakeSettings, name: str) -> None:
    """Browsers cannot set the headers of a WebSocket."""
    callers = Callers(make(API_TOKENS=f"ci:{TOKEN}"))
    assert (await callers.admit(connection(kind="websocket"), {name: f"bearer {TOKEN}"})).name == "ci"


@pytest.mark.parametrize("payload", [{"Authorization": 7}, {"Authorization": None}, {"other": TOKEN}, {}])
async def test_a_payload_without_a_token_lets_nobody_in(make: MakeSettings, payload: dict[str, object]) -> None:
    """Whatever else it holds."""
    with pytest.raises(Unauthenticated):
        await Callers(make(API_TOKENS=TOKEN)).admit(connection(kind="websocket"), payload)


async def test_without_tokens_everybody_is_the_local_caller(make: MakeSettings) -> None:
    """They may do everything, whatever they show."""
    callers = Callers(make())
    assert callers.anonymous
    assert await callers.admit(bearer("anything"), None) is LOCAL
    assert LOCAL.scopes == set(Scope)


WRONG = {
    "no form": f"ci:{TOKEN}:read:write",
    "no scope": f"ci:{TOKEN}:everything",
    "no hash": "ci:sha256-1234",
    "no account": f"ci:{TOKEN}@west",
    "same name": f"ci:{TOKEN},ci:other",
    "same token": f"ci:{TOKEN},cd:{HASH}",
    "odd characters": f"ci:{TOKEN}$%&",
    "nothing": " , ",
}


@pytest.mark.parametrize("written", WRONG.values(), ids=WRONG.keys())
def test_what_cannot_be_used_is_refused_without_being_shown(make: MakeSettings, written: str) -> None:
    """The sentence says where it stands, and nothing of what stands there."""
    with pytest.raises(SettingsError) as refused:
        read_tokens(make(API_TOKENS=written))
    assert TOKEN not in str(refused.value)
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize(
    "table",
    [{}, {"hash": HASH, "token_file": "x"}, {"token_file": "/nowhere/at/all"}, {"hash": HASH, "integrations": ["x"]}],
)
def test_a_table_that_cannot_be_used_is_refused(make: MakeSettings, table: dict[str, object]) -> None:
    """Neither or both of hash and file, a file that is not there, an account that is not there."""
    with pytest.raises(SettingsError, match=r"tokens\.ci"):
        read_tokens(make(tokens={"ci": table}))


def test_an_empty_token_file_lets_nobody_in(make: MakeSettings, tmp_path: Path) -> None:
    """Otherwise a token of no characters would."""
    (tmp_path / "token").write_text("\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="empty"):
        read_tokens(make(tokens={"ci": {"token_file": tmp_path / "token"}}))


def test_tokens_are_not_printed(make: MakeSettings) -> None:
    """Neither from the settings nor from what was read from them."""
    settings = make(
        API_TOKENS=f"ci:{TOKEN}", crelate_api_key="an-upstream-key", tokens={"cd": {"hash": f"sha256-{'0' * 64}"}}
    )
    shown = f"{settings!r} {settings} {settings.model_dump_json()} {read_tokens(settings)[0].caller!r}"
    assert TOKEN not in shown
    assert "an-upstream-key" not in shown
    assert HASH.removeprefix("sha256-") not in f"{read_tokens(settings)!r}"
