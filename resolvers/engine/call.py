"""An operation as it stands in a document, and one call of it with its variables.

A plan needs no more than that. graphql-core's executor of the same call is made where it executes something.
"""

from dataclasses import dataclass, field
from typing import Any, Protocol

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
)
from graphql.execution import Executor
from graphql.execution.collect_fields import FragmentDetails
from graphql.execution.values import VariableValues, get_variable_values

NO_VARIABLES = VariableValues({}, {})


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


@dataclass(frozen=True, slots=True)
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

    def __post_init__(self) -> None:
        for node in self.document.definitions:
            if isinstance(node, FragmentDefinitionNode):
                self.fragment_definitions[node.name.value] = node
                self.fragments[node.name.value] = FragmentDetails(node)

    def call(self, given: dict[str, Any], context: object, max_errors: int = 1) -> Call | list[GraphQLError]:
        """The call with these variables, or what is wrong with them."""
        operation = self.operation
        values: VariableValues | list[GraphQLError] = NO_VARIABLES
        if operation.variable_definitions:
            values = get_variable_values(
                self.schema, operation.variable_definitions, given, max_errors=max_errors, hide_suggestions=True
            )
        if isinstance(values, list):
            return values
        return Call(self.schema, operation, self.fragments, self.fragment_definitions, values, context, self, given)
