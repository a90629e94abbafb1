"""Records as JSON and back, derived from the types of the unified model."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from sys import intern
from typing import Any, get_args, get_origin

import orjson

from gateway.database.columns import is_key
from schema.annotation import annotation
from schema.model import MODELS
from schema.record import Tracked
from schema.text import spells_nul, storable_json

STAMPS = frozenset({"changed_at", "remote_deleted_at"})
"""What the store itself says about a record."""

RAW = "remote_data"
"""The ATS's own record, shown or not: kept apart, because it may be switched off and is no property of the record."""

SENT = "sent"
"""The bytes of that record, where the source has them: enough to tell whether it has changed."""

Read = Callable[[Any], Any]


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
        return not spells_nul(orjson.dumps(value))
    except orjson.JSONEncodeError:
        return False


def storable_record(record: Tracked) -> Tracked:
    """The record with every text made one that can be kept; the same record where that is so already."""
    model = type(record).__name__
    names = _properties(model)
    if _is_storable([getattr(record, name) for name in names]):
        return record
    stamps = {name: getattr(record, name) for name in STAMPS}
    stored = decode(model, encode(record), encode_raw(record), stamps)
    stored.is_listed = record.is_listed
    return stored


def decode(model: str, body: bytes | str, raw: bytes | str | None, stamps: Mapping[str, datetime | None]) -> Tracked:
    """The record that `encode` and `encode_raw` were given, with the stamps in `stamps`.

    The ATS's own record is read from its JSON when somebody asks for it, which is seldom.
    """
    stored = orjson.loads(body)
    if len(stored) < len(_properties(model)):
        stored = _defaults(model) | stored
    kept, plain, read_by = _plan(model)
    record: Tracked = object.__new__(kept)
    for name in plain:
        setattr(record, name, stored[name])
    for name, read in read_by:
        value = stored[name]
        setattr(record, name, None if value is None else read(value))
    for name, stamp in stamps.items():
        setattr(record, name, stamp)
    record.remote_data = raw  # type: ignore[attr-defined]  # every kept type has it
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
def _plan(model: str) -> tuple[type[Tracked], tuple[str, ...], tuple[tuple[str, Read], ...]]:
    """The type of a model's stored records, the properties that are as JSON has them, and how the others are read."""
    readers = {name: _reader(annotation(MODELS[model].record, name)) for name in _properties(model)}
    named = [name for name in readers if is_key(name) or name == "remote_id"]
    readers |= dict.fromkeys(named, intern)  # many records name the same one
    plain = tuple(name for name, read in readers.items() if read is _as_it_is)
    return _kept(model), plain, tuple((name, read) for name, read in readers.items() if name not in plain)


def _kept(model: str) -> type[Tracked]:
    """The model's type with slots for its properties: half the memory of a dictionary, and quicker to read."""
    record_type = MODELS[model].record
    slots = [*_properties(model), *STAMPS]
    body = {"__slots__": (*slots, _Raw.SLOT), "__doc__": record_type.__doc__, RAW: _Raw()}
    return type(model, (record_type,), body)


def _defaults(model: str) -> dict[str, Any]:
    """What properties are that were not known yet when the record was stored."""
    own = [field for field in fields(MODELS[model].record) if field.name in _properties(model)]
    made = {field.name: field.default_factory() for field in own if field.default_factory is not MISSING}
    return made | {field.name: field.default for field in own if field.default is not MISSING}


class _Raw:
    """The ATS's own record: its JSON until somebody asks for it."""

    SLOT = "_raw"

    def __get__(self, record: Any, _: type | None = None) -> Any:
        if record is None:
            return None  # what the field is where nothing is said
        if isinstance(record._raw, bytes | str):  # noqa: SLF001  this is its property
            record._raw = orjson.loads(record._raw)  # noqa: SLF001  likewise
        return record._raw  # noqa: SLF001  likewise

    def __set__(self, record: Any, raw: Any) -> None:
        record._raw = raw  # noqa: SLF001  likewise


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
