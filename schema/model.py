"""The eleven models in one table: everything that is done for each of them is done from here."""

from dataclasses import dataclass
from typing import Any

from schema.application import Application, ApplicationFilter, ApplicationOrder
from schema.application_stage import ApplicationStage, ApplicationStageFilter, ApplicationStageOrder
from schema.candidate import Candidate, CandidateFilter, CandidateOrder
from schema.interview import Interview, InterviewFilter, InterviewOrder
from schema.interviewing_team_member import InterviewingTeamMember, InterviewingTeamMemberFilter
from schema.job import Job, JobFilter, JobOrder
from schema.job_hiring_team_member import JobHiringTeamMember, JobHiringTeamMemberFilter
from schema.job_user_role_assignment import JobUserRoleAssignment, JobUserRoleAssignmentFilter
from schema.record import Tracked
from schema.role import Role, RoleFilter, RoleOrder
from schema.user import User, UserFilter, UserOrder
from schema.user_role import UserRole, UserRoleFilter


@dataclass(frozen=True, slots=True)
class Model:
    """One model of the unified ATS (model 4).

    Attributes:
        record: The Strawberry type; its name is the model's.
        code: One letter for ids and cursors. Never reuse or change one: clients store ids.
        plural: Root field of the connection, in Python spelling.
        singular: Root field of the look-up, or null for a link model, which has none.
        filter: The filter input.
        order: The order input, or null when there is nothing to sort by.
    """

    record: type[Tracked]
    code: str
    plural: str
    singular: str | None
    filter: type
    order: type[Any] | None

    @property
    def name(self) -> str:
        """Name of the model, such as `ApplicationStage`."""
        return self.record.__name__


MODELS: dict[str, Model] = {
    model.name: model
    for model in (
        Model(User, "U", "users", "user", UserFilter, UserOrder),
        Model(Job, "J", "jobs", "job", JobFilter, JobOrder),
        Model(Candidate, "C", "candidates", "candidate", CandidateFilter, CandidateOrder),
        Model(
            ApplicationStage,
            "S",
            "application_stages",
            "application_stage",
            ApplicationStageFilter,
            ApplicationStageOrder,
        ),
        Model(Application, "A", "applications", "application", ApplicationFilter, ApplicationOrder),
        Model(Interview, "I", "interviews", "interview", InterviewFilter, InterviewOrder),
        Model(Role, "R", "roles", "role", RoleFilter, RoleOrder),
        Model(JobHiringTeamMember, "t", "job_hiring_team_members", None, JobHiringTeamMemberFilter, None),
        Model(JobUserRoleAssignment, "a", "job_user_role_assignments", None, JobUserRoleAssignmentFilter, None),
        Model(UserRole, "u", "user_roles", None, UserRoleFilter, None),
        Model(InterviewingTeamMember, "i", "interviewing_team_members", None, InterviewingTeamMemberFilter, None),
    )
}
"""Model name -> model."""
