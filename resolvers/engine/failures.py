"""What failed, kept in its place in the data until all of it is there; and the order of errors.

Errors stand in the order of the answer: the order of its fields, and of the items of its lists. Of a field that the
caller may not see there is one error, at the first place that shows it; every other null that stands for a failure has
its own.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import FieldNode, GraphQLError, located_error

from resolvers.errors import AtsError, ErrorsLeftOut, PersonalDataWithheld

MAX_ERRORS = 1_000
"""Errors that one answer lists (design: no null without a word); one entry more says how many are left out."""

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Failure:
    """Stands for null with an error; as an object may be shown in several places, so may this.

    Attributes:
        error: What happened.
        nodes: The field it happened to.
    """

    error: AtsError
    nodes: Sequence[FieldNode]


@dataclass(frozen=True, slots=True)
class Refused:
    """A field that is null for the callers of a plan, wherever it is shown.

    Attributes:
        names: Names under which clients see the fields that lead to it, its own the last.
        failure: Why.
    """

    names: tuple[str, ...]
    failure: Failure


class Errors:
    """The errors of one answer, in its order: up to `MAX_ERRORS`, and one more that counts the rest.

    Attributes:
        found: Those that are listed.
    """

    def __init__(self) -> None:
        self.found: list[GraphQLError] = []
        self._withheld: set[str] = set()
        self._refused: dict[Path, Failure] = {}
        self._rest: Counter[str] = Counter()
        self._first_of_rest: Exception | None = None

    def listed(self) -> list[GraphQLError] | None:
        """All there is to say; null where nothing failed."""
        if self._rest:
            return [*self.found, GraphQLError("", original_error=ErrorsLeftOut(self._first_of_rest, self._rest))]
        return self.found or None

    def settled(self, value: Any, name: str, refused: Sequence["Refused"], *, marked: bool) -> Any:
        """The value of a root field with null in place of failures, each of which becomes an error with its path.

        Args:
            value: As it was built.
            name: Under which clients see it.
            refused: What is null in it for this caller.
            marked: Whether failures stand in it.
        """
        places = ((place_of({name: value}, each.names), each.failure) for each in refused)
        self._refused = {place: failure for place, failure in places if place is not None}
        if marked:
            return self._walked(value, (name,))
        for place in sorted(self._refused, key=lambda place: _order(place, {name: value})):
            self._fail(self._refused[place], place)
        return value

    def add(self, errors: Iterable[GraphQLError], data: Any) -> None:
        """Add errors of graphql-core, which come in the order of time."""
        for error in sorted(errors, key=lambda error: _order(error.path or (), data)):
            if self._is_listed(error.original_error, error.path or ()):
                self.found.append(error)

    def _walked(self, value: Any, path: Path) -> Any:
        if isinstance(value, dict):
            return {name: self._walked(item, (*path, name)) for name, item in value.items()}
        if isinstance(value, list):
            return [self._walked(item, (*path, index)) for index, item in enumerate(value)]
        failure = value if isinstance(value, Failure) else value is None and self._refused.get(path)
        if failure:
            self._fail(failure, path)
            return None
        return value

    def _fail(self, failure: Failure, path: Path) -> None:
        if self._is_listed(failure.error, path):
            self.found.append(located_error(failure.error.again(), failure.nodes, list(path)))

    def _is_listed(self, error: Exception | None, path: Sequence[str | int]) -> bool:
        """Whether this error is listed: that of a withheld field only once, and no others than there is room for."""
        if isinstance(error, PersonalDataWithheld):
            if error.message in self._withheld:
                return False
            self._withheld.add(error.message)
        if len(self.found) < MAX_ERRORS:
            return True
        self._first_of_rest = self._first_of_rest or error
        self._rest[".".join(part for part in path if isinstance(part, str))] += 1
        return False


def place_of(value: Any, names: Sequence[str]) -> Path | None:
    """Where a field is shown first: its names, with the numbers of list items between them; null where it is not."""
    if isinstance(value, list):
        places = ((index, place_of(item, names)) for index, item in enumerate(value))
        return next(((index, *place) for index, place in places if place is not None), None)
    if not names:
        return ()
    below = place_of(value[names[0]], names[1:]) if isinstance(value, dict) else None
    return None if below is None else (names[0], *below)


def _order(path: Sequence[str | int], data: Any) -> list[tuple[int, str]]:
    """Where a path leads in the data: comparable, as far as the data goes."""
    place = []
    for part in path:
        if isinstance(part, int):
            place.append((part, ""))
            data = data[part] if isinstance(data, list) else None
        elif isinstance(data, dict) and part in data:
            place.append((list(data).index(part), ""))
            data = data[part]
        else:
            place.append((0, part))
            data = None
    return place
