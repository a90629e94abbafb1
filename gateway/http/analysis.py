"""The one pass over a document: depth, aliases, directives, repeated fields, introspection and cost.

Every selection set is visited once, fragments included, so the work is linear in the size of the document however
the fragments are nested. The document need not be valid: cycles and unknown names are left to validation.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import reduce
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLArgument,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    Undefined,
    ValueNode,
    VariableNode,
    get_named_type,
)
from graphql.language import ListValueNode, ObjectValueNode
from graphql.utilities import value_from_ast_untyped

from gateway.http.cost import CostModel, OpenField, Plan, Weight

_INTROSPECTIONS = ("__schema", "__type")


@dataclass(frozen=True, slots=True)
class Level:
    """What is known of a selection set with everything below it.

    Attributes:
        depth: Levels of nested fields; those below an introspection field are not counted.
        plan: How to weigh it.
        only_schema: It asks for nothing but `__schema`, `__type` and `__typename`.
    """

    depth: int = 0
    plan: Plan = field(default_factory=Plan)
    only_schema: bool = True


class Analysis:
    """The pass over one document.

    Attributes:
        depth: The deepest level of any operation, fragments included.
        aliases: Aliases in the document.
        directives: Directives in the document.
        repeated_fields: Fields whose response key was already there in their selection set.
        introspections: Fields `__schema` and `__type` in the document.
        operations: The operations in document order, each with its level.
    """

    def __init__(self, schema: GraphQLSchema, model: CostModel, document: DocumentNode) -> None:
        self.depth = self.aliases = self.directives = self.repeated_fields = self.introspections = 0
        self.operations: list[tuple[OperationDefinitionNode, Level]] = []
        self._schema = schema
        self._model = model
        self._levels: dict[str, Level] = {}
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        for name in self._fragments:
            self._fragment(name)
        for node in document.definitions:
            if isinstance(node, OperationDefinitionNode):
                self._operation(node)

    def _operation(self, node: OperationDefinitionNode) -> None:
        self.directives += len(node.directives or ())
        self.directives += sum(len(variable.directives or ()) for variable in node.variable_definitions or ())
        level = self._level(node.selection_set, self._schema.get_root_type(node.operation), set())
        self.depth = max(self.depth, level.depth)
        self.operations.append((node, level))

    def _fragment(self, name: str) -> Level:
        """The level of a fragment; empty while it is being visited, so that a cycle ends."""
        if name not in self._levels:
            self._levels[name] = Level()
            if node := self._fragments.get(name):
                self.directives += len(node.directives or ())
                parent = self._schema.get_type(node.type_condition.name.value)
                self._levels[name] = self._level(node.selection_set, parent, set())
        return self._levels[name]

    def _level(self, node: SelectionSetNode, parent: GraphQLNamedType | None, keys: set[str]) -> Level:
        levels = [self._selection(selection, parent, keys) for selection in node.selections]
        plans = [level.plan for level in levels]
        plan = Plan(
            fixed=reduce(Weight.plus, (plan.fixed for plan in plans), Weight()),
            fields=tuple(open_field for plan in plans for open_field in plan.fields),
            fragments=tuple(fragment for plan in plans for fragment in plan.fragments),
        )
        depth = max((level.depth for level in levels), default=0)
        return Level(depth, plan, all(level.only_schema for level in levels))

    def _selection(self, node: SelectionNode, parent: GraphQLNamedType | None, keys: set[str]) -> Level:
        self.directives += len(node.directives or ())
        if isinstance(node, FieldNode):
            return self._field(node, parent, keys)
        if isinstance(node, InlineFragmentNode):
            if node.type_condition:
                parent = self._schema.get_type(node.type_condition.name.value)
            return self._level(node.selection_set, parent, keys)
        assert isinstance(node, FragmentSpreadNode)  # noqa: S101 - the third and last kind of selection
        level = self._fragment(node.name.value)
        # An open fragment stays one plan, so that it is weighed once for all its spreads.
        return level if level.plan.is_fixed else Level(level.depth, Plan(fragments=(level.plan,)), level.only_schema)

    def _field(self, node: FieldNode, parent: GraphQLNamedType | None, keys: set[str]) -> Level:
        name = node.name.value
        self._count(node, keys)
        definition = self._definition(parent, name)
        below = Level()
        if node.selection_set:
            below = self._level(node.selection_set, get_named_type(definition.type) if definition else None, set())
        if name.startswith("__"):
            return Level(depth=1)
        plan = self._plan(node, parent, definition, below.plan) if parent and definition else Plan()
        return Level(below.depth + 1, plan, only_schema=False)

    def _count(self, node: FieldNode, keys: set[str]) -> None:
        key = node.alias.value if node.alias else node.name.value
        self.aliases += node.alias is not None
        self.repeated_fields += key in keys
        keys.add(key)
        self.introspections += node.name.value in _INTROSPECTIONS

    def _definition(self, parent: GraphQLNamedType | None, name: str) -> GraphQLField | None:
        composite = isinstance(parent, (GraphQLObjectType, GraphQLInterfaceType))
        return self._schema.get_field(parent, name) if composite else None  # type: ignore[arg-type]

    def _plan(self, node: FieldNode, parent: GraphQLNamedType, definition: GraphQLField, below: Plan) -> Plan:
        weighed = self._model.arguments
        given = {each.name.value: each.value for each in node.arguments or () if each.name.value in weighed}
        defaults = {name: _default(argument) for name, argument in definition.args.items() if name in weighed}
        open_field = OpenField(parent.name, node.name.value, defaults, given, below)
        if not below.is_fixed or any(map(_has_variable, given.values())):
            return Plan(fields=(open_field,))
        try:
            return Plan(fixed=open_field.weigh({}, self._model, {}))
        except Exception:  # noqa: BLE001 - the model met arguments that are not valid, as validation is about to say
            return Plan(fields=(open_field,))


def _default(argument: GraphQLArgument) -> Any:
    if argument.default is not None:
        literal = argument.default.literal
        return argument.default.value if literal is None else value_from_ast_untyped(literal)
    return None if argument.default_value is Undefined else argument.default_value


def _has_variable(value: ValueNode) -> bool:
    if isinstance(value, ListValueNode):
        return any(map(_has_variable, value.values))
    if isinstance(value, ObjectValueNode):
        return any(_has_variable(member.value) for member in value.fields)
    return isinstance(value, VariableNode)
