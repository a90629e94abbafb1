"""How single values are read."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.crelate import readers

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.parametrize(
    "read", [readers.text, readers.number, readers.instant, readers.key, readers.title, readers.email]
)
@settings(max_examples=30)
@given(value=JSON)
def test_no_value_is_too_strange(read: Any, value: Any) -> None:
    """What cannot be read is null."""
    read(value)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2025-01-07T14:07:38Z", datetime(2025, 1, 7, 14, 7, 38, tzinfo=UTC)),
        ("2025-01-07T14:07:38.28Z", datetime(2025, 1, 7, 14, 7, 38, 280000, tzinfo=UTC)),
        ("2025-02-10T18:44:10.2371234Z", datetime(2025, 2, 10, 18, 44, 10, 237123, tzinfo=UTC)),
        ("2005-03-07T00:00:00", datetime(2005, 3, 7, tzinfo=UTC)),
        ("2025-01-07T14:07:38+02:00", datetime(2025, 1, 7, 12, 7, 38, tzinfo=UTC)),
        ("0001-01-01T00:00:00+14:00", None),
        ("soon", None),
        (None, None),
    ],
)
def test_moments_have_up_to_seven_digits_and_sometimes_no_zone(written: Any, read: datetime | None) -> None:
    """Digits beyond the microsecond are cut, without a zone it is UTC (crelate-api 2.2)."""
    assert readers.instant(written) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [("a", "a"), ("", None), ("  ", None), (7, "7"), (True, None), (None, None), ({"Title": "a"}, None)],
)
def test_text_is_never_blank(written: Any, read: str | None) -> None:
    """Numbers count as text, since codes may come as either."""
    assert readers.text(written) == read


@pytest.mark.parametrize(
    ("written", "read"), [(1, 1.0), ("2.5", 2.5), (0, 0.0), (True, None), ("x", None), ("inf", None), ("nan", None)]
)
def test_numbers_are_finite(written: Any, read: float | None) -> None:
    """Zero is a number."""
    assert readers.number(written) == read


@pytest.mark.parametrize(
    ("written", "read"), [("AB-1", "ab-1"), ({"Id": "AB-1", "Title": "x"}, "ab-1"), ({}, None), (None, None), (3, None)]
)
def test_keys_are_lower_case_wherever_they_stand(written: Any, read: str | None) -> None:
    """In a lookup or alone."""
    assert readers.key(written) == read


@settings(max_examples=30)
@given(written=st.text())
def test_a_key_in_lower_case_is_the_text_that_came(written: str) -> None:
    """It is held with its row, so a second one beside it would be held as well."""
    read = readers.key(written)
    assert read == (written.lower() or None)
    assert read is written or not written.islower()


@pytest.mark.parametrize(
    ("written", "read"),
    [({"Id": "1", "Title": "a"}, "a"), ({"Id": "1", "Name": "a"}, "a"), ("a", "a"), ({"Id": "1"}, None), ([], None)],
)
def test_titles_are_called_either_way(written: Any, read: str | None) -> None:
    """Small tables say `Name` or `Title` (crelate-api 4.11)."""
    assert readers.title(written) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (" Ada@Example.COM ", "Ada@example.com"),
        ("o'neil+x@a.co", "o'neil+x@a.co"),
        ("a..b@c.com", "a..b@c.com"),
        (".a@c.com", ".a@c.com"),
        ("a@c", "a@c"),
        ("r&d@c.com", "r&d@c.com"),
        ("o'neil/x@C.com", "o'neil/x@c.com"),
        ("ana@b\u00fccher.example", "ana@b\u00fccher.example"),
        ('"ada okafor"@c.com', '"ada okafor"@c.com'),
        ("@c.com", None),
        ("ada@", None),
        ("nobody", None),
        (None, None),
    ],
)
def test_addresses_are_shown_as_the_ats_holds_them(written: Any, read: str | None) -> None:
    """With a lower-case domain (model 3); only what lacks one of its halves is none."""
    assert readers.email(written) == read
