"""Relations as data: each is declared once, on the type it starts from.

The resolver, the loader, the cost estimate and the fan-out all derive from that one row.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

import strawberry

from schema.connection import Window, windowed
from schema.context import Info

BATCHED = 0.01
"""Upstream requests per parent where one request answers for a hundred."""


class Kind(Enum):
    """How two records are tied together."""

    ONE = "one"
    """The parent holds the key of the other record."""
    EACH = "each"
    """The parent holds a list of keys."""
    MANY = "many"
    """The other records hold the parent's key."""
    CONNECTION = "connection"
    """As MANY, answered page by page."""


@dataclass(frozen=True, slots=True)
class Relation:
    """One arrow of the graph.

    Attributes:
        to: Name of the model it leads to.
        key: ONE, EACH: the parent's attribute that holds the key or keys. MANY, CONNECTION: the other model's
            attribute that holds the parent's key.
        kind: Which of these.
        fan_out: Records expected per parent, for the cost estimate.
        requests: Upstream requests expected per parent; most are fetched a hundred at a time.
    """

    to: str
    key: str
    kind: Kind
    fan_out: int = 1
    requests: float = BATCHED


def _field(relation: Relation, resolver: Callable[..., Any], description: str) -> Any:
    return strawberry.field(resolver=resolver, description=description, metadata={"relation": relation})


def _followed(relation: Relation, description: str) -> Any:
    def follow(root: strawberry.Parent[Any], info: Info) -> Any:
        return info.context.follow(relation, root)

    follow.__annotations__.pop("return")  # the annotation beside the declaration is the type clients see
    return _field(relation, follow, description)


def one(to: str, key: str, description: str) -> Any:
    """Declare a relation to the record whose key the attribute `key` holds."""
    return _followed(Relation(to, key, Kind.ONE), description)


def each(to: str, key: str, description: str, *, fan_out: int = 1) -> Any:
    """Declare a relation to every record whose key is in the list the attribute `key` holds."""
    return _followed(Relation(to, key, Kind.EACH, fan_out), description)


def many(to: str, key: str, description: str, *, fan_out: int) -> Any:
    """Declare a relation to all records of `to` whose attribute `key` is this record's key."""
    return _followed(Relation(to, key, Kind.MANY, fan_out), description)


def connection(
    to: str, key: str, filter_type: Any, order_type: Any, description: str, *, fan_out: int, requests: float = BATCHED
) -> Any:
    """As `many`, page by page, with the filter and order of the other model."""
    relation = Relation(to, key, Kind.CONNECTION, fan_out, requests)

    def connect(root: strawberry.Parent[Any], info: Info, window: Window) -> Any:
        return info.context.connect(relation, root, window)

    return _field(relation, windowed(connect, filter_type, order_type), description)


def relations(record_type: type) -> dict[str, Relation]:
    """The relations declared on a type, by the Python name of their field."""
    fields = record_type.__strawberry_definition__.fields  # type: ignore[attr-defined]  # set by the decorator
    return {field.python_name: field.metadata["relation"] for field in fields if "relation" in field.metadata}
