"""Interviews: meetings about an application (model 4.6)."""

from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Annotated

import strawberry

from schema.criterion import after, before, contains, ids_of
from schema.privacy import PERSONAL
from schema.record import OrderDirection, RecordFilter, Tracked, reference
from schema.relation import many, one
from schema.scalars import JSON

if TYPE_CHECKING:
    from schema.application import Application
    from schema.interviewing_team_member import InterviewingTeamMember


@strawberry.type(description="A meeting with a candidate about an application.")
class Interview(Tracked):
    """Model 4.6.

    Attributes:
        application_key: Key of the application.
    """

    application_key: strawberry.Private[str | None] = None

    remote_id: str | None = strawberry.field(description="Id in the ATS.")
    title: str | None = strawberry.field(default=None, description="What the meeting is called.", directives=PERSONAL)
    starting_at: datetime | None = strawberry.field(default=None, description="Start.")
    ending_at: datetime | None = strawberry.field(default=None, description="End.")
    application_id: strawberry.ID | None = reference(
        "Application",
        "application_key",
        "Id of the application; null when the ATS does not tie it to one. Of synced records it is null as well when "
        "nobody is on that job; read live it is what the ATS says, whether or not there is such an application.",
    )
    remote_created_at: datetime | None = strawberry.field(default=None, description="Creation according to the ATS.")
    remote_updated_at: datetime | None = strawberry.field(default=None, description="Last change according to the ATS.")
    remote_data: JSON | None = strawberry.field(
        default=None, description="The ATS's own record, by endpoint.", directives=PERSONAL
    )

    application: Annotated["Application", strawberry.lazy("schema.application")] | None = one(
        "Application", "application_key", "The application it is about."
    )
    interviewing_team: (
        list[Annotated["InterviewingTeamMember", strawberry.lazy("schema.interviewing_team_member")]] | None
    ) = many("InterviewingTeamMember", "interview_key", "The interviewers.", fan_out=2)


@strawberry.input(description="Which interviews to list.")
class InterviewFilter(RecordFilter):
    """Model 5.2 and more."""

    application_ids: list[strawberry.ID] | None = ids_of(
        "Application", "application_key", "Only interviews about one of these applications."
    )
    job_ids: list[strawberry.ID] | None = ids_of(
        "Job", "application.job_key", "Only interviews about applications for one of these jobs."
    )
    interviewer_ids: list[strawberry.ID] | None = ids_of(
        "User", "interviewing_team.user_key", "Only interviews with one of these users."
    )
    title_contains: str | None = contains("title", "Only interviews whose title contains this.")
    starting_after: datetime | None = after("starting_at", "Only interviews that start later than this.")
    starting_before: datetime | None = before("starting_at", "Only interviews that start earlier than this.")


@strawberry.enum(description="What interviews can be sorted by.")
class InterviewOrderField(Enum):
    """Sortable fields; the value is the record's attribute."""

    TITLE = strawberry.enum_value("title", description="By title.")
    STARTING_AT = strawberry.enum_value("starting_at", description="By start.")
    ENDING_AT = strawberry.enum_value("ending_at", description="By end.")
    REMOTE_CREATED_AT = strawberry.enum_value("remote_created_at", description="By creation according to the ATS.")
    REMOTE_UPDATED_AT = strawberry.enum_value(
        "remote_updated_at", description="By the last change according to the ATS."
    )


@strawberry.input(description="How to sort interviews.")
class InterviewOrder:
    """One level of sorting."""

    field: InterviewOrderField = strawberry.field(description="By what.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description="Which end first.")
