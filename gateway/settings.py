"""Everything that can be set, declared once.

Environment variables with the prefix `ATS_GATEWAY_`, or the same keys in lower case in `ats-gateway.toml`; the
environment wins.
"""

import json
import os
import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

import httpx
import pydantic_settings
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    IPvAnyNetwork,
    SecretStr,
    StringConstraints,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from gateway.accounts import DEFAULT_INTEGRATION, Account, in_tables
from gateway.ats import Ats
from gateway.connectors import CONNECTORS
from gateway.integration import IntegrationSettings, SettingsError
from resolvers.callers import EVERY_SCOPE, Scope
from resolvers.ports.integration import IntegrationName

__all__ = [
    "DEFAULT_INTEGRATION",
    "PREFIX",
    "AccountName",
    "IntegrationSettings",
    "Settings",
    "SettingsError",
    "TokenSettings",
    "config_file",
    "read_settings",
]

PREFIX = "ATS_GATEWAY_"
PATH_PREFIX = re.compile(r"(/[A-Za-z0-9._~-]+)*/?")
AccountName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
TokenName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,64}$")]


def _items(value: object) -> object:
    """The items of a list that is given as one text: JSON, or separated by commas or spaces."""
    if not isinstance(value, str):
        return value
    return json.loads(value) if value.lstrip().startswith("[") else value.replace(",", " ").split()


LIST = (NoDecode, BeforeValidator(_items))
"""Marks a setting that takes several values, in one text as well."""


class TokenSettings(BaseModel):
    """An access token: a table `[tokens.<name>]`. The gateway needs its SHA-256 hash only."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    hash: str | None = Field(
        default=None,
        pattern="^sha256-[0-9a-f]{64}$",
        repr=False,
        description="`sha256-` and the token's SHA-256 hash in lower-case hex. The token has to be long and random.",
    )
    token_file: Path | None = Field(default=None, description="File that holds the token itself instead.")
    scopes: frozenset[Scope] = Field(
        default=EVERY_SCOPE, description="What may be done with it; everything where nothing is said."
    )
    integrations: frozenset[str] | None = Field(
        default=None, description="Names of the accounts that may be asked with it; all where nothing is said."
    )


class Settings(BaseSettings):
    """The settings of one gateway process.

    The settings of accounts may stand at the top as well: for the single one, or as defaults of all tables.

    Attributes:
        connectors: Slug -> ATS that accounts can be accounts of; the first one is meant where nothing says which.
    """

    connectors: ClassVar[Mapping[str, Ats]] = CONNECTORS

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, extra="forbid", frozen=True)

    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port to listen on.")
    public_url: str | None = Field(
        default=None,
        description="Where clients reach the gateway through a proxy, such as `https://example.com/ats`; the proxy "
        "takes the path prefix away.",
    )
    trusted_proxies: Annotated[tuple[IPvAnyNetwork, ...], *LIST] = Field(
        default=(),
        description="Addresses or networks of proxies whose `X-Forwarded-Proto`, `-Host` and `-Prefix` count where "
        "`PUBLIC_URL` says nothing.",
    )
    workers: int = Field(default=1, ge=1, description="Server processes.")
    integrations: dict[AccountName, Account] = Field(
        default_factory=dict, description="Several accounts, each by the name a request picks it with."
    )
    api_tokens: SecretStr | None = Field(
        default=None,
        description="Access tokens in one text, separated by commas or spaces: `name:token`, with `:read+write` behind "
        "it for these scopes only, and `@name` for these accounts only. Instead of the token `sha256-` and its hash "
        "will do. A token alone is called `default`.",
    )
    tokens: dict[TokenName, TokenSettings] = Field(default_factory=dict, description="The same as tables, by name.")
    jwt_jwks_url: str | None = Field(
        default=None, description="Where the public keys are that JSON Web Tokens are signed with; https."
    )
    jwt_key_file: Path | None = Field(default=None, description="File that holds the one public key instead, as PEM.")
    jwt_audience: str | None = Field(default=None, description="Whom JSON Web Tokens have to be made out to (`aud`).")
    jwt_issuer: str | None = Field(default=None, description="Who has to have made them (`iss`).")
    small_table_seconds: float = Field(
        default=600, ge=0, description="How long users, stages and other small tables are kept."
    )
    operation_timeout: float = Field(
        default=25, gt=0, description="Seconds after which what is still missing of an answer is an error at its path."
    )
    database_url: str | None = Field(
        default=None,
        description="Where copies and actions are kept: `sqlite:///path`, `postgresql://...`, or `off` to keep nothing "
        "and refuse writes. By default a SQLite file in the user's data folder.",
    )
    max_age: float = Field(default=0, ge=0, description="Seconds a copy counts as fresh where a request says nothing.")
    max_age_by_model: dict[str, float] = Field(
        default_factory=dict, description='The same for single models, such as `{"User": 600}`.'
    )
    stale_if_error: float = Field(
        default=86400, ge=0, description="Seconds a copy may be old when the ATS cannot answer."
    )
    copies_in_memory: int = Field(
        default=64_000_000,
        ge=0,
        description="Most bytes of copies that a process holds in memory, so that answers from copies need not ask the "
        "database; 0 for none.",
    )
    rows_in_memory: int = Field(
        default=60_000_000,
        ge=0,
        description="Most bytes of the ATS's own rows that a process holds in memory, so that rows it sends again "
        "unchanged need not be read again; 0 for none.",
    )
    keep_remote_data: bool = Field(default=True, description="Whether the ATS's own records are kept with the copies.")
    deleted_after: timedelta = Field(
        default=timedelta(days=14), description="After how long the content of a deleted record is forgotten."
    )
    sync_delta_every: timedelta | None = Field(
        default=None, description="How often changes are synced; off by default."
    )
    sync_full_every: timedelta | None = Field(default=None, description="How often everything is; off by default.")
    sync_share: float = Field(default=0.5, gt=0, le=1, description="Part of the request quota that syncs may take.")
    file_limit: int = Field(default=10_000_000, ge=1, description="Largest file in bytes, in either direction.")
    max_body: int | None = Field(
        default=None,
        ge=1,
        description="Largest request body in bytes. By default three times `FILE_LIMIT` and a megabyte: two files of "
        "the full size fit, as base64.",
    )
    max_cost: int = Field(default=100_000, ge=1, description="Largest estimated cost of an operation, in records.")
    max_depth: int = Field(default=15, ge=1, description="Levels of nested fields in a document.")
    documents: Path | None = Field(default=None, description="File of trusted documents: JSON, hash to document.")
    documents_mode: Literal["off", "log", "require"] = Field(
        default="log", description="Whether documents that are not in that file are let through, logged, or refused."
    )
    introspection: bool = Field(default=True, description="Whether the schema can be asked for.")
    mcp: Literal["off", "read", "write"] = Field(
        default="read", description="Whether agents are served at `/mcp`, and whether with tools that write."
    )
    mcp_token: SecretStr | None = Field(
        default=None, description="Access token that `ats-gateway mcp` shows, where the gateway asks for one."
    )
    cors_origins: Annotated[tuple[str, ...], *LIST] = Field(
        default=(), description="Origins whose pages may call the endpoint."
    )
    log_level: str = Field(default="info", pattern="^(debug|info|warning|error)$", description="How much is logged.")

    shutdown_notice: float = Field(
        default=0,
        ge=0,
        description="Seconds between a signal to stop and the end of listening, in which `/health/ready` says no "
        "so that load balancers look elsewhere.",
    )

    config_path: ClassVar[Path | None] = None

    if TYPE_CHECKING:

        def __init__(self, **given: Any) -> None:
            """Settings of accounts may be given as well, which are no fields."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  the signature is pydantic's
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003  likewise
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What the program sets, then the environment, then the file."""
        kinds = (each.settings for each in cls.connectors.values())
        of_accounts = (EnvSettingsSource(kind, env_prefix=PREFIX, env_ignore_empty=True) for kind in kinds)  # type: ignore[arg-type]  # it reads the fields of any model
        file = TomlConfigSettingsSource(settings_cls, toml_file=config_file())
        return init_settings, env_settings, *of_accounts, file

    @model_validator(mode="before")
    @classmethod
    def _with_accounts(cls, given: dict[str, Any]) -> dict[str, Any]:
        return in_tables(given, {tool: each.settings for tool, each in cls.connectors.items()})

    @field_validator("public_url")
    @classmethod
    def _address_alone(cls, value: str | None) -> str | None:
        """The address without a slash at its end, its host as browsers write it."""
        if value is None:
            return None
        try:
            url = httpx.URL(value)
        except httpx.InvalidURL:
            url = httpx.URL()
        plain = url.scheme in {"http", "https"} and url.host and not (url.userinfo or url.query or url.fragment)
        if not plain or not PATH_PREFIX.fullmatch(url.path):
            raise ValueError("this is not an address such as https://example.com/ats")
        return f"{url.scheme}://{url.netloc.decode()}{url.path.rstrip('/')}"

    @property
    def body_limit(self) -> int:
        """Largest request body in bytes."""
        return 3 * self.file_limit + 1_000_000 if self.max_body is None else self.max_body

    @property
    def keeps(self) -> bool:
        """Whether anything is kept."""
        return self.database_url != "off"

    def accounts(self) -> dict[str, IntegrationSettings]:
        """The connected accounts by name; a single one is called `default`."""
        return dict(self.integrations)

    def connected(self) -> dict[IntegrationName, IntegrationSettings]:
        """The same by their whole names, such as `crelate:default`."""
        return {IntegrationName.of(account.tool, name): account for name, account in self.integrations.items()}

    def ats_of(self, account: IntegrationSettings) -> Ats:
        """The ATS that an account is of."""
        return self.connectors[account.tool]

    def name_of(self, text: str) -> IntegrationName:
        """The name that a text stands for: the whole of it, or the account alone."""
        account = self.integrations.get(text)
        return IntegrationName.read(text, account.tool if account else next(iter(self.connectors)))


def config_file() -> Path:
    """The settings file: named by `ATS_GATEWAY_CONFIG`, or `ats-gateway.toml` in the working folder."""
    return Path(os.environ.get(f"{PREFIX}CONFIG", "ats-gateway.toml"))


def read_settings(kind: type[Settings] = Settings, /, **given: Any) -> Settings:
    """The settings of this process; `given` wins over the other places that `kind` looks into.

    Raises:
        SettingsError: a value is wrong; one sentence per value, without the value itself.
    """
    try:
        return kind(**given)
    except ValidationError as error:
        wrong = (f"{'.'.join(map(str, item['loc'])) or 'settings'}: {item['msg']}" for item in error.errors())
        raise SettingsError(f"The settings cannot be used. {'; '.join(wrong)}.") from error
    except pydantic_settings.SettingsError as error:  # a text that should be JSON
        raise SettingsError(f"The settings cannot be used: {error}.") from error
