"""What an operation will cost, estimated before it runs.

The cost of each field comes from a `CostModel`; this module only adds up. Costs are linear in the number of parents,
so a fragment is weighed once however often it is spread, and what does not depend on variables is weighed once per
document.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import ceil
from typing import Any, NamedTuple, Protocol

from graphql import Undefined, ValueNode
from graphql.utilities import value_from_ast_untyped

from resolvers.cost import SIZES, FieldCost, page_size

_UNBOUNDED = 10**15
"""Where counting stops being interesting; keeps page sizes of hostile depth from overflowing."""


class CostModel(Protocol):
    """Knows what each field costs."""

    @property
    def arguments(self) -> Collection[str]:
        """Names of the arguments that a cost may depend on; no others are looked at."""

    def field_cost(self, parent_type: str, field: str, arguments: Mapping[str, Any]) -> FieldCost:
        """The cost of a field, by the names in the schema.

        The arguments are plain JSON values, with the schema's defaults filled in. They may be of the wrong type when
        the document is not valid.
        """


class PageSizes:
    """The cost model for a schema nobody has described: pages have the size that was asked for, nothing is upstream."""

    arguments = SIZES

    def field_cost(self, parent_type: str, field: str, arguments: Mapping[str, Any]) -> FieldCost:  # noqa: ARG002
        """One record, or as many as `first` or `last` says."""
        size = page_size(arguments, 1)
        return FieldCost(nodes=size, multiplier=size)


class Weight(NamedTuple):
    """The cost of a selection: for each parent `nodes` and `per_parent` requests, and `level` requests at all."""

    nodes: float = 0.0
    level: float = 0.0
    per_parent: float = 0.0

    def plus(self, other: Weight) -> Weight:
        """Both selections together."""
        return Weight(self.nodes + other.nodes, self.level + other.level, self.per_parent + other.per_parent)

    def under(self, cost: FieldCost) -> Weight:
        """This selection below a field of that cost, the field included."""
        times = float(min(max(cost.multiplier, 0), _UNBOUNDED))
        return Weight(
            nodes=min(float(cost.nodes) + times * self.nodes, _UNBOUNDED),
            level=min(cost.upstream + (times if cost.apart else 1.0) * self.level, _UNBOUNDED),
            per_parent=min(cost.upstream_per_parent + times * self.per_parent, _UNBOUNDED),
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """How to weigh a selection set: what is known already, and what depends on variables."""

    fixed: Weight = field(default_factory=Weight)
    fields: tuple[OpenField, ...] = ()
    fragments: tuple[Plan, ...] = ()

    @property
    def is_fixed(self) -> bool:
        """Whether the weight is the same for all variables."""
        return not self.fields and not self.fragments

    def weigh(self, variables: Mapping[str, Any], model: CostModel, known: dict[int, Weight]) -> Weight:
        """The weight under these variables; `known` holds the fragments that were weighed already."""
        total = self.fixed
        for open_field in self.fields:
            total = total.plus(open_field.weigh(variables, model, known))
        for fragment in self.fragments:
            if (weight := known.get(id(fragment))) is None:
                weight = known[id(fragment)] = fragment.weigh(variables, model, known)
            total = total.plus(weight)
        return total


@dataclass(frozen=True, slots=True)
class OpenField:
    """A field whose cost depends on variables: through its arguments, or through its selection."""

    parent_type: str
    name: str
    defaults: Mapping[str, Any]
    arguments: Mapping[str, ValueNode]
    selection: Plan

    def weigh(self, variables: Mapping[str, Any], model: CostModel, known: dict[int, Weight]) -> Weight:
        """The weight of the field and all below it, under these variables."""
        given = {name: value_from_ast_untyped(node, dict(variables)) for name, node in self.arguments.items()}
        given = {name: value for name, value in given.items() if value is not None and value is not Undefined}
        cost = model.field_cost(self.parent_type, self.name, {**self.defaults, **given})
        return self.selection.weigh(variables, model, known).under(cost)


@dataclass(frozen=True)
class Cost:
    """The estimated cost of an operation."""

    nodes: int
    upstream_requests: int

    @cached_property
    def total(self) -> int:
        """The number that is limited."""
        return self.nodes + self.upstream_requests


def estimate(plan: Plan, variables: Mapping[str, Any], model: CostModel) -> Cost:
    """The cost of an operation under its variables, defaults included."""
    weight = plan.weigh(variables, model, {})
    return Cost(ceil(weight.nodes), ceil(weight.level + weight.per_parent))
