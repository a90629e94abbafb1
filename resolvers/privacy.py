"""Keeping personal data from callers who may not see it: neither shown, nor to be found out by filters and orders."""

from collections.abc import Callable, Iterator
from typing import Any

from graphql import GraphQLObjectType, GraphQLSchema, default_field_resolver
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.utils.str_converters import to_camel_case

from resolvers.errors import Forbidden
from resolvers.questions import orders_of
from schema.connection import Window
from schema.criterion import given, meanings
from schema.model import MODELS, Model
from schema.privacy import is_personal, personal_fields
from schema.record import Tracked
from schema.relation import relations


def withhold_personal_data(schema: GraphQLSchema) -> None:
    """Let every field that is marked `@personal` ask the context before it shows its value."""
    for type_ in schema.type_map.values():
        if isinstance(type_, GraphQLObjectType):
            for name, field in type_.fields.items():
                if is_personal(field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)):
                    field.resolve = _withheld(f"{type_.name}.{name}", field.resolve or default_field_resolver)


def _withheld(field: str, resolve: Callable[..., Any]) -> Callable[..., Any]:
    def show(source: Any, info: Any) -> Any:  # once per record: no field that is marked takes arguments
        if info.context.sees_personal_data:
            return resolve(source, info)
        return info.context.withhold(field)

    return show


def refuse_probing(model: Model, window: Window) -> None:
    """Refuse a filter or order that would tell personal data by what it finds, or by the order it finds it in.

    Raises:
        Forbidden: names the argument.
    """
    for argument, attribute in _compared(window):
        if _is_personal(model.record, attribute):
            raise Forbidden(f"Argument {argument}: personal data needs the scope pii.", argument=argument)


def _compared(window: Window) -> Iterator[tuple[str, str]]:
    """Argument and attribute of everything a window compares records by."""
    if window.filter is not None:
        known = meanings(type(window.filter))
        yield from ((to_camel_case(name), known[name].attribute) for name, _ in given(window.filter) if name in known)
    yield from (("orderBy", order.attribute) for order in orders_of(window.order_by))


def _is_personal(record_type: type[Tracked], path: str) -> bool:
    head, _, rest = path.partition(".")
    relation = relations(record_type).get(head)
    if relation:
        return _is_personal(MODELS[relation.to].record, rest)
    return head in personal_fields(record_type)
