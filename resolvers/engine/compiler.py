"""From a validated operation to its selections and steps, with what graphql-core collects as the fields."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLLeafType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    is_leaf_type,
)
from graphql.execution import Executor
from graphql.execution.collect_fields import FieldDetails, GroupedFieldSet, collect_fields, collect_subfields
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.field import StrawberryField

from resolvers.engine.selection import Asked, Follow, Inside, List, LookUp, Selection, Step, Unplanned, builder
from resolvers.ids import encoded
from resolvers.selections import selects
from schema.privacy import is_personal
from schema.relation import Kind, Relation

MAX_FIELDS = 500
"""Beyond so many fields, those of a fragment counted wherever it is spread, an operation is not worth a plan."""

TEXTS = ("String", "ID")
"""Scalars whose values nearly always are what clients see."""


@dataclass(slots=True)
class Compiler:
    """Compiles one operation, under the values its conditions have.

    Attributes:
        executor: The operation, with its variables.
        personal: Whether a field met so far is personal.
    """

    executor: Executor[Any]
    personal: bool = False
    _met: int = 0

    def root(self) -> Selection:
        """The operation's own selection, of a single object that is nobody.

        Raises:
            Unplanned: it holds something that only graphql-core can do.
        """
        of = self.executor
        root = of.schema.query_type
        if root is None:
            raise Unplanned
        collected = collect_fields(
            of.schema, of.fragments, of.variable_values, root, of.operation, hide_suggestions=True
        )
        return self._selection(root, collected.grouped_field_set)

    def below(self, kind: GraphQLObjectType, details: list[FieldDetails]) -> Selection:
        """What is asked of the objects a field leads to."""
        of = self.executor
        collected = collect_subfields(
            of.schema, of.fragments, of.variable_values, of.operation, kind, details, hide_suggestions=True
        )
        return self._selection(kind, collected.grouped_field_set)

    def meet(self, definition: StrawberryField) -> None:
        """Take note of a field.

        Raises:
            Unplanned: there are too many.
        """
        self._met += 1
        self.personal = self.personal or is_personal(definition)
        if self._met > MAX_FIELDS:
            raise Unplanned

    def _selection(self, kind: GraphQLObjectType, fields: GroupedFieldSet) -> Selection:
        body = Body(self, kind)
        members = {name: body.member(details) for name, details in fields.items()}
        return Selection(builder(members, body.constants, len(body.steps)), tuple(body.steps))


@dataclass(slots=True)
class Body:
    """The Python of one selection, field by field.

    Attributes:
        compiler: Compiles what is below.
        kind: The type of the objects.
        constants: What the Python speaks of.
        steps: The steps met so far.
    """

    compiler: Compiler
    kind: GraphQLObjectType
    constants: dict[str, Any] = field(
        default_factory=lambda: {"encoded": encoded, "present": _present, "whole": _whole}
    )
    steps: list[Step] = field(default_factory=list)

    def member(self, details: list[FieldDetails]) -> str:
        """The Python of one field."""
        name = details[0].node.name.value
        if name == "__typename":
            return repr(self.kind.name)
        declared = self.kind.fields.get(name)
        definition = declared and declared.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
        if declared is None or not isinstance(definition, StrawberryField):
            raise Unplanned
        self.compiler.meet(definition)
        asked = Asked(details, declared, definition)
        way = next((way for word, way in WAYS.items() if word in definition.metadata), Body.attribute)
        return way(self, asked)

    def attribute(self, asked: Asked) -> str:
        """A field that shows an attribute of the object."""
        if asked.definition.base_resolver is not None or asked.definition.extensions or asked.field.args:
            raise Unplanned
        name, (type_, required) = asked.definition.python_name, _bare(asked.field.type)
        if is_leaf_type(type_):
            return self._leaf(name, type_, required)
        several = isinstance(type_, GraphQLList)
        inner, each_required = _bare(type_.of_type) if several else (type_, True)
        if not isinstance(inner, GraphQLObjectType) or not each_required:
            raise Unplanned
        return self._inside(Inside(name, several, self.compiler.below(inner, asked.details)), required)

    def list(self, asked: Asked) -> str:
        """A page of a model."""
        selection = self.compiler.below(_object(asked.field.type), asked.details)
        counted = selects(asked.nodes, self.compiler.executor.fragment_definitions, "totalCount")
        return self._step(List(asked.definition.metadata["list"], asked, selection, counted), "it")

    def look_up(self, asked: Asked) -> str:
        """One record by its id."""
        selection = self.compiler.below(_object(asked.field.type), asked.details)
        return self._step(LookUp(asked.definition.metadata["look_up"], asked, selection), "it")

    def relation(self, asked: Asked) -> str:
        """The other end of a relation."""
        relation: Relation = asked.definition.metadata["relation"]
        type_ = asked.field.type
        if isinstance(type_, GraphQLList):
            type_, _ = _bare(type_.of_type)
        selection = self.compiler.below(_object(type_), asked.details)
        held = relation.key if relation.kind in (Kind.ONE, Kind.EACH) else "key"
        return self._step(Follow(relation, asked, selection), f"it.{held}")

    def reference(self, asked: Asked) -> str:
        """The id of another record."""
        model, key = asked.definition.metadata["reference"]
        shown = f"prefixes[{model!r}] + encoded(value)"
        if isinstance(asked.field.type, GraphQLNonNull):
            return f"prefixes[{model!r}] + encoded(it.{key})"
        return f"None if (value := it.{key}) is None else {shown}"

    def own_id(self, _: Asked) -> str:
        """The id of the record itself."""
        return f"prefixes[{self.kind.name!r}] + encoded(it.key)"

    def _leaf(self, name: str, type_: GraphQLLeafType, required: bool) -> str:
        show = self._constant(_required(type_.serialize) if required else _nullable(type_.serialize))
        if type_.name in TEXTS:
            return f"value if (value := it.{name}).__class__ is str else {show}(value)"
        return f"{show}(it.{name})" if required else f"None if (value := it.{name}) is None else {show}(value)"

    def _inside(self, inside: Inside, required: bool) -> str:
        """Objects inside the object: made on the spot, unless they lead further."""
        if inside.selection.steps:
            if not required:
                raise Unplanned
            return self._step(inside, "it")
        build = self._constant(inside.selection.build)
        value = f"present(it.{inside.attribute})" if required else "value"
        shown = f"{build}(whole({value}), prefixes)" if inside.several else f"{build}(({value},), prefixes)[0]"
        return shown if required else f"None if (value := it.{inside.attribute}) is None else {shown}"

    def _step(self, step: Step, held: str) -> str:
        self.steps.append(step)
        return f"step{len(self.steps) - 1}({held})"

    def _constant(self, value: object) -> str:
        name = f"constant{len(self.constants)}"
        self.constants[name] = value
        return name


Way = Callable[[Body, Asked], str]

WAYS: dict[str, Way] = {
    "list": Body.list,
    "look_up": Body.look_up,
    "relation": Body.relation,
    "reference": Body.reference,
    "own_id": Body.own_id,
}
"""Word in a field's metadata -> how such a field is compiled; without one of them it shows an attribute."""


def _bare(type_: Any) -> tuple[Any, bool]:
    """A type without its `!`, and whether it had one."""
    return (type_.of_type, True) if isinstance(type_, GraphQLNonNull) else (type_, False)


def _object(type_: Any) -> GraphQLObjectType:
    """The type as that of objects; what fails becomes null there, so it must be allowed to."""
    if not isinstance(type_, GraphQLObjectType):
        raise Unplanned
    return type_


def _present(value: Any) -> Any:
    """A value that must be there."""
    if value is None:
        raise Unplanned
    return value


def _whole(values: Any) -> Any:
    """A list whose items must all be there."""
    if any(value is None for value in values):
        raise Unplanned
    return values


def _required(serialize: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: _present(serialize(_present(value)))


def _nullable(serialize: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else _present(serialize(value))
