"""A plan answers as graphql-core does: the same data, the same errors, with no more questions."""

import asyncio
import json
import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from inspect import isawaitable
from itertools import product
from math import inf
from typing import Any, cast

import pytest
from graphql import ExecutionResult, GraphQLError, get_operation_ast, parse, validate
from graphql.execution import Executor
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from gateway.http.response import encode
from resolvers.callers import EVERY_SCOPE, LOCAL, Caller, Scope
from resolvers.context import Beside, RequestContext
from resolvers.engine import Answer, Call, Definition, Plans, Ways, by_core
from resolvers.engine.failures import MAX_ERRORS
from resolvers.engine.plans import MAX_PLANS
from resolvers.errors import AtsError, PersonalDataWithheld, UpstreamRateLimited, UpstreamUnavailable
from resolvers.ids import Ids
from resolvers.ports.source import Children, Page, PageQuestion
from schema.actions.attachment import Attachment, AttachmentType
from schema.candidate import Candidate
from schema.job import Job, JobVisibility
from schema.model import MODELS
from schema.record import Tracked
from schema.values import IntegrationField
from tests.resolvers.conftest import SCHEMA, MemoryIntegration
from tests.resolvers.engine.operations import TWO, documents
from tests.resolvers.memory_source import MemorySource
from tests.resolvers.test_changes import ENTRY, MemoryLog
from tests.resolvers.test_relations import NESTED

FAILURES: dict[str | tuple[str, str], Exception] = {
    **{name: UpstreamRateLimited(retry_after=3) for name in [*MODELS, "Attachment"]},
    ("Application", "j3"): UpstreamUnavailable(),
    ("Attachment", "c1"): UpstreamUnavailable("no file"),
    ("Candidate", "c1"): UpstreamUnavailable("gone"),
    ("User", "u1"): UpstreamUnavailable(),
    ("Role", "job:owner"): UpstreamUnavailable(),
}
"""What may fail as it may: a whole batch, or a key."""

FAULTS: dict[str | tuple[str, str], Exception] = {
    name: RuntimeError() for name in ("ApplicationStage", "User", "Attachment", "Job")
}
"""What may fail as nothing may."""

CALLERS = [
    *[LOCAL] * 3,
    *(Caller("ci", EVERY_SCOPE - {scope}) for scope in (Scope.PII, Scope.PII, Scope.READ, Scope.PASSTHROUGH)),
    Caller("nobody", frozenset()),
]


def called(document: str, context: RequestContext, variables: dict[str, Any]) -> Call:
    """The operation as the endpoint calls it."""
    parsed = parse(document)
    operation = get_operation_ast(parsed)
    assert operation
    call = Definition(SCHEMA, parsed, operation).call(variables, context)
    assert isinstance(call, Call), call
    return call


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


@dataclass
class MemoryFiles:
    """Two files of the first candidate, one of the second, none of the others.

    Attributes:
        source: Has the candidates and the failures.
    """

    source: MemorySource

    async def attachments(self, keys: Sequence[str]) -> Mapping[str, Sequence[Attachment] | AtsError]:
        """Files by candidate; who is no candidate is absent."""
        await pause()
        self.source.questions["Attachment"] += 1
        failures: Mapping[Any, Any] = self.source.failures
        if "Attachment" in failures:
            raise failures["Attachment"]
        there = [key for key in keys if key in {candidate.key for candidate in self.source.records["Candidate"]}]
        return {key: failures.get(("Attachment", key), files_of(key)) for key in there}


def files_of(candidate: str) -> list[Attachment]:
    """The files of a candidate."""
    return [
        Attachment(candidate_key=candidate, remote_id=f"{candidate}/{number}", type=AttachmentType.CV, name="cv.pdf")
        for number in range({"c0": 2, "c1": 1}.get(candidate, 0))
    ]


def context_of(source: MemorySource, caller: Caller = LOCAL) -> RequestContext:
    """A request to one of two accounts, with a log of changes."""
    log = MemoryLog([replace(ENTRY, model=model, key=key) for model, key in (("Job", "j1"), ("Candidate", "c2"))])

    def request(name: str) -> RequestContext:
        """The request to an account; both have the same records."""
        files = partial(MemoryFiles, source)
        context = RequestContext(MemoryIntegration(name), source, caller=caller, files=files)
        context.changes = log
        return context

    context = request(TWO[0])
    context.beside = Beside(caller, TWO, request)
    return context


async def walked(
    document: str, source: MemorySource, variables: dict[str, Any], caller: Caller = LOCAL
) -> ExecutionResult:
    """graphql-core's answer."""
    return await carried_out(called(document, context_of(source, caller), variables).executor())


async def carried_out(built: Executor[Any]) -> ExecutionResult:
    """graphql-core's answer to an operation."""
    result: Any = built.execute_operation()
    answer: ExecutionResult = await result if isawaitable(result) else result
    return answer


async def planned(
    document: str,
    source: MemorySource,
    variables: dict[str, Any],
    caller: Caller = LOCAL,
    plans: Plans | None = None,
) -> Answer:
    """The plan's; a new one unless some are given."""
    call = called(document, context_of(source, caller), variables)
    plan = (plans or Plans()).plan(call, caller)
    assert plan, document
    return await plan.run(call)


def in_order(result: ExecutionResult) -> list[GraphQLError]:
    """graphql-core's errors, which come as time goes, in the order of the data; what is withheld said once."""
    at = sorted(result.errors or (), key=lambda error: order(result.data, list(error.path or ())))
    withheld: set[str] = set()
    kept = []
    for error in at:
        is_withheld = isinstance(error.original_error, PersonalDataWithheld)
        if not (is_withheld and error.message in withheld):
            kept.append(error)
        if is_withheld:
            withheld.add(error.message)
    return kept


def parted(data: Any, errors: Sequence[GraphQLError]) -> tuple[list[GraphQLError], set[tuple[str | int, ...]]]:
    """The errors whose places are in the data, and the places of nulls above the others.

    What is noted below a null, and in which order, depends on the time.
    """
    lengths = [len(order(data, list(error.path or ()))) for error in errors]
    within = [len(error.path or ()) == length for error, length in zip(errors, lengths, strict=True)]
    return [error for error, known in zip(errors, within, strict=True) if known], {
        tuple(error.path or ())[:length]
        for error, length, known in zip(errors, lengths, within, strict=True)
        if not known
    }


def order(data: Any, path: list[str | int]) -> tuple[int, ...]:
    """The numbers of the places on a path."""
    if not path or data is None:
        return ()
    head, *rest = path
    number = head if isinstance(head, int) else list(data).index(head)
    return (number, *order(data[head], rest))


def told(errors: Sequence[GraphQLError]) -> list[tuple[str, ...]]:
    """Path, code, message and places of each error."""
    return [
        (str(error.path), str(getattr(error.original_error, "code", "?")), error.message, str(error.locations))
        for error in errors
    ]


async def compare(document: str, source: MemorySource, variables: dict[str, Any], caller: Caller = LOCAL) -> Answer:
    """The plan's answer, which is graphql-core's."""
    other = deepcopy(source)
    expected = await walked(document, other, variables, caller)
    answer = await planned(document, source, variables, caller)
    result = answer.result
    assert encode(result.data) == encode(expected.data)
    if result.data is None:  # what was noted before the null reached the root depends on the time
        assert set(told(result.errors or ())) <= set(told(expected.errors or ()))
        assert result.errors
    else:
        ours, below = parted(result.data, result.errors or ())
        theirs, below_theirs = parted(expected.data, in_order(expected))
        assert told(ours) == told(theirs)
        assert below == below_theirs
    if not answer.ways.failed and not answer.ways.core:
        assert {name: count for name, count in source.questions.items() if count > other.questions[name]} == {}
    return answer


@given(
    documents(),
    st.sampled_from(CALLERS),
    st.lists(st.sampled_from(list(FAILURES)), max_size=2),
    st.lists(st.sampled_from(list(FAULTS)), max_size=1),
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
    max_examples=int(os.environ.get("ATS_HYPOTHESIS_EXAMPLES", "500")),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_every_operation_is_answered_as_by_graphql_core(
    source: MemorySource,
    document: str,
    caller: Caller,
    failing: list[str | tuple[str, str]],
    broken: list[str | tuple[str, str]],
    variables: dict[str, Any],
) -> None:
    """Whoever asks for whatever, in whatever form, and whatever fails."""
    assert not validate(SCHEMA, parse(document)), document
    failures: Any = {key: (FAILURES | FAULTS)[key] for key in [*failing, *broken]}
    answer = await compare(document, Distant(source.records, failures), variables, caller)
    event("with errors" if answer.result.errors else "without errors")
    event(f"planned {bool(answer.ways.planned)}, core {bool(answer.ways.core)}, failed {bool(answer.ways.failed)}")


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
} } users { totalCount } }"""


async def test_a_root_field_whose_plan_fails_is_answered_over_what_is_known(source: MemorySource) -> None:
    """graphql-core asks nothing again but the question that failed; other root fields keep their plan."""
    usual, broken = MemorySource(source.records), Broken(source.records)
    await planned(ABANDONED, usual, {})
    answer = await planned(ABANDONED, broken, {})
    assert answer.ways == Ways(planned=1, failed=1)
    assert broken.questions - usual.questions == {"ApplicationStage by id": 1}
    assert answer.result.data
    assert answer.result.data["users"] == {"totalCount": 2}
    paths = [error.path for error in answer.result.errors or () if error.path]
    assert len(paths) == 8
    assert {path[-1] for path in paths} == {"currentStage"}


async def test_what_failed_before_is_not_asked_again(source: MemorySource) -> None:
    """A coded failure is an answer."""
    broken = Broken(source.records, {("Candidate", "c1"): UpstreamUnavailable("gone")})
    answer = await planned(ABANDONED, broken, {})
    assert broken.questions["Candidate by id"] == 1
    assert {error.message for error in answer.result.errors or ()} > {"gone"}


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
    document = """{
        jobs { nodes { id remoteId openedAt visibility integrationFields { __typename } salaryAmount } }
        users { totalCount }
    }"""
    answer = await compare(document, source, {})
    assert answer.ways == Ways(planned=1, failed=1)
    assert answer.result.errors


@pytest.mark.parametrize(
    ("document", "planned", "why"),
    [
        ("{ jobs { nodes { id } } coverage { models { name } } }", ["jobs"], "resolver of its own"),
        ("{ jobs { nodes { id } } __schema { queryType { name } } }", ["jobs"], "about the schema"),
        ('{ node(id: "x") { id } nodes(ids: []) { id } }', ["node", "nodes"], ""),
        ("{ candidates { nodes { attachments { name } } } }", ["candidates"], ""),
        ('{ files: candidateAttachments(candidateId: "x") { name } __typename }', ["files", "__typename"], ""),
        ("{ changes { nodes { id } } }", [], "resolver of its own"),
        ("{ accounts { name status jobs { nodes { id } } rateLimit { limit } } }", ["accounts"], ""),
        ("{ accounts { name changes { nodes { id } } } jobs { totalCount } }", ["jobs"], "resolver of its own"),
    ],
)
def test_each_root_field_has_its_plan_or_a_reason(
    source: MemorySource, document: str, planned: list[str], why: str
) -> None:
    """What is about records has one."""
    plan = Plans().plan(called(document, context_of(source), {}), LOCAL)
    assert plan
    assert list(plan.planned) == planned
    assert all(why in leaf.why for leaf in plan.leaves.values())


def test_mutations_have_no_plan(source: MemorySource) -> None:
    """They are carried out one after the other, by graphql-core."""
    built = called("mutation { sync(input: { mode: FULL }) { mode } }", context_of(source), {})
    assert Plans().plan(built, LOCAL) is None


def test_fragments_that_multiply_have_no_plan(source: MemorySource) -> None:
    """A short text may ask for more fields than can be compiled in reasonable time."""
    level = "fragment F{} on Job {{ a: hiringTeam {{ job {{ ...F{} }} }} b: hiringTeam {{ job {{ ...F{} }} }} }}"
    fragments = [level.format(n, n + 1, n + 1) for n in range(20)]
    document = " ".join(["{ jobs { nodes { ...F0 } } }", *fragments, "fragment F20 on Job { id }"])
    plan = Plans().plan(called(document, context_of(source), {}), LOCAL)
    assert plan
    assert [leaf.why for leaf in plan.leaves.values()] == ["the operation has more than 500 fields"]


async def test_each_caller_gets_a_plan_of_what_they_may_see(source: MemorySource) -> None:
    """Callers with the same scopes share one; what is withheld is null with one error at its first place."""
    document = "{ users { nodes { id email x: email } } }"
    plans = Plans()
    reader, other = (Caller(name, frozenset({Scope.READ})) for name in ("a", "b"))
    built = called(document, context_of(source), {})
    assert plans.plan(built, reader) is plans.plan(built, other)
    assert plans.plan(built, reader) is not plans.plan(built, LOCAL)
    answer = await planned(document, source, {}, reader)
    assert answer.ways == Ways(planned=1)
    assert [error.path for error in answer.result.errors or ()] == [["users", "nodes", 0, "email"]]


async def test_what_was_shown_of_a_record_is_shown_again(source: MemorySource) -> None:
    """By the same plan: as one of a list, in an edge, and at the end of a relation. Nothing is made of it anew."""
    plans = Plans()
    applications = "applications { nodes { currentStage { name } } }"
    document = f"{{ jobs {{ nodes {{ name }} }} candidates {{ edges {{ node {{ firstName }} }} }} {applications} }}"
    first, again = [(await planned(document, source, {}, plans=plans)).result.data for _ in range(2)]
    assert first == again
    for there, here in zip(_records(first), _records(again), strict=True):
        assert there is here


def _records(data: Any) -> list[Any]:
    edges, applications = data["candidates"]["edges"], data["applications"]["nodes"]
    return [*data["jobs"]["nodes"], *(it["node"] for it in edges), *(it["currentStage"] for it in applications)]


@pytest.mark.parametrize(
    "field",
    [
        "remoteData",
        "customFields",
        "integrationFields { value }",
        "typedCustomFields { key }",
        'provenance(fields: ["firstName"]) { field }',
    ],
)
async def test_all_that_the_ats_sent_is_looked_at_in_a_copy(field: str, source: MemorySource) -> None:
    """So a record that is held stays as large as it was."""
    seen: list[Tracked] = []

    class Watched(Candidate):
        @staticmethod
        def prepare(records: Iterable[Any], _: tuple[str, ...]) -> None:
            seen.extend(records)

    held = [Watched(key="c0", remote_id="c0")]
    watched = MemorySource(source.records | {"Candidate": list[Tracked](held)})
    answer = await planned(f"{{ candidates {{ nodes {{ {field} }} }} }}", watched, {})
    assert answer.result.errors is None
    assert [it.key for it in seen] == ["c0"]
    assert (seen[0] is held[0], held[0].view) == (False, None)


async def test_what_is_withheld_stands_in_its_order_among_what_failed(source: MemorySource) -> None:
    """At the first place that shows it, and under `nodes` at the first of its type."""
    reader = Caller("a", frozenset({Scope.READ}))
    failing = Distant(source.records, {("User", "u1"): UpstreamUnavailable()})
    team = "{ jobs { nodes { hiringTeam { user { email } } customFields } } }"
    assert (await compare(team, failing, {}, reader)).result.errors
    ids = Ids("crelate:default")
    both = json.dumps([ids.encode("User", "u0"), ids.encode("Candidate", "c1")])
    answer = await compare(
        f"{{ nodes(ids: {both}) {{ ... on Candidate {{ firstName }} ... on User {{ email }} }} }}",
        Distant(source.records),
        {},
        reader,
    )
    assert [error.path for error in answer.result.errors or ()] == [["nodes", 0, "email"], ["nodes", 1, "firstName"]]


async def test_beyond_a_thousand_errors_the_rest_is_counted(source: MemorySource) -> None:
    """In a plan and in graphql-core alike; the answer itself is whole."""
    source.records["Application"] *= 200
    source.failures["Candidate"] = UpstreamUnavailable()
    document = "{ jobs { nodes { applications(first: 250) { nodes { id candidate { id } } } } } }"
    built = called(document, context_of(source), {})
    for answer in (await planned(document, source, {}), await by_core(built.executor())):
        assert answer.result.data
        *listed, more = answer.result.errors or [GraphQLError("none")]
        rows = [row for job in answer.result.data["jobs"]["nodes"] for row in job["applications"]["nodes"]]
        assert len({tuple(error.path or ()) for error in listed}) == MAX_ERRORS
        left_out = more.original_error
        assert isinstance(left_out, AtsError)
        assert left_out.extensions["code"] == "UPSTREAM_UNAVAILABLE"
        assert left_out.extensions["fields"] == {
            "jobs.nodes.applications.nodes.candidate": sum(row["candidate"] is None for row in rows) - MAX_ERRORS
        }


async def test_a_caller_without_a_scope_gets_null_without_a_question(source: MemorySource) -> None:
    """Root field by root field."""
    answer = await planned("{ a: jobs { totalCount } b: users { totalCount } }", source, {}, Caller("w", frozenset()))
    assert answer.result.data == {"a": None, "b": None}
    assert [error.path for error in answer.result.errors or ()] == [["a"], ["b"]]
    assert source.questions == {}


async def test_a_plan_holds_for_the_conditions_it_was_made_under(source: MemorySource) -> None:
    """Another value of a condition makes another plan; any other variable does not."""
    document = parse(
        "query ($all: Boolean!, $first: Int) { jobs(first: $first) { nodes { id name @include(if: $all) } } }"
    )
    plans = Plans()
    kinds = [
        plans.plan(built, LOCAL)
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
        plans.plan(called(document, context, dict(zip(names, values, strict=True))), LOCAL)
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
    built = called('{ job(id: "remote:j0") { name } }', context, {})
    plan = Plans().plan(built, LOCAL)
    assert plan
    result = (await plan.run(built)).result
    assert [(error.path, getattr(error.original_error, "code", "")) for error in result.errors or ()] == [
        (["job"], "UPSTREAM_UNAVAILABLE")
    ]


async def test_a_branch_that_is_late_fails_alone(source: MemorySource) -> None:
    """Others go on as soon as their own keys are answered, however deep, with the same batches."""

    class Hanging(MemorySource):
        async def by_ids(self, model: str, keys: Sequence[str]) -> Mapping[str, Tracked | AtsError]:
            if model == "Candidate":
                await asyncio.Event().wait()
            return await super().by_ids(model, keys)

    hanging = Hanging(source.records)
    context = RequestContext(MemoryIntegration(), hanging, deadline=asyncio.get_running_loop().time() + 0.2)
    built = called(NESTED, context, {})
    result = (await Plans().answer(built)).result
    expected = (await planned(NESTED, source, {})).result.data
    assert expected
    rows = [row for job in expected["jobs"]["nodes"] for row in job["applications"]["nodes"]]
    for row in rows:
        row["candidate"] = None
    assert result.data == expected
    assert {error.path[-1] for error in result.errors or () if error.path} == {"candidate"}
    assert len(result.errors or ()) == len(rows)
    assert hanging.questions == source.questions - Counter({"Candidate by id": 1})


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
    built = called("{ applications { nodes { job { id } candidate { id } } } }", context, {})
    plan = Plans().plan(built, LOCAL)
    assert plan
    task = asyncio.ensure_future(plan.run(built))
    await pause()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert sorted(stopped) == ["Candidate", "Job"]


INTERVIEWS = ("Application", "job_key", "Interview", "application_key")


@pytest.mark.parametrize(
    ("arguments", "ahead"),
    [("", [INTERVIEWS]), ("(first: 3)", [INTERVIEWS]), ("(first: 0)", []), ('(filter: {remoteIds: ["j0:c0"]})', [])],
)
async def test_what_follows_for_all_children_is_announced(
    source: MemorySource, arguments: str, ahead: list[tuple[str, ...]]
) -> None:
    """With the question about the children, and the same keys; not where only some of the children will be shown."""
    document = "{ jobs { nodes { applications%s { edges { node { candidate { id } interviews { id } } } } } } }"
    await planned(document % arguments, source, {})
    assert [(model, attribute, *following) for model, attribute, _, following in source.ahead] == ahead
    assert all(keys == [job.key for job in source.records["Job"]] for _, _, keys, _ in source.ahead)


@pytest.mark.parametrize(
    ("inside", "also"),
    [("", set()), ("applications { nodes { candidate { lastName } } }", {"Application", "Candidate"})],
)
async def test_what_is_looked_at_of_records_is_announced_for_all_of_a_level(
    source: MemorySource, monkeypatch: pytest.MonkeyPatch, inside: str, also: set[str]
) -> None:
    """Before any of it is: attributes that are shown, and keys that lead on."""
    announced: dict[str, tuple[int, set[str]]] = {}

    def note(records: Sequence[Any], attributes: tuple[str, ...]) -> None:
        announced[type(records[0]).__name__] = len(records), set(attributes)

    monkeypatch.setattr(Tracked, "prepare", staticmethod(note))
    document = "{ jobs { nodes { id name visibility remoteUpdatedAt %s } } }"
    await planned(document % inside, source, {})
    jobs = announced.pop("Job")
    assert jobs == (len(source.records["Job"]), {"key", "name", "visibility", "remote_updated_at"})
    assert announced.keys() == also
    assert not also or (announced["Application"][1], announced["Candidate"][1]) == ({"candidate_key"}, {"last_name"})
