"""Answers as long as a model reads."""

from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st

from gateway.agents.sizing import TEXT_CHARACTERS, sized

SCALARS = st.none() | st.booleans() | st.integers(-1000, 1000) | st.text(max_size=20)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=8) | st.dictionaries(st.text(max_size=5), inner, max_size=5)
)


def listed(value: Any) -> int:
    """How many entries all lists have together."""
    if isinstance(value, dict):
        return sum(map(listed, value.values()))
    return len(value) + sum(map(listed, value)) if isinstance(value, list) else 0


@given(data=st.dictionaries(st.text(max_size=5), VALUES, max_size=5))
def test_what_fits_is_whole_but_for_nulls(data: dict[str, Any]) -> None:
    """Nothing is said to be left out."""
    kept = sized({"data": data})
    assert "leftOut" not in kept
    assert listed(kept) == listed({"data": data})


@given(data=st.dictionaries(st.text(max_size=5), VALUES, max_size=5), most=st.integers(10, 200))
def test_what_does_not_fit_is_cut_until_it_does_or_no_list_has_two_entries(data: dict[str, Any], most: int) -> None:
    """Without touching the original."""
    before = orjson.dumps(data)
    kept = sized({"data": data}, most)
    left_out = kept.pop("leftOut", {"items": {}})
    assert orjson.dumps(data) == before
    assert len(orjson.dumps(kept)) <= most or not _has_two(kept)
    assert all(number > 0 for number in left_out["items"].values())


def _has_two(value: Any) -> bool:
    entries = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    return (isinstance(value, list) and len(value) > 1) or any(map(_has_two, entries))


def test_left_out_says_where_and_how_many() -> None:
    """As a path into the answer, with the entries there were."""
    answer = {"data": {"jobs": {"nodes": [{"name": "x" * 100}] * 64}}}
    kept = sized(answer, 2_000)
    shown = len(kept["data"]["jobs"]["nodes"])
    assert kept["leftOut"]["items"] == {"data.jobs.nodes": 64 - shown}
    assert 8 <= shown < 64


def test_a_long_text_is_cut_by_itself() -> None:
    """With the number of characters that are missing."""
    kept = sized({"data": {"description": "x" * (TEXT_CHARACTERS + 7)}})
    assert kept["data"]["description"].endswith("… (7 more characters)")
