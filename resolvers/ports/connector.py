"""The port of a whole ATS: what one connected account offers to the gateway.

`Source` answers the graph, `SyncSource` the syncs, `Writer` the actions. Everything else is about the account itself:
whether it can be reached, what is left of its quota, what of the unified model it covers, and what `ats-gateway doctor`
and `ats-gateway connect` show of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from resolvers.ports.access import Access
    from resolvers.ports.examination import Examination
    from resolvers.ports.files import Files
    from resolvers.ports.integration import IntegrationName
    from resolvers.ports.listing import SyncSource
    from resolvers.ports.source import LiveSource
    from resolvers.ports.trial import Journal, Listener, Trials
    from resolvers.ports.writing import Writer
    from schema.coverage import Coverage
    from schema.provenance import Provenance
    from schema.rate_limit import RateLimit
    from schema.record import Tracked


class Connector(Protocol):
    """One connected account of an ATS. Nothing is sent before a method asks for it."""

    @property
    def name(self) -> IntegrationName:
        """Such as `crelate:default`."""

    def source(self) -> LiveSource:
        """A source for one request."""

    def sync_source(self) -> SyncSource:
        """The account's lists, for syncs."""

    @property
    def writer(self) -> Writer:
        """Its writing side, for actions, passthrough and the content of files."""

    @property
    def files(self) -> Files:
        """Files of its candidates."""

    def coverage(self) -> Coverage:
        """What of the unified model the account can give and take."""

    def provenance(self, model: str, record: Tracked | None, fields: Sequence[str]) -> Sequence[Provenance]:
        """Where each of these fields comes from, of a record of its own or a copy of one; nothing is asked.

        Args:
            model: Name of the model.
            record: Null for what holds for all records.
            fields: Names in the schema.
        """

    @property
    def versions(self) -> Mapping[str, str]:
        """Model -> what tells this way of reading its records from others: with another one, copies are read anew.

        A model that is read as it always is may be absent.
        """

    def rate_limit(self) -> RateLimit:
        """What is left of the account's request quota."""

    async def check(self) -> None:
        """Ask the least there is to ask.

        Raises:
            AtsError: the ATS refused the key or did not answer.
        """

    async def access(self) -> Access:
        """The key's owner, and what they may read.

        Raises:
            CannotConnect: the key opens nothing, or the ATS cannot be reached.
        """

    async def examine(self, now: Callable[[], datetime]) -> Examination:
        """What reading shows about the account; nothing is written, and what fails is a finding.

        Args:
            now: This machine's clock.
        """

    def trials(self, journal: Journal, now: Callable[[], datetime], listener: Listener = ...) -> Trials | None:
        """Trials by writing; null where the connector offers none.

        Args:
            journal: Where what is made is noted.
            now: This machine's clock.
            listener: Told about every call from here on.
        """

    async def close(self) -> None:
        """Close all connections."""
