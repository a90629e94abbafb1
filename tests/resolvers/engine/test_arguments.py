"""Variables and arguments: what is read the short way is what graphql-core and Strawberry read."""

from typing import Any

import pytest
from graphql import get_operation_ast, parse
from graphql.execution import get_argument_values
from graphql.execution.values import VariableValues, get_variable_values

from resolvers.engine.arguments import Arguments
from resolvers.engine.call import Variables
from schema.strawberry_bridge import arguments_of, field_of
from tests.resolvers.conftest import SCHEMA

DOCUMENTS = (
    """query ($first: Int, $ids: [String!], $after: String) {
        jobs(first: $first, after: $after, filter: {remoteIds: $ids, nameContains: $after}) { totalCount }
    }""",
    "query ($filter: JobFilter, $order: [JobOrder!]) { jobs(filter: $filter, orderBy: $order) { totalCount } }",
    "query ($by: JobOrderField!) { jobs(first: 3, orderBy: [{field: $by}]) { totalCount } }",
    """query ($by: [JobVisibility!], $at: DateTime) {
        jobs(filter: {visibilities: $by, openedAfter: $at}) { totalCount }
    }""",
    'query ($first: Int = 4) { jobs(first: $first, filter: {ids: "remote:x"}) { totalCount } }',
)

GIVEN: tuple[dict[str, Any], ...] = (
    {"first": 3, "ids": ["a", "b"], "after": "x"},
    {"first": 0, "ids": [], "after": ""},
    {"first": None, "ids": None},
    {"first": True},
    {"first": 3.0, "ids": "a", "after": 7},
    {"first": 2**31, "ids": [1]},
    {"ids": ["a", None]},
    {"filter": {"remoteIds": ["a"], "openedAfter": "2026-01-01"}, "order": {"field": "NAME"}},
    {"by": "NAME", "at": "2026-01-01T00:00:00Z"},
    {"by": ["PUBLIC"], "at": "2026-01-01"},
    {"by": "PUBLIC", "at": "yesterday"},
    {},
)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_values_and_arguments_are_read_alike(document: str) -> None:
    """Whatever is given, in whatever order: an earlier reading leaves nothing in a later one."""
    operation = get_operation_ast(parse(document))
    assert operation
    assert SCHEMA.query_type
    field = SCHEMA.query_type.fields["jobs"]
    definition = field_of(field)
    assert definition
    node: Any = operation.selection_set.selections[0]
    variables, arguments = Variables(SCHEMA, operation.variable_definitions or ()), Arguments(node, field, definition)
    for given in (*GIVEN, *GIVEN):
        expected = get_variable_values(SCHEMA, operation.variable_definitions or (), given, hide_suggestions=True)
        values = variables.values(given, 20)
        if not isinstance(expected, VariableValues):
            assert str(values) == str(expected)
            continue
        assert isinstance(values, VariableValues)
        assert values.coerced == expected.coerced
        assert [source.value for source in values.sources.values()] == [
            each.value for each in expected.sources.values()
        ]
        read = arguments_of(SCHEMA, definition, get_argument_values(field, node, expected))
        assert arguments.read(SCHEMA, expected) == read
