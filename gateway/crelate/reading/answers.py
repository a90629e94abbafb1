"""The shapes in which models are answered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any

from gateway.crelate.protocol import GUID
from gateway.crelate.reading.session import Session
from resolvers.errors import AtsError
from resolvers.ports.source import Children

Records = Mapping[str, Any]
"""Records and errors by key; a key without a record is absent."""

ChildrenByParent = Mapping[str, Children | AtsError]
"""Children and errors by the parent's key."""

ByIds = Callable[[Session, Sequence[str]], Awaitable[Records]]
ByParents = Callable[[Session, Sequence[str], int | None], Awaitable[ChildrenByParent]]


def children_by_parent(records: Iterable[Any], attribute: str, keys: Iterable[str]) -> dict[str, Children]:
    """These records under the parent keys they hold in `attribute`, as far as they were asked for."""
    wanted = set(keys)
    found: defaultdict[str, list[Any]] = defaultdict(list)
    for record in records:
        if (parent := getattr(record, attribute)) in wanted:
            found[parent].append(record)
    return {name: Children(children, len(children)) for name, children in found.items()}


def one_each(rows: Iterable[str], records: Records) -> list[list[Any]]:
    """For each of these keys the one record under it, or none."""
    return [[records[name]] if name in records else [] for name in rows]


def pair(key: str) -> tuple[str, str] | None:
    """Both halves of a key such as `{job}:{contact}`, the first a GUID; null for anything else."""
    first, _, second = key.partition(":")
    return (first, second) if second and GUID.fullmatch(first) else None
