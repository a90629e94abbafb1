"""Owners (crelate-api 2.7): the users behind a job, an activity or a contact."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from gateway.crelate.mapping.table import Row
from gateway.crelate.readers import key


def owners(row: Row, otherwise: str = "") -> dict[str, Row]:
    """The row's owners by key, each once, in order; without any, the user in the column `otherwise`."""
    entries = row.get("Owners")
    found: dict[str, Row] = {}
    for entry in entries if isinstance(entries, list) and entries else [row.get(otherwise)]:
        if isinstance(entry, dict) and (owner := key(entry)):
            found.setdefault(owner, entry)
    return found


def owned(rows: Iterable[Row], otherwise: str = "") -> Iterator[dict[str, Any]]:
    """A pair of record and owner for every owner of these rows: what the link models are read from."""
    for row in rows:
        for owner in owners(row, otherwise).values():
            yield {"Record": row, "Owner": owner}
