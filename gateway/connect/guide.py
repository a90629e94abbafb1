"""`ats-gateway connect`: guides a person at a terminal through connecting an account."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from platformdirs import user_config_path
from pydantic import TypeAdapter, ValidationError
from rich.console import Console
from rich.table import Table

from gateway.ats import Ats, Surroundings
from gateway.connect.asking import Ask
from gateway.connect.exits import Exit, Stop
from gateway.connect.place import Place
from gateway.integration import API_KEY, BASE_URL
from gateway.settings import DEFAULT_INTEGRATION, PREFIX, AccountName, config_file
from resolvers.ports.access import Access, CannotConnect, Right
from resolvers.ports.connector import Connector
from resolvers.ports.integration import IntegrationName

_KEY = re.compile(r"[\x21-\x7e]{8,512}")
"""The form of a key: one word that can stand in a header."""


def connect(
    console: Console,
    ask: Ask,
    ats: Ats,
    surroundings: Surroundings,
    *,
    connectors: Mapping[str, Ats],
    name: str = DEFAULT_INTEGRATION,
    base_url: str | None = None,
    replace: bool = False,
) -> int:
    """Guide a person through connecting an account; the exit code, one of `Exit`.

    Writes the settings file that the gateway reads, and the key into a file in the user's configuration folder. Nothing
    is written before the key has been tried, and nothing that is there is changed without asking.

    Args:
        console: Where everything is shown, except the key.
        ask: Asks for the key and for leave to change what is there.
        ats: Which an account of is connected.
        surroundings: What is lent to the connector that tries the key.
        connectors: Of which ATSs there may be accounts.
        name: Of the account; a second name makes a table `[integrations.<name>]` of each.
        base_url: Where the ATS's API is; null where it usually is.
        replace: Whether to change what is there without asking.
    """
    try:
        place = Place(_checked_name(name), config_file(), user_config_path("ats-gateway"), connectors, ats.tool)
        address = _checked_address(base_url, ats.settings().address)
        place.check()
        if not replace:
            _ask_leave(ask, place)
        _show_steps(console, ats, address)
        key = _checked_key(ask("API key:", hidden=True))
        access = asyncio.run(_try(_opened(ats, place.name, key, address, surroundings)))
        _show_access(console, ats, access, address)
        key_file = place.write(key, address)
    except Stop as stop:
        _show_line(console, stop.sentence)
        return stop.exit
    _show_end(console, ats, place, key_file)
    return Exit.DONE


def _opened(ats: Ats, name: str, key: str, address: str, surroundings: Surroundings) -> Connector:
    """The account behind a key."""
    account = ats.settings.model_validate({f"{ats.tool}_{API_KEY}": key, f"{ats.tool}_{BASE_URL}": address})
    return ats.connect(IntegrationName.of(ats.tool, name), account, surroundings)


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


def _checked_address(base_url: str | None, usual: str) -> str:
    """The address without a slash at its end; the usual one where none is given.

    The key goes there with every request, so it must not be readable on the way, except on this very machine.
    """
    given = (usual if base_url is None else base_url).strip()
    try:
        parts = urlsplit(given)
        host, _port = parts.hostname, parts.port
    except ValueError:
        host = None
    if host is None or parts.username is not None or parts.query or parts.fragment:
        raise Stop(Exit.WRONG_HOST, f"The base URL is not an address such as {usual}.")
    if parts.scheme != "https" and not (parts.scheme == "http" and host in {"localhost", "127.0.0.1", "::1"}):
        raise Stop(Exit.WRONG_HOST, "The base URL must begin with https://, or the key could be read on its way.")
    return given.rstrip("/")


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


def _show_steps(console: Console, ats: Ats, address: str) -> None:
    _show_line(console, f"To connect {ats.product}, the gateway needs the API key of one of its users.")
    for number, step in enumerate(ats.steps(address), start=1):
        _show_line(console, f"  {number}. {step}")


def _show_access(console: Console, ats: Ats, access: Access, address: str) -> None:
    owner = access.owner.name or f"a user whose name {ats.product} does not say"
    _show_line(console, f"The key is good at {address}. It belongs to {owner}, who may read:")
    table = Table("list", "may be read", "for")
    for right in access.rights:
        table.add_row(right.list, shown(right), right.gives)
    console.print(table)
    if any(right.error for right in access.rights):
        _show_line(console, ats.more_rights)


def shown(right: Right) -> str:
    """Yes, with how many rows there are; no; or why that is not known."""
    if right.error is None:
        return "yes" if right.total is None else f"yes, {right.total} rows"
    return "no" if right.refused else f"not known ({right.error.code})"


def _show_end(console: Console, ats: Ats, place: Place, key_file: Path) -> None:
    _show_line(console, f"Written: {place.file} and, for your eyes only, {key_file}.")
    for variable in _overriding(ats):
        _show_line(console, f"Mind that {variable} is set in the environment and wins over the file.")
    name = IntegrationName.of(ats.tool, place.name)
    _show_line(console, f"Requests name this account as X-Integration-Id: {name}, or not at all if it is alone.")
    _show_line(console, "Go on with `ats-gateway doctor` and `ats-gateway serve`.")


def _overriding(ats: Ats) -> list[str]:
    """The environment variables that are set and win over the file."""
    names = (PREFIX + setting.upper() for setting in ats.settings.model_fields)
    return [name for name in names if os.environ.get(name)]


def _show_line(console: Console, sentence: str) -> None:
    """A line of plain text; paths in it stay whole, so that they can be copied."""
    console.print(sentence, markup=False, highlight=False, soft_wrap=True)
