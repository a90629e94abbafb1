"""The service as an ATS that can be connected: what can be set for an account, and how its connector is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from pydantic import Field, SecretStr

from gateway.ats import Ats, Surroundings
from gateway.integration import IntegrationSettings, SettingsError
from gateway.settings import Settings
from resolvers.ports.examination import Comparison
from resolvers.ports.integration import IntegrationName
from resolvers.ports.source import Requests
from tests.second_ats.connector import ToyConnector
from tests.second_ats.service import Service

ADDRESS = "https://toy.example"


class ToyIntegration(IntegrationSettings):
    """One account of the service."""

    tool: str = "toy"

    toy_api_key: SecretStr | None = Field(default=None, description="Any key opens it.")
    toy_api_key_file: Path | None = Field(default=None, description="File that holds the key instead.")
    toy_base_url: str = Field(default=ADDRESS, description="Which of the services it is.")


@dataclass(frozen=True)
class Toy:
    """Fills `gateway.ats.Ats`.

    Attributes:
        services: Address -> what answers there.
    """

    services: Mapping[str, Service]
    tool: str = "toy"
    product: str = "Toyshop"
    settings: type[IntegrationSettings] = ToyIntegration
    more_rights: str = "Ask Ida."
    requests: Requests = field(default_factory=dict)

    def steps(self, address: str) -> Sequence[str]:
        """Any word of eight letters is a key."""
        return [f"Think of a key for {address}."]

    def compare(self, description: Any) -> Comparison:  # noqa: ARG002  whatever it says
        """Nothing is relied on."""
        return Comparison()

    def connect(self, name: IntegrationName, account: ToyIntegration, surroundings: Surroundings) -> ToyConnector:
        """The connector of the service at the account's address.

        Raises:
            SettingsError: there is none.
        """
        if account.toy_base_url not in self.services:
            raise SettingsError(f"toy_base_url of {name.account}: nothing is there.")
        service = self.services[account.toy_base_url]
        service.hook = surroundings.hook
        return ToyConnector(name, service)


def settings_over(*each_ats: Ats, **given: Any) -> Settings:
    """Settings of a gateway that can connect these alone."""

    class Chosen(Settings):
        connectors: ClassVar[Mapping[str, Ats]] = {ats.tool: ats for ats in each_ats}

    return Chosen(**given)
