"""Personal data is marked, and kept from callers without the scope for it."""

from collections.abc import Iterator
from typing import Any

import pytest
from graphql import ExecutionResult, GraphQLObjectType, is_non_null_type

from resolvers.callers import EVERY_SCOPE, Caller, Scope
from resolvers.context import RequestContext
from schema.model import MODELS
from schema.privacy import is_personal
from schema.strawberry_bridge import field_of, to_camel_case
from tests.resolvers.conftest import SCHEMA, MemoryIntegration, answered
from tests.resolvers.memory_source import MemorySource

MARKED = {
    "Application": {"remoteData"},
    "Attachment": {"name", "dataUrl"},
    "Candidate": {
        "company",
        "customFields",
        "emailAddresses",
        "firstName",
        "lastName",
        "location",
        "phoneNumbers",
        "remoteData",
        "title",
    },
    "Change": {"hashBefore", "hashAfter"},
    "CustomField": {"value", "text", "number", "date", "boolean", "option"},
    "IntegrationField": {"value"},
    "Interview": {"remoteData", "title"},
    "Job": {"customFields"},
    "Note": {"content"},
    "PlannedCall": {"body", "params"},
    "User": {"email", "firstName", "lastName", "remoteData"},
}
"""Type -> its personal fields. Hashes count: who knows the rest of a record can try what is missing."""

EVERYTHING = """{
  candidates { nodes {
    id firstName lastName company title phoneNumbers { phoneNumber } emailAddresses { emailAddress } location { city }
    customFields integrationFields { key value } remoteData
    applications { nodes { id remoteData interviews { id title remoteData } job { name customFields } } }
  } }
  users { nodes { id firstName lastName email remoteData } }
}"""


def objects() -> Iterator[GraphQLObjectType]:
    """All types with fields."""
    return (kind for kind in SCHEMA.type_map.values() if isinstance(kind, GraphQLObjectType))


def marked(kind: GraphQLObjectType) -> set[str]:
    """The personal fields of a type."""
    return {name for name, field in kind.fields.items() if is_personal(field_of(field))}


async def ask(source: MemorySource, document: str, *, sees: bool) -> ExecutionResult:
    """Run a document as somebody who may do everything, except perhaps see personal data."""
    scopes = EVERY_SCOPE if sees else EVERY_SCOPE - {Scope.PII}
    context = RequestContext(MemoryIntegration(), source, caller=Caller("ci", scopes))
    return await answered(document, context)


def errors(result: ExecutionResult) -> list[tuple[str, str]]:
    """Code and message of each error."""
    return [(error.original_error.code, error.message) for error in result.errors or ()]  # type: ignore[union-attr]  # ours


def test_what_is_marked() -> None:
    """The decision, field by field."""
    assert {kind.name: marked(kind) for kind in objects() if marked(kind)} == MARKED


def test_a_personal_field_can_be_null_and_takes_no_arguments() -> None:
    """Otherwise withholding it would take the whole record away, or break it."""
    fields = [kind.fields[name] for kind in objects() for name in marked(kind)]
    assert not any(is_non_null_type(field.type) or field.args for field in fields)


async def test_whoever_may_see_it_sees_it(source: MemorySource) -> None:
    """All of it, without a word."""
    result = await ask(source, EVERYTHING, sees=True)
    assert result.errors is None
    assert result.data
    assert [each["firstName"] for each in result.data["candidates"]["nodes"]] == [f"Person {n}" for n in range(4)]


async def test_whoever_may_not_gets_null_and_one_error_for_each_field(source: MemorySource) -> None:
    """However many records there are; the rest of every record stays."""
    result = await ask(source, EVERYTHING, sees=False)
    assert result.data
    candidates, users = result.data["candidates"]["nodes"], result.data["users"]["nodes"]
    for record, kind in [(each, "Candidate") for each in candidates] + [(each, "User") for each in users]:
        assert {name for name in record if name in MARKED[kind] and record[name] is not None} == set()
        assert record["id"]
    assert candidates[0]["applications"]["nodes"][0]["job"] == {"name": "Job 0", "customFields": None}
    told = [message.partition(" ")[0] for code, message in errors(result) if code == "PERSONAL_DATA_WITHHELD"]
    expected = {
        f"{kind}.{name}" for kind in ("Candidate", "User", "Interview", "Job", "Application") for name in MARKED[kind]
    }
    assert (len(told), set(told)) == (len(expected), expected)
    assert len(errors(result)) == len(told)
    assert "Person" not in str(result)
    assert "Talk" not in str(result)


async def test_an_error_stands_where_the_field_was_first_asked_for(source: MemorySource) -> None:
    """An alias or a fragment is the same field."""
    document = "{ candidates { nodes { a: firstName ...F } } } fragment F on Candidate { firstName }"
    result = await ask(source, document, sees=False)
    assert [error.path for error in result.errors or ()] == [["candidates", "nodes", 0, "a"]]


PROBES = [
    ("candidates", 'filter: {email: "a@example.com"}', "email"),
    ("candidates", 'filter: {firstName: "Person 1"}', "firstName"),
    ("candidates", 'filter: {lastName: "x", ids: []}', "lastName"),
    ("candidates", 'filter: {lastNameContains: "x"}', "lastNameContains"),
    ("candidates", 'filter: {companyContains: "x"}', "companyContains"),
    ("candidates", "orderBy: {field: LAST_NAME}", "orderBy"),
    ("candidates", "orderBy: [{field: REMOTE_CREATED_AT}, {field: COMPANY, direction: DESC}]", "orderBy"),
    ("interviews", 'filter: {titleContains: "x"}', "titleContains"),
    ("interviews", "orderBy: {field: TITLE}", "orderBy"),
    ("users", 'filter: {emails: ["a@example.com"]}', "emails"),
    ("users", "orderBy: {field: EMAIL}", "orderBy"),
]


@pytest.mark.parametrize(("models", "argument", "named"), PROBES)
async def test_personal_data_cannot_be_found_out_by_asking_around(
    source: MemorySource, models: str, argument: str, named: str
) -> None:
    """A filter or order that compares it is refused by name, before the source is asked."""
    document = f"{{ {models}({argument}) {{ totalCount nodes {{ id }} }} }}"
    result = await ask(source, document, sees=False)
    assert errors(result) == [("FORBIDDEN", f"Argument {named}: personal data needs the scope pii.")]
    assert source.questions == {}
    assert not any("scope" in message for _, message in errors(await ask(source, document, sees=True)))


@pytest.mark.parametrize(
    ("models", "argument"),
    [
        ("candidates", 'filter: {ids: ["remote:c1"], updatedAfter: "2026-01-01T00:00:00Z"}'),
        ("candidates", "orderBy: {field: REMOTE_UPDATED_AT}"),
        ("jobs", 'filter: {nameContains: "Job"}, orderBy: {field: NAME}'),
        ("interviews", 'filter: {startingAfter: "2026-01-01T00:00:00Z"}'),
    ],
)
async def test_other_filters_work_for_everybody(source: MemorySource, models: str, argument: str) -> None:
    """Ids, references, stamps and states name nobody."""
    result = await ask(source, f"{{ {models}({argument}) {{ nodes {{ id }} }} }}", sees=False)
    assert not any(code == "FORBIDDEN" for code, _ in errors(result))


@pytest.mark.parametrize("model", ["Candidate", "User"])
def test_every_condition_on_a_person_is_a_probe(model: str) -> None:
    """A filter field that is added later is either about something unmarked, or is in the list above."""
    listed = {named for models, _, named in PROBES if models == to_camel_case(MODELS[model].plural)}
    fields: dict[str, Any] = SCHEMA.type_map[f"{model}Filter"].fields  # type: ignore[attr-defined]  # an input
    assert fields.keys() - {"ids", "remoteIds", "updatedAfter", "includeDeleted", "jobIds"} <= listed
