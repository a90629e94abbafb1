"""Which function answers which question."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from gateway.crelate.filters import MODIFIED_AFTER, Asked, Filter
from gateway.crelate.reading import application, candidate, interview, job, small
from gateway.crelate.reading.answers import ByIds, ByParents
from gateway.crelate.reading.session import Session
from gateway.crelate.reading.team import (
    ASSIGNMENTS,
    HIRING,
    INTERVIEWING,
    assignments_by_job_user,
    assignments_by_role,
)
from gateway.crelate.reading.walk import Walk
from schema.record import UPDATED

BY_IDS: dict[str, ByIds] = {
    "User": small.users_by_ids,
    "Job": job.by_ids,
    "Candidate": candidate.by_ids,
    "ApplicationStage": small.stages_by_ids,
    "Application": application.by_ids,
    "Interview": interview.by_ids,
    "Role": small.among(small.roles),
    "JobHiringTeamMember": HIRING.by_ids,
    "JobUserRoleAssignment": ASSIGNMENTS.by_ids,
    "UserRole": small.among(small.user_roles),
    "InterviewingTeamMember": INTERVIEWING.by_ids,
}
"""Model -> how records are found by key."""

BY_PARENTS: dict[tuple[str, str], ByParents] = {
    ("Application", "job_key"): application.by_job,
    ("Application", "candidate_key"): application.by_candidate,
    ("Application", "current_stage_key"): application.by_stage,
    ("Interview", "application_key"): interview.by_application,
    ("JobHiringTeamMember", "job_key"): HIRING.by_parent,
    ("JobHiringTeamMember", "user_key"): HIRING.by_user,
    ("JobUserRoleAssignment", "job_user_key"): assignments_by_job_user,
    ("JobUserRoleAssignment", "role_key"): assignments_by_role,
    ("UserRole", "user_key"): small.holding(small.user_roles, "user_key"),
    ("UserRole", "role_key"): small.holding(small.user_roles, "role_key"),
    ("InterviewingTeamMember", "interview_key"): INTERVIEWING.by_parent,
    ("InterviewingTeamMember", "user_key"): INTERVIEWING.by_user,
}
"""Model and key attribute -> how records are found by the key they hold in it."""

WHOLE: dict[str, small.Whole] = {
    "User": small.users,
    "ApplicationStage": small.stages,
    "Role": small.roles,
    "UserRole": small.user_roles,
}
"""Model small enough to be held whole -> how."""

WALKS: dict[str, Callable[[Session, Asked], Awaitable[Walk]]] = {
    "Job": job.walk,
    "Candidate": candidate.walk,
    "Application": application.walk,
    "Interview": interview.walk,
    "JobHiringTeamMember": HIRING.walk,
    "JobUserRoleAssignment": ASSIGNMENTS.walk,
    "InterviewingTeamMember": INTERVIEWING.walk,
}
"""Model -> how it is paged."""

SEARCHES: dict[tuple[str, str], Callable[[Session, Sequence[Any]], Awaitable[list[Any]]]] = {
    ("Candidate", "email_addresses.email_address"): candidate.by_emails,
    ("Candidate", "applications.job_key"): candidate.by_jobs,
    ("Interview", "application.job_key"): interview.by_jobs,
}
"""Model and attribute, beside keys -> how all records with one of several values in it are found."""

WALKED: dict[tuple[str, str], Filter | None] = {
    ("Job", UPDATED): MODIFIED_AFTER["/jobs"],
    ("Candidate", UPDATED): MODIFIED_AFTER["/contacts"],
    ("Interview", UPDATED): MODIFIED_AFTER["/activities"],
    ("Application", "current_stage_key"): None,
}
"""Model and attribute of a condition that is looked at record by record -> the filter that saves reading, if any."""
