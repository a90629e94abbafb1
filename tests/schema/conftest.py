"""The graph, built once."""

import pytest
from graphql import GraphQLSchema

from resolvers.root import build_schema
from schema.strawberry_bridge import executable


@pytest.fixture(scope="session")
def graph() -> GraphQLSchema:
    """The schema as graphql-core sees it."""
    return executable(build_schema())
