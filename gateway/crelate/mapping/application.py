"""Applications (crelate-api 4.6 and 5): contacts on the pipeline of a job.

Three shapes of rows are believed possible (ASM-08); the places are tried in the register's order. A row is of one job,
which only the request says.
"""

from __future__ import annotations

from typing import Any

from gateway.crelate.entities import PipelineRow, whole
from gateway.crelate.mapping.expression import reading
from gateway.crelate.mapping.table import ROW, Computed, Facts, Field, Table
from gateway.crelate.readers import instant, key
from schema.application import Application

CONTACT = "ContactId ?? TargetId ?? Id"
STAGE = "Stage ?? StageId ?? WorkflowItemStatusId ?? StatusId"


contact_of = reading(CONTACT, key)
stage_of = reading(STAGE, key)
job_of = reading("JobId ?? TargetId ?? Id", key)
"""Where a row of `/contacts/{id}/jobs` names its job, by symmetry (ASM-09)."""


def is_dated(row: PipelineRow) -> bool:
    """Whether the row says when it last changed."""
    return bool(row.ModifiedOn or row.Date)


def candidate_key(row: PipelineRow, facts: Facts) -> str | None:
    """The contact the row is about, or whose list it is from."""
    return facts.candidate_key or contact_of(row)


def application_key(row: PipelineRow, facts: Facts) -> str:
    """`{job}:{contact}`, whichever shape the row has: its own id would change with the shape."""
    return f"{facts.job_key}:{candidate_key(row, facts)}"


def job_key(_: PipelineRow, facts: Facts) -> str:
    """The job whose pipeline it is."""
    return facts.job_key


def remote_data(row: PipelineRow, facts: Facts) -> dict[str, Any]:
    """The row, under the endpoint it came from."""
    return {"/contacts/{id}/jobs" if facts.candidate_key else "/jobs/{id}/contacts": whole(row)}


APPLICATION = Table(
    Application,
    PipelineRow,
    "/jobs/{id}/contacts",
    Computed("key", application_key, CONTACT),
    Computed("remote_id", application_key, CONTACT, f"{{job}}:{{contact}}: the job asked for, and {CONTACT}", "ASM-08"),
    Field("current_stage_key", STAGE, key, "ASM-08"),
    Computed("job_key", job_key, "", "The job whose pipeline it is, by the request's path."),
    Computed("candidate_key", candidate_key, CONTACT, assumption="ASM-08"),
    Field("remote_updated_at", "ModifiedOn ?? Date", instant, "ASM-08"),
    Computed("remote_data", remote_data, "*", ROW),
    given=("candidate_key",),
)
