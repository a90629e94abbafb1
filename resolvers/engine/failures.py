"""What failed, kept in its place in the data until all of it is there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from graphql import FieldNode, GraphQLError, located_error

from resolvers.errors import AtsError


@dataclass(frozen=True, slots=True)
class Failure:
    """Stands for null with an error; as an object may be shown in several places, so may this.

    Attributes:
        error: What happened.
        nodes: The field it happened to.
    """

    error: AtsError
    nodes: Sequence[FieldNode]


def settled(value: Any, path: tuple[str | int, ...], errors: list[GraphQLError]) -> Any:
    """The data with null in place of failures, each of which becomes an error with its path."""
    if isinstance(value, dict):
        return {name: settled(item, (*path, name), errors) for name, item in value.items()}
    if isinstance(value, list):
        return [settled(item, (*path, index), errors) for index, item in enumerate(value)]
    if isinstance(value, Failure):
        errors.append(located_error(value.error.again(), value.nodes, list(path)))
        return None
    return value
