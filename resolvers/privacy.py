"""Keeping personal data from callers who may not see it: neither shown, nor to be found out by filters and orders."""

from collections.abc import Iterator

from resolvers.errors import Forbidden, PersonalDataWithheld
from resolvers.questions import orders_of
from schema.connection import Window
from schema.criterion import given, meanings
from schema.model import MODELS, Model
from schema.privacy import personal_fields
from schema.record import Tracked
from schema.relation import relations
from schema.strawberry_bridge import to_camel_case


def withheld(field: str) -> PersonalDataWithheld:
    """The error of a field that the caller may not see, such as `Candidate.firstName`."""
    return PersonalDataWithheld(f"{field} is personal data, and this caller lacks the scope pii.")


def refuse_probing(model: Model, window: Window) -> None:
    """Refuse a filter or order that would tell personal data by what it finds, or by the order it finds it in.

    Raises:
        Forbidden: names the argument.
    """
    for argument, attribute in _compared(window):
        if _is_personal(model.record, attribute):
            raise Forbidden(f"Argument {argument}: personal data needs the scope pii.", argument=argument)


def _compared(window: Window) -> Iterator[tuple[str, str]]:
    """Argument and attribute of everything a window compares records by."""
    if window.filter is not None:
        known = meanings(type(window.filter))
        yield from ((to_camel_case(name), known[name].attribute) for name, _ in given(window.filter) if name in known)
    yield from (("orderBy", order.attribute) for order in orders_of(window.order_by))


def _is_personal(record_type: type[Tracked], path: str) -> bool:
    head, _, rest = path.partition(".")
    relation = relations(record_type).get(head)
    if relation:
        return _is_personal(MODELS[relation.to].record, rest)
    return head in personal_fields(record_type)
