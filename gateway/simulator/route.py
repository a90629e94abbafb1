"""Finding the endpoint of a path."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from gateway.simulator.call import Endpoint

Segments: TypeAlias = tuple[str, ...]

PREFIX = "/api3"


@dataclass(frozen=True, slots=True)
class Route:
    """A method and a path template, such as `/jobs/{id}/contacts`, and what answers it.

    Templates are written without `/api3`; those of the first version carry their own prefix, `/api/pub/v1`.
    """

    method: str
    template: str
    endpoint: Endpoint


class Router:
    """Finds routes by comparing segments; a literal segment goes before a placeholder."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._routes: defaultdict[int, list[tuple[Segments, Route]]] = defaultdict(list)
        for route in sorted(routes, key=lambda route: route.template.count("{")):
            segments = _segments(route.template)
            self._routes[len(segments)].append((segments, route))

    def find(self, method: str, path: str) -> tuple[Route, Segments] | None:
        """The route of the path and what stands in its placeholders, or None."""
        segments = _segments(path)
        for template, route in self._routes[len(segments)]:
            if route.method == method and (ids := _match(template, segments)) is not None:
                return route, ids
        return None

    def methods(self, path: str) -> set[str]:
        """The methods that the path knows."""
        segments = _segments(path)
        return {
            route.method for template, route in self._routes[len(segments)] if _match(template, segments) is not None
        }


def _segments(path: str) -> Segments:
    return tuple(path.strip("/").split("/"))


def _match(template: Segments, segments: Segments) -> Segments | None:
    ids = []
    for expected, found in zip(template, segments, strict=True):
        if expected[0] == "{":
            ids.append(found)
        elif expected != found:
            return None
    return tuple(ids)
