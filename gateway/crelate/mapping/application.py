"""Applications (crelate-api 4.6 and 5): contacts on the pipeline of a job.

Three shapes of rows are believed possible (ASM-08); the places are tried in the register's order. A row is of one job,
which only the request says.
"""

from __future__ import annotations

from collections.abc import Sequence

from gateway.crelate.mapping.table import Computed, Facts, Field, Row, Table
from gateway.crelate.readers import instant, key
from schema.application import Application

CONTACT_PLACES = ("ContactId", "TargetId", "Id")
STAGE_PLACES = ("Stage", "StageId", "WorkflowItemStatusId", "StatusId")
DATE_PLACES = ("ModifiedOn", "Date")
JOB_PLACES = ("JobId", "TargetId", "Id")
"""Where a row of `/contacts/{id}/jobs` names its job, by symmetry (ASM-09)."""


def found_in(row: Row, places: Sequence[str]) -> str | None:
    """The key at the first of several places that holds one."""
    for place in places:
        if found := key(row.get(place)):
            return found
    return None


def known(job: str, contact: str) -> dict[str, str]:
    """What is known of an application before its row is read: a pipeline is read job by job, and kept by contact."""
    key = f"{job}:{contact}"
    return {"key": key, "remote_id": key, "job_key": job, "candidate_key": contact}


def candidate_key(row: Row, facts: Facts) -> str | None:
    """The contact the row is about, or whose list it is from."""
    return facts.candidate_key or found_in(row, CONTACT_PLACES)


def application_key(row: Row, facts: Facts) -> str:
    """`{job}:{contact}`, whichever shape the row has: its own id would change with the shape."""
    return f"{facts.job_key}:{candidate_key(row, facts)}"


def job_key(_: Row, facts: Facts) -> str:
    """The job whose pipeline it is."""
    return facts.job_key


def remote_data(row: Row, facts: Facts) -> dict[str, Row]:
    """The row, under the endpoint it came from."""
    return {"/contacts/{id}/jobs" if facts.candidate_key else "/jobs/{id}/contacts": row}


APPLICATION = Table(
    Application,
    Computed("key", application_key),
    Computed("remote_id", application_key),
    Field("current_stage_key", " ?? ".join(STAGE_PLACES), key),
    Computed("job_key", job_key),
    Computed("candidate_key", candidate_key),
    Field("remote_updated_at", " ?? ".join(DATE_PLACES), instant),
    Computed("remote_data", remote_data),
)
