"""The change log as clients see it."""

import asyncio
import re
from collections.abc import AsyncGenerator, Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
import strawberry
from graphql import ExecutionResult
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import create_type

from resolvers.context import RequestContext
from resolvers.engine.kinds import install
from resolvers.ports.changes import SCOPE, ChangeLog, LogEntry
from resolvers.queries import changes as queries
from resolvers.subscriptions import changes as subscriptions
from schema.change import ChangeKind, ModelName
from schema.job import Job
from schema.model import MODELS
from schema.scalars import SCALARS
from schema.strawberry_bridge import executable
from tests.gateway.replica.records import START
from tests.resolvers.conftest import MemoryIntegration
from tests.resolvers.memory_source import MemorySource

QUERY: Any = strawberry.field(resolver=queries.changes, name="changes")
SUBSCRIPTION: Any = strawberry.subscription(resolver=subscriptions.changes, name="changes")
SCHEMA = strawberry.Schema(
    query=create_type("Query", [QUERY]),
    subscription=create_type("Subscription", [SUBSCRIPTION]),
    types=[model.record for model in MODELS.values()],
    config=StrawberryConfig(scalar_map=SCALARS),
)
install(executable(SCHEMA))
PAGE = """query ($after: String, $first: Int, $models: [ModelName!]) {
    changes(after: $after, first: $first, models: $models) {
    nodes { cursor model kind fields at hashBefore hashAfter id recordId record { __typename id } }
    pageInfo { endCursor hasNextPage hasPreviousPage } } }"""


@dataclass
class MemoryLog:
    """A log in a list, whose followers never wait."""

    entries: list[LogEntry] = field(default_factory=list)

    async def after(self, position: int, first: int, models: Collection[str] | None) -> Sequence[LogEntry]:
        """As `ChangeLog`."""
        wanted = [e for e in self.entries if e.position > position and (models is None or e.model in models)]
        return wanted[:first]

    async def newest(self) -> int:
        """As `ChangeLog`."""
        return self.entries[-1].position if self.entries else 0

    async def follow(self, position: int, models: Collection[str] | None) -> AsyncGenerator[LogEntry, None]:
        """As `ChangeLog`, with one change to come."""
        for entry in await self.after(position, 100, models):
            yield entry
        yield replace(ENTRY, position=99)


class Context(RequestContext):
    """A request that may ask for changes."""

    changes: ChangeLog | None = None


ENTRY = LogEntry("Job", "j1", ChangeKind.UPDATED, ("job_code", "name"), START, "a", "b", 1)


def _context(*entries: LogEntry) -> Context:
    numbered = [replace(entry, position=number) for number, entry in enumerate(entries, 1)]
    context = Context(MemoryIntegration(), MemorySource({"Job": [Job(key="j1", remote_id="j1")]}))
    context.changes = MemoryLog(numbered)
    return context


async def _ask(context: Context, document: str = PAGE, **variables: Any) -> Any:
    result = await SCHEMA.execute(document, variable_values=variables, context_value=context)
    assert result.errors is None, result.errors
    assert result.data is not None
    return result.data["changes"]


async def test_a_change_tells_what_happened_to_which_record() -> None:
    """With the record as it is now, and the fields by the names clients know."""
    entry = replace(ENTRY, model="Application", properties=("current_stage_key", "remote_updated_at"))
    context = _context(ENTRY, entry)
    job, application = (await _ask(context))["nodes"]
    assert job == {
        "cursor": job["cursor"],
        "model": "JOB",
        "kind": "UPDATED",
        "fields": ["jobCode", "name"],
        "at": "2026-01-01T00:00:00Z",
        "hashBefore": "a",
        "hashAfter": "b",
        "id": job["id"],
        "recordId": context.ids.encode("Job", "j1"),
        "record": {"__typename": "Job", "id": context.ids.encode("Job", "j1")},
    }
    assert (application["fields"], application["record"]) == (["currentStageId", "remoteUpdatedAt"], None)


async def test_pages_follow_each_other_to_the_end() -> None:
    """A page's end is where the next one begins, and an empty page ends where it began, so a client can wait there."""
    context = _context(*[ENTRY] * 5)
    seen, after = 0, None
    for number, more in ((2, True), (2, True), (1, False), (0, False)):
        page = await _ask(context, first=2, after=after)
        assert (len(page["nodes"]), page["pageInfo"]["hasNextPage"]) == (number, more)
        assert page["pageInfo"]["hasPreviousPage"] == (seen > 0)
        seen, after = seen + number, page["pageInfo"]["endCursor"]
    assert seen == 5


async def test_models_can_be_chosen() -> None:
    """One cursor serves whatever models are wanted next."""
    context = _context(ENTRY, replace(ENTRY, model="User"), ENTRY)
    page = await _ask(context, models=["USER"])
    assert [node["model"] for node in page["nodes"]] == ["USER"]
    rest = await _ask(context, after=page["pageInfo"]["endCursor"], models=["JOB", "APPLICATION_STAGE"])
    assert [node["model"] for node in rest["nodes"]] == ["JOB"]


@pytest.mark.parametrize(
    ("variables", "code"), [({"first": -1}, "first"), ({"first": 251}, "first"), ({"after": "x"}, "after")]
)
async def test_bad_arguments_are_named(variables: dict[str, Any], code: str) -> None:
    """By the argument at fault."""
    result = await SCHEMA.execute(PAGE, variable_values=variables, context_value=_context())
    assert result.errors
    assert getattr(result.errors[0].original_error, "argument") == code  # noqa: B009  # only ours have one


async def test_without_a_database_there_are_no_changes() -> None:
    """And the answer says so."""
    context = _context()
    context.changes = None
    result = await SCHEMA.execute(PAGE, context_value=context)
    assert result.errors
    assert "DATABASE_URL" in result.errors[0].message


@pytest.mark.parametrize(("after", "expected"), [(None, [99]), (0, [1, 2, 99]), (1, [2, 99])])
async def test_a_subscription_begins_where_it_is_told_to(after: int | None, expected: list[int]) -> None:
    """Behind its cursor, or with the next change."""
    context = _context(ENTRY, ENTRY)
    cursor = None if after is None else context.ids.cursor(SCOPE, str(after))
    document = "subscription ($after: String) { changes(after: $after) { cursor kind } }"
    events = await SCHEMA.subscribe(document, variable_values={"after": cursor}, context_value=context)
    assert not isinstance(events, ExecutionResult)
    seen = []
    async with asyncio.timeout(5):
        async for event in events:
            assert isinstance(event, ExecutionResult) or event.data
            seen.append(event.data["changes"]["cursor"] if event.data else None)
    assert seen == [context.ids.cursor(SCOPE, str(position)) for position in expected]


def test_every_model_has_its_name() -> None:
    """The enum holds the models and nothing else."""
    assert [str(name.value) for name in ModelName] == list(MODELS)
    assert [name.name for name in ModelName] == [re.sub("(?<!^)(?=[A-Z])", "_", model).upper() for model in MODELS]


async def test_two_changes_of_one_record_are_two_objects() -> None:
    """A client that keeps objects by type and id would else merge them; an id is no cursor and no record's."""
    context = _context(ENTRY, ENTRY)
    (first, second) = (await _ask(context))["nodes"]
    assert first["recordId"] == second["recordId"]
    assert len({first["id"], second["id"], first["recordId"], first["cursor"], second["cursor"]}) == 5
    assert (await _ask(context))["nodes"][1]["id"] == second["id"]


async def test_the_records_of_a_page_are_one_question() -> None:
    """However many changes it holds; what is gone from the ATS is null, known to be or not found."""
    context = _context(
        *(replace(ENTRY, key=key) for key in ("j1", "j2", "gone", "unknown", "j1")),
        replace(ENTRY, key="gone", kind=ChangeKind.DELETED),
    )
    gone = Job(key="gone", remote_id="gone", remote_deleted_at=START)
    source = MemorySource({"Job": [Job(key="j1", remote_id="j1"), Job(key="j2", remote_id="j2"), gone]})
    asking = Context(MemoryIntegration(), source)
    asking.changes = context.changes
    nodes = (await _ask(asking))["nodes"]
    shown = [node["record"] and asking.ids.decode(node["record"]["id"], "id")[1] for node in nodes]
    assert shown == ["j1", "j2", None, None, "j1", None]
    assert source.questions == {"Job by id": 1}
