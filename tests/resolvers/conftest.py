"""A small firm in memory, and a way to ask about it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
import strawberry
from graphql import ExecutionResult, get_operation_ast, parse, validate

from resolvers.context import RequestContext
from resolvers.engine import Definition, Plans
from resolvers.root import build_schema
from schema.application import Application
from schema.application_stage import ApplicationStage
from schema.candidate import Candidate
from schema.coverage import Coverage
from schema.interview import Interview
from schema.interviewing_team_member import InterviewingTeamMember
from schema.job import Job, JobVisibility
from schema.job_hiring_team_member import JobHiringTeamMember
from schema.job_user_role_assignment import JobUserRoleAssignment
from schema.provenance import Provenance
from schema.rate_limit import RateLimit
from schema.record import Tracked
from schema.role import Role, RoleScope
from schema.scalars import JSON
from schema.strawberry_bridge import executable
from schema.user import User
from schema.user_role import UserRole
from schema.values import IntegrationField, IntegrationFieldType, UnifiedRoleType
from tests.resolvers.memory_source import MemorySource

SCHEMA = executable(build_schema())

ZONES = UTC, timezone(timedelta(hours=2))

Ask = Callable[..., Awaitable[ExecutionResult]]


@dataclass
class MemoryIntegration:
    """An account without an ATS."""

    name: str = "crelate:default"

    def coverage(self) -> Coverage:
        """Nothing is promised."""
        return Coverage(models=[], actions=[], features=[])

    def provenance(self, model: str, record: Tracked | None, fields: Sequence[str]) -> Sequence[Provenance]:
        """Every field from a column of its own name, in which its name and the record's key stand."""
        key = None if record is None else {"of": record.key}
        return [Provenance(field=name, source=model, column=name, rule=name, stands=key) for name in fields]

    def rate_limit(self) -> RateLimit:
        """As much as anybody could want."""
        return RateLimit(limit=100, remaining=100, reset_at=datetime(2026, 1, 1, tzinfo=UTC))


CUSTOM = [
    IntegrationField(id=strawberry.ID(key), key=key, type=IntegrationFieldType.CUSTOM, value=JSON(value))
    for key, value in (("a", "text"), ("b", "Two"), ("c", "2026-01-02T00:00:00"), ("d", 4))
]
"""Values of custom fields; nothing is known of the last one."""


def _applications() -> list[Application]:
    return [
        Application(
            key=f"j{job}:c{candidate}",
            remote_id=f"j{job}:c{candidate}",
            job_key=f"j{job}",
            candidate_key=f"c{candidate}",
            current_stage_key=f"s{candidate % 2}",
        )
        for job in range(5)
        for candidate in range(4)
    ]


@pytest.fixture
def source() -> MemorySource:
    """Five jobs with the same four applicants each, two stages, two users, one interview per application of job 0."""
    interviews = [
        Interview(key=f"i{n}", remote_id=f"i{n}", title=f"Talk {n}", application_key=f"j0:c{n}") for n in range(4)
    ]
    return MemorySource(
        {
            "User": [User(key=f"u{n}", remote_id=f"u{n}", first_name=f"User {n}") for n in range(2)],
            "Job": [
                Job(
                    key=f"j{n}",
                    remote_id=f"j{n}",
                    name=f"Job {n}",
                    visibility=list(JobVisibility)[n % 4],
                    integration_fields=[*CUSTOM[:n]],
                    opened_at=datetime(
                        2026, 1, 2, 9, 30, 0, n // 2, tzinfo=timezone(timedelta(hours=2)) if n % 2 else UTC
                    ),
                )
                for n in range(5)
            ],
            "Candidate": [Candidate(key=f"c{n}", remote_id=f"c{n}", first_name=f"Person {n}") for n in range(4)],
            "ApplicationStage": [ApplicationStage(key=f"s{n}", remote_id=f"s{n}", name=f"Stage {n}") for n in range(2)],
            "Application": [*_applications()],
            "Interview": [*interviews],
            "Role": [
                Role(
                    key="job:owner",
                    remote_id="job:owner",
                    scope=RoleScope.JOB,
                    unified_type=UnifiedRoleType.HIRING_MANAGER,
                ),
                Role(key="system:x", remote_id="system:x", remote_label="Standard", scope=RoleScope.SYSTEM),
            ],
            "JobHiringTeamMember": [
                JobHiringTeamMember(key=f"j{n}:u0", job_key=f"j{n}", user_key="u0", role_keys=["job:owner"])
                for n in range(5)
            ],
            "JobUserRoleAssignment": [
                JobUserRoleAssignment(key=f"j{n}:u0:o", job_user_key=f"j{n}:u0", role_key="job:owner") for n in range(5)
            ],
            "UserRole": [UserRole(key=f"u{n}:x", user_key=f"u{n}", role_key="system:x") for n in range(2)],
            "InterviewingTeamMember": [
                InterviewingTeamMember(key=f"i{n}:u1", interview_key=f"i{n}", user_key="u1") for n in range(4)
            ],
        }
    )


@pytest.fixture
def ask(source: MemorySource) -> Ask:
    """Run a document against the firm, as a fresh request."""

    async def run(document: str, integration: str = "crelate:default", **variables: Any) -> ExecutionResult:
        return await answered(document, RequestContext(MemoryIntegration(integration), source), variables)

    return run


async def answered(document: str, context: RequestContext, variables: dict[str, Any] | None = None) -> ExecutionResult:
    """The engine's answer to a document, which must be valid."""
    parsed = parse(document)
    assert not validate(SCHEMA, parsed), document
    operation = get_operation_ast(parsed)
    assert operation, document
    call = Definition(SCHEMA, parsed, operation).call(variables or {}, context)
    if isinstance(call, list):
        return ExecutionResult(None, call)
    return (await Plans().answer(call)).result
