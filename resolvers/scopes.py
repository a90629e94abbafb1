"""Which scopes each root field needs: the one table."""

from collections.abc import Mapping

from graphql import OperationType

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


def needed(operation: OperationType, field: str) -> frozenset[Scope]:
    """What a caller needs to ask for a root field."""
    return BY_FIELD.get((operation, field), BY_OPERATION[operation])
