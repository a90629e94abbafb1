"""Which attributes of a model get a column of their own: the keys, what lists can be filtered by, what they sort by."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from enum import Enum
from functools import cache
from hashlib import blake2b
from typing import Any, get_args, get_origin

from sqlalchemy import Float
from sqlalchemy.types import TypeEngine

from gateway.database.column_types import START_LENGTH, Instant, Key, Prose
from schema.annotation import annotation
from schema.criterion import comparable, meanings
from schema.model import MODELS, Model
from schema.record import UPDATED, Tracked
from schema.relation import Relation, relations

_TYPES: dict[Any, TypeEngine[Any]] = {str: Prose, float: Float(), datetime: Instant()}


@dataclass(frozen=True, slots=True)
class Path:
    """Where an attribute of a criterion leads.

    Attributes:
        attribute: Name of the attribute at the end.
        relation: The relation that is crossed, or null.
        sub_objects: The list of sub-objects the attribute is in, or null.
    """

    attribute: str
    relation: Relation | None = None
    sub_objects: str | None = None


def path_of(model: str, attribute: str) -> Path:
    """Take apart `name`, `email_addresses.email_address` or `applications.job_key`."""
    first, _, rest = attribute.rpartition(".")
    if not first:
        return Path(attribute)
    relation = relations(MODELS[model].record).get(first)
    return Path(rest, relation) if relation else Path(rest, sub_objects=first)


@cache
def columns_of(model: str) -> dict[str, TypeEngine[Any]]:
    """Attribute -> type of its column, for every attribute of the model that questions look at."""
    record_type = MODELS[model].record
    asked = {*_keys(record_type), *_orders(MODELS[model]), *_filters(model)} - {"key", UPDATED}
    return {name: Key if is_key(name) else _type(annotation(record_type, name)) for name in sorted(asked)}


@cache
def lists_of(model: str) -> tuple[str, ...]:
    """Attributes inside lists of sub-objects that filters look at, such as `email_addresses.email_address`."""
    asked = (meaning.attribute for meaning in meanings(MODELS[model].filter).values())
    return tuple(sorted({attribute for attribute in asked if path_of(model, attribute).sub_objects}))


def stored_value(attribute: str, value: Any) -> Any:
    """The value as it is stored in a column: as it is compared, enum members by their value."""
    return comparable(attribute, value.value if isinstance(value, Enum) else value)


def column_value(name: str, value: Any) -> Any:
    """The value of an attribute for its column; keys are kept as they are."""
    return value if is_key(name) else stored_value(name, value)


def listed(value: str) -> str:
    """A stored value as `replica_values` has it, where all of it is in an index: a long one ends in its digest."""
    if len(value) <= START_LENGTH:
        return value
    return value[:START_LENGTH] + blake2b(value.encode(), digest_size=16).hexdigest()


def listed_values(integration: str, model: str, record: Tracked) -> list[dict[str, str]]:
    """One row per value in the lists of sub-objects that filters look at."""
    rows = []
    for attribute in lists_of(model):
        items, _, name = attribute.partition(".")
        held = {stored_value(attribute, getattr(item, name)) for item in getattr(record, items) or ()} - {None}
        values = {listed(value) for value in held}
        row = {"integration": integration, "model": model, "key": record.key, "attribute": attribute}
        rows += [row | {"value": value} for value in sorted(values)]
    return rows


def is_key(attribute: str) -> bool:
    """Whether the attribute holds the key of a record."""
    return attribute == "key" or attribute.endswith("_key")


def _keys(record_type: type[Tracked]) -> Iterator[str]:
    return (field.name for field in fields(record_type) if field.init and is_key(field.name))


def _orders(model: Model) -> Iterator[str]:
    if model.order is not None:
        yield from (member.value for member in annotation(model.order, "field"))


def _filters(model: str) -> Iterator[str]:
    """Own attributes of the model that some filter looks at, its own or that of a model related to it."""
    for other in MODELS.values():
        for meaning in meanings(other.filter).values():
            path = path_of(other.name, meaning.attribute)
            at = path.relation.to if path.relation else other.name
            if at == model and path.sub_objects is None:
                yield path.attribute


def _type(held: Any) -> TypeEngine[Any]:
    if isinstance(held, type) and issubclass(held, Enum):
        return Key
    if get_origin(held) is not None or held not in _TYPES:
        raise TypeError(f"no column can hold {held} {get_args(held)}")
    return _TYPES[held]
