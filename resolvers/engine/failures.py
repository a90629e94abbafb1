"""What failed, kept in its place in the data until all of it is there; and the order of errors.

Errors stand in the order of the answer: the order of its fields, and of the items of its lists. Of a field that the
caller may not see there is one error, at the first place that shows it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import FieldNode, GraphQLError, located_error

from resolvers.errors import AtsError, PersonalDataWithheld

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


class Errors:
    """The errors of one answer, in its order.

    Attributes:
        found: The errors.
    """

    def __init__(self) -> None:
        self.found: list[GraphQLError] = []
        self._withheld: set[str] = set()

    def settled(self, value: Any, path: Path) -> Any:
        """The data with null in place of failures, each of which becomes an error with its path."""
        if isinstance(value, dict):
            return {name: self.settled(item, (*path, name)) for name, item in value.items()}
        if isinstance(value, list):
            return [self.settled(item, (*path, index)) for index, item in enumerate(value)]
        if isinstance(value, Failure):
            if self._is_reported(value.error):
                self.found.append(located_error(value.error.again(), value.nodes, list(path)))
            return None
        return value

    def add(self, errors: Iterable[GraphQLError], data: Any) -> None:
        """Add errors of graphql-core, which come in the order of time."""
        ordered = sorted(errors, key=lambda error: _place(error, data))
        self.found += [error for error in ordered if self._is_reported(error.original_error)]

    def _is_reported(self, error: Exception | None) -> bool:
        """Whether this error is reported: that of a withheld field only once."""
        if not isinstance(error, PersonalDataWithheld):
            return True
        known = error.message in self._withheld
        self._withheld.add(error.message)
        return not known


def _place(error: GraphQLError, data: Any) -> list[tuple[int, str]]:
    """Where an error stands in the data: comparable, as far as the data goes."""
    place = []
    for part in error.path or ():
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
