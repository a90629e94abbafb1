"""Job user role assignments: the link between a hiring team member and a role (model 4.8-4.11)."""

from typing import TYPE_CHECKING, Annotated

import strawberry

from schema.criterion import ids_of
from schema.record import RecordFilter, Tracked, reference
from schema.relation import one

if TYPE_CHECKING:
    from schema.job_hiring_team_member import JobHiringTeamMember
    from schema.role import Role


@strawberry.type(description="A role that a member of a hiring team holds.")
class JobUserRoleAssignment(Tracked):
    """Model 4.8-4.11.

    Attributes:
        job_user_key, role_key: Keys of the hiring team member and the role.
    """

    job_user_key: strawberry.Private[str]
    role_key: strawberry.Private[str]

    job_user_id: strawberry.ID = reference("JobHiringTeamMember", "job_user_key", "Id of the hiring team member.")
    role_id: strawberry.ID = reference("Role", "role_key", "Id of the role.")

    job_user: Annotated["JobHiringTeamMember", strawberry.lazy("schema.job_hiring_team_member")] | None = one(
        "JobHiringTeamMember", "job_user_key", "The hiring team member."
    )
    role: Annotated["Role", strawberry.lazy("schema.role")] | None = one("Role", "role_key", "The role.")


@strawberry.input(description="Which role assignments to list.")
class JobUserRoleAssignmentFilter(RecordFilter):
    """Both ends of the link."""

    job_user_ids: list[strawberry.ID] | None = ids_of(
        "JobHiringTeamMember", "job_user_key", "Only assignments of these hiring team members."
    )
    role_ids: list[strawberry.ID] | None = ids_of("Role", "role_key", "Only assignments of these roles.")
