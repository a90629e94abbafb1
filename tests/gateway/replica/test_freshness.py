"""HTTP's words for how old an answer may be."""

from datetime import timedelta

import pytest

from gateway.replica.freshness import Freshness, Report, freshness
from resolvers.errors import BadUserInput
from tests.gateway.replica.records import START


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, Freshness()),
        ("", Freshness()),
        ("no-cache", Freshness(no_cache=True)),
        ("max-age=60", Freshness(max_age=60)),
        (f"max-age={10**400}", Freshness(max_age=2**31)),
        ('Max-Age="60" , stale-if-error=3600', Freshness(max_age=60, stale_if_error=3600)),
        ("only-if-cached, max-stale, no-transform", Freshness(only_if_cached=True)),
    ],
)
def test_the_header_is_read(header: str | None, expected: Freshness) -> None:
    """Words count whatever their case and order; words of other meaning are passed over."""
    assert freshness(header) == expected


@pytest.mark.parametrize("header", ["max-age", "max-age=", "max-age=soon", "stale-if-error=-1", "max-age=²"])
def test_a_wrong_number_is_refused_by_name(header: str) -> None:
    """The message says which word is wrong."""
    with pytest.raises(BadUserInput, match=header.partition("=")[0]):
        freshness(header)


def test_a_report_knows_the_oldest_copy() -> None:
    """Of each model and of all; its age is in whole seconds and never below zero."""
    report = Report()
    assert (report.age(START), report.as_extension()["oldest"]) == (None, None)
    report.note("Job", START + timedelta(seconds=5))
    report.note("Job", START + timedelta(seconds=7), stale=True)
    report.note("User", START)
    assert report.as_extension() == {
        "oldest": START,
        "stale": True,
        "models": [{"model": "Job", "oldest": START + timedelta(seconds=5)}, {"model": "User", "oldest": START}],
    }
    assert report.age(START + timedelta(seconds=1.9)) == 1
    assert report.age(START - timedelta(seconds=1)) == 0
