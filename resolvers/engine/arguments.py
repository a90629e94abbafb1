"""Arguments of a field, by their Python names, from the values of an operation's variables.

Reading them in general, through graphql-core and Strawberry, takes a tenth of a millisecond. Where variables stand in
usual places the first reading serves as a template for all later ones.
"""

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    FieldNode,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLSchema,
    ListValueNode,
    ObjectValueNode,
    ValueNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
)
from graphql.execution import get_argument_values
from graphql.execution.values import VariableValues

from schema.strawberry_bridge import StrawberryField, arguments_of, member_name, python_names

Place = tuple[str, str | None, str]
"""Argument, field of the input object in it or null, and the variable that stands there."""


@dataclass
class Arguments:
    """The arguments of a field in one place of a document.

    Attributes:
        node: The place.
        declared: The field's definition in the schema.
        definition: Strawberry's.
        varying: Whether they depend on variables.
    """

    node: FieldNode
    declared: GraphQLField
    definition: StrawberryField
    varying: bool = field(init=False)
    _places: list[Place] | None = field(init=False)
    _template: dict[str, Any] | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.varying = any(_varies(argument.value) for argument in self.node.arguments or ())
        found = [
            place for argument in self.node.arguments or () for place in self._in(argument.name.value, argument.value)
        ]
        self._places = None if None in found else [place for place in found if place]

    def read(self, schema: GraphQLSchema, variables: VariableValues) -> dict[str, Any]:
        """The arguments under these variables."""
        coerced = variables.coerced
        usual = self._places is not None and all(coerced.get(variable) is not None for _, _, variable in self._places)
        if not usual or self._template is None:
            given = get_argument_values(self.declared, self.node, variables, hide_suggestions=True)
            read = arguments_of(schema, self.definition, given)
            self._template = read if usual else self._template
            return read
        return self._filled(coerced)

    def _filled(self, coerced: dict[str, Any]) -> dict[str, Any]:
        """The template with these values in place of those it was read with."""
        read = dict(self._template or {})
        for argument, attribute, variable in self._places or ():
            if attribute is None:
                read[argument] = coerced[variable]
            else:
                read[argument] = copy(read[argument])
                setattr(read[argument], attribute, coerced[variable])
        return read

    def _in(self, name: str, value: ValueNode) -> Iterator[Place | None]:
        """The places of variables in an argument; null for one that is not usual."""
        type_ = get_nullable_type(self.declared.args[name].type)
        argument = python_names(self.definition)[name]
        if isinstance(value, VariableNode):
            yield (argument, None, value.name.value) if _is_plain(type_) else None
        elif isinstance(value, ObjectValueNode) and isinstance(type_, GraphQLInputObjectType):
            for member in value.fields:
                held = type_.fields[member.name.value]
                if isinstance(member.value, VariableNode) and _is_plain(held.type):
                    yield argument, member_name(held), member.value.name.value
                elif _varies(member.value):
                    yield None
        elif _varies(value):
            yield None


def _is_plain(type_: Any) -> bool:
    """Whether values of a type are the same for graphql-core and Strawberry: scalars and lists of them."""
    named = get_named_type(type_)
    return is_leaf_type(named) and not isinstance(named, GraphQLEnumType)


def _varies(value: ValueNode) -> bool:
    """Whether variables stand in a value."""
    if isinstance(value, ListValueNode):
        return any(map(_varies, value.values))
    if isinstance(value, ObjectValueNode):
        return any(_varies(member.value) for member in value.fields)
    return isinstance(value, VariableNode)
