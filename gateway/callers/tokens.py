"""Access tokens: read from the settings, kept as hashes, looked up by them.

A plain SHA-256 is enough because tokens are long and random: there is nothing to guess that a slow hash would protect.
How long a look-up by hash takes says nothing about a token, since nobody can choose what theirs is hashed to.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from gateway.settings import Settings, SettingsError, TokenSettings
from resolvers.callers import EVERY_SCOPE, Caller, Scope

HASHED = "sha256-"
DEFAULT_NAME = "default"
FORM = "name:token[:scope+scope][@account+account]"

_ENTRY = re.compile(
    r"(?:(?P<name>[A-Za-z0-9_.-]{1,64}):)?(?P<token>[A-Za-z0-9._~+/-]+=*)(?::(?P<scopes>[a-z+]+))?(?:@(?P<accounts>\S+))?"
)
"""One token in `api_tokens`; its characters are those a Bearer token can have (RFC 6750 2.1)."""

_DIGEST = re.compile(f"{HASHED}([0-9a-f]{{64}})")


@dataclass(frozen=True, slots=True)
class Token:
    """An access token.

    Attributes:
        digest: Its SHA-256 hash.
        caller: The caller it stands for.
    """

    digest: bytes = field(repr=False)
    caller: Caller


def read_tokens(settings: Settings) -> tuple[Token, ...]:
    """The access tokens of the settings.

    Raises:
        SettingsError: one cannot be used; the message names its place in the settings, never its value.
    """
    tokens = (*_listed(settings), *_tabled(settings))
    if len({token.caller.name for token in tokens}) < len(tokens):
        raise SettingsError("Two access tokens have the same name.")
    if len({token.digest for token in tokens}) < len(tokens):
        raise SettingsError("Two access tokens are the same.")
    return tokens


def _listed(settings: Settings) -> Iterator[Token]:
    if settings.api_tokens is None:
        return
    entries = re.split(r"[\s,]+", settings.api_tokens.get_secret_value().strip(" \t\r\n,"))
    for number, entry in enumerate(entries, start=1):
        yield _read_entry(settings, entry, f"api_tokens: entry {number}")


def _read_entry(settings: Settings, entry: str, place: str) -> Token:
    read = _ENTRY.fullmatch(entry)
    if read is None:
        raise SettingsError(f"{place} is not of the form {FORM}.")
    names = read["scopes"].split("+") if read["scopes"] else None
    accounts = read["accounts"].split("+") if read["accounts"] else None
    caller = Caller(read["name"] or DEFAULT_NAME, _scopes(names, place), _bound(settings, accounts, place))
    return Token(_digest(read["token"], place), caller)


def _tabled(settings: Settings) -> Iterator[Token]:
    for name, table in settings.tokens.items():
        place = f"tokens.{name}"
        caller = Caller(name, table.scopes, _bound(settings, table.integrations, place))
        yield Token(_digest(_held(table, place), place), caller)


def _held(table: TokenSettings, place: str) -> str:
    """The token or its hash."""
    if (table.hash is None) == (table.token_file is None):
        raise SettingsError(f"{place} needs either hash or token_file.")
    return table.hash or _read_file(table.token_file or Path(), place)


def _read_file(path: Path, place: str) -> str:
    try:
        held = path.expanduser().read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{place}: the file named by token_file cannot be read.") from error
    if not held:
        raise SettingsError(f"{place}: the file named by token_file is empty.")
    return held


def _digest(held: str, place: str) -> bytes:
    hashed = _DIGEST.fullmatch(held)
    if hashed:
        return bytes.fromhex(hashed[1])
    if held.startswith(HASHED):
        raise SettingsError(f"{place}: a hash is {HASHED} and 64 lower-case hex digits.")
    return sha256(held.encode()).digest()


def _scopes(names: Iterable[str] | None, place: str) -> frozenset[Scope]:
    try:
        return EVERY_SCOPE if names is None else frozenset(map(Scope, names))
    except ValueError as error:
        known = ", ".join(scope.value for scope in Scope)
        raise SettingsError(f"{place}: the scopes there are: {known}.") from error


def _bound(settings: Settings, names: Iterable[str] | None, place: str) -> frozenset[str] | None:
    if names is None:
        return None
    bound = frozenset(map(settings.name_of, names))
    if not bound <= settings.connected().keys():
        raise SettingsError(f"{place}: it is bound to an account that there is not.")
    return bound
