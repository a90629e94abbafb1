"""A plan in words: what it asks of the source, level by level, and what it leaves to graphql-core."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import ceil

from graphql import get_named_type
from graphql.execution import get_argument_values

from resolvers.answers import FILES
from resolvers.cost import FREE, FieldCost, RelationCost
from resolvers.engine.call import Operation
from resolvers.engine.plan import Plan
from resolvers.engine.selection import Asked, CustomFieldsOf, Selection, Step
from schema.model import Model
from schema.relation import Relation


@dataclass(frozen=True, slots=True)
class Asking:
    """One step of a plan that asks the source.

    Attributes:
        path: Names of the fields that lead to it, joined by dots.
        level: How many questions have to be answered before it can be answered, itself included.
        question: What is asked, such as `Application by job_key`.
        keys: About how many keys it is asked for; estimated from the fan-out of relations.
        calls: About how many requests to the ATS that takes; a part of one where many steps share it.
    """

    path: str
    level: int
    question: str
    keys: int
    calls: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a plan does.

    Attributes:
        steps: The steps that ask something, each before those it leads to.
        core: Root field that graphql-core answers -> why.
    """

    steps: tuple[Asking, ...]
    core: Mapping[str, str]

    @property
    def calls(self) -> dict[str, int]:
        """Question -> about how many requests to the ATS it takes."""
        total: dict[str, float] = {}
        for step in self.steps:
            total[step.question] = total.get(step.question, 0) + step.calls
        return {question: ceil(round(calls, 6)) for question, calls in total.items()}


def explained(plan: Plan, operation: Operation, model: RelationCost) -> Explanation:
    """The plan of an operation, in words and numbers, which the model of costs gives."""
    walk = _Walk(operation, model)
    steps = [step for root in plan.planned.values() for step in walk.selection(root.selection, "Query", 1, 0, "")]
    return Explanation(tuple(steps), {name: leaf.why for name, leaf in plan.leaves.items()})


@dataclass(frozen=True, slots=True)
class _Walk:
    operation: Operation
    model: RelationCost

    def selection(self, selection: Selection, type_name: str, parents: int, level: int, path: str) -> Iterator[Asking]:
        for step in selection.steps:
            yield from self._step(step, type_name, parents, level, path)

    def _step(self, step: Step, type_name: str, parents: int, level: int, path: str) -> Iterator[Asking]:
        path = f"{path}.{_name(step.asked)}".lstrip(".")
        cost = self._cost(step, type_name)
        for question in _questions(step):
            calls = cost.upstream + parents * cost.upstream_per_parent
            yield Asking(path, level + 1, question, parents if isinstance(step.about, Relation) else cost.nodes, calls)
        below = get_named_type(step.asked.field.type).name
        inside = level if isinstance(step.about, str) else level + 1
        for model, selection in (step.by_model or {below: step.selection}).items():
            yield from self.selection(selection, model, parents * cost.multiplier, inside, path)

    def _cost(self, step: Step, type_name: str) -> FieldCost:
        if isinstance(step.about, str):
            return FREE
        asked = step.asked
        given = get_argument_values(asked.field, asked.nodes[0], self.operation.variable_values)
        return self.model.field_cost(type_name, asked.nodes[0].name.value, given)


def _name(asked: Asked) -> str:
    """The name under which clients see a field."""
    node = asked.nodes[0]
    return (node.alias or node.name).value


def _questions(step: Step) -> Iterator[str]:
    """What a step asks; nothing where it leads inside the objects."""
    about = step.about
    if isinstance(about, Relation):
        holds_key = about.kind.value in ("one", "each")
        yield f"{about.to} by {'id' if holds_key else about.key}"
    elif isinstance(about, Model):
        yield f"{about.name} page" if "list" in step.asked.definition.metadata else f"{about.name} by id"
    elif isinstance(about, CustomFieldsOf):
        yield f"custom fields of {about.model}"
    elif step.by_model:
        yield "records of any model by id"
    elif about is None:
        yield f"{FILES} by candidate_key"
