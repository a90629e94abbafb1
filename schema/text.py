"""Text from anywhere: what UTF-8 or a database cannot hold, and what stands in its place.

A database holds no NUL, and UTF-8 no half of a surrogate pair, though JSON can spell both.
"""

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from math import isfinite
from typing import Any
from unicodedata import category

REPLACEMENT = "\ufffd"

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def is_storable(text: str) -> bool:
    """Whether the text can be kept as it is; most is ASCII, which is told sooner."""
    return "\0" not in text if text.isascii() else _UNSTORABLE.search(text) is None


def storable(text: str) -> str:
    """The text with U+FFFD for each character that cannot be kept."""
    return text if is_storable(text) else _UNSTORABLE.sub(REPLACEMENT, text)


def spells_nul(json: bytes) -> bool:
    """Whether JSON may spell a NUL; one that stands behind a backslash of its own is taken for one as well."""
    return b"\\" in json and rb"\u0000" in json  # one byte is found thirty times sooner than six


def storable_json(value: Any) -> Any:
    """The same for every text in a JSON value, names of members included; a dataclass becomes a JSON object.

    A number that is none becomes null, as encoders of the quick kind have it: some decoders take 1e999 for infinity.
    """
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, list | tuple):
        return [storable_json(item) for item in value]
    if isinstance(value, Mapping):
        return {storable(name): storable_json(item) for name, item in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: storable_json(getattr(value, field.name)) for field in fields(value)}
    return value


_CONTROLS = frozenset({"Cc", "Cs"})
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Cn", "Zs", "Zl", "Zp"})
"""Unicode categories of characters that leave no mark on a page."""

_FILLERS = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
"""Characters of other categories that leave none either: fillers and variation selectors."""


def is_blank(text: str) -> bool:
    """Whether there is nothing but white space."""
    return not text.strip()


def has_controls(text: str, allowed: str = "") -> bool:
    """Whether there is a control character other than these, or what cannot be kept."""
    return any(category(character) in _CONTROLS and character not in allowed for character in text)


def is_visible(text: str) -> bool:
    """Whether any character leaves a mark on a page."""
    return any(category(character) not in _UNSEEN for character in _FILLERS.sub("", text))
