"""How single values of Crelate's records are read (crelate-api 2.2 and 2.7).

A reader takes whatever stands in the record and never fails: what cannot be read is null, and stays visible in
`remote_data`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from math import isfinite
from typing import Any


def text(value: Any) -> str | None:
    """Text, or a number as text; blank is null."""
    if isinstance(value, str):
        return value if value and not value.isspace() else None
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def number(value: Any) -> float | None:
    """A finite number, also one written as text."""
    if isinstance(value, bool):
        return None
    try:
        read = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return read if isfinite(read) else None


def instant(value: Any) -> datetime | None:
    """A moment in UTC; digits beyond the microsecond are cut, a date without a zone is taken as UTC."""
    try:
        read = datetime.fromisoformat(value)
        if (zone := read.tzinfo) is UTC:
            return read
        return datetime.combine(read, read.time(), UTC) if zone is None else read.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):  # overflow: an offset leads out of the years 1 to 9999
        return None


def key(value: Any) -> str | None:
    """A GUID in lower case, from the GUID itself, from a row, or from a lookup `{Id, Title}`."""
    if value.__class__ is not str:
        value = value.get("Id") if isinstance(value, dict) else getattr(value, "Id", None)
    if not isinstance(value, str):
        return None
    return value if value.islower() else value.lower() or None


def title(value: Any) -> str | None:
    """What a lookup or a row of a small table is called (crelate-api 4.11); text is returned as it is."""
    if isinstance(value, str):
        return text(value)
    return text(part(value, "Title") or part(value, "Name") or value)


def part(value: Any, name: str) -> Any:
    """A column of a row, or what stands under a name in a JSON object; null for anything else."""
    return value.get(name) if isinstance(value, dict) else getattr(value, name, None)


def email(value: Any) -> str | None:
    """What stands on both sides of an `@`, the domain in lower case; anything else is null.

    Whether an address is valid is the ATS's to say: what it holds as one is shown.
    """
    name, _, domain = value.strip().rpartition("@") if isinstance(value, str) else ("", "", "")
    return f"{name}@{domain.lower()}" if name and domain else None


def addresses(row: Mapping[str, Any]) -> set[str]:
    """Everything that stands in a contact as an address, of whatever category, in lower case."""
    entries = (mapping(entry).get("Value") for name, entry in row.items() if name.startswith("EmailAddresses_"))
    return {address.strip().lower() for entry in entries if (address := text(entry))}


def mapping(value: Any) -> Mapping[str, Any]:
    """The value if it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


def objects(value: Any) -> list[dict[str, Any]]:
    """The JSON objects in a list; none where it is no list."""
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
