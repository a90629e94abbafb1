"""The actions' part of the graph, over a performer that remembers what it was asked."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from inspect import getdoc
from typing import Any

import pytest
import strawberry
from graphql import ExecutionResult, graphql
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import create_type

from resolvers.context import RequestContext
from resolvers.mutations.add_attachment_to_application import add_attachment_to_application
from resolvers.mutations.add_note_to_application import add_note_to_application
from resolvers.mutations.create_application import create_application
from resolvers.mutations.create_candidate import create_candidate
from resolvers.mutations.passthrough import passthrough
from resolvers.ports.actions import Asked, Result, Trail
from resolvers.queries.actions import action, actions
from resolvers.queries.candidate_attachments import candidate_attachments
from resolvers.queries.node import node
from resolvers.queries.passthrough import passthrough as passthrough_query
from resolvers.root import executable
from schema.actions.action import Action, ActionFilter, ActionOutcome
from schema.actions.attachment import Attachment, AttachmentType
from schema.actions.passthrough import PassthroughInput, PassthroughPayload
from schema.model import MODELS
from schema.scalars import JSON, SCALARS
from tests.resolvers.conftest import MemoryIntegration
from tests.resolvers.memory_source import MemorySource

MUTATIONS = (
    create_candidate,
    create_application,
    add_attachment_to_application,
    add_note_to_application,
    passthrough,
)
QUERIES = (node, action, actions, candidate_attachments, passthrough_query)


def _root(name: str, resolvers: tuple[Callable[..., Any], ...]) -> type:
    return create_type(name, [strawberry.field(resolver=each, description=getdoc(each)) for each in resolvers])


SCHEMA = executable(
    strawberry.Schema(
        query=_root("Query", QUERIES),
        mutation=_root("Mutation", MUTATIONS),
        types=[model.record for model in MODELS.values()],
        config=StrawberryConfig(scalar_map=SCALARS),
    )
)


@dataclass
class MemoryActions:
    """Carries nothing out and remembers everything.

    Attributes:
        result: What it answers.
        rows: The audit trail.
        asked, deadlines, passed: What it was asked.
    """

    result: Result = field(default_factory=lambda: Result(ActionOutcome.DONE))
    rows: list[Action] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    deadlines: list[float | None] = field(default_factory=list)
    passed: list[PassthroughInput] = field(default_factory=list)

    async def perform(self, asked: Asked, deadline: float | None) -> Result:
        """The result."""
        self.asked.append(asked)
        self.deadlines.append(deadline)
        return self.result

    async def action(self, action_id: str) -> Action | None:
        """A row by its id."""
        return next((row for row in self.rows if row.id == action_id), None)

    async def trail(self, size: int, position: str | None, filter: ActionFilter | None) -> Trail:
        """A page; a position is an id, and the filter goes by name."""
        rows = [row for row in self.rows if filter is None or row.name in (filter.names or [])]
        start = next((n for n, row in enumerate(rows, 1) if row.id == position), 0)
        page = rows[start : start + size]
        return Trail(page, [row.id for row in page], start + size < len(rows), len(rows))

    async def attachments(self, candidate_key: str) -> list[Attachment]:
        """One CV."""
        return [Attachment(candidate_key=candidate_key, remote_id="f1", type=AttachmentType.CV, name="cv.pdf")]

    async def pass_through(self, request: PassthroughInput) -> PassthroughPayload:
        """A small answer."""
        self.passed.append(request)
        return PassthroughPayload(url="https://ats/x", status=200, headers=JSON({}), data=JSON({"ok": True}))


@pytest.fixture
def performer() -> MemoryActions:
    """Who is asked."""
    return MemoryActions()


Ask = Callable[..., Awaitable[ExecutionResult]]


@pytest.fixture
def ask(performer: MemoryActions) -> Ask:
    """Asks the graph; `actions=None` is a gateway without a database."""

    async def ask(document: str, actions: Any = performer, deadline: float | None = None, **variables: Any) -> Any:
        context = RequestContext(MemoryIntegration(), MemorySource({}), deadline, actions)
        return await graphql(SCHEMA, document, context_value=context, variable_values=variables)

    return ask
