"""Job hiring team members: the link between a job and a user who fills it (model 4.8-4.11)."""

from typing import TYPE_CHECKING, Annotated

import strawberry

from schema.criterion import ids_of
from schema.record import RecordFilter, Tracked, reference
from schema.relation import each, one

if TYPE_CHECKING:
    from schema.job import Job
    from schema.role import Role
    from schema.user import User


@strawberry.type(description="A user on the hiring team of a job.")
class JobHiringTeamMember(Tracked):
    """Model 4.8-4.11.

    Attributes:
        job_key, user_key: Keys of the job and the user.
        role_keys: Keys of the roles held on the job.
    """

    job_key: strawberry.Private[str]
    user_key: strawberry.Private[str]
    role_keys: strawberry.Private[list[str]]

    roles: list[Annotated["Role", strawberry.lazy("schema.role")]] | None = each(
        "Role", "role_keys", "Roles held on this job."
    )
    job_id: strawberry.ID = reference("Job", "job_key", "Id of the job.")
    user_id: strawberry.ID = reference("User", "user_key", "Id of the user.")

    job: Annotated["Job", strawberry.lazy("schema.job")] | None = one("Job", "job_key", "The job.")
    user: Annotated["User", strawberry.lazy("schema.user")] | None = one("User", "user_key", "The user.")


@strawberry.input(description="Which hiring team members to list.")
class JobHiringTeamMemberFilter(RecordFilter):
    """Both ends of the link."""

    job_ids: list[strawberry.ID] | None = ids_of("Job", "job_key", "Only the teams of these jobs.")
    user_ids: list[strawberry.ID] | None = ids_of("User", "user_key", "Only these users.")
