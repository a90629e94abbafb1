"""The request as the resolvers see it: one integration, one set of loaders, one deadline."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypeVar

from resolvers.callers import LOCAL, Caller, Scope
from resolvers.connections import children_of, page_of
from resolvers.errors import AtsError, Forbidden, PersonalDataWithheld, UpstreamUnavailable
from resolvers.ids import Ids
from resolvers.loaders import Loaders
from resolvers.ports.actions import Actions
from resolvers.ports.changes import ChangeLog
from resolvers.ports.source import Children, Source
from resolvers.ports.sync import Syncing
from resolvers.privacy import refuse_probing
from schema.actions.attachment import Attachment
from schema.connection import Connection, Window
from schema.coverage import Coverage
from schema.model import MODELS, Model
from schema.rate_limit import RateLimit
from schema.record import Tracked
from schema.relation import Kind, Relation

T = TypeVar("T")

READING = frozenset({Scope.READ})


class Integration(Protocol):
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
        deadline: When questions give up, on the running loop's clock; null to wait.
        actions: Who carries out actions; null where the gateway keeps no database.
        changes: The log of changes; likewise.
        syncs: Who runs syncs; likewise.
        caller: Who asks.

    Attributes:
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
        caller: Caller = LOCAL,
    ) -> None:
        self.caller = caller
        self.sees_personal_data = Scope.PII in caller.scopes
        self._withheld: set[str] = set()
        self.integration = integration
        self.actions = actions
        self.changes = changes
        self.syncs = syncs
        self.source = source
        self.deadline = deadline
        self.ids = Ids(integration.name)
        self.loaders = Loaders(source, deadline)

    def global_id(self, model: str, key: str) -> str:
        """The opaque id under which clients know a record."""
        return self.ids.encode(model, key)

    def follow(self, relation: Relation, parent: Any) -> Awaitable[Any] | None:
        """The record or records at the other end of a relation."""
        self._check_reading(parent)
        held = getattr(parent, relation.key) if relation.kind is not Kind.MANY else parent.key
        if held is None:
            return None
        return FOLLOW[relation.kind](self.loaders, relation, held)

    async def connect(self, relation: Relation, parent: Any, window: Window) -> Connection[Tracked]:
        """A page of the records at the other end of a relation."""
        self._check_reading(parent)
        self.check_window(MODELS[relation.to], window)
        return await children_of(self.loaders, self.ids, relation, parent, window)

    async def page(self, model: Model, window: Window, *, counted: bool) -> Connection[Tracked]:
        """A page of all records of a model."""
        self.check_window(model, window)
        return await self.in_time(page_of(self.loaders, self.ids, model, window, counted=counted))

    async def attachments(self, candidate_key: str) -> list[Attachment]:
        """The files of a candidate that can be read back."""
        self.caller.require(READING)
        if self.actions is None:
            raise Forbidden("Reading files needs a database: DATABASE_URL is off.")
        return await self.in_time(self.actions.attachments(candidate_key))

    def withhold(self, field: str) -> None:
        """Null in place of personal data, with one error for each field of the schema, at the first place it is asked.

        Raises:
            PersonalDataWithheld: the first time.
        """
        if field not in self._withheld:
            self._withheld.add(field)
            raise PersonalDataWithheld(f"{field} is personal data, and this caller lacks the scope pii.")

    def _check_reading(self, parent: Any) -> None:
        """Whoever may only write sees what was written, but goes nowhere from there."""
        if isinstance(parent, Tracked):
            self.caller.require(READING)

    def check_window(self, model: Model, window: Window) -> None:
        """Refuse a window that would tell this caller personal data.

        Raises:
            Forbidden: names the argument.
        """
        if not self.sees_personal_data:
            refuse_probing(model, window)

    async def in_time(self, answer: Awaitable[T]) -> T:
        """What the source answers.

        Raises:
            UpstreamUnavailable: it did not by the operation's deadline.
        """
        try:
            async with asyncio.timeout_at(self.deadline):
                return await answer
        except TimeoutError as error:
            raise UpstreamUnavailable("The ATS did not answer before the operation's deadline.") from error

    async def record(self, model: str, key: str) -> Tracked | None:
        """The record under a key."""
        return await self.loaders.by_key(model).load(key)

    async def nodes(self, global_ids: list[str]) -> list[Tracked | AtsError | None]:
        """The records behind ids of any model; a bad id or a failed look-up is an error in its slot."""
        return list(await asyncio.gather(*(self._node(global_id) for global_id in global_ids)))

    async def _node(self, global_id: str) -> Tracked | AtsError | None:
        try:
            return await self.record(*self.ids.decode(global_id, "ids"))
        except AtsError as error:
            return error


def _one(loaders: Loaders, relation: Relation, key: str) -> Awaitable[Tracked | None]:
    return loaders.by_key(relation.to).load(key)


def _each(loaders: Loaders, relation: Relation, keys: list[str]) -> Awaitable[list[Tracked]]:
    return loaders.each(relation.to, keys)


async def _many(loaders: Loaders, relation: Relation, key: str) -> list[Tracked]:
    children = await loaders.by_parent(relation.to, relation.key).load(key)
    return list((children or Children(())).records)


FOLLOW: dict[Kind, Callable[[Loaders, Relation, Any], Awaitable[Any]]] = {
    Kind.ONE: _one,
    Kind.EACH: _each,
    Kind.MANY: _many,
}
"""Kind of relation -> how it is followed from the key or keys the parent holds."""
