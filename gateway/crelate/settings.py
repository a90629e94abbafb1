"""How to reach one Crelate account."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from gateway.crelate.assumptions import Assumptions
from gateway.crelate.mapping.custom_columns import NO_CUSTOM_COLUMNS, CustomColumns
from gateway.crelate.reading.tables import KEEP_SECONDS

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
