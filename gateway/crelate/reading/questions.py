"""Which function answers which question."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

from gateway.crelate.filters import MODIFIED_AFTER, Asked, Filter
from gateway.crelate.reading import (
    application,
    application_stage,
    candidate,
    interview,
    interviewing_team_member,
    job,
    job_hiring_team_member,
    job_user_role_assignment,
    role,
    user,
    user_role,
)
from gateway.crelate.reading.answers import ByIds, ByParents
from gateway.crelate.reading.session import Session
from gateway.crelate.reading.walk import Walk
from schema.record import UPDATED

BY_IDS: dict[str, ByIds] = {
    "User": user.by_ids,
    "Job": job.by_ids,
    "Candidate": candidate.by_ids,
    "ApplicationStage": application_stage.by_ids,
    "Application": application.by_ids,
    "Interview": interview.by_ids,
    "Role": role.by_ids,
    "JobHiringTeamMember": job_hiring_team_member.by_ids,
    "JobUserRoleAssignment": job_user_role_assignment.by_ids,
    "UserRole": user_role.by_ids,
    "InterviewingTeamMember": interviewing_team_member.by_ids,
}
"""Model -> how records are found by key."""

BY_PARENTS: dict[tuple[str, str], ByParents] = {
    ("Application", "job_key"): application.by_job,
    ("Application", "candidate_key"): application.by_candidate,
    ("Application", "current_stage_key"): application.by_stage,
    ("Interview", "application_key"): interview.by_application,
    ("JobHiringTeamMember", "job_key"): job_hiring_team_member.by_job,
    ("JobHiringTeamMember", "user_key"): job_hiring_team_member.by_user,
    ("JobUserRoleAssignment", "job_user_key"): job_user_role_assignment.by_job_user,
    ("JobUserRoleAssignment", "role_key"): job_user_role_assignment.by_role,
    ("UserRole", "user_key"): user_role.by_user,
    ("UserRole", "role_key"): user_role.by_role,
    ("InterviewingTeamMember", "interview_key"): interviewing_team_member.by_interview,
    ("InterviewingTeamMember", "user_key"): interviewing_team_member.by_user,
}
"""Model and key attribute -> how records are found by the key they hold in it."""

WHOLE: dict[str, Callable[[Session], Awaitable[list[Any]]]] = {
    "User": user.whole,
    "ApplicationStage": application_stage.whole,
    "Role": role.whole,
    "UserRole": user_role.whole,
}
"""Model small enough to be held whole -> how."""

WALKS: dict[str, Callable[[Session, Asked], Awaitable[Walk]]] = {
    "Job": job.walk,
    "Candidate": candidate.walk,
    "Application": application.walk,
    "Interview": interview.walk,
    "JobHiringTeamMember": job_hiring_team_member.walk,
    "JobUserRoleAssignment": partial(job_hiring_team_member.walk, model=job_user_role_assignment.MODEL),
    "InterviewingTeamMember": interviewing_team_member.walk,
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
