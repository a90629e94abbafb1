"""The settings of one connected account, whichever ATS it is of."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr

API_KEY, API_KEY_FILE, BASE_URL = "api_key", "api_key_file", "base_url"
"""Settings that an ATS may have under these names, behind its slug and an underscore."""


class SettingsError(Exception):
    """The settings cannot be used."""


class WebhookSettings(BaseModel):
    """An address that changes are posted to."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str = Field(description="Where messages are posted to.")
    secret: SecretStr = Field(description="What they are signed with, base64.")


class IntegrationSettings(BaseModel):
    """One connected account: a table `[integrations.<name>]`, or the same keys at the top for a single account.

    Each ATS has a subclass with its own settings. Their names begin with its slug, and those of a key, its file and
    the API's address end as `API_KEY`, `API_KEY_FILE` and `BASE_URL` say.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    tool: str = Field(
        default="", description="Slug of the ATS that the account is one of, where its other settings do not tell."
    )
    passthrough: tuple[str, ...] = Field(
        default=("GET /**",), description="Requests that may be passed through: method and path pattern each."
    )
    webhooks: tuple[WebhookSettings, ...] = Field(
        default=(), description="Addresses that are told about changes, each with the secret that signs the messages."
    )
    custom_fields: dict[str, dict[str, str]] = Field(
        default_factory=dict,
        description="Custom fields that stand for fields of the unified model: by model, then by field.",
    )

    @property
    def address(self) -> str:
        """Where the ATS's API is; empty where its settings do not say."""
        return str(self._own(BASE_URL) or "")

    @property
    def key_file(self) -> Path | None:
        """The file that holds the key; null where there is none, or the key itself is set."""
        path: Path | None = None if self._own(API_KEY) else self._own(API_KEY_FILE)
        return None if path is None else path.expanduser()

    @property
    def has_key(self) -> bool:
        """Whether a key is set, or a file for it."""
        return bool(self._own(API_KEY) or self.key_file)

    @property
    def api_key(self) -> str | None:
        """The key, from the setting or its file; null when neither is given.

        Raises:
            SettingsError: the file cannot be read.
        """
        if key := self._own(API_KEY):
            return str(key.get_secret_value())
        if self.key_file is None:
            return None
        try:
            return self.key_file.read_text(encoding="utf-8").strip() or None
        except OSError as error:
            setting = f"{self.tool}_{API_KEY_FILE}"
            raise SettingsError(f"The file named by {setting} cannot be read: {error.strerror}.") from error

    def _own(self, name: str) -> Any:
        """A setting of the account's ATS; null where it has none of this name."""
        return getattr(self, f"{self.tool}_{name}", None)
