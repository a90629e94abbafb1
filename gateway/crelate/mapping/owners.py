"""Owners (crelate-api 2.7): the users behind a job, an activity or a contact."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from gateway.crelate.mapping.table import Row
from gateway.crelate.readers import key


def owners(row: Row) -> dict[str, Row]:
    """The row's owners by key, each once, in order."""
    entries = row.get("Owners")
    found: dict[str, Row] = {}
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, dict) and (owner := key(entry)):
            found.setdefault(owner, entry)
    return found


def owned(rows: Iterable[Row]) -> Iterator[dict[str, Any]]:
    """A pair of record and owner for every owner of these rows: what the link models are read from."""
    for row in rows:
        for owner in owners(row).values():
            yield {"Record": row, "Owner": owner}
