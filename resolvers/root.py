"""The roots of the graph: the API's table of contents."""

from collections.abc import Callable
from inspect import getdoc
from typing import Any

import strawberry
from graphql import GraphQLSchema
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import create_type

from resolvers.queries.account import coverage, rate_limit
from resolvers.queries.node import node, nodes
from resolvers.queries.records import record_fields
from schema.model import MODELS
from schema.scalars import SCALARS

QUERIES: tuple[Callable[..., Any], ...] = (node, nodes, coverage, rate_limit)
"""Root fields of Query beside those of the models."""


def _field(resolver: Callable[..., Any]) -> Any:
    """A root field whose description is its resolver's docstring."""
    return strawberry.field(
        resolver=resolver,
        description=(getdoc(resolver) or "").partition("\n\n")[0],
    )


def build_schema() -> strawberry.Schema:
    """The schema of the gateway."""
    return strawberry.Schema(
        query=create_type("Query", [*record_fields(), *map(_field, QUERIES)]),
        types=[model.record for model in MODELS.values()],
        config=StrawberryConfig(scalar_map=SCALARS),
    )


def executable(schema: strawberry.Schema) -> GraphQLSchema:
    """The graphql-core schema that Strawberry built: the endpoint executes it directly."""
    return schema._schema  # noqa: SLF001  Strawberry offers no public way to it
