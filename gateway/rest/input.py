"""How what a caller gives is read: names, types and what the ATS does not have, all problems at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, AliasGenerator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from gateway.rest.errors import INPUT_INVALID, RefusedError
from schema.strawberry_bridge import to_camel_case

LONGEST_NAME = 100
"""Characters of a name that is given back to whoever made it up."""


WORDS = {"extra_forbidden": "This is not known here.", "missing": "This is missing."}
"""Problem of pydantic's -> what is said instead of its own words."""


class Given(BaseModel):
    """What a caller gives; each field is called in the graph as it is here, but for the spelling."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, alias_generator=AliasGenerator(serialization_alias=to_camel_case)
    )

    def as_input(self, without: Collection[str] = ()) -> dict[str, Any]:
        """The same as an input of the graph: what was not given, or the ATS does not have, is not in it."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True, exclude=set(without))

    def unsupported(self, path: str = "") -> Iterator[str]:
        """Where something was given that the ATS does not have."""
        for name in sorted(self.model_fields_set):
            value = getattr(self, name)
            if value is not None and type(self).model_fields[name].exclude:
                yield f"{path}{name}"
            for place, item in enumerate(value) if isinstance(value, list) else ((None, value),):
                if isinstance(item, Given):
                    yield from item.unsupported(f"{path}{name}." if place is None else f"{path}{name}.{place}.")


T = TypeVar("T", bound=Given)

Unsupported = Annotated[Any, Field(default=None, exclude=True)]
"""Of any value: it does not reach the ATS."""


def _instant(text: str) -> str:
    datetime.fromisoformat(text)
    return text


def _split(value: object) -> object:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


Instant = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d+)?)?Z?$"), AfterValidator(_instant)]
"""A date, or an instant in UTC (model 5.1)."""

listed = BeforeValidator(_split)
"""In front of a list: it may come as one text, separated by commas."""

Texts = Annotated[list[str], listed]


def read(kind: type[T], given: object) -> T:
    """What was given, read.

    Raises:
        RefusedError: something in it is wrong; everything that is, is named.
    """
    try:
        return kind.model_validate(given)
    except ValidationError as error:
        wrong = [f"{_place(each['loc'])}: {_words(each)}" for each in error.errors(include_input=False)]
        raise RefusedError(INPUT_INVALID, " ".join(wrong)) from None


def read_query(kind: type[T], parameters: Mapping[str, str]) -> T:
    """The parameters of a query string, read; an empty one was not given."""
    return read(kind, {name: value for name, value in parameters.items() if value})


def _words(problem: ErrorDetails) -> str:
    return WORDS.get(problem["type"]) or f"{problem['msg'].removeprefix('Value error, ')}."


def _place(path: tuple[str | int, ...]) -> str:
    return ".".join(str(part)[:LONGEST_NAME] for part in path) or "body"
