"""The actions' part of the graph, over a performer that remembers what it was asked."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from graphql import ExecutionResult, graphql

from resolvers.context import RequestContext
from resolvers.ports.actions import Asked, Result, Trail
from schema.actions.action import Action, ActionFilter, ActionOutcome
from schema.actions.attachment import Attachment, AttachmentType
from schema.actions.passthrough import PassthroughInput, PassthroughPayload
from schema.scalars import JSON
from tests.resolvers.conftest import SCHEMA, MemoryIntegration
from tests.resolvers.memory_source import MemorySource


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

    async def attachments(self, keys: Sequence[str]) -> dict[str, list[Attachment]]:
        """One CV each."""
        return {
            key: [Attachment(candidate_key=key, remote_id="f1", type=AttachmentType.CV, name="cv.pdf")] for key in keys
        }

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
        context = RequestContext(MemoryIntegration(), MemorySource({}), deadline, files=actions and (lambda: actions))
        context.actions = actions
        return await graphql(SCHEMA, document, context_value=context, variable_values=variables)

    return ask
