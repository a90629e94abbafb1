"""Records as JSON and back, derived from the types of the unified model."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any, get_args, get_origin

import orjson

from schema.annotation import annotation
from schema.model import MODELS
from schema.record import Tracked
from schema.text import storable_json

STAMPS = frozenset({"changed_at", "remote_deleted_at"})
"""What the store itself says about a record."""

RAW = "remote_data"
"""The ATS's own record: kept apart, because it may be switched off and is no property of the unified record."""

Read = Callable[[Any], Any]

_UNREAD = "_unread"


def encode(record: Tracked) -> bytes:
    """The record's properties as JSON; equal records give equal bytes."""
    names = _properties(type(record).__name__)
    return _dumped({name: getattr(record, name) for name in names})


def encode_raw(record: Tracked) -> bytes | None:
    """The ATS's own record as JSON, or null where there is none."""
    raw = getattr(record, RAW, None)
    return None if raw is None else _dumped(raw)


def _dumped(value: Any) -> bytes:
    """JSON in which every text can be kept (`schema.text`)."""
    if not _is_storable(value):
        value = storable_json(value)
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def _is_storable(value: Any) -> bool:
    """Whether every text in the value can be kept; some that can be are taken for ones that cannot."""
    try:
        return _NUL not in orjson.dumps(value)
    except orjson.JSONEncodeError:
        return False


_NUL = rb"\u0000"


def storable_record(record: Tracked) -> Tracked:
    """The record with every text made one that can be kept; the same record where that is so already."""
    model = type(record).__name__
    names = _properties(model)
    if _is_storable([getattr(record, name) for name in names]):
        return record
    stamps = {name: getattr(record, name) for name in STAMPS}
    return decode(model, encode(record), encode_raw(record), stamps)


def decode(model: str, body: bytes | str, raw: bytes | str | None, stamps: Mapping[str, datetime | None]) -> Tracked:
    """The record that `encode` and `encode_raw` were given, with the stamps in `stamps`.

    Values that JSON has no type for are read when they are first asked for: an answer shows a few fields of many
    records.
    """
    stored = orjson.loads(body)
    if len(stored) < len(_properties(model)):
        stored = _defaults(model) | stored
    unread = {name: stored.pop(name) for name in _readers(model) if stored.get(name) is not None}
    if raw is not None:
        unread[RAW] = raw
    record: Tracked = object.__new__(_lazy(model))
    record.__dict__ = {**stored, **stamps, _UNREAD: unread}
    return record


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


@cache
def _properties(model: str) -> tuple[str, ...]:
    names = (field.name for field in fields(MODELS[model].record) if field.init)
    return tuple(name for name in names if name not in STAMPS and name != RAW)


@cache
def _readers(model: str) -> dict[str, Read]:
    """Property -> how it is read, for those that are more than JSON."""
    record_type = MODELS[model].record
    readers = {name: _reader(annotation(record_type, name)) for name in _properties(model)}
    return {name: read for name, read in readers.items() if read is not _as_it_is}


@cache
def _lazy(model: str) -> type[Tracked]:
    """The model's type, with properties that are read when they are first asked for."""
    record_type = MODELS[model].record
    readers = _readers(model) | ({RAW: orjson.loads} if hasattr(record_type, RAW) else {})
    lazy = {name: _Lazy(name, read) for name, read in readers.items()}
    return type(model, (record_type,), {**lazy, "__doc__": record_type.__doc__})


def _defaults(model: str) -> dict[str, Any]:
    """What properties are that were not known yet when the record was stored."""
    own = [field for field in fields(MODELS[model].record) if field.name in _properties(model)]
    made = {field.name: field.default_factory() for field in own if field.default_factory is not MISSING}
    return made | {field.name: field.default for field in own if field.default is not MISSING}


class _Lazy:
    """A property that is read once, then lies on the record itself, where Python finds it first."""

    __slots__ = ("_name", "_read")

    def __init__(self, name: str, read: Read) -> None:
        self._name = name
        self._read = read

    def __get__(self, record: Any, _: type | None = None) -> Any:
        if record is None:
            return self
        unread = record.__dict__[_UNREAD]
        value = record.__dict__[self._name] = self._read(unread[self._name]) if self._name in unread else None
        return value


def _reader(held: Any) -> Read:
    """How to read a JSON value into this type; `_as_it_is` where it already is of it."""
    if get_origin(held) is list:
        read_item = _reader(get_args(held)[0])
        return _as_it_is if read_item is _as_it_is else lambda items: [read_item(item) for item in items]
    if held is datetime:
        return datetime.fromisoformat
    if isinstance(held, type) and issubclass(held, Enum):
        return held
    if is_dataclass(held) and isinstance(held, type):
        parts = tuple((field.name, _nullable(_reader(annotation(held, field.name)))) for field in fields(held))
        return lambda value: held(**{name: read(value[name]) for name, read in parts})
    return _as_it_is


def _as_it_is(value: Any) -> Any:
    return value


def _nullable(read: Read) -> Read:
    return read if read is _as_it_is else lambda value: None if value is None else read(value)
