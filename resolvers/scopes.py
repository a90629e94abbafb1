"""Which scopes each root field needs, and the one place where that is checked."""

from collections.abc import Callable, Mapping
from typing import Any

from graphql import GraphQLSchema, OperationType

from resolvers.callers import Scope

BY_OPERATION: Mapping[OperationType, frozenset[Scope]] = {
    OperationType.QUERY: frozenset({Scope.READ}),
    OperationType.MUTATION: frozenset({Scope.WRITE}),
    OperationType.SUBSCRIPTION: frozenset({Scope.READ}),
}
"""Kind of operation -> what its root fields need unless they have a row of their own."""

BY_FIELD: Mapping[tuple[OperationType, str], frozenset[Scope]] = {
    # The ATS's own answers are full of personal data that no directive can mark.
    (OperationType.QUERY, "passthrough"): frozenset({Scope.PASSTHROUGH, Scope.PII}),
    (OperationType.MUTATION, "passthrough"): frozenset({Scope.PASSTHROUGH, Scope.PII}),
    (OperationType.MUTATION, "sync"): frozenset({Scope.SYNC}),
}
"""Kind of operation and root field -> what it needs."""


def check_scopes(schema: GraphQLSchema) -> None:
    """Let every root field of the schema check the caller's scopes before it does anything."""
    for operation, usual in BY_OPERATION.items():
        root = schema.get_root_type(operation)
        for name, field in root.fields.items() if root else ():
            needed = BY_FIELD.get((operation, name), usual)
            field.resolve = _checked(needed, field.resolve) if field.resolve else None
            field.subscribe = _checked(needed, field.subscribe) if field.subscribe else None


def _checked(needed: frozenset[Scope], resolve: Callable[..., Any]) -> Callable[..., Any]:
    def check(source: Any, info: Any, **arguments: Any) -> Any:
        info.context.caller.require(needed)
        return resolve(source, info, **arguments)

    return check
