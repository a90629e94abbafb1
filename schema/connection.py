"""Relay cursor connections, and the window of them that a client asks for."""

from dataclasses import dataclass
from inspect import Parameter
from typing import Annotated, Any, Generic, TypeVar

import strawberry

T = TypeVar("T")

DEFAULT_FIRST = 25
"""Page size when neither `first` nor `last` is given."""

MAX_FIRST = 250
"""Largest page, the unified model's own (model 5.1)."""


@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    """Relay's PageInfo."""

    has_next_page: bool = strawberry.field(description="Whether more records follow this page.")
    has_previous_page: bool = strawberry.field(description="Whether records precede this page.")
    start_cursor: str | None = strawberry.field(description="Cursor of the page's first record.")
    end_cursor: str | None = strawberry.field(description="Cursor of its last record: pass it as `after`.")


@strawberry.type(description="A record in its place in a list.")
class Edge(Generic[T]):
    """Relay's Edge."""

    cursor: str = strawberry.field(description="Opaque place of the record in this list, for `after` and `before`.")
    node: T = strawberry.field(description="The record.")


@strawberry.type(description="One page of a list.")
class Connection(Generic[T]):
    """Relay's Connection, with the records also as a plain list."""

    edges: list[Edge[T]] = strawberry.field(description="The page's records, each with its cursor.")
    nodes: list[T] = strawberry.field(description="The page's records.")
    page_info: PageInfo = strawberry.field(description="Where this page stands.")
    total_count: int | None = strawberry.field(
        description="Records in the whole list under its filter; null when that is not known."
    )


@dataclass(frozen=True, slots=True)
class Window:
    """The part of a list a client asks for, as it came in.

    Attributes:
        first, after, last, before: Relay's paging arguments.
        filter: An instance of the model's filter input, or null.
        order_by: Instances of the model's order input, or null.
    """

    first: int | None = None
    after: str | None = None
    last: int | None = None
    before: str | None = None
    filter: Any = None
    order_by: Any = None


First = Annotated[
    int | None,
    strawberry.argument(description=f"At most this many from the start: 0 to {MAX_FIRST}, {DEFAULT_FIRST} by default."),
]
Last = Annotated[
    int | None,
    strawberry.argument(
        description=f"At most this many from the end: 0 to {MAX_FIRST}. Only where the list is synced."
    ),
]
After = Annotated[str | None, strawberry.argument(description="Start behind this cursor.")]
FILTER = strawberry.argument(description="Only records for which all of this holds.")
ORDER_BY = strawberry.argument(description="Sort by these, the first one first.")
Before = Annotated[str | None, strawberry.argument(description="End in front of this cursor.")]


def paging(filter_type: Any, order_type: Any) -> list[Parameter]:
    """The arguments of a connection, which make a `Window`.

    Without an order type there is no `orderBy`: the model has nothing to sort by.
    """
    annotations = {
        "first": First,
        "after": After,
        "last": Last,
        "before": Before,
        "filter": filter_type and Annotated[filter_type | None, FILTER],
        "order_by": order_type and Annotated[list[order_type] | None, ORDER_BY],
    }
    return [
        Parameter(name, Parameter.KEYWORD_ONLY, default=None, annotation=annotation)
        for name, annotation in annotations.items()
        if annotation
    ]
