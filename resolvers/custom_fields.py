"""Custom fields of a record with their types, from their definitions and what the record holds."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from resolvers.errors import BadUserInput
from resolvers.ports.custom_fields import Definition, Definitions
from schema.custom_field import CustomField, CustomFieldOption, CustomFieldType
from schema.values import IntegrationField


def chosen(definitions: Definitions, given: Mapping[str, Any]) -> list[Definition] | None:
    """The fields that the arguments name; null for all that a record has.

    Raises:
        BadUserInput: there is no such field; names the argument.
        AtsError: there may be one, but the ATS does not say now what its fields are called.
    """
    argument, names = ("key", [given["key"]]) if "key" in given else ("keys", given.get("keys"))
    if names is None:
        return None
    found = [definitions.named(name) for name in names]
    if None in found:
        raise definitions.failure or BadUserInput(
            f"Argument {argument}: there is no custom field of this name or label.", argument=argument
        )
    return [each for each in found if each is not None]


def custom_fields_of(record: Any, definitions: Definitions, wanted: Sequence[Definition] | None) -> list[CustomField]:
    """The wanted custom fields of a record, or all that it has a value of."""
    held: dict[str, IntegrationField] = {field.key: field for field in record.integration_fields}
    if wanted is None:
        wanted = [each for each in definitions.fields if each.key in held]
    return [_typed(each, held.get(each.key)) for each in wanted]


def _typed(definition: Definition, held: IntegrationField | None) -> CustomField:
    value = None if held is None else held.value
    name, read = _READ[definition.type]
    options = definition.options
    field = CustomField(
        key=definition.key,
        label=definition.label or (held.label if held else None),
        type=definition.type,
        options=None if options is None else [CustomFieldOption(key=each.key, label=each.label) for each in options],
        value=value,
    )
    setattr(field, name, None if value is None else read(value, definition))
    return field


def _text(value: Any, _: Definition) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: Any, _: Definition) -> float | None:
    try:
        read = float(value) if not isinstance(value, bool) else None
    except (TypeError, ValueError, OverflowError):
        return None
    return read if read is not None and abs(read) < float("inf") else None


def _date(value: Any, _: Definition) -> datetime | None:
    try:
        read = datetime.fromisoformat(value)
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        return None


def _boolean(value: Any, _: Definition) -> bool | None:
    return value if isinstance(value, bool) else None


def _option(value: Any, definition: Definition) -> CustomFieldOption | None:
    if not isinstance(value, str):
        return None
    key = next((each.key for each in definition.options or () if each.label == value), None)
    return CustomFieldOption(key=key, label=value)


_READ = {
    CustomFieldType.TEXT: ("text", _text),
    CustomFieldType.NUMBER: ("number", _number),
    CustomFieldType.DATE: ("date", _date),
    CustomFieldType.BOOLEAN: ("boolean", _boolean),
    CustomFieldType.OPTION: ("option", _option),
}
"""Type -> the attribute that holds its value, and how that is read; what cannot be read stands in `value` alone."""
