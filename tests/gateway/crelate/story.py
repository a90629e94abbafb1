"""The nested question of the first page of the manual, asked of a source level by level."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from resolvers.errors import AtsError
from resolvers.ports.source import Children, PageQuestion, Source


async def told(source: Source, size: int = 20) -> dict[str, Any]:
    """What is found, as plain data, with an error's code in the place of what failed.

    `jobs { applications { candidate currentStage interviews { interviewingTeam { user } } } hiringTeam { user } }`
    """
    page: Sequence[Any] = (await source.page("Job", PageQuestion(size=size))).records
    jobs = [job.key for job in page]
    applications = await source.by_parents("Application", "job_key", jobs, None)
    teams = await source.by_parents("JobHiringTeamMember", "job_key", jobs, None)
    found = _records(applications.values())
    candidates = await source.by_ids("Candidate", _distinct(found, "candidate_key"))
    stages = await source.by_ids("ApplicationStage", _distinct(found, "current_stage_key"))
    interviews = await source.by_parents("Interview", "application_key", [record.key for record in found], None)
    meetings = [meeting.key for meeting in _records(interviews.values())]
    panels = await source.by_parents("InterviewingTeamMember", "interview_key", meetings, None)
    users = await source.by_ids("User", _distinct(_records([*teams.values(), *panels.values()]), "user_key"))
    return {
        "jobs": [(job.key, job.name) for job in page],
        "applications": {job: _keys(applications.get(job)) for job in jobs},
        "candidates": {key: _shown(record, "last_name") for key, record in candidates.items()},
        "stages": {key: _shown(record, "name") for key, record in stages.items()},
        "stage of": {record.key: record.current_stage_key for record in found},
        "interviews": {key: _keys(children) for key, children in interviews.items()},
        "panels": {key: _keys(children) for key, children in panels.items()},
        "teams": {key: _keys(children) for key, children in teams.items()},
        "users": {key: _shown(record, "last_name") for key, record in users.items()},
    }


def _records(answers: Iterable[Children | AtsError]) -> list[Any]:
    return [record for children in answers if isinstance(children, Children) for record in children.records]


def _distinct(records: Iterable[Any], attribute: str) -> Sequence[str]:
    return list(dict.fromkeys(getattr(record, attribute) for record in records))


def _keys(children: Children | AtsError | None) -> list[str] | str:
    if isinstance(children, AtsError):
        return children.code
    return sorted(record.key for record in children.records) if children else []


def _shown(record: Any, attribute: str) -> Any:
    return record.code if isinstance(record, AtsError) else getattr(record, attribute)
