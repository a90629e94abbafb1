"""The way from nothing to a connected account, step by step, for a person at a terminal."""

from __future__ import annotations

import asyncio
import os
import re
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import httpx
from platformdirs import user_config_path
from pydantic import TypeAdapter, ValidationError
from rich.console import Console
from rich.table import Table

from gateway.connect.asking import Ask
from gateway.connect.exits import Exit, Stop, no_rights, stop_for
from gateway.connect.place import DEFAULT_BASE_URL, Place
from gateway.crelate.access import Owner, Right, read_owner, read_rights
from gateway.crelate.client import Client, Timing
from gateway.crelate.connector import web_url
from gateway.settings import DEFAULT_INTEGRATION, PREFIX, TOOL, IntegrationName, IntegrationSettings, config_file
from resolvers.errors import AtsError

STEPS = (
    "Sign in at {web} as the user the gateway shall act as: what this user may see and do, it can.",
    "If the user is no administrator, have one switch on 'API access' in the user's role.",
    "Open the user's own settings, find the API key and make one. Making it anew ends the old one.",
    "Copy it and paste it here. It will not be shown, and goes into a file that only you can read.",
)
"""How a key is made in Crelate (crelate-api 1)."""

MISSING = "If something is missing, an administrator can add it to the owner's user role; the key stays the same."

_KEY = re.compile(r"[\x21-\x7e]{8,512}")
"""What can be a key: whatever can stand in a header as one word."""


class Access(NamedTuple):
    """Whose key it is and what it opens."""

    owner: Owner
    rights: list[Right]


def connect(
    console: Console,
    ask: Ask,
    *,
    name: str = DEFAULT_INTEGRATION,
    base_url: str = DEFAULT_BASE_URL,
    replace: bool = False,
    transport: httpx.AsyncBaseTransport | None = None,
    timing: Timing | None = None,
) -> int:
    """Guide a person through connecting an account; the exit code, one of `Exit`.

    Writes the settings file that the gateway reads, and the key into a file in the user's configuration folder. Nothing
    is written before the key has been tried, and nothing that is there is changed without asking.

    Args:
        console: Where everything is shown, except the key.
        ask: Asks for the key and for leave to change what is there.
        name: Of the account; a second name makes a table `[integrations.<name>]` of each.
        base_url: Where Crelate's API is.
        replace: Whether to change what is there without asking.
        transport: Core of the way to Crelate; null for real connections.
        timing: Where time comes from.
    """
    try:
        place = Place(_checked_name(name), config_file(), user_config_path("ats-gateway"))
        address = _checked_address(base_url)
        place.check()
        if not replace:
            _ask_leave(ask, place)
        _show_steps(console, address)
        key = _checked_key(ask("API key:", hidden=True))
        access = asyncio.run(_try(key, address, transport, timing))
        _show_access(console, access, address)
        key_file = place.write(key, address)
    except Stop as stop:
        _say(console, stop.sentence)
        return stop.exit
    _show_end(console, place, key_file)
    return Exit.DONE


async def _try(key: str, address: str, transport: httpx.AsyncBaseTransport | None, timing: Timing | None) -> Access:
    """What the key opens.

    Raises:
        Stop: it opens nothing.
    """
    client = Client(key, address, core=transport, timing=timing)
    try:
        access = Access(await read_owner(client), await read_rights(client))
    except AtsError as error:
        raise stop_for(error, address) from error
    finally:
        await client.aclose()
    if all(right.refused for right in access.rights):
        raise no_rights()
    if all(right.error for right in access.rights):
        raise stop_for(next(right.error for right in access.rights if right.error and not right.refused), address)
    return access


def _checked_name(name: str) -> str:
    try:
        return TypeAdapter(IntegrationName).validate_python(name)
    except ValidationError as error:
        raise Stop(
            Exit.SETTINGS, "A name has up to 64 letters, digits, hyphens and underscores, and nothing else."
        ) from error


def _checked_address(base_url: str) -> str:
    """The address without a slash at its end.

    The key goes there with every request, so it must not be readable on the way, except on this very machine.
    """
    try:
        parts = urlsplit(base_url.strip())
        host, _port = parts.hostname, parts.port
    except ValueError:
        host = None
    if host is None or parts.username is not None or parts.query or parts.fragment:
        raise Stop(Exit.WRONG_HOST, f"The base URL is not an address such as {DEFAULT_BASE_URL}.")
    if parts.scheme != "https" and not (parts.scheme == "http" and host in {"localhost", "127.0.0.1", "::1"}):
        raise Stop(Exit.WRONG_HOST, "The base URL must begin with https://, or the key could be read on its way.")
    return base_url.strip().rstrip("/")


def _checked_key(answer: str) -> str:
    key = answer.strip()
    if not key:
        raise Stop(Exit.NO_KEY, "No key was given; nothing has been changed.")
    if not _KEY.fullmatch(key):
        raise Stop(Exit.NO_KEY, "What was given is no API key: a key is one word of at least eight characters.")
    return key


def _ask_leave(ask: Ask, place: Place) -> None:
    if not place.taken:
        return
    files = " and ".join(map(str, place.taken))
    answer = ask(f"{files} is there already. Put the account '{place.name}' into it? [y/N]")
    if answer.strip().lower() not in {"y", "yes"}:
        raise Stop(Exit.SETTINGS, f"{files} has been left as it is; nothing has been changed.")


def _show_steps(console: Console, address: str) -> None:
    _say(console, "To connect Crelate, the gateway needs the API key of one of its users.")
    for number, step in enumerate(STEPS, start=1):
        _say(console, f"  {number}. {step.format(web=web_url(address))}")


def _show_access(console: Console, access: Access, address: str) -> None:
    owner = access.owner.name or "a user whose name Crelate does not say"
    _say(console, f"The key is good at {address}. It belongs to {owner}, who may read:")
    table = Table("list", "may be read", "for")
    for right in access.rights:
        table.add_row(right.list, shown(right), right.gives)
    console.print(table)
    if any(right.error for right in access.rights):
        _say(console, MISSING)


def shown(right: Right) -> str:
    """Yes, with how many rows there are; no; or why that is not known."""
    if right.error is None:
        return "yes" if right.total is None else f"yes, {right.total} rows"
    return "no" if right.refused else f"not known ({right.error.code})"


def _show_end(console: Console, place: Place, key_file: Path) -> None:
    _say(console, f"Written: {place.file} and, for your eyes only, {key_file}.")
    for variable in _overriding():
        _say(console, f"Mind that {variable} is set in the environment and wins over the file.")
    _say(console, f"Requests name this account as X-Integration-Id: {TOOL}:{place.name}, or not at all if it is alone.")
    _say(console, "Go on with `ats-gateway doctor` and `ats-gateway serve`.")


def _overriding() -> list[str]:
    """The environment variables that say something else than the file may."""
    names = (PREFIX + setting.upper() for setting in IntegrationSettings.model_fields)
    return [name for name in names if os.environ.get(name)]


def _say(console: Console, sentence: str) -> None:
    """A line of plain text; paths in it stay whole, so that they can be copied."""
    console.print(sentence, markup=False, highlight=False, soft_wrap=True)
