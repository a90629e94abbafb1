"""Scalars whose meaning stands in a public specification, so that clients can read it there."""

from datetime import UTC, datetime
from typing import Any, NewType

import strawberry

from schema.strawberry_bridge import ScalarDefinition

JSON = NewType("JSON", object)
"""Any JSON value, passed through as it is."""

JSON_SCALAR = strawberry.scalar(
    name="JSON",
    description="Any JSON value: object, list, string, number, boolean or null.",
    specified_by_url="https://www.rfc-editor.org/rfc/rfc8259",
    serialize=lambda value: value,
    parse_value=lambda value: value,
)


def _serialize_datetime(value: datetime) -> str:
    """The instant in UTC, to the microsecond where it has any."""
    return value.isoformat().replace("+00:00", "Z")


def _parse_datetime(value: Any) -> datetime:
    """Read an instant or a date; one without an offset is taken as UTC.

    Raises:
        ValueError: the text is not an ISO 8601 date or instant.
    """
    parsed = datetime.fromisoformat(value)
    return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)


DATETIME_SCALAR = strawberry.scalar(
    name="DateTime",
    description="An instant as RFC 3339 in UTC, such as `2026-01-31T09:30:00Z`. Input may also be a date alone.",
    specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
    serialize=_serialize_datetime,
    parse_value=_parse_datetime,
)

SCALARS: dict[object, ScalarDefinition] = {JSON: JSON_SCALAR, datetime: DATETIME_SCALAR}
"""Python type -> scalar, for the schema's configuration."""
