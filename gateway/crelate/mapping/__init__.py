"""From Crelate's rows to records of the unified model: one table per model, of which `table` makes Python."""

from typing import Any

from gateway.crelate.mapping.application import APPLICATION
from gateway.crelate.mapping.application_stage import APPLICATION_STAGE
from gateway.crelate.mapping.candidate import CANDIDATE
from gateway.crelate.mapping.interview import INTERVIEW
from gateway.crelate.mapping.job import JOB
from gateway.crelate.mapping.table import Table
from gateway.crelate.mapping.team import INTERVIEWING_TEAM_MEMBER, JOB_HIRING_TEAM_MEMBER, JOB_USER_ROLE_ASSIGNMENT
from gateway.crelate.mapping.user import ROLE, USER, USER_ROLE

TABLES: dict[str, Table[Any]] = {
    table.record.__name__: table
    for table in (
        USER,
        JOB,
        CANDIDATE,
        APPLICATION_STAGE,
        APPLICATION,
        INTERVIEW,
        ROLE,
        JOB_HIRING_TEAM_MEMBER,
        JOB_USER_ROLE_ASSIGNMENT,
        USER_ROLE,
        INTERVIEWING_TEAM_MEMBER,
    )
}
"""Model name -> how its records are read."""
