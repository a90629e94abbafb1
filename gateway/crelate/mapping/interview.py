"""Interviews (crelate-api 4.8 and 5): activities of an interview type that have a start."""

from __future__ import annotations

import re
from typing import Any

from gateway.crelate.entities import Activity, Lookup
from gateway.crelate.mapping.table import Computed, Facts, Field, Table, raw_row
from gateway.crelate.readers import instant, key, text, title
from schema.interview import Interview

_LINE_END = re.compile(r"[\r\n]")


def first_line(value: Any) -> str | None:
    """The first line of a text, or of a lookup's title."""
    read = title(value)
    return text(_LINE_END.split(read.strip(), maxsplit=1)[0]) if read else None


def pointed_at(value: Any, entity: str) -> str | None:
    """The key in a lookup that may point at several entities, if it points at this one (ASM-27).

    A lookup that does not say where it points is taken at its place's word.
    """
    if isinstance(value, Lookup) and value.EntityName not in (entity, None):
        return None
    return key(value)


def application_key(row: Activity, _: Facts) -> str | None:
    """`{job}:{contact}`; null when the activity lacks one of the two (ASM-27)."""
    job, contact = pointed_at(row.RegardingId, "Jobs"), pointed_at(row.ParentId, "Contacts")
    return f"{job}:{contact}" if job and contact else None


INTERVIEW = Table(
    Interview,
    Activity,
    "/activities",
    Field("key", "Id", key),
    Field("remote_id", "Id", key),
    Field("title", "Subject ?? Display ?? VerbId", first_line),
    Field("starting_at", "When", instant),
    Field("ending_at", "WhenEnd", instant),
    Computed(
        "application_key",
        application_key,
        "RegardingId + ParentId",
        "{job}:{contact}: the job it regards and the contact it is under; null where one of them is missing.",
        "ASM-27",
    ),
    Field("remote_created_at", "CreatedOn", instant),
    Field("remote_updated_at", "ModifiedOn", instant),
    raw_row("/activities"),
)
