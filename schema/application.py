"""Applications: a candidate being considered for a job (model 4.5)."""

from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Annotated

import strawberry

from schema.criterion import ids_of, one_of
from schema.privacy import PERSONAL
from schema.record import OrderDirection, RecordFilter, Tracked, reference
from schema.relation import many, one
from schema.scalars import JSON

if TYPE_CHECKING:
    from schema.application_stage import ApplicationStage
    from schema.candidate import Candidate
    from schema.interview import Interview
    from schema.job import Job


@strawberry.type(description="A candidate being considered for a job.")
class Application(Tracked):
    """Model 4.5.

    Attributes:
        current_stage_key, job_key, candidate_key: Keys of the stage, the job and the candidate.
    """

    current_stage_key: strawberry.Private[str | None] = None
    job_key: strawberry.Private[str | None] = None
    candidate_key: strawberry.Private[str | None] = None

    remote_id: str | None = strawberry.field(description="Id in the ATS.")
    current_stage_id: strawberry.ID | None = reference(
        "ApplicationStage", "current_stage_key", "Id of the stage it is in."
    )
    job_id: strawberry.ID | None = reference("Job", "job_key", "Id of the job.")
    candidate_id: strawberry.ID | None = reference("Candidate", "candidate_key", "Id of the candidate.")
    remote_updated_at: datetime | None = strawberry.field(default=None, description="Last change according to the ATS.")
    remote_data: JSON | None = strawberry.field(
        default=None, description="The ATS's own record, by endpoint.", directives=PERSONAL
    )

    job: Annotated["Job", strawberry.lazy("schema.job")] | None = one("Job", "job_key", "The job applied for.")
    candidate: Annotated["Candidate", strawberry.lazy("schema.candidate")] | None = one(
        "Candidate", "candidate_key", "The person who applied."
    )
    current_stage: Annotated["ApplicationStage", strawberry.lazy("schema.application_stage")] | None = one(
        "ApplicationStage", "current_stage_key", "The stage it is in."
    )
    interviews: list[Annotated["Interview", strawberry.lazy("schema.interview")]] | None = many(
        "Interview", "application_key", "Interviews held or planned for it.", fan_out=1
    )


@strawberry.input(description="Which applications to list.")
class ApplicationFilter(RecordFilter):
    """Model 5.2 and more."""

    job_ids: list[strawberry.ID] | None = ids_of("Job", "job_key", "Only applications for one of these jobs.")
    job_remote_ids: list[str] | None = one_of("job_key", "Only applications for jobs with one of these remote ids.")
    candidate_ids: list[strawberry.ID] | None = ids_of(
        "Candidate", "candidate_key", "Only applications of one of these candidates."
    )
    current_stage_ids: list[strawberry.ID] | None = ids_of(
        "ApplicationStage", "current_stage_key", "Only applications now in one of these stages."
    )


@strawberry.enum(description="What applications can be sorted by.")
class ApplicationOrderField(Enum):
    """Sortable fields; the value is the record's attribute."""

    REMOTE_UPDATED_AT = strawberry.enum_value(
        "remote_updated_at", description="By the last change according to the ATS."
    )


@strawberry.input(description="How to sort applications.")
class ApplicationOrder:
    """One level of sorting."""

    field: ApplicationOrderField = strawberry.field(description="By what.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description="Which end first.")
