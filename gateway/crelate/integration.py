"""What can be set for an account of Crelate."""

from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr

from gateway.integration import IntegrationSettings

TOOL = "crelate"


class CrelateIntegration(IntegrationSettings):
    """One account of Crelate."""

    tool: str = TOOL

    crelate_api_key: SecretStr | None = Field(default=None, description="API key of the Crelate user to act as.")
    crelate_api_key_file: Path | None = Field(default=None, description="File that holds the API key instead.")
    crelate_base_url: str = Field(
        default="https://app.crelate.com/api3", description="Where Crelate's API is; the sandbox has its own."
    )
    crelate_requests_per_minute: int = Field(
        default=100, ge=1, description="Requests per minute the gateway allows itself; Crelate stops at about 120."
    )
    crelate_concurrency: int = Field(default=4, ge=1, description="Requests to Crelate at the same time.")
    crelate_assumptions: dict[str, Any] = Field(
        default_factory=dict, description="What to assume about this account instead of the defaults, by name."
    )
