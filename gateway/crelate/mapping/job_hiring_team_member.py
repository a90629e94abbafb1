"""Job hiring team members (crelate-api 5): one per owner of a job."""

from __future__ import annotations

from gateway.crelate.mapping.table import Computed, Facts, Field, Row, Table
from gateway.crelate.readers import key
from gateway.crelate.vocabulary import OWNER
from schema.job_hiring_team_member import JobHiringTeamMember


def pair_key(row: Row, _: Facts) -> str:
    """`{record}:{owner}`: the link models have no id of their own."""
    return f"{key(row['Record'])}:{key(row['Owner'])}"


def owner_role(_: Row, __: Facts) -> list[str]:
    """Every owner holds the one role on jobs."""
    return [OWNER]


JOB_HIRING_TEAM_MEMBER = Table(
    JobHiringTeamMember,
    Computed("key", pair_key),
    Field("job_key", "Record.Id", key),
    Field("user_key", "Owner.Id", key),
    Computed("role_keys", owner_role),
)
