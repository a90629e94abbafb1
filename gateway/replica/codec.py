"""Records as JSON and back, derived from the types of the unified model."""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from inspect import get_annotations
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import orjson

from schema.model import MODELS
from schema.record import Tracked

STAMPS = frozenset({"changed_at", "remote_deleted_at"})
"""What the store itself says about a record."""

RAW = "remote_data"
"""The ATS's own record: kept apart, because it may be switched off and is no property of the unified record."""

Read = Callable[[Any], Any]


def encode(record: Tracked) -> bytes:
    """The record's properties as JSON; equal records give equal bytes."""
    names = _properties(type(record).__name__)
    return orjson.dumps({name: _plain(getattr(record, name)) for name in names}, option=orjson.OPT_SORT_KEYS)


def encode_raw(record: Tracked) -> bytes | None:
    """The ATS's own record as JSON, or null where there is none."""
    raw = getattr(record, RAW, None)
    return None if raw is None else orjson.dumps(raw, option=orjson.OPT_SORT_KEYS)


def decode(model: str, body: bytes | str, raw: bytes | str | None, stamps: Mapping[str, datetime | None]) -> Tracked:
    """The record that `encode` and `encode_raw` were given, with the stamps in `stamps`."""
    stored = orjson.loads(body)
    values: dict[str, Any] = {name: read(stored[name]) for name, read in _readers(model) if name in stored}
    if raw is not None:
        values[RAW] = orjson.loads(raw)
    return MODELS[model].record(**{**values, **stamps})


def changed_fields(before: bytes | str, after: bytes | str) -> list[str]:
    """Names of the properties that differ, in alphabetical order."""
    old, new = orjson.loads(before), orjson.loads(after)
    return sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))


def anonymous(body: bytes | str) -> bytes:
    """The body without anything but its keys: what is left of a record once its retention has passed."""
    stored = orjson.loads(body)
    kept = {name: value for name, value in stored.items() if name.endswith(("key", "keys", "remote_id"))}
    emptied: dict[str, Any] = {name: [] if isinstance(value, list) else None for name, value in stored.items()}
    return orjson.dumps(emptied | kept, option=orjson.OPT_SORT_KEYS)


def annotation(holder: Any, name: str) -> Any:
    """The Python type of a field of the class `holder`, without null and without Strawberry's marks."""
    held = next(found[name] for found in map(get_annotations, holder.__mro__) if name in found)
    while get_origin(held) is Annotated:
        held = get_args(held)[0]
    if get_origin(held) in {Union, UnionType}:
        held = next(part for part in get_args(held) if part is not NoneType)
    return held


def _plain(value: Any) -> Any:
    """Sub-objects as mappings; orjson writes instants and enum members by itself."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return value


@cache
def _properties(model: str) -> tuple[str, ...]:
    names = (field.name for field in fields(MODELS[model].record) if field.init)
    return tuple(name for name in names if name not in STAMPS and name != RAW)


@cache
def _readers(model: str) -> tuple[tuple[str, Read], ...]:
    return tuple((name, _reader(annotation(MODELS[model].record, name))) for name in _properties(model))


def _reader(held: Any) -> Read:
    """How to read a JSON value into this type."""
    if get_origin(held) is list:
        read_item = _reader(get_args(held)[0])
        return _nullable(lambda items: [read_item(item) for item in items])
    if held is datetime:
        return _nullable(datetime.fromisoformat)
    if isinstance(held, type) and issubclass(held, Enum):
        return _nullable(held)
    if is_dataclass(held) and isinstance(held, type):
        parts = tuple((field.name, _reader(annotation(held, field.name))) for field in fields(held))
        return _nullable(lambda value: held(**{name: read(value[name]) for name, read in parts}))
    return _as_it_is


def _as_it_is(value: Any) -> Any:
    return value


def _nullable(read: Read) -> Read:
    return lambda value: None if value is None else read(value)
