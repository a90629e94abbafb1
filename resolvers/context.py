"""The request as the resolvers see it: one caller, one integration, one set of answers, one deadline.

Where a question is put to several accounts, each has a request of its own beside the one that was sent.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Protocol

from resolvers.answers import Answers
from resolvers.callers import LOCAL, Caller, Scope
from resolvers.errors import IntegrationNotFound
from resolvers.ids import Ids
from resolvers.ports.actions import Actions
from resolvers.ports.changes import ChangeLog
from resolvers.ports.files import Files
from resolvers.ports.profile import KnownFacts
from resolvers.ports.source import Fields, Source
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


NEED_NO_ACCOUNT = frozenset({"accounts", "node", "nodes", "__schema", "__type", "__typename"})
"""Root fields of Query that can be answered without knowing whose records are meant."""

Place = tuple[str | int, ...]
"""The beginning of a path in the data: a root field, or an item of its list."""


@dataclass
class Beside:
    """The accounts that a caller may ask.

    Attributes:
        caller: Who asks.
        connected: All accounts that there are, in the order of the settings.
        open: Makes the request for one of them.
        opened: Those that were made.
    """

    caller: Caller
    connected: Collection[str]
    open: Callable[[str], RequestContext]
    opened: dict[str, RequestContext] = field(default_factory=dict)

    @cached_property
    def names(self) -> Sequence[str]:
        """The caller's accounts."""
        return [name for name in self.connected if self.caller.may_ask(name)]

    def of(self, name: str) -> RequestContext:
        """The request as it is put to this account; the same each time.

        Raises:
            IntegrationNotFound: there is none of this name, or not for this caller.
        """
        if name not in self.opened:
            if name not in self.connected or not self.caller.may_ask(name):
                raise IntegrationNotFound("Argument names: there is no such integration.", argument="names")
            self.opened[name] = self.open(name)
        return self.opened[name]


class RequestContext:
    """What the resolvers of one operation share.

    Args:
        integration: The account asked about.
        source: Who answers, for this request alone.
        deadline: When questions fail, on the running loop's clock; null to wait.
        files: Gives who reads files back; null where the gateway keeps no database.
        caller: Who asks.

    Attributes:
        expect: Told what an operation will look at of all records, where somebody wants to know.
        actions: Who carries out actions; null where the gateway keeps no database.
        changes: The log of changes; likewise.
        syncs: Who runs syncs; likewise.
        profile: What has been learnt about the account; null where nothing is.
        answers: What has been asked and answered.
        ids: The ids of the account.
        beside: The accounts its caller may ask; null for this one alone.
        places: Parts of the data that are asked of another account, as far as graphql-core answers them.
        sees_personal_data: Whether the caller may see fields marked `@personal`.
    """

    beside: Beside | None = None
    expect: Callable[[Fields], None] | None = None
    actions: Actions | None = None
    changes: ChangeLog | None = None
    syncs: Syncing | None = None

    def __init__(
        self,
        integration: Integration,
        source: Source,
        deadline: float | None = None,
        files: Callable[[], Files] | None = None,
        caller: Caller = LOCAL,
    ) -> None:
        self.caller = caller
        self.sees_personal_data = Scope.PII in caller.scopes
        self.integration = integration
        self.profile: KnownFacts | None = None
        self.deadline = deadline
        self.ids = _ids_of(integration.name)
        self.answers = Answers(source, deadline, files)
        self.places: dict[Place, RequestContext] = {}

    @property
    def accounts(self) -> Sequence[str]:
        """Names of the accounts that the caller may ask."""
        return self.beside.names if self.beside else (self.integration.name,)

    def of(self, name: str) -> RequestContext:
        """The request as it is put to an account, which may be its own.

        Raises:
            IntegrationNotFound: there is none of this name, or not for this caller.
        """
        if name and name == self.integration.name:
            return self
        if self.beside is None:
            raise IntegrationNotFound
        return self.beside.of(name)

    def holding(self, global_id: str, argument: str) -> tuple[RequestContext, str, str]:
        """The request to the account an id is of, and the model and key behind it.

        Where the operation names no account, the id does; otherwise it has to be of that account.

        Raises:
            BadUserInput: it is not an id of this account, or of any that the caller may ask; names `argument`.
        """
        names = () if self.integration.name else self.accounts
        name = next((name for name in names if _ids_of(name).owns(global_id)), None)
        context = self if name is None else self.of(name)
        return (context, *context.ids.decode(global_id, argument))

    def check(self, fields: Collection[str]) -> None:
        """Let an operation with these root fields pass.

        Raises:
            IntegrationNotFound: they are about an account, and none is named.
        """
        if not self.integration.name and not NEED_NO_ACCOUNT.issuperset(fields):
            raise IntegrationNotFound

    def stop(self) -> None:
        """Stop what is still under way for it, whichever account it asks."""
        for context in (self, *(self.beside.opened.values() if self.beside else ())):
            context.answers.stop()


_ids_of = lru_cache(maxsize=1_000)(Ids)
"""The ids of an account, by its name: their prefixes are the same for every request."""
