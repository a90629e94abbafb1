"""What a client's paging arguments, filter and order mean: checked, and put into the words of the source."""

from collections.abc import Iterator
from typing import Any

from resolvers.errors import BadUserInput
from resolvers.ids import Ids
from resolvers.ports.source import PageQuestion
from schema.connection import DEFAULT_FIRST, MAX_FIRST, Window
from schema.criterion import Criterion, Meaning, Operator, Order, given, meanings
from schema.model import Model
from schema.record import OrderDirection
from schema.strawberry_bridge import to_camel_case
from schema.text import is_storable

CONFLICTS = (("first", "last"), ("first", "before"), ("last", "after"))
"""Arguments that say two things about where a page begins."""


def question(ids: Ids, model: Model, window: Window, *, place: str = "", counted: bool = False) -> PageQuestion:
    """The question a window of a list asks: of all records of a model, or of those at `place`.

    Raises:
        BadUserInput: an argument is out of range, contradicts another, or holds a bad id or cursor; it is named.
    """
    _refuse_conflicts(window)
    criteria, orders = criteria_of(ids, model, window.filter), orders_of(window.order_by)
    backward = window.last is not None or window.before is not None
    cursor_argument = "before" if backward else "after"
    cursor = getattr(window, cursor_argument)
    return PageQuestion(
        size=page_size(window.first, window.last),
        criteria=criteria,
        orders=orders,
        position=None
        if cursor is None
        else ids.position(scope(model, criteria, orders, place), cursor, cursor_argument),
        backward=backward,
        include_deleted=bool(window.filter and window.filter.include_deleted),
        counted=counted,
    )


def scope(model: Model, criteria: tuple[Criterion, ...], orders: tuple[Order, ...], place: str = "") -> str:
    """What a cursor belongs to: one list, under one filter and order."""
    return f"{place}/{model.name}?{criteria}&{orders}"


def criteria_of(ids: Ids, model: Model, filter_input: Any) -> tuple[Criterion, ...]:
    """The conditions of a filter input.

    Raises:
        BadUserInput: an id in it is not one; names the filter field.
    """
    return tuple(_criteria(ids, model, filter_input)) if filter_input is not None else ()


def _criteria(ids: Ids, model: Model, filter_input: Any) -> Iterator[Criterion]:
    known = meanings(type(filter_input))
    for name, value in given(filter_input):
        if name in known:
            argument = to_camel_case(name)
            yield Criterion(
                known[name].attribute,
                known[name].operator,
                _value(ids, model, known[name], value, argument),
                argument,
            )


def _value(ids: Ids, model: Model, meaning: Meaning, value: Any, argument: str) -> Any:
    """A condition's value: keys instead of ids, a tuple where several are compared, less what no record can hold."""
    if meaning.operator is not Operator.IN:
        return value
    values = value if isinstance(value, list) else [value]
    if len(values) > MAX_FIRST:
        raise BadUserInput(f"Argument {argument}: at most {MAX_FIRST} values.", argument=argument)
    if meaning.model is not None:
        values = [ids.key(meaning.model or model.name, item, argument) for item in values]
    all_can = is_storable("".join(value for value in values if isinstance(value, str)))
    return tuple(values if all_can else filter(_can_be_held, values))


def _can_be_held(value: Any) -> bool:
    """Whether a record can have this value; a list of none of these is fulfilled by no record."""
    return not isinstance(value, str) or is_storable(value)


def orders_of(order_by: Any) -> tuple[Order, ...]:
    """The levels of sorting an order input asks for."""
    return tuple(Order(level.field.value, level.direction is OrderDirection.DESC) for level in order_by or ())


def page_size(first: int | None, last: int | None = None) -> int:
    """The size of a page; 0 is a page without records.

    Raises:
        BadUserInput: it is negative or too large; names the argument.
    """
    for argument, value in (("first", first), ("last", last)):
        if value is not None and not 0 <= value <= MAX_FIRST:
            raise BadUserInput(f"Argument {argument}: must be from 0 to {MAX_FIRST}.", argument=argument)
    return next((value for value in (first, last) if value is not None), DEFAULT_FIRST)


def _refuse_conflicts(window: Window) -> None:
    for one, other in CONFLICTS:
        if getattr(window, one) is not None and getattr(window, other) is not None:
            raise BadUserInput(f"Argument {one}: not together with {other}.", argument=one)
