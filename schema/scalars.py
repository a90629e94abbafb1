"""Scalars whose meaning stands in a public specification, so that clients can read it there."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any, NewType

import strawberry
from graphql import GraphQLError

from schema.strawberry_bridge import ScalarDefinition

NO_INSTANT = "This is not an instant of RFC 3339, such as 2026-01-31T09:30:00Z, nor a date."

LEAP_SECOND = 60
LAST_MINUTE = (23, 59)
"""Hour and minute in UTC of the only minute that may have a leap second."""

JSON = NewType("JSON", object)
"""Any JSON value, passed through as it is."""

JSON_SCALAR = strawberry.scalar(
    name="JSON",
    description="Any JSON value: object, list, string, number, boolean or null.",
    specified_by_url="https://www.rfc-editor.org/rfc/rfc8259",
    serialize=lambda value: value,
    parse_value=lambda value: value,
)


def serialize_datetime(value: datetime) -> str:
    """The instant in UTC, to the microsecond where it has any."""
    return (value if value.tzinfo is UTC else value.astimezone(UTC)).isoformat().replace("+00:00", "Z")


_INSTANT = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)"
    r"(?:[Tt ](?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<fraction>\d+))?)?"
    r"(?:(?P<utc>[Zz])|(?P<sign>[+-])(?P<hours>\d\d):?(?P<minutes>[0-5]\d)?)?)?",
    re.ASCII,
)
"""RFC 3339's `date-time`, and ISO 8601 without offset, without seconds, or without a time."""


def _parse_datetime(value: Any) -> datetime:
    """Read an instant or a date. It keeps its offset, which says what day is meant; without one it is taken as UTC.

    Digits beyond the microsecond are dropped. A leap second is the second after it, as on most clocks.

    Raises:
        GraphQLError: it is neither; the message is for the client.
    """
    found = _INSTANT.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise GraphQLError(NO_INSTANT)
    try:
        return _instant(found)
    except (ValueError, OverflowError):
        raise GraphQLError(NO_INSTANT) from None


def _instant(found: re.Match[str]) -> datetime:
    """The instant a text names.

    Raises:
        ValueError, OverflowError: there is no such instant.
    """
    day, second = date.fromisoformat(found["day"]), int(found["second"] or 0)
    leaps = second == LEAP_SECOND
    at = time(int(found["hour"] or 0), int(found["minute"] or 0), second - leaps, _microseconds(found["fraction"]))
    instant = datetime.combine(day, at, _offset(found)).astimezone(UTC)
    if leaps and (instant.hour, instant.minute) != LAST_MINUTE:
        raise ValueError
    return (instant + timedelta(seconds=leaps)).astimezone(_offset(found))


def _microseconds(fraction: str | None) -> int:
    return int((fraction or "")[:6].ljust(6, "0"))


def _offset(found: re.Match[str]) -> timezone:
    if found["sign"] is None:
        return UTC
    offset = timedelta(hours=int(found["hours"]), minutes=int(found["minutes"] or 0))
    return timezone(-offset if found["sign"] == "-" else offset)


DATETIME_SCALAR = strawberry.scalar(
    name="DateTime",
    description="An instant as RFC 3339 in UTC, such as `2026-01-31T09:30:00Z`. Input may have any offset, and may "
    "also be a date alone; without an offset it is taken as UTC.",
    specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
    serialize=serialize_datetime,
    parse_value=_parse_datetime,
)

SCALARS: dict[object, ScalarDefinition] = {JSON: JSON_SCALAR, datetime: DATETIME_SCALAR}
"""Python type -> scalar, for the schema's configuration."""
