"""Where an account is stored: a table of the settings file, and a file of its own for the key."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import InlineTable, Table

from gateway.connect.exits import Exit, Stop
from gateway.settings import DEFAULT_INTEGRATION, IntegrationSettings

OWNER_ONLY = 0o600

KEYS = {"crelate_api_key", "crelate_api_key_file"}
"""Settings at the top of the file that mean there is a single account."""

DEFAULT_BASE_URL: str = IntegrationSettings.model_fields["crelate_base_url"].default


@dataclass(frozen=True, slots=True)
class Place:
    """Where one account is kept.

    Attributes:
        name: Of the account.
        file: The settings file.
        folder: For the key; where it cannot be written, the key goes beside the settings file.
    """

    name: str
    file: Path
    folder: Path

    @property
    def taken(self) -> list[Path]:
        """The files that would change."""
        return [path for path in (self.file, *self._key_files()) if path.exists()]

    def check(self) -> None:
        """Make sure that the account can be added to what there is.

        Raises:
            Stop: the settings file cannot be read, or is not one.
        """
        self._revised(Path("key"), DEFAULT_BASE_URL)

    def write(self, key: str, base_url: str) -> Path:
        """Write the key and then the settings, each at once and as a whole; the path of the key's file.

        Raises:
            Stop: one of them cannot be written.
        """
        key_file = self._write_key(key)
        try:
            mode = stat.S_IMODE(self.file.stat().st_mode) if self.file.exists() else OWNER_ONLY
            put_in_place(self.file, self._revised(key_file, base_url), mode)
        except OSError as error:
            raise Stop(Exit.NOT_WRITTEN, f"{self.file} cannot be written: {error.strerror}.") from error
        return key_file

    def _key_files(self) -> list[Path]:
        """Where the key may go, best first."""
        return [folder.absolute() / f"ats-gateway-{self.name}.key" for folder in (self.folder, self.file.parent)]

    def _write_key(self, key: str) -> Path:
        for path in self._key_files():
            try:
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                put_in_place(path, f"{key}\n", OWNER_ONLY)
            except OSError as error:
                reason = error.strerror
                continue
            return path
        raise Stop(Exit.NOT_WRITTEN, f"The key cannot be written, neither to {self.folder} nor beside it: {reason}.")

    def _revised(self, key_file: Path, base_url: str) -> str:
        """The settings file with the account in it and everything else as it was."""
        try:
            document = (
                tomlkit.parse(self.file.read_text(encoding="utf-8")) if self.file.exists() else tomlkit.document()
            )
        except (TOMLKitError, ValueError) as error:
            raise Stop(Exit.SETTINGS, f"{self.file} is not TOML; it has been left as it is.") from error
        except OSError as error:
            raise Stop(Exit.SETTINGS, f"{self.file} cannot be read: {error.strerror}.") from error
        table = _table(document, self.name)
        if not isinstance(table, MutableMapping):
            raise Stop(Exit.SETTINGS, f"{self.file} has no table [integrations.{self.name}] but something else.")
        table.pop("crelate_api_key", None)
        table["crelate_api_key_file"] = str(key_file)
        table.pop("crelate_base_url", None)
        if base_url != DEFAULT_BASE_URL:
            table["crelate_base_url"] = base_url
        return tomlkit.dumps(document)


def _table(document: MutableMapping[str, Any], name: str) -> Any:
    """The table of an account: the top for a single one, one table each as soon as there are several."""
    if "integrations" not in document:
        if name == DEFAULT_INTEGRATION:
            return document
        document["integrations"] = _accounts(document)
    accounts = document["integrations"]
    if isinstance(accounts, MutableMapping):
        made = tomlkit.inline_table() if isinstance(accounts, InlineTable) else tomlkit.table()
        accounts.setdefault(name, made)
        return accounts[name]
    return accounts


def _accounts(document: MutableMapping[str, Any]) -> Table:
    """The table of accounts, with the one that stood at the top moved into it."""
    accounts = tomlkit.table(is_super_table=True)
    if KEYS & document.keys():
        accounts[DEFAULT_INTEGRATION] = tomlkit.table()
        for setting in [name for name in document if name in IntegrationSettings.model_fields]:
            accounts[DEFAULT_INTEGRATION][setting] = document.pop(setting)
    return accounts


def put_in_place(path: Path, text: str, mode: int) -> None:
    """Put a file in place of what is there, so that no reader sees half of it, nor with wider rights than these."""
    path = path.resolve()
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # only its owner can read it
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(draft).chmod(mode)
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
