"""The rows of mapping tables as Python: each says how a field is read, and costs no call that can be done without."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from gateway.crelate.readers import key, text, title

if TYPE_CHECKING:
    from gateway.crelate.mapping.table import Computed, Field

_IS_TEXT = "({found}).__class__ is str and value and not value.isspace()", "value"

USUAL: Mapping[Any, tuple[str, str]] = {
    text: _IS_TEXT,
    title: _IS_TEXT,
    key: ("({found}).__class__ is str and value", "value.lower()"),
    None: ("({found}) is not None", "value"),
}
"""Reader -> Python that says whether what was found has its usual form, and Python that makes the value of it then."""


def expression(entry: Field | Computed, constants: dict[str, Any]) -> str:
    """Python that reads a field from `row` and `facts`; what else it speaks of goes into `constants`."""
    constants[f"read_{entry.name}"] = entry.reader
    places = getattr(entry, "places", None)
    if places is None:
        return f"read_{entry.name}(row, facts)"
    shown = "None"
    for place in reversed(places):
        shown = _first(place, entry.reader, f"read_{entry.name}", shown)
    return shown


def _first(place: str, reader: Callable[..., Any] | None, read: str, otherwise: str) -> str:
    """What is read from a place, or otherwise; nothing is never read."""
    column, _, inside = place.partition(".")
    found = "value := " + (f"getattr(row.{column}, {inside!r}, None)" if inside else f"row.{column}")
    any_other = f"read if ({{found}}) is not None and (read := {read}(value)) is not None else {otherwise}"
    if reader not in USUAL:
        return any_other.format(found=found)
    is_usual, shown = USUAL[reader]
    rest = otherwise if reader is None else any_other.format(found="value")
    return f"{shown} if {is_usual.format(found=found)} else {rest}"
