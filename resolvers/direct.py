"""Resolvers without Strawberry's wrapper, for fields that need nothing of it: attributes, ids and relations.

The wrapper makes an info object, looks for arguments and asks what kind of function it has; these fields are asked for
a thousand times in one operation and have no arguments.
"""

from collections.abc import Callable, Mapping
from typing import Any

from graphql import GraphQLObjectType, GraphQLResolveInfo, GraphQLSchema
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.field import StrawberryField

from schema.relation import Kind

Resolver = Callable[[Any, GraphQLResolveInfo[Any]], Any]


def resolve_directly(schema: GraphQLSchema) -> None:
    """Give every such field its own resolver."""
    for type_ in schema.type_map.values():
        if isinstance(type_, GraphQLObjectType):
            for field in type_.fields.values():
                definition = field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
                if isinstance(definition, StrawberryField) and not definition.extensions:
                    field.resolve = _direct(type_.name, definition) or field.resolve


def _direct(model: str, definition: StrawberryField) -> Resolver | None:
    if definition.base_resolver is None:
        return _attribute(definition.python_name)
    return next((way(model, definition.metadata) for word, way in WAYS.items() if word in definition.metadata), None)


def _attribute(name: str) -> Resolver:
    return lambda source, _: getattr(source, name)


def _own_id(model: str, _: Mapping[Any, Any]) -> Resolver:
    return lambda source, info: info.context.global_id(model, source.key)


def _reference(_: str, metadata: Mapping[Any, Any]) -> Resolver:
    model, key = metadata["reference"]

    def resolve(source: Any, info: GraphQLResolveInfo[Any]) -> Any:
        held = getattr(source, key)
        return None if held is None else info.context.global_id(model, held)

    return resolve


def _relation(_: str, metadata: Mapping[Any, Any]) -> Resolver | None:
    relation = metadata["relation"]
    if relation.kind is Kind.CONNECTION:
        return None
    return lambda source, info: info.context.follow(relation, source)


WAYS: dict[str, Callable[[str, Mapping[Any, Any]], Resolver | None]] = {
    "own_id": _own_id,
    "reference": _reference,
    "relation": _relation,
}
"""Word in a field's metadata -> its resolver; connections keep Strawberry's, which reads their arguments."""
