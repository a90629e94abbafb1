"""Job user role assignments (crelate-api 5): each hiring team member holds the owner role."""

from __future__ import annotations

from gateway.crelate.mapping.job_hiring_team_member import pair_key
from gateway.crelate.mapping.table import Computed, Facts, Row, Table
from gateway.crelate.vocabulary import OWNER
from schema.job_user_role_assignment import JobUserRoleAssignment


def assignment_key(row: Row, facts: Facts) -> str:
    """`{job}:{user}:{role}`."""
    return f"{pair_key(row, facts)}:{OWNER}"


def owner_role(_: Row, __: Facts) -> str:
    """The one role on jobs."""
    return OWNER


JOB_USER_ROLE_ASSIGNMENT = Table(
    JobUserRoleAssignment,
    Computed("key", assignment_key),
    Computed("job_user_key", pair_key),
    Computed("role_key", owner_role),
)
