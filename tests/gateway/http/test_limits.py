"""Limits: each one refuses what is over it, names itself, and lets through what is not."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from graphql import GraphQLSchema, get_introspection_query, parse

from gateway.http import Limits
from gateway.http.analysis import Analysis
from tests.gateway.http.library import LibraryCost

Connect = Callable[..., httpx.AsyncClient]

NUMBERS = "query ($n: JSON!) { echo(value: $n) }"

OVER = [
    ("source_characters", 30, {"query": "{ hello }" + " " * 22}, 31),
    ("tokens", 5, {"query": "{ hello hello hello hello }"}, 6),
    ("depth", 3, {"query": "{ books { sequels { sequels { title } } } }"}, 4),
    ("depth", 3, {"query": "{ books { ...A } } fragment A on Book { sequels { ... { sequels { title } } } }"}, 4),
    ("aliases", 2, {"query": "{ a: hello b: hello ...A } fragment A on Query { c: hello }"}, 3),
    ("directives", 1, {"query": "query ($a: Int @x) { hello @skip(if: false) ... @include(if: true) { hello } }"}, 3),
    ("directives", 1, {"query": "{ ...A @skip(if: false) } fragment A on Query @x { hello }"}, 2),
    ("repeated_fields", 2, {"query": "{ hello hello ... { hello } ... on Query { hello } }"}, 3),
    ("introspections", 1, {"query": '{ __schema { types { name } } __type(name: "Book") { name } }'}, 2),
    ("operations", 1, {"query": "query A { hello } query B { hello }"}, 2),
    ("variables", 1, {"query": "query ($a: Int, $b: Int) { hello }"}, 2),
    ("variable_values", 3, {"query": NUMBERS, "variables": {"n": [1, 2, 3]}}, 4),
    ("variable_depth", 3, {"query": NUMBERS, "variables": {"n": [[[[]]]]}}, 4),
    ("cost", 10, {"query": "{ books(first: 10) { title } }"}, 11),
]


@pytest.mark.parametrize(("limit", "maximum", "request_body", "value"), OVER)
async def test_what_is_over_a_limit_is_refused_by_name(
    connect: Connect, limit: str, maximum: int, request_body: dict[str, Any], value: int
) -> None:
    """The error names limit, value and maximum; with the maximum one higher the limit is silent."""
    async with connect(limits=Limits(**{limit: maximum})) as client:
        error = (await client.post("/graphql", json=request_body)).json()["errors"][0]
    extensions = {"code": "QUERY_TOO_COMPLEX", "limit": limit, "value": value, "maximum": maximum}
    assert error["extensions"] == extensions
    async with connect(limits=Limits(**{limit: 31 if limit == "tokens" else value})) as client:
        assert "QUERY_TOO_COMPLEX" not in (await client.post("/graphql", json=request_body)).text


async def test_the_standard_introspection_query_is_within_the_limits(client: httpx.AsyncClient) -> None:
    """Explorers and code generators can read the schema; the second time it comes from memory, unchanged."""
    query = get_introspection_query(specified_by_url=True, directive_is_repeatable=True, input_value_deprecation=True)
    first = await client.post("/graphql", json={"query": query})
    assert {kind["name"] for kind in first.json()["data"]["__schema"]["types"]} >= {"Book", "Query"}
    assert (await client.post("/graphql", json={"query": query})).content == first.content


async def test_the_schema_may_be_asked_with_variables(client: httpx.AsyncClient) -> None:
    """What depends on variables is not remembered."""
    query = "query ($name: String!) { __type(name: $name) { name } }"
    for name in ("Book", "Query"):
        answer = await client.post("/graphql", json={"query": query, "variables": {"name": name}})
        assert answer.json()["data"] == {"__type": {"name": name}}


def doubling(levels: int) -> str:
    """A document whose fragments, spread out, have 2 to the power of `levels` fields."""
    fragments = (
        f"fragment F{level} on Book {{ ...F{level + 1} ... on Book {{ ...F{level + 1} }} }}" for level in range(levels)
    )
    return f"{{ books {{ ...F0 }} }} {' '.join(fragments)} fragment F{levels} on Book {{ title }}"


def test_the_pass_is_linear_in_the_document(schema: GraphQLSchema) -> None:
    """Fragments that double on each of 60 levels are each visited once; otherwise this test would never end."""
    analysis = Analysis(schema, LibraryCost(), parse(doubling(60)))
    assert (analysis.depth, analysis.repeated_fields) == (2, 0)


def test_a_cycle_of_fragments_ends(schema: GraphQLSchema) -> None:
    """A document that never ends is left to validation."""
    document = "{ books { ...A } } fragment A on Book { sequels { ...B } } fragment B on Book { sequels { ...A } }"
    assert Analysis(schema, LibraryCost(), parse(document)).depth == 3


@pytest.mark.parametrize("levels", [20, 60])
async def test_doubling_fragments_are_answered(client: httpx.AsyncClient, levels: int) -> None:
    """What is small in the end is answered, however it is put."""
    answer = await client.post("/graphql", json={"query": doubling(levels)})
    assert answer.json()["data"]["books"][0] == {"title": "Book 0"}
