"""What the gateway has to know of an ATS before any account of it is connected."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from resolvers.ports.hook import Hook, unobserved

if TYPE_CHECKING:
    import httpx

    from gateway.integration import IntegrationSettings
    from resolvers.ports.connector import Connector
    from resolvers.ports.examination import Comparison
    from resolvers.ports.integration import IntegrationName
    from resolvers.ports.profile import Profile
    from resolvers.ports.quota import Quota
    from resolvers.ports.source import Requests


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a process lends to one connector.

    Attributes:
        transport: Core of the way to the ATS; null for real connections.
        quota: Makes the account's quota from its requests per minute; null for one that the connector keeps itself.
        hook: Called after every attempt to reach the ATS; it counts the request for the operation it was made for.
        clock: Seconds, from any zero.
        sleep: Waits so many seconds.
        seconds_left: Seconds until the running operation has to be answered; null outside of one.
        profile: What is known of the account; null for one that the connector keeps itself.
        small_table_seconds: How long small tables may be kept; null where the connector decides.
        row_bytes: Bytes of the ATS's rows that may be held; null where the connector decides.
    """

    transport: httpx.AsyncBaseTransport | None = None
    quota: Callable[[int], Quota] | None = None
    hook: Hook = unobserved
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    seconds_left: Callable[[], float | None] = lambda: None
    profile: Profile | None = None
    small_table_seconds: float | None = None
    row_bytes: int | None = None


class Ats(Protocol):
    """An ATS that accounts can be accounts of: a row of the table in `gateway.connectors`.

    It is loaded with the settings, so what takes long to load is loaded when a method needs it.
    """

    @property
    def tool(self) -> str:
        """Its slug, which begins the names of its accounts and of its own settings."""

    @property
    def product(self) -> str:
        """Its name, for people."""

    @property
    def settings(self) -> type[IntegrationSettings]:
        """What can be set for an account of it."""

    @property
    def requests(self) -> Requests:
        """How many requests the relations take that are not asked for a hundred parents at a time, for estimates."""

    @property
    def more_rights(self) -> str:
        """What to do when a key's owner may not read something; one sentence."""

    def steps(self, address: str) -> Sequence[str]:
        """How to make an API key, step by step, for the API at this address."""

    def compare(self, description: Any) -> Comparison:
        """What a description of its API has of what the gateway relies on.

        Args:
            description: The JSON of an OpenAPI file.

        Raises:
            ValueError: it is none; the message says so in one sentence.
        """

    def connect(self, name: IntegrationName, account: Any, surroundings: Surroundings) -> Connector:
        """The connector of an account. Nothing is sent yet.

        Args:
            name: Of the account.
            account: Its settings, of the type that `settings` is.
            surroundings: What the process lends to the connector.

        Raises:
            SettingsError: the settings cannot be used.
        """
