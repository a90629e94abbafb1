"""Dates the way Crelate writes them (crelate-api 2.2)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from random import Random
from typing import Any


def server_time(moment: datetime) -> str:
    """`2025-02-11T08:00:00.1234560Z`: seven digits, as in `Metadata.TimeStamp`."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}0Z"


def record_time(moment: datetime) -> str:
    """A record's time: the same without trailing zeros, so with none to six digits."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}".rstrip("0").rstrip(".") + "Z"


def past_time(random: Random, moment: datetime) -> str:
    """A record's time in the second of `moment`, a UTC time, with none to seven digits, at random."""
    digits = f"{random.random():.7f}"[2 : 2 + int(random.random() * 8)].rstrip("0")
    return f"{moment.isoformat()[:19]}{'.' if digits else ''}{digits}Z"


def date_only(moment: datetime) -> str:
    """`2005-03-07T00:00:00`: a day, without a zone."""
    return f"{moment:%Y-%m-%d}T00:00:00"


def record_time_of(text: str) -> str:
    """A time that a caller sent, as a record's time; raises ValueError when it is not one."""
    moment = datetime.fromisoformat(text)
    if text.endswith("Z"):
        return text
    return record_time(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def comparable(time: str) -> str:
    """A record's time as text that sorts as the time does."""
    whole, _, fraction = time.removesuffix("Z").partition(".")
    return f"{whole}.{fraction.rstrip('0')}"


def changed_at(row: Mapping[str, Any]) -> str:
    """When a record was last changed, or else made, as it says itself; empty where it says neither, or no text."""
    said = row.get("ModifiedOn") or row.get("CreatedOn")
    return said if isinstance(said, str) else ""
