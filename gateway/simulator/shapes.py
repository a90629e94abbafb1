"""How records are shown where a knob says that an account shows them otherwise."""

import hashlib
from collections.abc import Callable
from typing import Any, TypeAlias

from gateway.simulator.assumptions import ON_PORTAL
from gateway.simulator.choices import (
    CountryIds,
    JobCode,
    JobLocation,
    LookupColumn,
    PortalVisibility,
    StageOrder,
    UserEmail,
)
from gateway.simulator.columns import Kind, of_kind
from gateway.simulator.knobs import Knobs
from gateway.simulator.table import Row

Shape: TypeAlias = Callable[[Row, Knobs], Row]

_DEFAULTS = Knobs()

_MEANINGS = {
    "New Candidate": "New",
    "Placed": "Done positive",
    "Not Qualified": "Done negative",
    "Withdrawn": "Done neutral",
}
"""Names of stages to their kinds; the others are in progress (crelate-api 4.5)."""


def shape_of(knobs: Knobs, entity: str) -> Callable[[Row], Row] | None:
    """What turns a kept record of the entity into the shown one, or None when both are the same."""
    steps = [shape for name, shape in _SHAPES.get(entity, {}).items() if _turned(knobs, name)]
    if not steps:
        return None

    def show(row: Row) -> Row:
        for step in steps:
            row = step(row, knobs)
        return row

    return show


def shown(row: Row, knobs: Knobs, entity: str) -> Row:
    """One record as it is shown."""
    shape = shape_of(knobs, entity)
    return shape(row) if shape else row


def _turned(knobs: Knobs, name: str) -> bool:
    return bool(getattr(knobs, name) != getattr(_DEFAULTS, name))


def _without(row: Row, *names: str) -> Row:
    return {name: value for name, value in row.items() if name not in names}


def _renamed(row: Row, old: str, new: str | None) -> Row:
    """The row with a column under another name, or without it."""
    rest = _without(row, old)
    return rest if new is None or old not in row else {**rest, new: row[old]}


def _lookup_column(column: str, mode: LookupColumn) -> str | None:
    return None if mode is LookupColumn.ABSENT else f"{column}Id"


def _user_state(row: Row, knobs: Knobs) -> Row:
    return _renamed(row, "UserState", _lookup_column("UserState", knobs.user_state))


def _user_type(row: Row, knobs: Knobs) -> Row:
    return _renamed(row, "UserType", _lookup_column("UserType", knobs.user_type))


def _user_email(row: Row, knobs: Knobs) -> Row:
    return _renamed(row, "Email", None if knobs.user_email is UserEmail.ABSENT else knobs.user_email.value)


def _portal_visibility(row: Row, knobs: Knobs) -> Row:
    if knobs.portal_visibility is PortalVisibility.NUMBER or row.get("PortalVisibility") is None:
        return row
    return {**row, "PortalVisibility": "Public" if row["PortalVisibility"] == ON_PORTAL else "Private"}


def _job_location(row: Row, knobs: Knobs) -> Row:
    place = row.get(JobLocation.LOCATIONS)
    rest = _without(row, JobLocation.LOCATIONS)
    if not place or knobs.job_location is not JobLocation.PORTAL:
        return {**rest, knobs.job_location.value: place}
    columns = {"PortalCity": "City", "PortalState": "State", "PortalZip": "ZipCode", "PortalCountryId": "CountryId"}
    return rest | {column: place.get(part) for column, part in columns.items()}


def _job_code(row: Row, knobs: Knobs) -> Row:
    if knobs.job_code is JobCode.ABSENT:
        return _without(row, "JobCode")
    digest = hashlib.sha256(row["Id"].encode()).digest()[:26]
    return {**row, "JobCode": "".join("abcdefghijklmnopqrstuvwxyz234567"[byte % 32] for byte in digest)}


def _lead_flag(row: Row, _: Knobs) -> Row:
    return _without(row, "IsLead")


def _stage_order(row: Row, knobs: Knobs) -> Row:
    if knobs.stage_order is StageOrder.ABSENT:
        return _without(row, "SortOrder")
    return {**row, "SortOrder": max(0, row["SortOrder"] - 1)}


def _stage_meaning(row: Row, _: Knobs) -> Row:
    meaning = _MEANINGS.get(row["Name"], "In Progress")
    digest = hashlib.md5(meaning.encode(), usedforsecurity=False).hexdigest()
    guid = f"{digest[:8]}-{digest[8:12]}-4{digest[13:16]}-a{digest[17:20]}-{digest[20:]}"
    return {**row, "MeaningId": {"Id": guid, "Title": meaning}}


def _activity_owners(row: Row, _: Knobs) -> Row:
    return _without(row, "Owners")


def _renamed_verb(row: Row, knobs: Knobs) -> Row:
    verb = row["VerbId"]
    return {**row, "VerbId": {**verb, "Title": _reworded(verb["Title"], knobs)}}


def _renamed_type(row: Row, knobs: Knobs) -> Row:
    return {**row, "Name": _reworded(row["Name"], knobs)}


def _reworded(name: str, knobs: Knobs) -> str:
    return name.replace(_DEFAULTS.interview_word, knobs.interview_word)


def _artifact(row: Row, _: Knobs) -> Row:
    return _without(_renamed(row, "FileName", "Name"), "ParentId", "ArtifactTypeId")


def _position(row: Row, _: Knobs) -> Row:
    position = row.get("CurrentPosition")
    if not position:
        return row
    return {**row, "CurrentPosition": {**position, "JobTitle": {"Title": position.get("JobTitle")}}}


def _countries(entity: str) -> Shape:
    """Takes the country out of every address."""
    columns = of_kind(entity, Kind.ADDRESS)

    def show(row: Row, knobs: Knobs) -> Row:
        if knobs.country_ids is CountryIds.RECORDS:
            return row
        return row | {name: _placed(row[name]) for name in columns if name in row}

    return show


def _placed(address: Any) -> Any:
    return address and _without(address, "CountryId")


_SHAPES: dict[str, dict[str, Shape]] = {
    "activities": {"activity_owners": _activity_owners, "interview_word": _renamed_verb},
    "activitytypes": {"interview_word": _renamed_type},
    "artifacts": {"artifact_rows": _artifact},
    "companies": {"country_ids": _countries("companies")},
    "contacts": {"country_ids": _countries("contacts"), "position_lookup": _position},
    "jobs": {
        "country_ids": _countries("jobs"),
        "portal_visibility": _portal_visibility,
        "job_location": _job_location,
        "job_code": _job_code,
        "lead_flag": _lead_flag,
    },
    "users": {"user_state": _user_state, "user_type": _user_type, "user_email": _user_email},
    "workflowstatuses": {"stage_order": _stage_order, "stage_meaning": _stage_meaning},
}
"""By entity, the knobs that reshape its records; each step is only called while its knob is turned."""
