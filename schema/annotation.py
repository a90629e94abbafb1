"""Types of fields, as Python declares them."""

from inspect import get_annotations
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin


def annotation(holder: Any, name: str) -> Any:
    """The Python type of a field of the class `holder`, without null and without Strawberry's marks."""
    held = next(found[name] for found in map(get_annotations, holder.__mro__) if name in found)
    while get_origin(held) is Annotated:
        held = get_args(held)[0]
    if get_origin(held) in {Union, UnionType}:
        held = next(part for part in get_args(held) if part is not NoneType)
    return held
