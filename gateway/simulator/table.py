"""Rows of one entity, by id."""

from collections.abc import Iterable, Iterator, MutableMapping
from typing import Any, TypeAlias

Row: TypeAlias = dict[str, Any]
"""A record as Crelate sends it."""


class Table(MutableMapping[str, Row]):
    """The rows of one entity by GUID, whatever the case of the GUID, and their listing order (ASM-02)."""

    def __init__(self, rows: Iterable[Row] = ()) -> None:
        self._rows: dict[str, Row] = {}
        self._order: list[Row] | None = None
        for row in rows:
            self.insert(row)

    def insert(self, row: Row) -> None:
        """Adds the row under its own `Id`, or replaces the one that is there."""
        self[row["Id"]] = row

    def ordered(self) -> list[Row]:
        """All rows by `CreatedOn`, then `Id`; not to be changed by the caller."""
        if self._order is None:
            self._order = sorted(self._rows.values(), key=lambda row: (row.get("CreatedOn") or "", row["Id"]))
        return self._order

    def __getitem__(self, key: str) -> Row:
        return self._rows[key.lower()]

    def __setitem__(self, key: str, row: Row) -> None:
        self._rows[key.lower()] = row
        self._order = None

    def __delitem__(self, key: str) -> None:
        del self._rows[key.lower()]
        self._order = None

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)
