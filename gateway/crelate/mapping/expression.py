"""How a place of a row is read, as Python: without a call where what stands there has its usual form."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gateway.crelate.entities import Lookup, Pointer
from gateway.crelate.readers import key, text, title

Reader = Callable[[Any], Any]

_TEXT = (("{value}.__class__ is str and value and not value.isspace()", "value"),)

POINTERS = frozenset({Pointer, Lookup})

USUAL: Mapping[Reader | None, Sequence[tuple[str, str]]] = {
    text: _TEXT,
    title: _TEXT,
    key: (
        ("{value}.__class__ is str and value.islower()", "value"),
        ("{value}.__class__ in POINTERS and (read := value.Id).__class__ is str and read.islower()", "read"),
    ),
    None: (("{value} is not None", "value"),),
}
"""Reader -> Python that says whether a value has a usual form, and Python that makes of it what the reader would."""


def expression(path: str, reader: Reader | None, name: str, constants: dict[str, Any]) -> str:
    """Python that reads the first place of `row` that can be read; where nothing stands, nothing is read.

    Args:
        path: The places, with ` ?? ` between them: `Name`, or inside a lookup `AccountId.Title`.
        reader: Turns what stands there into the value, or null; without one it is the value.
        name: What the reader is called.
        constants: What the Python speaks of beside `row`.
    """
    constants |= {"POINTERS": POINTERS, name: reader}
    forms = list(USUAL.get(reader, ()))
    if reader is not None:
        forms.append((f"{{value}} is not None and (read := {name}(value)) is not None", "read"))
    shown = "None"
    for place in reversed(path.split(" ?? ")):
        for number, (is_one, made) in reversed(list(enumerate(forms))):
            value = "value" if number else f"(value := {_found(place)})"
            shown = f"{made} if {is_one.format(value=value)} else {shown}"
    return shown


def text_or(column: str, otherwise: str) -> str:
    """Python that reads the text in a column of `row`; where there is none, it does `otherwise`."""
    ((is_text, value),) = _TEXT
    return f"{value} if {is_text.format(value=f'(value := row.{column})')} else {otherwise}"


def _found(place: str) -> str:
    column, _, inside = place.partition(".")
    return f"getattr(row.{column}, {inside!r}, None)" if inside else f"row.{column}"


def reading(path: str, reader: Reader) -> Callable[[Any], Any]:
    """What reads these places of a row."""
    constants: dict[str, Any] = {}
    made: Callable[[Any], Any] = eval(f"lambda row: {expression(path, reader, 'read_it', constants)}", constants)  # noqa: S307  made of our tables
    return made


own_key = reading("Id", key)
"""The key of a row, from its own id."""
