"""A plan answers as graphql-core does: the same data, the same errors, with no more questions."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from copy import deepcopy
from datetime import datetime
from inspect import isawaitable
from itertools import product
from math import inf
from typing import Any, cast

import pytest
from graphql import ExecutionResult, parse, validate
from graphql.execution import Executor
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from resolvers.callers import Caller, Scope
from resolvers.context import RequestContext
from resolvers.engine import Plans
from resolvers.engine.plans import MAX_PLANS
from resolvers.errors import AtsError, UpstreamRateLimited, UpstreamUnavailable
from resolvers.ports.source import Children, Page, PageQuestion
from schema.job import Job, JobVisibility
from schema.model import MODELS
from schema.record import Tracked
from schema.values import IntegrationField
from tests.resolvers.conftest import SCHEMA, MemoryIntegration
from tests.resolvers.engine.operations import documents
from tests.resolvers.memory_source import MemorySource

FAILURES: dict[str | tuple[str, str], AtsError] = {
    **{name: UpstreamRateLimited(retry_after=3) for name in MODELS},
    ("Application", "j3"): UpstreamUnavailable(),
    ("Candidate", "c1"): UpstreamUnavailable("gone"),
    ("User", "u1"): UpstreamUnavailable(),
    ("Role", "job:owner"): UpstreamUnavailable(),
}


def executor(document: str, context: RequestContext, variables: dict[str, Any]) -> Executor[Any]:
    """The operation as the endpoint builds it."""
    built = Executor.build(
        SCHEMA, parse(document), context_value=context, raw_variable_values=variables, hide_suggestions=True
    )
    assert not isinstance(built, list), built
    return built


class Distant(MemorySource):
    """Takes its time, as whatever is behind a network does: nothing is known before everybody has asked."""

    async def by_ids(self, model: str, keys: Sequence[str]) -> Mapping[str, Tracked | AtsError]:
        """As `MemorySource`."""
        await pause()
        return await super().by_ids(model, keys)

    async def by_parents(
        self, model: str, attribute: str, keys: Sequence[str], limit: int | None
    ) -> Mapping[str, Children | AtsError]:
        """As `MemorySource`."""
        await pause()
        return await super().by_parents(model, attribute, keys, limit)

    async def page(self, model: str, question: PageQuestion) -> Page:
        """As `MemorySource`."""
        await pause()
        return await super().page(model, question)


async def pause() -> None:
    """Let everybody else go on as far as they can."""
    for _ in range(20):
        await asyncio.sleep(0)


async def walked(document: str, source: MemorySource, variables: dict[str, Any]) -> ExecutionResult:
    """graphql-core's answer."""
    return await carried_out(executor(document, RequestContext(MemoryIntegration(), source), variables))


async def carried_out(built: Executor[Any]) -> ExecutionResult:
    """graphql-core's answer to an operation."""
    result: Any = built.execute_operation()
    answer: ExecutionResult = await result if isawaitable(result) else result
    return answer


async def planned(document: str, source: MemorySource, variables: dict[str, Any]) -> ExecutionResult:
    """The plan's."""
    context = RequestContext(MemoryIntegration(), source)
    built = executor(document, context, variables)
    plan = Plans().plan(built)
    assert plan, document
    assert plan.suits(context)
    return await plan.run(built, context)


def errors(result: ExecutionResult) -> Counter[tuple[str, ...]]:
    """Path, code, message and places of each error."""
    return Counter(
        (str(error.path), getattr(error.original_error, "code", "?"), error.message, str(error.locations))
        for error in result.errors or ()
    )


async def compare(document: str, source: MemorySource, variables: dict[str, Any]) -> ExecutionResult:
    """The plan's answer, which is graphql-core's."""
    other = deepcopy(source)
    expected = await walked(document, other, variables)
    result = await planned(document, source, variables)
    assert errors(result) == errors(expected)
    assert str(result.data) == str(expected.data)
    assert {name: count for name, count in source.questions.items() if count > other.questions[name]} == {}
    return result


@given(
    documents(),
    st.lists(st.sampled_from(list(FAILURES)), max_size=2),
    st.fixed_dictionaries(
        {"no": st.booleans(), "id": st.sampled_from(["remote:j1", "remote:c0"])},
        optional={
            "yes": st.booleans(),
            "first": st.integers(0, 3),
            "cursor": st.sampled_from(["jobs", "x"]),
            "filter": st.sampled_from([None, {"nameContains": "3"}]),
        },
    ),
)
@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
async def test_every_operation_is_answered_as_by_graphql_core(
    source: MemorySource, document: str, failing: list[str | tuple[str, str]], variables: dict[str, Any]
) -> None:
    """Whatever is asked of records, in whatever form, and whatever fails."""
    assert not validate(SCHEMA, parse(document)), document
    fresh = Distant(source.records, {key: FAILURES[key] for key in failing})
    result = await compare(document, fresh, variables)
    event("with errors" if result.errors else "without errors")


class Broken(MemorySource):
    """Fails as no source may when it is asked about stages."""

    async def by_ids(self, model: str, keys: Sequence[str]) -> Mapping[str, Tracked | AtsError]:
        """As `MemorySource`."""
        found = await super().by_ids(model, keys)
        if model == "ApplicationStage":
            raise RuntimeError
        return found


ABANDONED = """{ jobs(first: 2) { nodes {
    name applications { nodes { candidate { firstName } currentStage { name } } } hiringTeam { user { firstName } }
} } }"""


async def test_a_plan_that_is_given_up_leaves_what_it_knows(source: MemorySource) -> None:
    """Whoever answers instead asks nothing again but the question that failed."""
    broken = Broken(source.records)
    context = RequestContext(MemoryIntegration(), broken)
    built = executor(ABANDONED, context, {})
    plan = Plans().plan(built)
    assert plan
    with pytest.raises(RuntimeError):
        await plan.run(built, context)
    before = broken.questions.copy()
    result = await carried_out(built)
    assert broken.questions - before == {"ApplicationStage by id": 1}
    assert {error.path[-1] for error in result.errors or () if error.path} == {"currentStage"}


async def test_failures_are_handed_over_as_well(source: MemorySource) -> None:
    """A question that failed is not put again, and one that nobody cares for any more disturbs nobody."""
    broken = Broken(source.records, {("Candidate", "c1"): UpstreamUnavailable("gone")})
    context = RequestContext(MemoryIntegration(), broken)
    built = executor(ABANDONED, context, {})
    plan = Plans().plan(built)
    assert plan
    with pytest.raises(RuntimeError):
        await plan.run(built, context)
    result = await carried_out(built)
    assert broken.questions["Candidate by id"] == 1
    assert {error.message for error in result.errors or ()} > {"gone"}


@pytest.mark.parametrize(
    "record",
    [
        Job(key="j9", remote_id=cast("str", None)),
        Job(key="j9", remote_id="j9", opened_at=cast("datetime", "yesterday")),
        Job(key="j9", remote_id="j9", visibility=cast("JobVisibility", "LOUD")),
        Job(key="j9", remote_id="j9", integration_fields=cast("list[IntegrationField]", [None])),
        Job(key="j9", remote_id="j9", salary_amount=inf),
    ],
    ids=["null", "no instant", "no enum", "null in a list", "no number"],
)
async def test_a_malformed_record_is_left_to_graphql_core(source: MemorySource, record: Job) -> None:
    """It knows how far the null has to spread."""
    source.records["Job"].append(record)
    with pytest.raises(Exception):  # noqa: B017, PT011  whatever comes first
        await planned(
            "{ jobs { nodes { id remoteId openedAt visibility integrationFields { __typename } salaryAmount } } }",
            source,
            {},
        )


@pytest.mark.parametrize(
    "document",
    [
        "mutation { sync(mode: FULL) { mode } }",
        "{ jobs { nodes { id } } coverage { models { name } } }",
        "{ jobs { nodes { id } } __schema { queryType { name } } }",
        '{ node(id: "x") { id } }',
        "{ candidates { nodes { attachments { name } } } }",
        "{ changes { nodes { id } } }",
    ],
)
def test_what_is_not_about_records_alone_has_no_plan(source: MemorySource, document: str) -> None:
    """It is answered by graphql-core."""
    assert Plans().plan(executor(document, RequestContext(MemoryIntegration(), source), {})) is None


def test_fragments_that_multiply_have_no_plan(source: MemorySource) -> None:
    """A short text may ask for more fields than can be compiled in reasonable time."""
    level = "fragment F{} on Job {{ a: hiringTeam {{ job {{ ...F{} }} }} b: hiringTeam {{ job {{ ...F{} }} }} }}"
    fragments = [level.format(n, n + 1, n + 1) for n in range(20)]
    document = " ".join(["{ jobs { nodes { ...F0 } } }", *fragments, "fragment F20 on Job { id }"])
    assert Plans().plan(executor(document, RequestContext(MemoryIntegration(), source), {})) is None


@pytest.mark.parametrize(
    ("scopes", "document", "suits"),
    [
        ({Scope.READ}, "{ jobs { nodes { id name } } }", True),
        ({Scope.READ}, "{ users { nodes { id email } } }", False),
        ({Scope.READ}, "{ jobs { nodes { integrationFields { value } } } }", False),
        ({Scope.READ, Scope.PII}, "{ users { nodes { id email } } }", True),
        ({Scope.WRITE, Scope.PII}, "{ jobs { nodes { id } } }", False),
    ],
)
def test_a_plan_suits_those_who_get_everything(
    source: MemorySource, scopes: set[Scope], document: str, suits: bool
) -> None:
    """Refusals are graphql-core's."""
    context = RequestContext(MemoryIntegration(), source, caller=Caller("ci", frozenset(scopes)))
    plan = Plans().plan(executor(document, context, {}))
    assert plan
    assert plan.suits(context) is suits


async def test_a_plan_holds_for_the_conditions_it_was_made_under(source: MemorySource) -> None:
    """Another value of a condition makes another plan; any other variable does not."""
    document = parse(
        "query ($all: Boolean!, $first: Int) { jobs(first: $first) { nodes { id name @include(if: $all) } } }"
    )
    plans = Plans()
    kinds = [
        plans.plan(built)
        for all_, first in ((True, 1), (True, 2), (False, 1))
        if isinstance(
            built := Executor.build(SCHEMA, document, raw_variable_values={"all": all_, "first": first}), Executor
        )
    ]
    assert kinds[0] is kinds[1]
    assert kinds[1] is not kinds[2]


def test_whoever_tries_all_combinations_gets_no_more_plans(source: MemorySource) -> None:
    """Making them would cost more than it saves."""
    names = [f"v{number}" for number in range(5)]
    declared = ", ".join(f"${name}: Boolean!" for name in names)
    fields = " ".join(f"{name}: name @include(if: ${name})" for name in names)
    document = f"query ({declared}) {{ jobs {{ nodes {{ id {fields} }} }} }}"
    plans = Plans()
    context = RequestContext(MemoryIntegration(), source)
    made = [
        plans.plan(executor(document, context, dict(zip(names, values, strict=True))))
        for values in product((True, False), repeat=5)
    ]
    assert [plan is not None for plan in made] == [True] * MAX_PLANS + [False] * (32 - MAX_PLANS)


async def test_keys_of_sibling_branches_share_a_question(source: MemorySource) -> None:
    """Two relations of one level that lead to the same model cost one question."""
    document = (
        """{ jobHiringTeamMembers { nodes { user { id } } } interviewingTeamMembers { nodes { user { id } } } }"""
    )
    await planned(document, source, {})
    assert source.questions["User by id"] == 1


async def test_the_deadline_is_an_error_at_each_path(source: MemorySource) -> None:
    """As it is with loaders."""

    class Slow(MemorySource):
        async def by_ids(self, model: str, keys: Sequence[str]) -> Mapping[str, Tracked | AtsError]:
            await asyncio.Event().wait()
            return await super().by_ids(model, keys)

    context = RequestContext(MemoryIntegration(), Slow(source.records), deadline=0.0)
    built = executor('{ job(id: "remote:j0") { name } }', context, {})
    plan = Plans().plan(built)
    assert plan
    result = await plan.run(built, context)
    assert [(error.path, getattr(error.original_error, "code", "")) for error in result.errors or ()] == [
        (["job"], "UPSTREAM_UNAVAILABLE")
    ]


async def test_an_operation_that_is_abandoned_stops_its_questions(source: MemorySource) -> None:
    """Nobody waits for the rest any more."""
    stopped = []

    class Watched(MemorySource):
        async def by_ids(self, model: str, keys: Sequence[str]) -> Mapping[str, Tracked | AtsError]:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                stopped.append(model)
                raise
            return await super().by_ids(model, keys)

    context = RequestContext(MemoryIntegration(), Watched(source.records))
    built = executor("{ applications { nodes { job { id } candidate { id } } } }", context, {})
    plan = Plans().plan(built)
    assert plan
    task = asyncio.ensure_future(plan.run(built, context))
    await pause()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert sorted(stopped) == ["Candidate", "Job"]
