"""Instants as clients write them."""

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from graphql import GraphQLError
from hypothesis import given
from hypothesis import strategies as st

from schema.scalars import DATETIME_SCALAR, NO_INSTANT

INSTANTS = {
    "2026-01-31T09:30:00Z": "2026-01-31T09:30:00Z",
    "2026-01-31t09:30:00z": "2026-01-31T09:30:00Z",
    "2026-01-31 09:30:00Z": "2026-01-31T09:30:00Z",
    "2026-01-31T09:30:00.5Z": "2026-01-31T09:30:00.500000Z",
    "2026-01-31T09:30:00.1234567890123456789Z": "2026-01-31T09:30:00.123456Z",
    "2026-01-31T09:30:00.0000009Z": "2026-01-31T09:30:00Z",
    "2026-01-31T09:30:00+05:45": "2026-01-31T03:45:00Z",
    "2026-01-31T09:30:00.25-08:00": "2026-01-31T17:30:00.250000Z",
    "2026-01-31T09:30:00-00:00": "2026-01-31T09:30:00Z",
    "2026-01-31T23:59:59+23:59": "2026-01-31T00:00:59Z",
    "2016-12-31T23:59:60Z": "2017-01-01T00:00:00Z",
    "2016-12-31T23:59:60.75Z": "2017-01-01T00:00:00.750000Z",
    "2016-12-31T15:59:60-08:00": "2017-01-01T00:00:00Z",
    "1990-12-31T23:59:60z": "1991-01-01T00:00:00Z",
    "2026-01-31": "2026-01-31T00:00:00Z",
    "2026-01-31T09:30": "2026-01-31T09:30:00Z",
    "2026-01-31T09:30:00": "2026-01-31T09:30:00Z",
    "2026-01-31T09:30:00+0100": "2026-01-31T08:30:00Z",
    "2026-01-31T09:30:00+01": "2026-01-31T08:30:00Z",
    "0001-01-01T00:00:00Z": "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999Z": "9999-12-31T23:59:59.999999Z",
}
"""Input -> the same instant as the gateway writes it."""

NO_INSTANTS: list[Any] = [
    "",
    " ",
    "yesterday",
    "2026-02-30",
    "2025-02-29T00:00:00Z",
    "2026-13-01T00:00:00Z",
    "2026-01-31T24:00:00Z",
    "2026-01-31T09:60:00Z",
    "2026-01-31T09:30:60Z",
    "2026-01-31T09:30:61Z",
    "2016-12-31T23:59:60+01:00",
    "2026-01-31T09:30:00+24:00",
    "2026-01-31T09:30:00+05:60",
    "2026-01-31T09:30:00.Z",
    "2026-01-31T09:30:00Z\n",
    " 2026-01-31T09:30:00Z",
    "2026-01-31  09:30:00Z",
    "2026-01-31T09:30:00 Z",
    "2026-1-31",
    "0000-01-01",
    "0001-01-01T00:00:00+01:00",
    "9999-12-31T23:59:60Z",
    "9999-12-31T23:59:59-01:00",
    "٢٠٢٦-01-31",
    "2026-01-31T09:30:00\u0000Z",
    1769851800,
    1.5,
    True,
    [],
    {},
]


def read(value: Any) -> datetime:
    """The instant, as resolvers get it."""
    assert DATETIME_SCALAR.parse_value is not None
    found = DATETIME_SCALAR.parse_value(value)
    assert isinstance(found, datetime)
    return found


def write(value: datetime) -> Any:
    """The instant, as clients get it."""
    assert DATETIME_SCALAR.serialize is not None
    return DATETIME_SCALAR.serialize(value)


@pytest.mark.parametrize(("text", "expected"), INSTANTS.items())
def test_an_instant_is_read(text: str, expected: str) -> None:
    """In every form RFC 3339 allows, and some that people write."""
    assert write(read(text)) == expected


@pytest.mark.parametrize("value", NO_INSTANTS)
def test_what_is_no_instant_is_refused(value: Any) -> None:
    """In words of our own."""
    with pytest.raises(GraphQLError) as refused:
        read(value)
    assert refused.value.message == NO_INSTANT


@given(st.datetimes(timezones=st.just(UTC)))
def test_what_is_written_is_read_again(instant: datetime) -> None:
    """Every instant there is."""
    assert read(write(instant)) == instant


@given(st.text() | st.from_regex(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", fullmatch=True))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Nothing else comes out of it."""
    with suppress(GraphQLError):
        assert read(text).tzinfo is UTC
