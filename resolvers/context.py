"""The request as the resolvers see it: one caller, one integration, one set of answers, one deadline."""

from functools import lru_cache
from typing import Protocol

from resolvers.answers import Answers
from resolvers.callers import LOCAL, Caller, Scope
from resolvers.ids import Ids
from resolvers.ports.actions import Actions
from resolvers.ports.changes import ChangeLog
from resolvers.ports.files import Files
from resolvers.ports.source import Source
from resolvers.ports.sync import Syncing
from resolvers.provenance import Origins
from schema.coverage import Coverage
from schema.rate_limit import RateLimit


class Integration(Origins, Protocol):
    """One connected account, as far as the resolvers need to know it."""

    @property
    def name(self) -> str:
        """Such as `crelate:default`."""

    def coverage(self) -> Coverage:
        """What of the unified model this integration can give and take."""

    def rate_limit(self) -> RateLimit:
        """What is left of its request quota."""


class RequestContext:
    """What the resolvers of one operation share.

    Args:
        integration: The account asked about.
        source: Who answers, for this request alone.
        deadline: When questions fail, on the running loop's clock; null to wait.
        actions: Who carries out actions; null where the gateway keeps no database.
        changes: The log of changes; likewise.
        syncs: Who runs syncs; likewise.
        files: Who reads files back; likewise.
        caller: Who asks.

    Attributes:
        answers: What has been asked and answered.
        ids: The ids of the account.
        sees_personal_data: Whether the caller may see fields marked `@personal`.
    """

    def __init__(
        self,
        integration: Integration,
        source: Source,
        deadline: float | None = None,
        actions: Actions | None = None,
        changes: ChangeLog | None = None,
        syncs: Syncing | None = None,
        files: Files | None = None,
        caller: Caller = LOCAL,
    ) -> None:
        self.caller = caller
        self.sees_personal_data = Scope.PII in caller.scopes
        self.integration = integration
        self.actions = actions
        self.changes = changes
        self.syncs = syncs
        self.deadline = deadline
        self.ids = _ids_of(integration.name)
        self.answers = Answers(source, deadline, files)


_ids_of = lru_cache(maxsize=1_000)(Ids)
"""The ids of an account, by its name: their prefixes are the same for every request."""
