"""The kinds of fields the engine knows: for each, how it is compiled and how graphql-core's leaf resolves it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from graphql import GraphQLField, GraphQLObjectType, GraphQLSchema, OperationType
from graphql.pyutils import Path

from resolvers.context import RequestContext
from resolvers.engine import branches, leaf
from resolvers.engine.compiler import Body
from resolvers.engine.leaf import Place, Resolver
from resolvers.engine.selection import Asked
from resolvers.privacy import withheld
from resolvers.scopes import needed
from schema.privacy import is_personal
from schema.strawberry_bridge import StrawberryField, field_of, is_plain


@dataclass(frozen=True, slots=True)
class FieldKind:
    """One kind of field.

    Attributes:
        compile: Makes the Python that shows the field of an object.
        resolve: Makes graphql-core's resolver.
    """

    compile: Callable[[Body, Asked], str]
    resolve: Callable[[Place], Resolver]


KINDS: Mapping[str, FieldKind] = {
    "own_id": FieldKind(Body.own_id, leaf.own_id),
    "reference": FieldKind(Body.reference, leaf.reference),
    "one": FieldKind(partial(Body.relation, branch=branches.One), leaf.one),
    "each": FieldKind(partial(Body.relation, branch=branches.Each), leaf.each),
    "many": FieldKind(partial(Body.relation, branch=branches.Many), leaf.many),
    "connection": FieldKind(partial(Body.relation, branch=branches.Paged), leaf.connection),
    "list": FieldKind(partial(Body.list, branch=branches.Listed), leaf.listed),
    "look_up": FieldKind(partial(Body.look_up, branch=branches.LookedUp), leaf.look_up),
    "node": FieldKind(partial(Body.any_model, branch=branches.Node), leaf.node),
    "nodes": FieldKind(partial(Body.any_model, branch=branches.Nodes), leaf.nodes),
    "candidate_attachments": FieldKind(partial(Body.files, branch=branches.Attachments), leaf.attachments),
    "accounts": FieldKind(partial(Body.accounts, branch=branches.Accounts), leaf.accounts),
    "account_status": FieldKind(partial(Body.status, branch=branches.Status), leaf.status),
    "provenance": FieldKind(partial(Body.provenance, branch=branches.Origins), leaf.provenance),
    "custom_field": FieldKind(
        partial(Body.custom_fields, branch=branches.CustomFields, several=False), leaf.custom_field
    ),
    "custom_fields": FieldKind(
        partial(Body.custom_fields, branch=branches.CustomFields, several=True), leaf.custom_fields
    ),
    "raw": FieldKind(Body.raw, leaf.raw),
    "subject": FieldKind(Body.unplanned, leaf.subject),
    "attribute": FieldKind(Body.attribute, leaf.attribute),
}
"""Kind -> what is done for it. The kind of a field is the word in its metadata; of a relation, its own kind."""


def kind_of(definition: StrawberryField) -> FieldKind | None:
    """The kind of a field; null for one with a resolver of its own."""
    if is_plain(definition):
        return KINDS["attribute"]
    relation = definition.metadata.get("relation")
    if relation is not None:
        return KINDS[relation.kind.value]
    return next((KINDS[word] for word in definition.metadata if word in KINDS), None)


def install(schema: GraphQLSchema) -> None:
    """Give every field the resolver of its kind, and let none be asked or seen by callers who may not."""
    for type_ in schema.type_map.values():
        if isinstance(type_, GraphQLObjectType):
            for name, field in type_.fields.items():
                if (definition := field_of(field)) is not None:
                    _install(Place(schema, type_.name, definition), name, field)
                    field.resolve = field.resolve and partial(_asked, field.resolve)
    for operation in OperationType:
        root = schema.get_root_type(operation)
        for name, field in root.fields.items() if root else ():
            scopes = needed(operation, name)
            field.resolve = field.resolve and partial(_checked, scopes, field.resolve)
            field.subscribe = field.subscribe and partial(_checked, scopes, field.subscribe)


def _install(place: Place, name: str, field: GraphQLField) -> None:
    if kind := kind_of(place.definition):
        field.resolve = kind.resolve(place)
    if is_personal(place.definition) and field.resolve:
        field.resolve = partial(_shown, f"{place.type_name}.{name}", field.resolve)


def _checked(scopes: Any, resolve: Resolver, source: Any, info: Any, **arguments: Any) -> Any:
    info.context.caller.require(scopes)
    return resolve(source, info, **arguments)


def _asked(resolve: Resolver, source: Any, info: Any, **arguments: Any) -> Any:
    """Resolve a field with the request to the account that its part of the data is asked of."""
    if info.context.places:
        info = info._replace(context=_context_at(info.path, info.context))
    return resolve(source, info, **arguments)


def _context_at(path: Path, context: RequestContext) -> RequestContext:
    """The request a place in the data belongs to: which one it is stands at the root or at an item of its list."""
    place = tuple(path.as_list()[:2])
    return context.places.get(place) or context.places.get(place[:1]) or context


def _shown(field: str, resolve: Resolver, source: Any, info: Any) -> Any:
    if not info.context.sees_personal_data:
        raise withheld(field)
    return resolve(source, info)
