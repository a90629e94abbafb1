"""Copies of records, as the store gives them out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gateway.database.column_types import instant
from gateway.replica import codec
from schema.record import Tracked

RECORD_BYTES = 100
"""What a record takes in memory before anything is known of it."""

BODY_BYTES = 3
"""Bytes of memory for each byte of a record's JSON."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A stored record.

    Attributes:
        record: The record.
        fetched_at: When it was read from the ATS.
        size: Bytes it takes in memory, about; 0 where nobody asks.
    """

    record: Tracked
    fetched_at: datetime
    size: int = 0


@dataclass(frozen=True, slots=True)
class Listed:
    """A complete listing of one parent's records.

    Attributes:
        fetched_at: When it was read.
        children: Their keys, in the ATS's order.
    """

    fetched_at: datetime
    children: tuple[str, ...]

    def ordered(self, copies: Iterable[Copy]) -> list[Copy]:
        """The copies in the listing's order, those that came since at the end."""
        places = {key: place for place, key in enumerate(self.children)}
        return sorted(copies, key=lambda copy: places.get(copy.record.key, len(places)))


@dataclass(frozen=True, slots=True)
class CopyPage:
    """A page of copies; the rest as in `Page`."""

    copies: Sequence[Copy]
    positions: Sequence[str]
    has_next: bool
    has_previous: bool
    total: int | None


def copy_of(model: str, row: Any) -> Copy:
    """The copy that a row of a model's table holds."""
    return _copy(model, row.body, row.raw, row.changed_at, row.remote_deleted_at, row.fetched_at)


def stored_copy(model: str, row: Sequence[Any]) -> Copy:
    """The same of a key, a body, the ATS's own record, and three instants as numbers: changed, deleted, fetched."""
    _, body, raw, changed, deleted, fetched, *_ = row
    return _copy(model, body, raw, instant(changed), None if deleted is None else instant(deleted), instant(fetched))


def _copy(
    model: str, body: Any, raw: str | None, changed_at: datetime, deleted_at: datetime | None, fetched_at: datetime
) -> Copy:
    stamps = {"changed_at": changed_at, "remote_deleted_at": deleted_at}
    size = RECORD_BYTES + BODY_BYTES * len(body) + len(raw or "")
    return Copy(codec.decode(model, body, raw, stamps), fetched_at, size)
