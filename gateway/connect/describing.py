"""Getting the description of an ATS's API: a JSON file, or its address."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from gateway.connect.exits import Exit, Stop

LARGEST = 32 * 1024 * 1024
"""Bytes of the largest description that is read."""

SECONDS = 30.0
"""How long each step over the network may take; only its size bounds how long all of them take."""

REDIRECTS = 3


def read_description(where: str, transport: httpx.BaseTransport | None = None) -> Any:
    """The JSON of a description.

    Args:
        where: Path of a file, or an address that begins with `https://` (or `http://`, on this machine).
        transport: The way to the network; null for the usual one.

    Raises:
        Stop: it cannot be had, is too large, or is no JSON.
    """
    content = _fetched(where, transport) if "://" in where else _read(Path(where).expanduser())
    if len(content) > LARGEST:
        raise _unusable(f"{where} is larger than {LARGEST // 1024**2} MiB.")
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise _unusable(f"{where} is no JSON; a description in YAML has to be converted first.") from error


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        raise _unusable(f"{path} cannot be read: {error.strerror}.") from error


def _fetched(address: str, transport: httpx.BaseTransport | None) -> bytes:
    try:
        with httpx.Client(transport=transport, timeout=SECONDS) as client:
            return _content(client, address)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise _unusable(f"The description cannot be fetched: {type(error).__name__}.") from error


def _content(client: httpx.Client, address: str) -> bytes:
    """The body of an address; each place that it leads to must be a safe one."""
    for _ in range(REDIRECTS + 1):
        _check(address)
        with client.stream("GET", address) as response:
            if response.has_redirect_location:
                address = str(response.url.join(response.headers["location"]))
                continue
            if not response.is_success:
                raise _unusable(f"The description cannot be fetched: status {response.status_code}.")
            content = bytearray()
            for piece in response.iter_bytes():
                content += piece
                if len(content) > LARGEST:
                    break
            return bytes(content)
    raise _unusable("The description cannot be fetched: its address leads on and on.")


def _check(address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in {"localhost", "127.0.0.1", "::1"}):
        raise _unusable("The address of a description must begin with https://.")


def _unusable(sentence: str) -> Stop:
    return Stop(Exit.UNUSABLE, sentence)
