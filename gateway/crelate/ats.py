"""Crelate as an ATS that can be connected: its settings, how a person makes a key, and how a connector is made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.crelate.integration import TOOL, CrelateIntegration

if TYPE_CHECKING:
    from gateway.ats import Surroundings
    from gateway.crelate.connector import Connector
    from resolvers.ports.examination import Comparison
    from resolvers.ports.integration import IntegrationName
    from resolvers.ports.source import Requests

STEPS = (
    "Sign in at {web} as the user the gateway shall act as: what this user may see and do, it can.",
    "If the user is no administrator, have one switch on 'API access' in the user's role.",
    "Open the user's own settings, find the API key and make one. Making it anew ends the old one.",
    "Copy it and paste it where the command asks for it. It is not shown, and goes into a file that only you can read.",
)
"""How a key is made in Crelate (crelate-api 1)."""


REQUESTS = {("Application", "job_key"): 1, ("Application", "candidate_key"): 1, ("Attachment", "candidate_key"): 0.02}
"""Applications are asked for job by job or person by person; of files, first the people and then the files are."""


class Crelate:
    """Fills `gateway.ats.Ats`; its attributes are described there."""

    tool = TOOL
    product = "Crelate"
    settings = CrelateIntegration
    requests: Requests = REQUESTS
    more_rights = (
        "If something is missing, an administrator can add it to the owner's user role; the key stays the same."
    )

    def steps(self, address: str) -> list[str]:
        """How to make an API key, step by step."""
        from gateway.crelate.settings import web_url  # noqa: PLC0415  settings are read without it

        return [step.format(web=web_url(address)) for step in STEPS]

    def compare(self, description: Any) -> Comparison:
        """What an OpenAPI file has of what the connector relies on."""
        from gateway.crelate.openapi.comparison import compare  # noqa: PLC0415  not needed to serve

        return compare(description)

    def connect(self, name: IntegrationName, account: CrelateIntegration, surroundings: Surroundings) -> Connector:
        """The connector that an account's settings describe.

        Raises:
            SettingsError: there is no API key, an assumption is not known, or a custom field cannot stand for a field.
        """
        from gateway.crelate.connector import connect  # noqa: PLC0415  settings are read without it
        from gateway.crelate.settings import crelate_settings  # noqa: PLC0415  likewise
        from gateway.crelate.transport.exchange import Timing  # noqa: PLC0415  likewise

        quota = surroundings.quota
        return connect(
            crelate_settings(name, account, surroundings.small_table_seconds),
            name=name,
            transport=surroundings.transport,
            quota=quota(account.crelate_requests_per_minute) if quota else None,
            timing=Timing(surroundings.clock, surroundings.sleep, surroundings.seconds_left),
            hook=surroundings.hook,
            profile=surroundings.profile,
            row_bytes=surroundings.row_bytes,
        )


CRELATE = Crelate()
