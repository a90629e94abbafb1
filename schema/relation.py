"""Relations as data: each is declared once, on the type it starts from.

The resolver, the loader, the cost estimate and the fan-out all derive from that one row.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from inspect import Parameter
from typing import Any

from schema.connection import paging
from schema.strawberry_bridge import declared, tagged


class Kind(Enum):
    """How two records are tied together."""

    ONE = "one"
    """The parent holds the key of the other record."""
    EACH = "each"
    """The parent holds a list of keys."""
    MANY = "many"
    """The other objects hold the parent's key."""
    CONNECTION = "connection"
    """As MANY, answered page by page."""


@dataclass(frozen=True, slots=True)
class Relation:
    """One arrow of the graph.

    Attributes:
        to: Name of the model it leads to, or of another type whose objects are held by parent, such as `Attachment`.
        key: ONE, EACH: the parent's attribute that holds the key or keys. MANY, CONNECTION: the other model's
            attribute that holds the parent's key.
        kind: Which of these.
        fan_out: Records expected per parent, for the cost estimate.
    """

    to: str
    key: str
    kind: Kind
    fan_out: int = 1


def _declared(relation: Relation, description: str, parameters: Sequence[Parameter] = ()) -> Any:
    return declared(description, {"relation": relation}, parameters)


def one(to: str, key: str, description: str) -> Any:
    """Declare a relation to the record whose key the attribute `key` holds."""
    return _declared(Relation(to, key, Kind.ONE), description)


def each(to: str, key: str, description: str, *, fan_out: int = 1) -> Any:
    """Declare a relation to every record whose key is in the list the attribute `key` holds."""
    return _declared(Relation(to, key, Kind.EACH, fan_out), description)


def many(to: str, key: str, description: str, *, fan_out: int) -> Any:
    """Declare a relation to all objects of the type `to` whose attribute `key` is this record's key."""
    return _declared(Relation(to, key, Kind.MANY, fan_out), description)


def connection(to: str, key: str, filter_type: Any, order_type: Any, description: str, *, fan_out: int) -> Any:
    """As `many`, page by page, with the filter and order of the other model."""
    relation = Relation(to, key, Kind.CONNECTION, fan_out)
    return _declared(relation, description, paging(filter_type, order_type))


def relations(record_type: type) -> dict[str, Relation]:
    """The relations declared on a type, by the Python name of their field."""
    return tagged(record_type, "relation")
