"""Users: the people who work in the ATS (model 4.1)."""

from enum import Enum
from typing import TYPE_CHECKING, Annotated

import strawberry

from schema.criterion import one_of
from schema.privacy import PERSONAL
from schema.record import OrderDirection, RecordFilter, Tracked
from schema.relation import many
from schema.scalars import JSON

if TYPE_CHECKING:
    from schema.interviewing_team_member import InterviewingTeamMember
    from schema.job_hiring_team_member import JobHiringTeamMember
    from schema.user_role import UserRole


@strawberry.enum(description="Whether a user may work in the ATS.")
class UserStatus(Enum):
    """Model 4.1."""

    ACTIVE = strawberry.enum_value("ACTIVE", description="May sign in and work.")
    INACTIVE = strawberry.enum_value("INACTIVE", description="Has left, or was switched off.")


@strawberry.type(description="A person who works in the ATS: recruiter, hiring manager, interviewer.")
class User(Tracked):
    """Model 4.1."""

    remote_id: str | None = strawberry.field(description="Id in the ATS.")
    first_name: str | None = strawberry.field(default=None, description="First name.", directives=PERSONAL)
    last_name: str | None = strawberry.field(default=None, description="Last name.", directives=PERSONAL)
    email: str | None = strawberry.field(
        default=None, description="E-mail address; null when it is not a valid one.", directives=PERSONAL
    )
    status: UserStatus | None = strawberry.field(default=None, description="Whether the account is in use.")
    remote_data: JSON | None = strawberry.field(
        default=None, description="The ATS's own record, by endpoint.", directives=PERSONAL
    )

    user_roles: list[Annotated["UserRole", strawberry.lazy("schema.user_role")]] | None = many(
        "UserRole", "user_key", "System roles held.", fan_out=1
    )
    hiring_team_memberships: (
        list[Annotated["JobHiringTeamMember", strawberry.lazy("schema.job_hiring_team_member")]] | None
    ) = many("JobHiringTeamMember", "user_key", "Hiring teams this user is on.", fan_out=10)
    interviewing_team_memberships: (
        list[Annotated["InterviewingTeamMember", strawberry.lazy("schema.interviewing_team_member")]] | None
    ) = many("InterviewingTeamMember", "user_key", "Interviews this user takes part in.", fan_out=20)


@strawberry.input(description="Which users to list.")
class UserFilter(RecordFilter):
    """Model 5.2."""

    emails: list[str] | None = one_of("email", "Only users with one of these addresses; case does not matter.")


@strawberry.enum(description="What users can be sorted by.")
class UserOrderField(Enum):
    """Sortable fields; the value is the record's attribute."""

    FIRST_NAME = strawberry.enum_value("first_name", description="By first name.")
    LAST_NAME = strawberry.enum_value("last_name", description="By last name.")
    EMAIL = strawberry.enum_value("email", description="By e-mail address.")


@strawberry.input(description="How to sort users.")
class UserOrder:
    """One level of sorting."""

    field: UserOrderField = strawberry.field(description="By what.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description="Which end first.")
