"""The shapes in which models are answered."""

from __future__ import annotations

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


def by_key(records: Iterable[Any]) -> dict[str, Any]:
    """Records under their keys."""
    return {record.key: record for record in records}


def children_by_parent(records: Iterable[Any], attribute: str, keys: Iterable[str]) -> dict[str, Children]:
    """These records under the parent keys they hold in `attribute`, as far as they were asked for."""
    found: dict[str, list[Any]] = {name: [] for name in keys}
    for record in records:
        parent = getattr(record, attribute)
        if parent in found:
            found[parent].append(record)
    return {name: Children(children, len(children)) for name, children in found.items() if children}


def split_errors(outcomes: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, AtsError]]:
    """Rows and errors, apart."""
    errors = {name: found for name, found in outcomes.items() if isinstance(found, AtsError)}
    return {name: found for name, found in outcomes.items() if name not in errors}, errors


async def one_each(session: Session, model: str, rows: Sequence[Any]) -> list[list[Any]]:
    """For each row the one record it stands for, for null none."""
    records = iter(await session.read(model, [row for row in rows if row is not None]))
    return [[] if row is None else [next(records)] for row in rows]


async def one_per_owner(session: Session, model: str, rows: Sequence[Any], otherwise: str = "") -> list[list[Any]]:
    """For each row the link records to its owners, for null none."""
    there = [row for row in rows if row is not None]
    pairs = await session.owned(there, otherwise)
    records = await session.read(model, pairs)
    owners: dict[int, list[Any]] = {id(row): [] for row in there}
    for pair_row, record in zip(pairs, records, strict=True):
        owners[id(pair_row.Record)].append(record)
    return [[] if row is None else owners[id(row)] for row in rows]


def pair(key: str) -> tuple[str, str] | None:
    """Both halves of a key such as `{job}:{contact}`, the first a GUID; null for anything else."""
    first, _, second = key.partition(":")
    return (first, second) if second and GUID.fullmatch(first) else None


async def team_members(
    session: Session,
    model: str,
    keys: Sequence[str],
    rows_by_ids: Callable[[Session, Sequence[str]], Awaitable[Mapping[str, Any]]],
    otherwise: str = "",
) -> Records:
    """The link records among these, whose keys are `{job or interview}:{user}`."""
    parents = {name: halves[0] for name in keys if (halves := pair(name))}
    rows, errors = split_errors(await rows_by_ids(session, list(dict.fromkeys(parents.values()))))
    members = by_key(await session.read(model, await session.owned(rows.values(), otherwise)))
    found = {name: members.get(name) or errors.get(parents[name]) for name in parents}
    return {name: record for name, record in found.items() if record is not None}
