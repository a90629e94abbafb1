"""Conditions and orders as data: what a filter input means, in words every source can work with."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from enum import Enum
from typing import Any

import strawberry

from schema.addresses import same_address
from schema.strawberry_bridge import tagged


class Operator(Enum):
    """How a record's value is compared."""

    __hash__ = object.__hash__  # enums hash their members by name, in Python

    IN = "in"
    """It is one of the values. Text is compared without regard to case."""
    CONTAINS = "contains"
    """It contains the text, without regard to case."""
    AFTER = "after"
    """It is later."""
    BEFORE = "before"
    """It is earlier."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """One condition of a question.

    Attributes:
        attribute: Attribute of the record; for a list of sub-objects `email_addresses.email_address`; over a relation
            `applications.job_id`, where any related record may fulfil it.
        operator: How to compare.
        value: IN: a tuple of keys, texts or enum members. CONTAINS: text. AFTER, BEFORE: an aware datetime.
        argument: The GraphQL name of the filter field it came from, for error messages.
    """

    attribute: str
    operator: Operator
    value: Any
    argument: str


@dataclass(frozen=True, slots=True)
class Order:
    """One level of sorting; nulls come last either way."""

    attribute: str
    descending: bool


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one field of a filter input stands for.

    Attributes:
        attribute, operator: As in `Criterion`.
        model: Name of the model whose ids the value holds, empty for the filter's own; null when it holds no ids.
    """

    attribute: str
    operator: Operator
    model: str | None = None


ADDRESSES = frozenset({"email", "email_address"})
"""Attributes that hold an e-mail address."""


def comparable(attribute: str, value: Any) -> Any:
    """The value of an attribute as it is compared: an address in its one spelling, other text without case."""
    if not isinstance(value, str):
        return value
    return same_address(value) if attribute.rpartition(".")[2] in ADDRESSES else value.casefold()


def _condition(meaning: Meaning, description: str) -> Any:
    return strawberry.field(default=None, description=description, metadata={"meaning": meaning})


def ids_of(model: str, attribute: str, description: str) -> Any:
    """Declare a filter field holding ids of `model`: the attribute is one of them."""
    return _condition(Meaning(attribute, Operator.IN, model), description)


def one_of(attribute: str, description: str) -> Any:
    """Declare a filter field holding values: the attribute is one of them."""
    return _condition(Meaning(attribute, Operator.IN), description)


def contains(attribute: str, description: str) -> Any:
    """Declare a filter field holding text: the attribute contains it."""
    return _condition(Meaning(attribute, Operator.CONTAINS), description)


def after(attribute: str, description: str) -> Any:
    """Declare a filter field holding an instant: the attribute is later."""
    return _condition(Meaning(attribute, Operator.AFTER), description)


def before(attribute: str, description: str) -> Any:
    """Declare a filter field holding an instant: the attribute is earlier."""
    return _condition(Meaning(attribute, Operator.BEFORE), description)


def meanings(filter_type: type) -> dict[str, Meaning]:
    """What each field of a filter input stands for, by the field's Python name."""
    return tagged(filter_type, "meaning")


def given(filter_input: Any) -> Iterator[tuple[str, Any]]:
    """The fields of a filter input that a client filled in, with their values."""
    for field in fields(filter_input):
        value = getattr(filter_input, field.name)
        if value is not None:
            yield field.name, value
