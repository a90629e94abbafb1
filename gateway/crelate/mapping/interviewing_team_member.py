"""Interviewing team members (crelate-api 5): one per owner of an interview (ASM-26)."""

from __future__ import annotations

from gateway.crelate.mapping.job_hiring_team_member import pair_key
from gateway.crelate.mapping.table import Computed, Field, Table
from gateway.crelate.readers import key
from schema.interviewing_team_member import InterviewingTeamMember

INTERVIEWING_TEAM_MEMBER = Table(
    InterviewingTeamMember,
    Computed("key", pair_key),
    Field("interview_key", "Record.Id", key),
    Field("user_key", "Owner.Id", key),
)
