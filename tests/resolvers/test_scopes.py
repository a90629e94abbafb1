"""Every root field needs a scope, and only those that are meant to need another than usual do."""

from types import SimpleNamespace

import pytest
from graphql import OperationType, graphql

from resolvers.callers import EVERY_SCOPE, Caller, Scope
from resolvers.context import RequestContext
from resolvers.errors import Forbidden
from resolvers.scopes import BY_FIELD, BY_OPERATION
from tests.resolvers.conftest import SCHEMA, MemoryIntegration
from tests.resolvers.memory_source import MemorySource

ROOTS = [(operation, name) for operation in OperationType for name in SCHEMA.get_root_type(operation).fields]  # type: ignore[union-attr]  # all three are there


def context(source: MemorySource, *scopes: Scope) -> RequestContext:
    """A request of a caller with these scopes."""
    return RequestContext(MemoryIntegration(), source, caller=Caller("ci", frozenset(scopes)))


def needed(operation: OperationType, name: str) -> frozenset[Scope]:
    """The scopes a root field needs."""
    return BY_FIELD.get((operation, name), BY_OPERATION[operation])


@pytest.mark.parametrize(("operation", "name"), ROOTS, ids=lambda part: getattr(part, "value", part))
def test_a_root_field_is_refused_without_any_of_its_scopes(
    source: MemorySource, operation: OperationType, name: str
) -> None:
    """Before anything is done for it, whatever else the caller may do; a subscription at each event as well."""
    field = SCHEMA.get_root_type(operation).fields[name]  # type: ignore[union-attr]  # it is there
    ways = [way for way in (field.resolve, field.subscribe) if way]
    assert len(ways) == (2 if operation is OperationType.SUBSCRIPTION else 1)
    for scope in needed(operation, name):
        info = SimpleNamespace(context=context(source, *(EVERY_SCOPE - {scope})))
        for way in ways:
            with pytest.raises(Forbidden, match=rf"lacks the scope {scope.value}\.$"):
                way(None, info)
    assert source.questions == {}


@pytest.mark.parametrize(
    "document",
    [
        "{ jobs { nodes { id applications { nodes { id } } hiringTeam { id } } } }",
        '{ job(id: "remote:j0") { name } coverage { models { name } } }',
        "{ __typename __schema { queryType { name } } }",
    ],
)
async def test_a_reader_may_read(source: MemorySource, document: str) -> None:
    """With the scope `read` alone, all records are there."""
    assert (await graphql(SCHEMA, document, context_value=context(source, Scope.READ))).errors is None


async def test_the_schema_is_open_to_callers_who_may_do_nothing(source: MemorySource) -> None:
    """Clients can be built before anybody trusts them."""
    result = await graphql(SCHEMA, "{ __schema { queryType { name } } }", context_value=context(source))
    assert result.errors is None


def test_every_row_is_about_a_field_there_is() -> None:
    """A row for a field that was renamed would leave it open."""
    assert BY_FIELD.keys() <= set(ROOTS)


def test_what_is_sensitive_has_a_row() -> None:
    """Whoever reads cannot write; whoever writes cannot reach around the gateway, or start a sync."""
    assert needed(OperationType.MUTATION, "createCandidate") == {Scope.WRITE}
    assert needed(OperationType.MUTATION, "sync") == {Scope.SYNC}
    assert needed(OperationType.MUTATION, "passthrough") == {Scope.PASSTHROUGH, Scope.PII}
    assert needed(OperationType.QUERY, "passthrough") == {Scope.PASSTHROUGH, Scope.PII}


@pytest.mark.parametrize(
    ("model", "field"), [("Candidate", "applications"), ("Candidate", "attachments"), ("Application", "job")]
)
async def test_whoever_may_only_write_goes_nowhere_from_what_was_written(
    source: MemorySource, model: str, field: str
) -> None:
    """The record itself is in the payload; what it leads to is for readers."""
    resolve = SCHEMA.type_map[model].fields[field].resolve  # type: ignore[attr-defined]  # an object
    record = source.records[model][0]
    with pytest.raises(Forbidden, match="lacks the scope read"):
        await resolve(record, SimpleNamespace(context=context(source, Scope.WRITE)))
    assert source.questions == {}
