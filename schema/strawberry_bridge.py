"""The bridge to Strawberry: the only module that reads its internals.

All other modules see Strawberry's public functions, plain dicts, and graphql-core's schema.
"""

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from inspect import Parameter, Signature
from typing import Any, cast

import strawberry
from graphql import GraphQLEnumType, GraphQLField, GraphQLInputField, GraphQLSchema
from strawberry.schema.schema_converter import CustomGraphQLEnumType, GraphQLCoreConverter
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule
from strawberry.types.arguments import convert_arguments
from strawberry.types.base import StrawberryContainer, has_object_definition
from strawberry.types.field import StrawberryField
from strawberry.types.scalar import ScalarDefinition
from strawberry.utils.str_converters import to_camel_case

__all__ = [
    "VALIDATION_RULES",
    "ScalarDefinition",
    "StrawberryField",
    "arguments_of",
    "declared",
    "executable",
    "field_of",
    "fields_of",
    "is_plain",
    "member_name",
    "members_of",
    "object_of",
    "python_names",
    "tagged",
    "to_camel_case",
]

VALIDATION_RULES = (MaybeNullValidationRule, OneOfInputValidationRule)
"""What Strawberry's own `execute` checks beside the specified rules; graphql-core does not know its `Maybe`."""

_DEFINITION = GraphQLCoreConverter.DEFINITION_BACKREF


def executable(schema: strawberry.Schema) -> GraphQLSchema:
    """The graphql-core schema that Strawberry built: the endpoint executes it directly."""
    return schema._schema  # noqa: SLF001  Strawberry offers no public way to it


def field_of(field: GraphQLField) -> StrawberryField | None:
    """Strawberry's definition behind a field of the graphql-core schema; null for introspection fields."""
    definition = field.extensions.get(_DEFINITION)
    return definition if isinstance(definition, StrawberryField) else None


def is_plain(definition: StrawberryField) -> bool:
    """Whether a field shows an attribute of the object: no resolver, no extension."""
    return definition.is_basic_field


def fields_of(decorated: type) -> Sequence[StrawberryField]:
    """The fields of a Strawberry type or input, in order."""
    return cast("Sequence[StrawberryField]", decorated.__strawberry_definition__.fields)  # type: ignore[attr-defined]  # set by the decorator


def object_of(definition: StrawberryField) -> type | None:
    """The Strawberry type or input a field holds, one or a list of them; null when it holds scalars."""
    held: Any = definition.type
    while isinstance(held, StrawberryContainer):
        held = held.of_type
    return held if has_object_definition(held) else None


def python_names(definition: StrawberryField) -> dict[str, str]:
    """Name of each argument of a field in the schema -> its Python name."""
    return {to_camel_case(argument.python_name): argument.python_name for argument in definition.arguments}


def member_name(declared: GraphQLInputField) -> str:
    """The Python name of a field of an input."""
    return str(declared.extensions[_DEFINITION].python_name)


def members_of(type_: GraphQLEnumType) -> Sequence[Enum]:
    """The members of the Python enum behind an enum of the schema."""
    return list(type_.wrapped_cls) if isinstance(type_, CustomGraphQLEnumType) else []


def tagged(decorated: type, word: str) -> dict[str, Any]:
    """What stands under a word in the metadata of a type's fields, by the field's Python name."""
    return {field.python_name: field.metadata[word] for field in fields_of(decorated) if word in field.metadata}


def declared(
    description: str,
    metadata: Mapping[str, Any],
    parameters: Sequence[Parameter] = (),
    returns: Any = Signature.empty,
    name: str = "",
) -> Any:
    """Declare a field that the engine answers: its arguments, and what the engine needs to know in its metadata.

    Args:
        description: As clients see it.
        metadata: Kind of field -> what the engine needs to know (`resolvers.engine.kinds`).
        parameters: The arguments, as parameters of a function.
        returns: The type; empty where an annotation stands beside the declaration.
        name: Python name of the field; empty where it is assigned to one.
    """
    resolver = _unresolved()
    resolver.__name__ = name or resolver.__name__
    resolver.__signature__ = Signature(parameters, return_annotation=returns)  # type: ignore[attr-defined]  # Strawberry reads arguments and type from it
    return strawberry.field(resolver=resolver, description=description, metadata=metadata)


def _unresolved() -> Callable[..., Any]:
    """A resolver in name only, since Strawberry takes arguments from nothing else; the engine puts its own there."""

    def resolver() -> Any:
        raise NotImplementedError("The engine answers this field: see resolvers.engine.leaf.install.")

    resolver.__annotations__.clear()
    return resolver


def arguments_of(schema: GraphQLSchema, definition: StrawberryField, given: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a field by their Python names, inputs as instances, from graphql-core's values."""
    built = schema.extensions[_DEFINITION]
    return convert_arguments(given, definition.arguments, built.schema_converter.scalar_registry, built.config)
