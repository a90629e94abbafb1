"""Where an account is stored: a table of the settings file, and a file of its own for the key."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import InlineTable, Table

from gateway.accounts import DEFAULT_INTEGRATION, key_settings, tool_of
from gateway.ats import Ats
from gateway.connect.exits import Exit, Stop
from gateway.integration import API_KEY, API_KEY_FILE, BASE_URL

OWNER_ONLY = 0o600


@dataclass(frozen=True, slots=True)
class Place:
    """Where one account is kept.

    Attributes:
        name: Of the account.
        file: The settings file.
        folder: For the key; where it cannot be written, the key goes beside the settings file.
        connectors: What else may stand in the settings file; see `gateway.connectors`.
        tool: Slug of the ATS that the account is one of.
    """

    name: str
    file: Path
    folder: Path
    connectors: Mapping[str, Ats]
    tool: str

    @property
    def taken(self) -> list[Path]:
        """The files that would change."""
        return [path for path in (self.file, *self._key_files()) if path.exists()]

    def check(self) -> None:
        """Make sure that the account can be added to what there is.

        Raises:
            Stop: the settings file cannot be read, or is not one.
        """
        self._revised(Path("key"), "")

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
        table = self._table(document)
        if not isinstance(table, MutableMapping):
            raise Stop(Exit.SETTINGS, f"{self.file} has no table [integrations.{self.name}] but something else.")
        self._fill(table, key_file, base_url)
        if tool_of(self.connectors, table) != self.tool:
            raise Stop(Exit.SETTINGS, f"{self.file} has an account {self.name} of another ATS: choose another name.")
        return tomlkit.dumps(document)

    def _fill(self, table: MutableMapping[str, Any], key_file: Path, base_url: str) -> None:
        """Name the key's file in the account's table, and the address unless it is the usual one."""
        key, file, address = (f"{self.tool}_{name}" for name in (API_KEY, API_KEY_FILE, BASE_URL))
        table.pop(key, None)
        table[file] = str(key_file)
        table.pop(address, None)
        if base_url != self.connectors[self.tool].settings().address:
            table[address] = base_url

    def _table(self, document: MutableMapping[str, Any]) -> Any:
        """The table of the account: the top for a single one, one table each as soon as there are several."""
        if "integrations" not in document:
            if self.name == DEFAULT_INTEGRATION:
                return document
            document["integrations"] = self._accounts(document)
        accounts = document["integrations"]
        if isinstance(accounts, MutableMapping):
            made = tomlkit.inline_table() if isinstance(accounts, InlineTable) else tomlkit.table()
            accounts.setdefault(self.name, made)
            return accounts[self.name]
        return accounts

    def _accounts(self, document: MutableMapping[str, Any]) -> Table:
        """The table of accounts, with the one that stood at the top moved into it."""
        accounts = tomlkit.table(is_super_table=True)
        kinds = [ats.settings for ats in self.connectors.values()]
        if not document.keys().isdisjoint(key_settings(self.connectors)):
            accounts[DEFAULT_INTEGRATION] = tomlkit.table()
            for setting in [name for name in document if any(name in kind.model_fields for kind in kinds)]:
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
