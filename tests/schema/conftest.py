"""The graph, built once."""

import pytest
from graphql import GraphQLSchema

from resolvers.root import build_schema, executable


@pytest.fixture(scope="session")
def graph() -> GraphQLSchema:
    """The schema as graphql-core sees it."""
    return executable(build_schema())
