"""How a Crelate account is connected: what a person has to do, and how their key is tried."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx

from gateway.crelate.connector import Connector, connect
from gateway.crelate.settings import CrelateSettings, web_url
from gateway.crelate.transport.exchange import Timing
from resolvers.ports.examination import Comparison
from resolvers.ports.profile import Profile

STEPS = (
    "Sign in at {web} as the user the gateway shall act as: what this user may see and do, it can.",
    "If the user is no administrator, have one switch on 'API access' in the user's role.",
    "Open the user's own settings, find the API key and make one. Making it anew ends the old one.",
    "Copy it and paste it where the command asks for it. It is not shown, and goes into a file that only you can read.",
)
"""How a key is made in Crelate (crelate-api 1)."""


@dataclass(frozen=True, slots=True)
class CrelateSetup:
    """Crelate's `Setup`.

    Attributes:
        transport: Core of the way to Crelate; null for real connections.
        timing: Where time comes from.
        profile: Gets what the key is seen to open; null for nobody.
        product, more_rights: See `Setup`.
    """

    transport: httpx.AsyncBaseTransport | None = None
    timing: Timing | None = None
    profile: Profile | None = None
    product: str = "Crelate"
    more_rights: str = (
        "If something is missing, an administrator can add it to the owner's user role; the key stays the same."
    )

    def steps(self, address: str) -> list[str]:
        """How to make an API key, step by step."""
        return [step.format(web=web_url(address)) for step in STEPS]

    def compare(self, description: Any) -> Comparison:
        """What an OpenAPI file has of what the connector relies on."""
        from gateway.crelate.openapi.comparison import compare  # noqa: PLC0415  not needed to serve

        return compare(description)

    def open(self, key: str, address: str) -> Connector:
        """The account behind a key."""
        settings = CrelateSettings(key, address)
        return connect(settings, transport=self.transport, timing=self.timing, profile=self.profile)
