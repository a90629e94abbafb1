"""The interpreter of shapes: a shape is a table of rows, from which both the question and the answer are made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from schema.strawberry_bridge import to_camel_case

Path = tuple[str, ...]
"""Fields of the graph, the one below the other."""

Tree = dict[str, "Tree"]
"""Fields of the graph with the fields that are asked for below each."""

CONNECTION = "{ %s pageInfo { hasNextPage endCursor } }"
"""What is asked of a page beside its nodes, so that nothing is left out unnoticed."""

INLINED = 50
"""Records of a connection that are asked for with each record of a page. Further ones are asked for by themselves."""


@dataclass(frozen=True, slots=True)
class Row:
    """One field of a record.

    Attributes:
        name: On the wire.
        paths: Where it stands in the graph: the first place with a value counts. None for what is never asked.
        read: Makes what is shown of what the graph answers.
        shape: What it looks like inside, where it is a record itself.
        is_list: Whether everything that is found makes a list.
        without: What is shown where nothing is found, given the instant of the answer.
    """

    name: str
    paths: tuple[Path, ...] = ()
    read: Callable[[Any], Any] = lambda value: value
    shape: Shape | None = None
    is_list: bool = False
    without: Callable[[str], Any] = lambda _: None

    def value(self, node: Mapping[str, Any], at: str) -> Any:
        """What is shown of a node, in an answer of this instant."""
        found = (value for path in self.paths for value in _found(node, path, spread=self.shape is not None))
        if self.is_list:
            return [self._shown(value, at) for value in found]
        for value in found:
            return self._shown(value, at)
        return self.without(at)

    def _shown(self, value: Any, at: str) -> Any:
        return self.shape.record(value, at) if self.shape else self.read(value)


class Shape:
    """What a record looks like.

    Args:
        rows: Its fields, in order.

    Attributes:
        tree: What of the graph it is made of.
        selection: The same as it stands in a document.
    """

    def __init__(self, *rows: Row) -> None:
        self._rows = rows
        self.tree: Tree = {}
        for row in rows:
            for path in row.paths:
                _plant(self.tree, path, row.shape.tree if row.shape else {})
        self.selection = _written(self.tree)

    def record(self, node: Mapping[str, Any], at: str) -> dict[str, Any]:
        """The record that a node of the graph is, in an answer of this instant."""
        return {row.name: row.value(node, at) for row in self._rows}


def written(at: datetime) -> str:
    """An instant as it stands in answers: UTC, to the millisecond."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def plain(*names: str) -> tuple[Row, ...]:
    """Fields that are in the graph under the same names."""
    return tuple(Row(name, (_path(name),)) for name in names)


def placed(name: str, path: str) -> Row:
    """A field that is in the graph under this path."""
    return Row(name, (_path(path),))


def instants(*names: str) -> tuple[Row, ...]:
    """Instants that are in the graph under the same names."""
    return tuple(Row(name, (_path(name),), _instant) for name in names)


def changed(*instead: str) -> Row:
    """When a record changed: as observed, else the first of these, else now: whoever asks then looks at it again."""
    paths = tuple(_path(name) for name in ("changed_at", *instead))
    return Row("changed_at", paths, _instant, without=lambda at: at)


def media_type(name: str) -> Row:
    """A media type that is in the graph under the same name; where none is known, that of any bytes."""
    return Row(name, (_path(name),), without=lambda _: "application/octet-stream")


def absent(*names: str) -> tuple[Row, ...]:
    """Fields that the graph does not have."""
    return tuple(Row(name) for name in names)


def no(*names: str) -> tuple[Row, ...]:
    """Lists that the graph does not have."""
    return tuple(Row(name, is_list=True) for name in names)


def one(name: str, shape: Shape) -> Row:
    """A record inside a record."""
    return Row(name, (_path(name),), shape=shape)


def many(name: str, shape: Shape, path: str = "") -> Row:
    """A list of records inside a record, under its own name or this path."""
    return Row(name, (_path(path or name),), shape=shape, is_list=True)


def all_of(name: str, path: str) -> Row:
    """The values at the end of a path that leads through lists."""
    return Row(name, (_path(path),), is_list=True)


def _path(path: str) -> Path:
    return tuple(to_camel_case(field) for field in path.split("."))


def _instant(text: str) -> str:
    return written(datetime.fromisoformat(text))


def _found(value: Any, path: Path, *, spread: bool) -> Iterator[Any]:
    """What stands at a path; a list on the way, or with `spread` at its end, stands for each of its items."""
    if isinstance(value, list) and (path or spread):
        for item in value:
            yield from _found(item, path, spread=spread)
    elif value is not None and path:
        yield from _found(value.get(path[0]), path[1:], spread=spread)
    elif value is not None:
        yield value


def _plant(tree: Tree, path: Path, below: Tree) -> None:
    for field in path:
        tree = tree.setdefault(field, {})
    for field, inner in below.items():
        _plant(tree, (field,), inner)


def _written(tree: Tree) -> str:
    return " ".join(_field(name, below) for name, below in tree.items())


def _field(name: str, below: Tree) -> str:
    if "nodes" in below:
        return f"{name}(first: {INLINED}) {CONNECTION % _written(below)}"
    return f"{name} {{ {_written(below)} }}" if below else name
