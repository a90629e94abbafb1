"""The estimate: what an operation will cost, before it runs."""

from collections.abc import Callable, Mapping
from typing import Any

import httpx
import pytest
from graphql import GraphQLSchema, parse

from gateway.http import Limits
from gateway.http.analysis import Analysis
from gateway.http.cost import Cost, CostModel, PageSizes, estimate
from resolvers.cost import FieldCost
from tests.gateway.http.library import LibraryCost


def cost(schema: GraphQLSchema, query: str, model: CostModel, **variables: Any) -> Cost:
    """The estimate for the first operation of a document."""
    _, level = Analysis(schema, model, parse(query)).operations[0]
    return estimate(level.plan, variables, model)


COSTS = [
    ("{ hello }", {}, Cost(0, 0)),
    ("{ books { title } }", {}, Cost(3, 1)),
    ("{ books(first: 10) { title } }", {}, Cost(10, 1)),
    ("{ books(first: 10) { sequels(first: 5) { title } } }", {}, Cost(60, 2)),
    ("{ books(first: 200) { sequels(first: 5) { title } } }", {}, Cost(1200, 3)),
    ("{ a: books { title } b: books { title } }", {}, Cost(6, 2)),
    ("query ($n: Int) { books(first: $n) { title } }", {"n": 40}, Cost(40, 1)),
    ("query ($n: Int) { books(first: $n) { title } }", {}, Cost(3, 1)),
    ("query ($n: Int) { books { ...B } } fragment B on Book { sequels(first: $n) { title } }", {"n": 4}, Cost(15, 2)),
    ("{ ...A ...A } fragment A on Query { books(first: 5) { title } }", {}, Cost(10, 2)),
    ("{ __schema { types { name } } }", {}, Cost(0, 0)),
]


@pytest.mark.parametrize(("query", "variables", "expected"), COSTS)
def test_costs_multiply_down_the_levels(
    schema: GraphQLSchema, query: str, variables: dict[str, Any], expected: Cost
) -> None:
    """Page sizes multiply the records below; upstream requests count by level, with a share for each parent."""
    assert cost(schema, query, LibraryCost(), **variables) == expected


OPEN = [
    ("query ($name: String!) { hello(name: $name) }", True),
    ("query ($name: String!) { ...A } fragment A on Query { hello(name: $name) }", True),
    ("query ($n: Int) { books(first: $n) { title } }", False),
]


@pytest.mark.parametrize(("query", "fixed"), OPEN)
def test_only_variables_that_a_cost_depends_on_are_weighed_at_each_request(
    schema: GraphQLSchema, query: str, fixed: bool
) -> None:
    """A look-up by `$id` costs the same whatever the id."""
    _, level = Analysis(schema, LibraryCost(), parse(query)).operations[0]
    assert level.plan.is_fixed is fixed


def test_a_fragment_is_weighed_once(schema: GraphQLSchema) -> None:
    """However often a fragment with variables is spread, its fields are looked at once for each request."""
    asked: list[str] = []

    class Counting:
        arguments = ("first",)

        def field_cost(self, parent_type: str, field: str, arguments: Mapping[str, Any]) -> FieldCost:
            asked.append(f"{parent_type}.{field}")
            return LibraryCost().field_cost(parent_type, field, arguments)

    fragments = [f"fragment F{level} on Book {{ ...F{level + 1} ...F{level + 1} }}" for level in range(20)]
    last = "fragment F20 on Book { sequels(first: $n) { title } }"
    document = f"query ($n: Int) {{ books {{ ...F0 }} }} {' '.join(fragments)} {last}"
    model = Counting()
    _, level = Analysis(schema, model, parse(document)).operations[0]
    asked.clear()
    assert estimate(level.plan, {"n": 1}, model).nodes == 3 + 3 * 2**20
    assert sorted(asked) == ["Book.sequels", "Query.books"]


def test_hostile_page_sizes_stay_numbers(schema: GraphQLSchema) -> None:
    """Page sizes beyond all reason, and below zero, give a large number or a small one, and no error."""
    nested = "{ sequels(first: 2147483647) " * 40 + "{ title }" + " }" * 40
    assert cost(schema, f"{{ books(first: 2147483647) {nested} }}", PageSizes()).total > 10**9
    assert cost(schema, "{ books(first: -5) { title } }", PageSizes()).total < 1


def test_without_a_model_pages_have_the_size_that_is_asked_for(schema: GraphQLSchema) -> None:
    """`first` and `last` multiply; whatever else is there counts as one."""
    assert cost(schema, "{ books(first: 4) { title } }", PageSizes()) == Cost(8, 0)


async def test_arguments_that_are_not_valid_are_left_to_validation(client: httpx.AsyncClient) -> None:
    """The model may fail on them; the client is told what is wrong with the document."""
    answer = await client.post("/graphql", json={"query": '{ books(first: "x") { sequels(first: {}) { title } } }'})
    assert [error["extensions"]["code"] for error in answer.json()["errors"]] == ["GRAPHQL_VALIDATION_FAILED"] * 2


async def test_the_answer_tells_the_estimate(client: httpx.AsyncClient) -> None:
    """`extensions.cost` has the estimate, variables included, beside what the context counted."""
    query = "query ($n: Int = 7) { books(first: $n) { title } }"
    answer = await client.post("/graphql", json={"query": query})
    assert answer.json()["extensions"]["cost"] == {"estimated": 8, "upstreamRequests": 1}


async def test_variables_decide_what_is_too_much(connect: Callable[..., httpx.AsyncClient]) -> None:
    """The same document is answered or refused by the page size in its variables."""
    query = "query ($n: Int) { books(first: $n) { title } }"
    async with connect(limits=Limits(cost=20)) as client:
        small = await client.post("/graphql", json={"query": query, "variables": {"n": 19}})
        large = await client.post("/graphql", json={"query": query, "variables": {"n": 20}})
    assert "errors" not in small.json()
    assert large.json()["errors"][0]["extensions"]["limit"] == "cost"
