"""Answers cut to what a model reads at once, with what was left out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

ANSWER_CHARACTERS = 40_000
"""Longest answer, as JSON: about 10,000 tokens."""

TEXT_CHARACTERS = 4_000
"""Longest text inside one."""

HINT = "Ask for fewer fields or smaller pages, or go on behind pageInfo.endCursor."

At = tuple[str | int, ...]


def sized(answer: dict[str, Any], most: int = ANSWER_CHARACTERS) -> dict[str, Any]:
    """The answer without nulls; texts and then the longest lists are cut until it fits, and `leftOut` says which."""
    kept: dict[str, Any] = _short(answer)
    left_out: dict[str, int] = {}
    while len(orjson.dumps(kept)) > most and (longest := max(_lists(kept), key=_length, default=None)):
        at, items = longest
        keep = len(items) // 2
        where = _written(at)
        left_out[where] = left_out.get(where, 0) + len(items) - keep
        del items[keep:]
    if left_out:
        kept["leftOut"] = {"hint": HINT, "items": left_out}
    return kept


def _short(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _short(each) for name, each in value.items() if each is not None}
    if isinstance(value, list):
        return [_short(each) for each in value]
    if isinstance(value, str) and len(value) > TEXT_CHARACTERS:
        return f"{value[:TEXT_CHARACTERS]}… ({len(value) - TEXT_CHARACTERS} more characters)"
    return value


def _lists(value: Any, at: At = ()) -> Iterator[tuple[At, list[Any]]]:
    """Every list with something in it, and where it stands."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    if isinstance(value, list) and value:
        yield at, value
    for name, each in entries:
        yield from _lists(each, (*at, name))


def _length(found: tuple[At, list[Any]]) -> int:
    return len(orjson.dumps(found[1])) if len(found[1]) > 1 else 0


def _written(at: At) -> str:
    """A place as text, such as `data.jobs.nodes[2].applications.nodes`."""
    return "".join(f"[{each}]" if isinstance(each, int) else f".{each}" for each in at).removeprefix(".")
