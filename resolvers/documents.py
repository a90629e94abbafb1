"""From an action's input to its document, with every id that cannot be used reported by its path."""

from collections.abc import Mapping
from dataclasses import Field, fields
from datetime import datetime
from enum import Enum
from typing import Any

from resolvers.errors import BadUserInput
from resolvers.ids import Ids
from schema.actions.problem import UserError, UserErrorCode
from schema.strawberry_bridge import to_camel_case
from schema.text import is_blank

CONTROLS = frozenset({"idempotency_key", "dry_run"})
"""Fields that say how to carry an action out; they are no part of what it is about."""

REFERENCES: Mapping[str, str] = {
    "job_id": "Job",
    "stage_id": "ApplicationStage",
    "user_id": "User",
    "application_id": "Application",
    "candidate_id": "Candidate",
}
"""Input field holding an id -> its model. In the document its name ends in `_key`."""

FIELD_OF_KEY: Mapping[str, str] = {f"{field.removesuffix('_id')}_key": field for field in REFERENCES}
"""Name of a key in the document -> the input field it came from."""


PARTS: Mapping[str, str] = {"sourced_by": "user_id"}
"""Optional object -> the text without which it says nothing."""


def document(ids: Ids, given: Any) -> tuple[dict[str, Any], list[UserError]]:
    """The document of an input, and an error for each id that is none of this integration."""
    errors: list[UserError] = []
    return _object(ids, given, (), errors), errors


def _object(ids: Ids, given: Any, path: tuple[str, ...], errors: list[UserError]) -> dict[str, Any]:
    read: dict[str, Any] = {}
    for field in fields(given):
        value = getattr(given, field.name)
        if value is None or _is_left_blank(field, value) or (not path and field.name in CONTROLS):
            continue
        place = (*path, to_camel_case(field.name))
        if field.name in REFERENCES:
            read[field.name.removesuffix("_id") + "_key"] = _key(ids, field.name, value, place, errors)
        else:
            read[field.name] = _value(ids, value, place, errors)
    return read


def _is_left_blank(field: Field[Any], value: Any) -> bool:
    """Whether an optional field holds white space alone, or an object that says nothing because its text is blank."""
    if field.name in PARTS and hasattr(value, "__dataclass_fields__"):
        value = getattr(value, PARTS[field.name])
    return field.default is None and isinstance(value, str) and is_blank(value)


def _value(ids: Ids, value: Any, path: tuple[str, ...], errors: list[UserError]) -> Any:
    if isinstance(value, list):
        return [_value(ids, item, (*path, str(index)), errors) for index, item in enumerate(value)]
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, datetime):
        return value.isoformat()
    return _object(ids, value, path, errors) if hasattr(value, "__dataclass_fields__") else value


def _key(ids: Ids, name: str, value: str, path: tuple[str, ...], errors: list[UserError]) -> str:
    try:
        return ids.key(REFERENCES[name], value, name)
    except BadUserInput:
        model = REFERENCES[name]
        message = f"This is not an id of the model {model}."
        errors.append(UserError(code=UserErrorCode.INVALID_ID, message=message, field=list(path)))
        return ""
