"""The plans of one operation: one for each set of values of what its conditions depend on."""

from typing import Any

from graphql import DirectiveNode, OperationType, VariableNode, Visitor, visit
from graphql.execution import Executor

from resolvers.engine.compiler import Compiler
from resolvers.engine.plan import Plan
from resolvers.engine.selection import Unplanned

CONDITIONS = ("skip", "include")

MAX_PLANS = 8
"""Plans that are made for one operation: whoever has more combinations of conditions must not cost more than that."""


class Plans:
    """The plans of one operation, made as they are needed."""

    def __init__(self) -> None:
        self._conditions: tuple[str, ...] = ()
        self._possible: bool | None = None
        self._plans: dict[tuple[Any, ...], Plan] = {}

    def plan(self, executor: Executor[Any]) -> Plan | None:
        """The plan for an operation with its variables; null when there can be none."""
        if self._possible is None:
            self._look_over(executor)
        if not self._possible:
            return None
        coerced = executor.variable_values.coerced
        values = tuple(coerced.get(name) for name in self._conditions)
        if values not in self._plans and len(self._plans) < MAX_PLANS:
            self._make(values, executor)
        return self._plans.get(values)

    def _make(self, values: tuple[Any, ...], executor: Executor[Any]) -> None:
        """Make one plan; an operation that has none under some conditions is not looked at again under others."""
        compiler = Compiler(executor)
        try:
            self._plans[values] = Plan(compiler.root(), compiler.personal)
        except Unplanned:
            self._possible = False

    def _look_over(self, executor: Executor[Any]) -> None:
        found = _Conditions()
        for definition in (executor.operation, *executor.fragment_definitions.values()):
            visit(definition, found)
        self._conditions = tuple(sorted(found.variables))
        self._possible = found.only and executor.operation.operation is OperationType.QUERY


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
