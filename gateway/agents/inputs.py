"""GraphQL input types as JSON Schema, the language in which tools say what they take."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    OperationDefinitionNode,
    get_named_type,
    is_required_input_field,
    type_from_ast,
    value_from_ast_untyped,
)

SCALARS: Mapping[str, dict[str, Any]] = {
    "Int": {"type": "integer"},
    "Float": {"type": "number"},
    "Boolean": {"type": "boolean"},
    "String": {"type": "string"},
    "ID": {"type": "string"},
    "DateTime": {"type": "string", "format": "date-time"},
}
"""Scalar -> its JSON Schema; any other takes any value."""


def of_variables(schema: GraphQLSchema, operation: OperationDefinitionNode) -> dict[str, Any]:
    """The JSON Schema of an operation's variables, with the descriptions and defaults they are declared with."""
    properties, required = {}, []
    for variable in operation.variable_definitions or ():
        name, declared = variable.variable.name.value, type_from_ast(schema, variable.type)
        described = {"description": variable.description.value} if variable.description else {}
        default = {"default": value_from_ast_untyped(variable.default_value)} if variable.default_value else {}
        properties[name] = of_type(declared) | described | default
        if isinstance(declared, GraphQLNonNull) and not default:
            required.append(name)
    return _object(properties, required)


def of_input(schema: GraphQLSchema, operation: OperationDefinitionNode, without: Iterable[str]) -> dict[str, Any]:
    """The JSON Schema of the input object that is an operation's only variable, without some of its fields."""
    (variable,) = operation.variable_definitions or ()
    whole = of_type(get_named_type(type_from_ast(schema, variable.type)))
    properties = {name: each for name, each in whole["properties"].items() if name not in without}
    return _object(properties, [name for name in whole["required"] if name not in without])


def of_type(declared: Any) -> dict[str, Any]:
    """The JSON Schema of a type."""
    if isinstance(declared, GraphQLNonNull):
        return of_type(declared.of_type)
    if isinstance(declared, GraphQLList):
        return {"type": "array", "items": of_type(declared.of_type)}
    if isinstance(declared, GraphQLEnumType):
        return {"type": "string", "enum": list(declared.values)}
    if isinstance(declared, GraphQLInputObjectType):
        return _of_fields(declared)
    return dict(SCALARS.get(declared.name, {}))


def _of_fields(declared: GraphQLInputObjectType) -> dict[str, Any]:
    properties, required = {}, []
    for name, field in declared.fields.items():
        described = {"description": field.description} if field.description else {}
        properties[name] = of_type(field.type) | described
        if is_required_input_field(field):
            required.append(name)
    return _object(properties, required)


def _object(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
