"""An operation as it stands in a document, and one call of it with its variables.

Usual values of variables are taken as they are, all others are graphql-core's to coerce. A plan needs no more than a
call; graphql-core's executor of it is made where it executes something.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLList,
    GraphQLSchema,
    OperationDefinitionNode,
    VariableDefinitionNode,
    get_nullable_type,
)
from graphql.execution import Executor
from graphql.execution.collect_fields import FragmentDetails
from graphql.execution.get_variable_signature import GraphQLVariableSignature, get_variable_signature
from graphql.execution.values import VariableValues, VariableValueSource, get_variable_values

SAME: Mapping[str, type] = {"ID": str, "String": str, "Boolean": bool}
"""Scalar -> Python type of values that it takes as they are."""

INT_LIMIT = 2**31


@dataclass(frozen=True, slots=True)
class Usual:
    """A variable whose values may be taken as they are.

    Attributes:
        signature: graphql-core's.
        scalar: Name of its type, or of the type of its items.
        is_list: Whether it is a list.
    """

    signature: GraphQLVariableSignature
    scalar: str
    is_list: bool

    def takes(self, value: Any) -> bool:
        """Whether a value needs no coercion."""
        if self.is_list:
            return value.__class__ is list and set(map(type, value)) <= {SAME.get(self.scalar)}
        if self.scalar == "Int":
            return value.__class__ is int and -INT_LIMIT <= value < INT_LIMIT
        return value.__class__ is SAME.get(self.scalar)


class Variables:
    """The variables that an operation declares.

    Args:
        schema: Their types.
        declared: The declarations.
    """

    def __init__(self, schema: GraphQLSchema, declared: Sequence[VariableDefinitionNode]) -> None:
        self._schema = schema
        self._declared = declared
        self._usual = {name: usual for name, usual in (_usual(schema, node) for node in declared) if usual}

    def values(self, given: dict[str, Any], max_errors: int) -> VariableValues | list[GraphQLError]:
        """The values under what came with a request, or what is wrong with that."""
        sources: dict[str, VariableValueSource] = {}
        coerced: dict[str, Any] = {}
        for name, usual in self._usual.items():
            if name not in given or not usual.takes(given[name]):
                break
            coerced[name] = given[name]
            sources[name] = VariableValueSource(usual.signature, given[name])
        if len(sources) == len(self._declared):
            return VariableValues(sources, coerced)
        return get_variable_values(self._schema, self._declared, given, max_errors=max_errors, hide_suggestions=True)


def _usual(schema: GraphQLSchema, node: VariableDefinitionNode) -> tuple[str, Usual | None]:
    name, signature = node.variable.name.value, get_variable_signature(schema, node)
    if isinstance(signature, GraphQLError):
        return name, None
    type_ = get_nullable_type(signature.type)
    is_list = isinstance(type_, GraphQLList)
    scalar = str(get_nullable_type(type_.of_type) if isinstance(type_, GraphQLList) else type_)
    return name, Usual(signature, scalar, is_list)


class Operation(Protocol):
    """An operation whose variables have values: what a plan is made from. graphql-core's executors are such, too."""

    schema: GraphQLSchema
    operation: OperationDefinitionNode
    fragments: dict[str, FragmentDetails]
    fragment_definitions: dict[str, FragmentDefinitionNode]
    variable_values: VariableValues


@dataclass(slots=True)
class Call:
    """One call of an operation, in the context of a request.

    Attributes:
        schema, operation, fragments, fragment_definitions, variable_values: As in `Operation`.
        context: The request.
        definition: What is called.
        given: The variables as they came.
    """

    schema: GraphQLSchema
    operation: OperationDefinitionNode
    fragments: dict[str, FragmentDetails]
    fragment_definitions: dict[str, FragmentDefinitionNode]
    variable_values: VariableValues
    context: Any
    definition: "Definition"
    given: dict[str, Any]

    def executor(self) -> Executor[Any]:
        """graphql-core's executor of this call."""
        definition = self.definition
        built = Executor.build(
            self.schema,
            definition.document,
            context_value=self.context,
            raw_variable_values=self.given,
            operation_name=self.operation.name.value if self.operation.name else None,
            hide_suggestions=True,
        )
        assert isinstance(built, Executor)  # noqa: S101  the variables were looked at when the call was made
        return built


@dataclass(slots=True)
class Definition:
    """An operation in a valid document.

    Attributes:
        schema: What the document is valid for.
        document: The document.
        operation: The operation.
        fragments, fragment_definitions: The document's, by name.
    """

    schema: GraphQLSchema
    document: DocumentNode
    operation: OperationDefinitionNode
    fragments: dict[str, FragmentDetails] = field(init=False, default_factory=dict)
    fragment_definitions: dict[str, FragmentDefinitionNode] = field(init=False, default_factory=dict)
    _variables: Variables = field(init=False)

    def __post_init__(self) -> None:
        self._variables = Variables(self.schema, self.operation.variable_definitions or ())
        for node in self.document.definitions:
            if isinstance(node, FragmentDefinitionNode):
                self.fragment_definitions[node.name.value] = node
                self.fragments[node.name.value] = FragmentDetails(node)

    def call(self, given: dict[str, Any], context: object, max_errors: int = 1) -> Call | list[GraphQLError]:
        """The call with these variables, or what is wrong with them."""
        values = self._variables.values(given, max_errors)
        if isinstance(values, list):
            return values
        return Call(
            self.schema, self.operation, self.fragments, self.fragment_definitions, values, context, self, given
        )
