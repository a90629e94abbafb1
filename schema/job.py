"""Jobs: positions to be filled (model 4.2)."""

from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Annotated

import strawberry

from schema.connection import Connection
from schema.criterion import after, before, contains, ids_of, one_of
from schema.custom_field import CustomField, one_custom_field, several_custom_fields
from schema.privacy import PERSONAL
from schema.record import OrderDirection, RecordFilter, Tracked
from schema.relation import connection, many
from schema.scalars import JSON
from schema.values import IntegrationField, Location

if TYPE_CHECKING:
    from schema.application import Application, ApplicationFilter, ApplicationOrder
    from schema.job_hiring_team_member import JobHiringTeamMember


@strawberry.enum(description="Who can find a job and apply.")
class JobVisibility(Enum):
    """Model 4.2; what the ATS says beyond these words is null."""

    PUBLIC = strawberry.enum_value("PUBLIC", description="Anyone, on a job board.")
    INTERNAL = strawberry.enum_value("INTERNAL", description="Employees only.")
    UNLISTED = strawberry.enum_value("UNLISTED", description="Anyone who has the link.")
    CONFIDENTIAL = strawberry.enum_value("CONFIDENTIAL", description="Nobody: candidates are invited.")


@strawberry.type(description="A position to be filled.")
class Job(Tracked):
    """Model 4.2."""

    remote_id: str = strawberry.field(description="Id in the ATS.")
    name: str | None = strawberry.field(default=None, description="Job title.")
    job_code: str | None = strawberry.field(default=None, description="Number people know the job by.")
    description: str | None = strawberry.field(default=None, description="What the job is about, usually HTML.")
    visibility: JobVisibility | None = strawberry.field(default=None, description="Who can find the job and apply.")
    salary_amount: float | None = strawberry.field(default=None, description="Salary offered.")
    salary_currency: str | None = strawberry.field(default=None, description="ISO 4217 code of that amount.")
    location: Location | None = strawberry.field(default=None, description="Where the work is done.")
    custom_fields: JSON | None = strawberry.field(
        default=None, description="Fields of the account's own making, by label.", directives=PERSONAL
    )
    integration_fields: list[IntegrationField] = strawberry.field(
        default_factory=list, description="The same fields with key, label and value."
    )
    custom_field: CustomField | None = one_custom_field()
    typed_custom_fields: list[CustomField] | None = several_custom_fields()
    remote_url: str | None = strawberry.field(default=None, description="The job's page in the ATS.")
    opened_at: datetime | None = strawberry.field(default=None, description="When the job was opened.")
    closed_at: datetime | None = strawberry.field(
        default=None, description="When it was or is to be closed: a future instant means it is still open."
    )
    remote_updated_at: datetime | None = strawberry.field(default=None, description="Last change according to the ATS.")

    applications: Connection[Annotated["Application", strawberry.lazy("schema.application")]] | None = connection(
        "Application",
        "job_key",
        Annotated["ApplicationFilter", strawberry.lazy("schema.application")],
        Annotated["ApplicationOrder", strawberry.lazy("schema.application")],
        "Applications for this job.",
        fan_out=50,
    )
    hiring_team: list[Annotated["JobHiringTeamMember", strawberry.lazy("schema.job_hiring_team_member")]] | None = many(
        "JobHiringTeamMember", "job_key", "The people who fill this job.", fan_out=2
    )


@strawberry.input(description="Which jobs to list.")
class JobFilter(RecordFilter):
    """Model 5.2 and more."""

    job_codes: list[str] | None = one_of("job_code", "Only jobs with one of these codes.")
    visibilities: list[JobVisibility] | None = one_of("visibility", "Only jobs visible in one of these ways.")
    name_contains: str | None = contains("name", "Only jobs whose title contains this; case does not matter.")
    opened_after: datetime | None = after("opened_at", "Only jobs opened later than this.")
    opened_before: datetime | None = before("opened_at", "Only jobs opened earlier than this.")
    closed_after: datetime | None = after("closed_at", "Only jobs closed later than this.")
    closed_before: datetime | None = before("closed_at", "Only jobs closed earlier than this.")
    hiring_manager_ids: list[strawberry.ID] | None = ids_of(
        "User", "hiring_team.user_key", "Only jobs with one of these users on the hiring team."
    )


@strawberry.enum(description="What jobs can be sorted by.")
class JobOrderField(Enum):
    """Sortable fields; the value is the record's attribute."""

    NAME = strawberry.enum_value("name", description="By title.")
    JOB_CODE = strawberry.enum_value("job_code", description="By code.")
    SALARY_AMOUNT = strawberry.enum_value("salary_amount", description="By salary, whatever its currency.")
    OPENED_AT = strawberry.enum_value("opened_at", description="By the time it was opened.")
    CLOSED_AT = strawberry.enum_value("closed_at", description="By the time it was or is to be closed.")
    REMOTE_UPDATED_AT = strawberry.enum_value(
        "remote_updated_at", description="By the last change according to the ATS."
    )


@strawberry.input(description="How to sort jobs.")
class JobOrder:
    """One level of sorting."""

    field: JobOrderField = strawberry.field(description="By what.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description="Which end first.")
