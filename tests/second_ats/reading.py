"""The service's rows as records of the unified model, and the graph's questions about them.

The service filters by every column, so that nothing is refused live.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from resolvers.criteria import holding, ordered, visible
from resolvers.errors import AtsError, FilterNeedsSync
from resolvers.ports.custom_fields import Definitions
from resolvers.ports.source import Children, Fields, Following, LiveSource, Page, PageQuestion
from schema.application import Application
from schema.application_stage import ApplicationStage
from schema.candidate import Candidate
from schema.criterion import Criterion, Operator
from schema.interview import Interview
from schema.interviewing_team_member import InterviewingTeamMember
from schema.job import Job
from schema.job_hiring_team_member import JobHiringTeamMember
from schema.job_user_role_assignment import JobUserRoleAssignment
from schema.model import MODELS
from schema.record import Tracked
from schema.relation import Kind, relations
from schema.role import Role, RoleScope
from schema.user import User
from schema.user_role import UserRole
from schema.values import EmailAddress, UnifiedRoleType
from tests.second_ats.service import Row, Service

ROLES: Sequence[Tracked] = (
    Role(key="level.chief", remote_id="level.chief", remote_label="Chief", scope=RoleScope.SYSTEM),
    Role(key="level.member", remote_id="level.member", remote_label="Member", scope=RoleScope.SYSTEM),
    Role(key="duty.lead", remote_id="duty.lead", scope=RoleScope.JOB, unified_type=UnifiedRoleType.HIRING_MANAGER),
)
"""The service's levels and duties."""


def _record(record_type: Any, row: Row, **fields: Any) -> Tracked:
    key = str(row["number"])
    record: Tracked = record_type(key=key, remote_id=key, remote_updated_at=row["stamp"], **fields)
    return record


def _staff(row: Row) -> dict[str, list[Tracked]]:
    key, role_key = str(row["number"]), f"level.{row['level']}"
    names = {"first_name": row["first"], "last_name": row["last"], "email": row["mail"]}
    return {
        "User": [User(key=key, remote_id=key, **names)],
        "UserRole": [UserRole(key=f"{key}.{role_key}", user_key=key, role_key=role_key)],
    }


def _openings(row: Row) -> dict[str, list[Tracked]]:
    key = str(row["number"])
    steps = {f"{key}.{step['step']}": step["label"] for step in row["steps"]}
    team = {f"{key}.{member['staff']}": (str(member["staff"]), f"duty.{member['duty']}") for member in row["team"]}
    return {
        "Job": [_record(Job, row, name=row["label"])],
        "ApplicationStage": [ApplicationStage(key=step, remote_id=step, name=label) for step, label in steps.items()],
        "JobHiringTeamMember": [
            JobHiringTeamMember(key=member, job_key=key, user_key=user_key, role_keys=[role_key])
            for member, (user_key, role_key) in team.items()
        ],
        "JobUserRoleAssignment": [
            JobUserRoleAssignment(key=f"{member}.{role_key}", job_user_key=member, role_key=role_key)
            for member, (_, role_key) in team.items()
        ],
    }


def _people(row: Row) -> dict[str, list[Tracked]]:
    key, addresses = str(row["number"]), [EmailAddress(email_address=address) for address in row["mails"]]
    names = {"first_name": row["first"], "last_name": row["last"], "company": row.get("employer")}
    stamp = row["stamp"]
    return {
        "Candidate": [Candidate(key=key, remote_id=key, email_addresses=addresses, remote_updated_at=stamp, **names)]
    }


def _submissions(row: Row) -> dict[str, list[Tracked]]:
    job_key = str(row["opening"])
    ends = {"job_key": job_key, "candidate_key": str(row["person"]), "current_stage_key": f"{job_key}.{row['step']}"}
    return {"Application": [_record(Application, row, **ends)]}


def _talks(row: Row) -> dict[str, list[Tracked]]:
    key, hosts = str(row["number"]), [str(host["staff"]) for host in row["hosts"]]
    talk = _record(Interview, row, title=row["label"], application_key=str(row["submission"]))
    team = [InterviewingTeamMember(key=f"{key}.{host}", interview_key=key, user_key=host) for host in hosts]
    return {"Interview": [talk], "InterviewingTeamMember": [*team]}


READERS = {"staff": _staff, "openings": _openings, "people": _people, "submissions": _submissions, "talks": _talks}
"""Table of the service -> the records of one of its rows, by model."""

OWN = {"key": "number"}
PLACES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "User": ("staff", OWN),
    "UserRole": ("staff", {**OWN, "user_key": "number"}),
    "Job": ("openings", OWN),
    "ApplicationStage": ("openings", OWN),
    "JobHiringTeamMember": ("openings", {**OWN, "job_key": "number", "user_key": "team.staff"}),
    "JobUserRoleAssignment": ("openings", {**OWN, "job_user_key": "number"}),
    "Candidate": ("people", OWN),
    "Application": (
        "submissions",
        {**OWN, "job_key": "opening", "candidate_key": "person", "current_stage_key": "opening"},
    ),
    "Interview": ("talks", {**OWN, "application_key": "submission"}),
    "InterviewingTeamMember": ("talks", {**OWN, "interview_key": "number", "user_key": "hosts.staff"}),
}
"""Model -> its table, and for each key attribute the column that holds the key's first number; roles are fixed."""


class ToySource:
    """The graph's questions, each asked of the service once for all keys."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def anew(self, _: Sequence[LiveSource], /) -> "ToySource":
        """Itself: it remembers nothing."""
        return self

    def expect(self, fields: Fields) -> None:
        """Records are read whole."""

    async def by_ids(self, model: str, keys: Sequence[str]) -> Mapping[str, Tracked | AtsError]:
        """The records under these keys."""
        return {record.key: record for record in await self._held(model, "key", keys)}

    async def by_parents(
        self, model: str, attribute: str, keys: Sequence[str], limit: int | None
    ) -> Mapping[str, Children | AtsError]:
        """The records that hold one of these keys in the attribute."""
        found: dict[str, list[Tracked]] = defaultdict(list)
        for record in await self._held(model, attribute, keys):
            found[getattr(record, attribute)].append(record)
        return {key: Children(records[:limit], len(records)) for key, records in found.items()}

    async def custom_fields(self, model: str, *, known: bool = False) -> Definitions:  # noqa: ARG002  there are none
        """The service takes no fields but its own."""
        return Definitions()

    async def read_ahead(self, model: str, attribute: str, keys: Sequence[str], following: Following) -> None:
        """Nothing is read before it is asked for."""

    async def page(self, model: str, question: PageQuestion) -> Page:
        """A page; a position is a record's key."""
        if question.include_deleted or question.backward:
            raise FilterNeedsSync(argument="includeDeleted" if question.include_deleted else "last")
        records = ordered(await self._matching(model, question.criteria), question.orders)
        start = next((at for at, record in enumerate(records, 1) if record.key == question.position), 0)
        taken = records[start : start + question.size]
        more = start + question.size < len(records)
        return Page(taken, [record.key for record in taken], more, start > 0, len(records))

    async def _held(self, model: str, attribute: str, keys: Collection[str]) -> list[Tracked]:
        """The records whose attribute is one of these keys."""
        if model == "Role":
            return [role for role in ROLES if role.key in keys]
        column = PLACES[model][1].get(attribute)
        where = {column: set(numbers(keys))} if column else {}
        return [record for record in await self._read(model, where) if getattr(record, attribute) in keys]

    async def _matching(self, model: str, criteria: Sequence[Criterion]) -> list[Tracked]:
        """The records for which all of this holds."""
        record_type = MODELS[model].record
        keys = next((each for each in criteria if each.attribute == "key" and each.operator is Operator.IN), None)
        found = await (self._held(model, "key", keys.value) if keys else self._all(model))
        for criterion in criteria:
            if visible(record_type, criterion):
                found = list(filter(holding([criterion]), found))
            else:
                found = await self._across(model, found, criterion)
        return found

    async def _across(self, model: str, records: list[Tracked], criterion: Criterion) -> list[Tracked]:
        """The records that are tied to one for which the condition holds."""
        head, _, rest = criterion.attribute.partition(".")
        relation = relations(MODELS[model].record).get(head)
        if relation is None:
            raise FilterNeedsSync(argument=criterion.argument)
        others = await self._matching(relation.to, [replace(criterion, attribute=rest)])
        near, far = (relation.key, "key") if relation.kind is Kind.ONE else ("key", relation.key)
        wanted = {getattr(other, far) for other in others}
        return [record for record in records if getattr(record, near) in wanted]

    async def _all(self, model: str) -> list[Tracked]:
        return list(ROLES) if model == "Role" else await self._read(model, {})

    async def _read(self, model: str, where: Mapping[str, Collection[int]]) -> list[Tracked]:
        """All records under these conditions, page after page."""
        table, cursor = PLACES[model][0], None
        found = await self._service.list(table, where)
        rows = found.rows
        while (cursor := found.cursor) is not None:
            found = await self._service.list(table, where, cursor=cursor)
            rows = rows + found.rows
        return [record for row in rows for record in READERS[table](row)[model]]


def numbers(keys: Iterable[str]) -> Iterator[int]:
    """The first number of each key; what has none is no key of this service."""
    return (int(head) for key in keys if (head := key.partition(".")[0]).isdecimal())
