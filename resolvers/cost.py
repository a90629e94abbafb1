"""What each field of the graph costs, read off the model and relation tables."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

from resolvers.ports.source import Requests
from schema.connection import DEFAULT_FIRST
from schema.model import MODELS
from schema.relation import Kind, Relation, relations
from schema.strawberry_bridge import to_camel_case
from schema.unified_fields import unified_fields

ROWS_PER_REQUEST = 100
"""Records one upstream request of a list brings."""

BATCHED = 1 / ROWS_PER_REQUEST
"""Upstream requests per parent where one request answers for a hundred."""
SIZES = ("first", "last")
"""Arguments that say how many records a list has."""

CUSTOM_FIELDS = {"customField": 1, "typedCustomFields": 5}
"""Field -> custom fields it usually leads to, which are described at one request."""

_RELATIONS = {
    (name, to_camel_case(field)): relation
    for name, model in MODELS.items()
    for field, relation in relations(model.record).items()
}
_FIELDS = {name: len(unified_fields(name)) for name in MODELS}
_FIELDS["Tracked"] = max(_FIELDS.values())
_CUSTOMISED = {name for name, model in MODELS.items() if "custom_fields" in model.record.__annotations__}
_LISTS = {to_camel_case(model.plural) for model in MODELS.values()}


@dataclass(frozen=True, slots=True)
class FieldCost:
    """What one field costs.

    Attributes:
        nodes: Records it yields for each parent.
        multiplier: How many parents the fields below it have, for each parent of its own.
        upstream: Upstream requests for the whole level, however many parents there are.
        upstream_per_parent: Further upstream requests for each parent.
        apart: Whether a level below it is asked once for each of these records, and not once for all.
    """

    nodes: int = 0
    multiplier: int = 1
    upstream: float = 0.0
    upstream_per_parent: float = 0.0
    apart: bool = False


FREE = FieldCost()

LOOK_UP = FieldCost(1, 1, upstream=1)

_ROOT_TYPES = {"Query", "Account"}
"""Types whose fields ask for lists and look-ups."""

_ROOTS = {
    "node": LOOK_UP,
    **{to_camel_case(model.singular): LOOK_UP for model in MODELS.values() if model.singular},
    "candidateAttachments": FieldCost(1, 1, upstream=2),
    "status": FieldCost(upstream=1),
}
"""Root field without a size -> its cost."""


class RelationCost:
    """The cost of every field, from the tables.

    Args:
        accounts: How many accounts are connected.
        requests: What their ATSs take for some relations.

    Attributes:
        arguments: Names of the arguments that a cost depends on.
    """

    arguments = frozenset({*SIZES, "ids", "names", "fields", "keys"})

    def __init__(self, accounts: int = 1, requests: Requests | None = None) -> None:
        self._accounts = accounts
        self._requests = requests or {}

    def field_cost(self, parent_type: str, field: str, arguments: Mapping[str, Any]) -> FieldCost:
        """The cost of a field, by the names in the schema; whatever is not a list, look-up or relation is free."""
        if relation := _RELATIONS.get((parent_type, field)):
            return self._of_relation(relation, arguments)
        if beside := _beside(parent_type, field, arguments):
            return beside
        return self._root(field, arguments) if parent_type in _ROOT_TYPES else FREE

    def _of_relation(self, relation: Relation, arguments: Mapping[str, Any]) -> FieldCost:
        """A page never holds more than was asked for, whatever the relation usually holds."""
        count = _size(arguments) if relation.kind is Kind.CONNECTION else relation.fan_out
        by_parent = relation.kind in {Kind.MANY, Kind.CONNECTION}
        requests = self._requests.get((relation.to, relation.key), BATCHED) if by_parent else BATCHED
        return FieldCost(count, count, upstream_per_parent=requests)

    def _root(self, field: str, arguments: Mapping[str, Any]) -> FieldCost:
        if field in _LISTS:
            size = _size(arguments)
            return FieldCost(size, size, upstream=ceil(size / ROWS_PER_REQUEST))
        if field == "nodes":
            count = len(arguments["ids"]) if isinstance(arguments.get("ids"), list) else 1
            return FieldCost(count, count, upstream=ceil(count / ROWS_PER_REQUEST))
        if field == "accounts":
            names = arguments.get("names")  # one that comes twice is shown twice
            count = len(names) if isinstance(names, list) else self._accounts
            return FieldCost(count, count, apart=True)
        return _ROOTS.get(field, FREE)


def largest(each: Iterable[Requests]) -> Requests:
    """What several ATSs take at most."""
    found: dict[tuple[str, str], float] = {}
    for requests in each:
        for question, number in requests.items():
            found[question] = max(number, found.get(question, number))
    return found


def _beside(parent_type: str, field: str, arguments: Mapping[str, Any]) -> FieldCost | None:
    """The cost of what stands beside a record's data; null for anything else."""
    if field == "provenance" and parent_type in _FIELDS:
        count = _number(arguments.get("fields"), _FIELDS[parent_type])
        return FieldCost(count, count)
    if field in CUSTOM_FIELDS and parent_type in _CUSTOMISED:
        count = _number(arguments.get("keys"), CUSTOM_FIELDS[field])
        return FieldCost(count, count, upstream=1)
    return None


def _number(given: Any, otherwise: int) -> int:
    """How many different values a list has."""
    return len({value for value in given if isinstance(value, str)}) if isinstance(given, list) else otherwise


def _size(arguments: Mapping[str, Any]) -> int:
    return max(page_size(arguments, DEFAULT_FIRST), 1)


def page_size(arguments: Mapping[str, Any], otherwise: int) -> int:
    """How many records a list is asked for; `otherwise` where nothing says so."""
    return max((size for size in map(arguments.get, SIZES) if isinstance(size, int)), default=otherwise)
