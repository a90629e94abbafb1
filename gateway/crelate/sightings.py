"""What the rows of a list show of an assumption: pure functions, each from rows to a state and what was seen.

A column that no row has may be missing by chance, so that few rows decide nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from typing import Any, TypeAlias

from gateway.crelate.entities import Row, whole
from gateway.crelate.mapping.user import status
from gateway.crelate.readers import key, number, text
from resolvers.ports.examination import AssumptionState
from schema.user import UserStatus

Sighting: TypeAlias = tuple[AssumptionState, str]
Look: TypeAlias = Callable[[Sequence[Any]], Sighting]

HOLDS, FAILS, UNDECIDED = AssumptionState.HOLDS, AssumptionState.FAILS, AssumptionState.UNDECIDED

ENOUGH = 10
"""Rows after which a column that none of them has is taken to be missing."""

OPAQUE_CODE = re.compile(r"[a-z0-9]{20,}")


def column(name: str, *instead: str) -> Look:
    """Whether some row has a column; or one that stands `instead` of it."""

    def look(rows: Sequence[Row]) -> Sighting:
        if any(getattr(row, name) for row in rows):
            return HOLDS, ""
        if other := next((each for each in instead if any(getattr(row, each) for row in rows)), None):
            return FAILS, f"{other} instead"
        return (FAILS, f"no {name}") if len(rows) >= ENOUGH else (UNDECIDED, "")

    return look


def columns(*names: str) -> Look:
    """Whether some row has each of these."""

    def look(rows: Sequence[Row]) -> Sighting:
        lacking = [name for name in names if not any(getattr(row, name) is not None for row in rows)]
        if not rows:
            return UNDECIDED, ""
        return (FAILS, f"no {' and no '.join(lacking)}") if lacking else (HOLDS, "")

    return look


def is_oldest_first(rows: Sequence[Row]) -> Sighting:
    """ASM-02: new rows come at the end, where they do not shift the others."""
    made = [text(row.CreatedOn) or "" for row in rows]
    if len(set(made)) < ENOUGH:
        return UNDECIDED, ""
    moments = [moment.rstrip("Z") for moment in made]
    return (HOLDS, "") if moments == sorted(moments) else (FAILS, "not the oldest first: what is new shifts the others")


def user_columns(rows: Sequence[Any]) -> Sighting:
    """ASM-15: an address and a state, and users who may no longer sign in."""
    named = {"Email": ("Email",), "UserState": ("UserState", "UserStateId"), "UserType": ("UserType", "UserTypeId")}
    lacking = [name for name, of in named.items() if not any(getattr(row, each) for row in rows for each in of)]
    if lacking:
        return FAILS, f"no {' and no '.join(lacking)}"
    if all(status(row, None) is UserStatus.ACTIVE for row in rows):  # type: ignore[arg-type]  # it takes no facts
        return UNDECIDED, "nobody is listed who may no longer sign in"
    return HOLDS, ""


def portal_words(rows: Sequence[Any]) -> Sighting:
    """ASM-17: visibility is a number; what its values mean, only the portal shows."""
    words = sorted({row.PortalVisibility for row in rows if isinstance(row.PortalVisibility, str)})
    return (FAILS, f"texts: {', '.join(words)}") if words else (UNDECIDED, "")


def stage_order(rows: Sequence[Any]) -> Sighting:
    """ASM-24: each stage has its place, and nothing says its kind."""
    if any(number(row.SortOrder) is None for row in rows):
        return FAILS, "no SortOrder: applications have to name their stage"
    if kinds := sorted({name for row in rows for name in whole(row) if name == "MeaningId"}):
        return FAILS, f"{kinds[0]} says their kind"
    return (HOLDS, "") if rows else (UNDECIDED, "")


def lead_flag(rows: Sequence[Any]) -> Sighting:
    """ASM-35: jobs say whether they are leads; whether these are jobs, only people know."""
    if len(rows) >= ENOUGH and all(row.IsLead is None for row in rows):
        return FAILS, "no IsLead: leads are taken for jobs"
    return UNDECIDED, ""


def job_codes(rows: Sequence[Any]) -> Sighting:
    """ASM-36: codes that people may know jobs by."""
    codes = [code for row in rows if (code := text(row.JobCode))]
    if len(rows) >= ENOUGH and not codes:
        return FAILS, "no JobCode: JobNum stands in"
    if codes and all(OPAQUE_CODE.fullmatch(code) for code in codes):
        return FAILS, "the codes are opaque"
    return UNDECIDED, ""


def record_types(rows: Sequence[Any], found: Collection[Any]) -> Sighting:
    """ASM-34: a value of both bits finds whoever has one of them; `found` are the rows it brings."""
    held = {number(row.RecordType) for row in rows}
    brought = {number(row.RecordType) for row in found}
    if not {1.0, 2.0} & held or brought & {0.0, 4.0, None}:
        return UNDECIDED, ""
    missing = {1.0, 2.0} & held - brought
    return (FAILS, "a value finds only who has all its bits") if missing else (HOLDS, "")


def same_ids(first: Collection[Any], current: Collection[Any]) -> Sighting:
    """ASM-32: what the first API calls workflow types are those that statuses name."""
    named = {key(row.WorkflowTypeId) for row in current} - {None}
    known = {key(row) for row in first}
    if not named:
        return HOLDS, ""
    return (HOLDS, "") if named & known else (FAILS, "records have other ids there")
