"""`ats-gateway connect`: guides a person at a terminal through connecting an account."""

from __future__ import annotations

import asyncio
import os
import re
from pathlib import Path
from urllib.parse import urlsplit

from platformdirs import user_config_path
from pydantic import TypeAdapter, ValidationError
from rich.console import Console
from rich.table import Table

from gateway.connect.asking import Ask
from gateway.connect.exits import Exit, Stop
from gateway.connect.place import DEFAULT_BASE_URL, Place
from gateway.settings import DEFAULT_INTEGRATION, PREFIX, AccountName, IntegrationSettings, config_file
from resolvers.ports.connector import Connector, Setup
from resolvers.ports.examination import Access, CannotConnect, Right
from resolvers.ports.integration import IntegrationName

_KEY = re.compile(r"[\x21-\x7e]{8,512}")
"""The form of a key: one word that can stand in a header."""


def connect(
    console: Console,
    ask: Ask,
    setup: Setup,
    *,
    name: str = DEFAULT_INTEGRATION,
    base_url: str = DEFAULT_BASE_URL,
    replace: bool = False,
) -> int:
    """Guide a person through connecting an account; the exit code, one of `Exit`.

    Writes the settings file that the gateway reads, and the key into a file in the user's configuration folder. Nothing
    is written before the key has been tried, and nothing that is there is changed without asking.

    Args:
        console: Where everything is shown, except the key.
        ask: Asks for the key and for leave to change what is there.
        setup: How an account of the ATS is connected.
        name: Of the account; a second name makes a table `[integrations.<name>]` of each.
        base_url: Where the ATS's API is.
        replace: Whether to change what is there without asking.
    """
    try:
        place = Place(_checked_name(name), config_file(), user_config_path("ats-gateway"))
        address = _checked_address(base_url)
        place.check()
        if not replace:
            _ask_leave(ask, place)
        _show_steps(console, setup, address)
        key = _checked_key(ask("API key:", hidden=True))
        access = asyncio.run(_try(setup.open(key, address)))
        _show_access(console, setup, access, address)
        key_file = place.write(key, address)
    except Stop as stop:
        _show_line(console, stop.sentence)
        return stop.exit
    _show_end(console, place, key_file)
    return Exit.DONE


async def _try(connector: Connector) -> Access:
    """What the key opens.

    Raises:
        Stop: it opens nothing.
    """
    try:
        return await connector.access()
    except CannotConnect as error:
        raise Stop.at(error) from error
    finally:
        await connector.close()


def _checked_name(name: str) -> str:
    try:
        return TypeAdapter(AccountName).validate_python(name)
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


def _show_steps(console: Console, setup: Setup, address: str) -> None:
    _show_line(console, f"To connect {setup.product}, the gateway needs the API key of one of its users.")
    for number, step in enumerate(setup.steps(address), start=1):
        _show_line(console, f"  {number}. {step}")


def _show_access(console: Console, setup: Setup, access: Access, address: str) -> None:
    owner = access.owner.name or f"a user whose name {setup.product} does not say"
    _show_line(console, f"The key is good at {address}. It belongs to {owner}, who may read:")
    table = Table("list", "may be read", "for")
    for right in access.rights:
        table.add_row(right.list, shown(right), right.gives)
    console.print(table)
    if any(right.error for right in access.rights):
        _show_line(console, setup.more_rights)


def shown(right: Right) -> str:
    """Yes, with how many rows there are; no; or why that is not known."""
    if right.error is None:
        return "yes" if right.total is None else f"yes, {right.total} rows"
    return "no" if right.refused else f"not known ({right.error.code})"


def _show_end(console: Console, place: Place, key_file: Path) -> None:
    _show_line(console, f"Written: {place.file} and, for your eyes only, {key_file}.")
    for variable in _overriding():
        _show_line(console, f"Mind that {variable} is set in the environment and wins over the file.")
    name = IntegrationName.of(IntegrationSettings.tool, place.name)
    _show_line(console, f"Requests name this account as X-Integration-Id: {name}, or not at all if it is alone.")
    _show_line(console, "Go on with `ats-gateway doctor` and `ats-gateway serve`.")


def _overriding() -> list[str]:
    """The environment variables that are set and win over the file."""
    names = (PREFIX + setting.upper() for setting in IntegrationSettings.model_fields)
    return [name for name in names if os.environ.get(name)]


def _show_line(console: Console, sentence: str) -> None:
    """A line of plain text; paths in it stay whole, so that they can be copied."""
    console.print(sentence, markup=False, highlight=False, soft_wrap=True)
