"""How to reach one Crelate account."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import urlsplit

from gateway.crelate.assumptions import Assumptions, read_assumptions
from gateway.crelate.integration import CrelateIntegration
from gateway.crelate.mapping.custom_columns import NO_CUSTOM_COLUMNS, CustomColumns, read_custom_columns
from gateway.crelate.reading.tables import KEEP_SECONDS
from gateway.integration import SettingsError
from resolvers.ports.integration import IntegrationName

T = TypeVar("T")

WEB_URL = "https://app.crelate.com"


@dataclass(frozen=True, slots=True)
class CrelateSettings:
    """How to reach one account.

    Attributes:
        api_key: Key of the Crelate user to act as.
        base_url: Where the API is; the sandbox has its own.
        requests_per_minute: Of Crelate's about 120 (ASM-12).
        concurrency: Requests under way at a time.
        small_table_seconds: How long users, stages and other small tables are kept.
        assumptions: What is believed about the account.
        custom: Its custom fields that stand for fields of the model.
    """

    api_key: str = field(repr=False)
    base_url: str = "https://app.crelate.com/api3"
    requests_per_minute: int = 100
    concurrency: int = 4
    small_table_seconds: float = KEEP_SECONDS
    assumptions: Assumptions = field(default_factory=Assumptions)
    custom: CustomColumns = NO_CUSTOM_COLUMNS


def web_url(base_url: str) -> str:
    """Root of the pages people see: the API's own host where that is Crelate's, such as the sandbox."""
    host = urlsplit(base_url).hostname or ""
    return f"https://{host}" if host.endswith(".crelate.com") else WEB_URL


def crelate_settings(
    name: IntegrationName, account: CrelateIntegration, small_table_seconds: float | None = None
) -> CrelateSettings:
    """How to reach an account, as its settings say.

    Raises:
        SettingsError: there is no API key, an assumption is not known, or a custom field cannot stand for a field.
    """
    key = account.api_key
    if key is None:
        raise SettingsError(
            f"Account {name.account} has no API key: set ATS_GATEWAY_CRELATE_API_KEY, or run `ats-gateway connect`."
        )
    return CrelateSettings(
        api_key=key,
        base_url=account.crelate_base_url,
        requests_per_minute=account.crelate_requests_per_minute,
        concurrency=account.crelate_concurrency,
        small_table_seconds=KEEP_SECONDS if small_table_seconds is None else small_table_seconds,
        assumptions=_read("crelate_assumptions: ", lambda: read_assumptions(account.crelate_assumptions)),
        custom=_read("custom_fields.", lambda: read_custom_columns(account.custom_fields)),
    )


def _read(where: str, read: Callable[[], T]) -> T:
    try:
        return read()
    except ValueError as error:
        raise SettingsError(f"{where}{error}") from error
