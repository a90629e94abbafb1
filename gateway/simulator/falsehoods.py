"""What makes each assumption of crelate-api 7 false: the worlds in which an account does otherwise.

A world is a set of knobs as the control interface takes them. `WITHOUT_KNOB` says why an assumption has none, and
`KNOBS_BESIDES` what the knobs that falsify nothing are for.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias

World: TypeAlias = Mapping[str, Any]
"""Name of a knob to its value, as JSON has it."""


def _filters(mode: str, *names: str) -> Iterator[World]:
    for name in names:
        yield {"filters": {name: mode}}


def _columns(mode: str, *names: str) -> Iterator[World]:
    for name in names:
        yield {"columns": {f"contacts.{name}": mode}}


_DATED = ("contacts.modified_after", "jobs.modified_after", "activities.modified_after")
_ACTIVITIES = ("activities.parent_ids", "activities.regarding_ids", "activities.verb_ids")
_POSITION = ("CurrentPosition", "CurrentPosition.CompanyId", "CurrentPosition.JobTitle")

FALSE: Final[dict[str, tuple[World, ...]]] = {
    "ASM-01": ({"max_page": 40}, {"large_limit": "refuse"}),
    "ASM-02": tuple({"list_order": order} for order in ("newest-first", "last-changed-first", "shuffled")),
    "ASM-04": tuple(_filters("single", "contacts.emails", "contacts.job_ids", "activities.parent_ids")),
    "ASM-05": (
        *_filters("off", "jobs.ids", "activities.ids", "artifacts.ids"),
        *_filters("refuse", "jobs.ids", "activities.ids", "artifacts.ids"),
        *_filters("single", "jobs.ids", "activities.ids", "artifacts.ids"),
    ),
    "ASM-06": (*_filters("off", *_DATED), *_filters("refuse", *_DATED)),
    "ASM-07": (*_filters("off", *_ACTIVITIES), *_filters("refuse", *_ACTIVITIES)),
    "ASM-08": ({"pipeline_profile": "v1"},),
    "ASM-09": ({"contact_jobs": False},),
    "ASM-10": ({"artifact_rows": "bare"},),
    "ASM-11": tuple({"duplicate_rule": rule} for rule in ("email", "name", "any", "off")),
    "ASM-12": (
        {"requests_per_minute": 60},
        {"requests_per_minute": 60, "retry_after": False},
        {"requests_per_minute": 60, "shared_quota": True},
    ),
    "ASM-13": ({"warnings_in_success": True}, {"refusals_in_success": True}),
    "ASM-14": ({"info_profile": "by-name"}, {"info_profile": "absent"}),
    "ASM-15": (
        {"user_email": "absent"},
        {"user_email": "UserName"},
        {"user_state": "absent"},
        {"user_type": "absent"},
        {"list_disabled_users": False},
    ),
    "ASM-16": ({"recruiting_workflow": "0f0f0f0f-1111-4222-8333-444444444444", "recruiting_name": "Hiring"},),
    "ASM-17": ({"portal_visibility": "text"},),
    "ASM-18": ({"job_location": "Addresses_Business"}, {"job_location": "portal"}),
    "ASM-20": ({"deleted_status": 3},),
    "ASM-21": (*_columns("off", *_POSITION), *_columns("refuse", *_POSITION), {"position_lookup": True}),
    "ASM-22": tuple(_columns("refuse", "DesiredSalaryMin", "DesiredSalaryMax")),
    "ASM-23": (*_columns("off", "KeyDates_Other"), *_columns("refuse", "KeyDates_Other")),
    "ASM-24": ({"stage_order": "absent"}, {"stage_meaning": True}),
    "ASM-25": (
        {"second_post": "stays"},
        {"second_post": "refused"},
        {"second_post": "refused", "pipeline_put": False},
        {"status_required": False},
    ),
    "ASM-26": ({"activity_owners": False},),
    "ASM-27": ({"interview_word": "Meeting"},),
    "ASM-28": ({"note_regarding": "named"}, {"note_regarding": "neither"}),
    "ASM-29": ({"artifact_upload": False},),
    "ASM-30": ({"country_ids": "records"}, {"country_ids": "neither"}),
    "ASM-31": (*_columns("off", "Owners"), *_columns("refuse", "Owners")),
    "ASM-32": ({"v1_key": "nowhere"}, {"v1_same_ids": False}),
    "ASM-33": ({"v1_new_sources": False}, {"v1_new_sources": True}),
    "ASM-34": ({"record_types": "all-bits"}, {"record_types": "exact"}),
    "ASM-35": ({"lead_flag": False},),
    "ASM-36": ({"job_code": "opaque"}, {"job_code": "absent"}),
}
"""Assumption -> the worlds in which it is false; of ASM-33 the first one is every world's default."""

WITHOUT_KNOB: Final[dict[str, str]] = {
    "ASM-03": "A parameter that sorts or selects has no known name, and one that is never sent changes no answer.",
    "ASM-19": "No answer has a place for a currency: an account in another one looks the same.",
}
"""Why the other assumptions have none."""

KNOBS_BESIDES: Final[dict[str, str]] = {
    "document_delay_seconds": "crelate-api 4.10",
    "guid_variants": "crelate-api 2.2",
    "modified_after_inclusive": "crelate-api 2.4",
    "more_records": "crelate-api 2.1",
    "total_records": "crelate-api 2.1",
}
"""Knobs for what is known to vary, by the section that says so."""
