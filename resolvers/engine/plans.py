"""The plans of one operation: one for each set of values of what its conditions depend on, and of scopes."""

from typing import Any

from graphql import DirectiveNode, OperationType, VariableNode, Visitor, visit
from graphql.execution.collect_fields import FieldDetails

from resolvers.callers import Caller, Scope
from resolvers.engine.call import Call, Operation
from resolvers.engine.compiler import Compile, Compiler
from resolvers.engine.kinds import kind_of
from resolvers.engine.plan import Answer, Leaf, Plan, Root, by_core
from resolvers.engine.selection import Unplanned
from schema.strawberry_bridge import StrawberryField

CONDITIONS = ("skip", "include")

MAX_PLANS = 8
"""Plans that are made for one operation and set of scopes: more combinations of conditions must not cost more."""

Key = tuple[frozenset[Scope], tuple[Any, ...]]
"""Scopes of the caller, and the values of the variables in conditions."""


class Plans:
    """The plans of one operation, made as they are needed."""

    def __init__(self) -> None:
        self._conditions: tuple[str, ...] | None = None
        self._possible = True
        self._plans: dict[Key, Plan] = {}

    async def answer(self, call: Call) -> Answer:
        """The answer to a call: root field by root field as planned, or all of it by graphql-core."""
        plan = self.plan(call, call.context.caller)
        return await (plan.run(call) if plan else by_core(call.executor()))

    def plan(self, operation: Operation, caller: Caller) -> Plan | None:
        """The plan for an operation with its variables, for callers with these scopes; null when there can be none."""
        if self._conditions is None:
            self._look_over(operation)
        if not self._possible:
            return None
        coerced = operation.variable_values.coerced
        key = (caller.scopes, tuple(coerced.get(name) for name in self._conditions or ()))
        if key not in self._plans and sum(scopes == caller.scopes for scopes, _ in self._plans) < MAX_PLANS:
            self._plans[key] = make(operation, caller)
        return self._plans.get(key)

    def _look_over(self, operation: Operation) -> None:
        found = _Conditions()
        for definition in (operation.operation, *operation.fragment_definitions.values()):
            visit(definition, found)
        self._conditions = tuple(sorted(found.variables))
        self._possible = found.only and operation.operation.operation is OperationType.QUERY


def make(operation: Operation, caller: Caller) -> Plan:
    """The plan of a query, root field by root field."""
    compiler = Compiler(operation, Caller(None, caller.scopes), _compile_of)
    fields = {name: _field(compiler, name, details) for name, details in compiler.roots().items()}
    return Plan(fields, tuple((model, tuple(names)) for model, names in compiler.looked_at.items()))


def _field(compiler: Compiler, name: str, details: list[FieldDetails]) -> Root | Leaf:
    nodes = [detail.node for detail in details]
    try:
        selection = compiler.root(name, details)
        return Root(selection, nodes, tuple(compiler.refused), compiler.marked)
    except Unplanned as reason:
        return Leaf(nodes, str(reason))


def _compile_of(definition: StrawberryField) -> Compile | None:
    kind = kind_of(definition)
    return None if kind is None else kind.compile


class _Conditions(Visitor):
    """Finds the variables in `@skip` and `@include`, and whether these are the only directives.

    Attributes:
        variables: Their names.
        only: Whether there are no others.
    """

    def __init__(self) -> None:
        super().__init__()
        self.variables: set[str] = set()
        self.only = True

    def enter_directive(self, node: DirectiveNode, *_: object) -> None:
        """Look at one directive."""
        self.only = self.only and node.name.value in CONDITIONS
        values = (argument.value for argument in node.arguments or ())
        self.variables.update(value.name.value for value in values if isinstance(value, VariableNode))
