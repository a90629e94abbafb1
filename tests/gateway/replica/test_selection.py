"""Filters of the store: own values, lists of sub-objects, relations, and what counts as updated."""

from datetime import timedelta
from typing import Any

import pytest

from gateway.replica.store import Store
from resolvers.ports.source import PageQuestion
from schema.application_stage import ApplicationStage
from schema.criterion import Criterion, Operator, meanings
from schema.interview import Interview
from schema.interviewing_team_member import InterviewingTeamMember
from schema.job import JobVisibility
from schema.job_hiring_team_member import JobHiringTeamMember
from schema.model import MODELS
from schema.record import UPDATED, Tracked
from schema.role import Role
from schema.user import User
from schema.user_role import UserRole
from tests.gateway.replica.records import INTEGRATION, START, Clock, application, candidate, job

DAY = timedelta(days=1)
RECORDS: list[Tracked] = [
    job("j1", name="Head Chef", job_code="C-1", visibility=JobVisibility.PUBLIC, opened_at=START),
    job("j2", name="100% waiter_in", opened_at=START + DAY, closed_at=START + 2 * DAY),
    candidate("c1", "ada@example.com", "A.L@work.example", first_name="Ada", company="Analytical"),
    candidate("c2", "bob@example.com", "bob@b\u00fccher.example", "R&D@example.com", first_name="Bob"),
    application("j1", "c1", "s1"),
    application("j2", "c1", "s2"),
    application("j2", "c2", "s1"),
    Interview(key="i1", remote_id="i1", application_key="j1:c1", title="Technical", starting_at=START),
    Interview(key="i2", remote_id="i2", application_key=None, title="Coffee", starting_at=START + DAY),
    InterviewingTeamMember(key="i1:u1", interview_key="i1", user_key="u1"),
    JobHiringTeamMember(key="j2:u1", job_key="j2", user_key="u1", role_keys=["r1"]),
    User(key="u1", remote_id="u1", email="sam@example.com"),
    UserRole(key="u1:r1", user_key="u1", role_key="r1"),
    Role(key="r1", remote_id="r1"),
    ApplicationStage(key="s1", remote_id="s1", name="New"),
]


async def _found(store: Store, model: str, *criteria: Criterion, deleted: bool = False) -> list[str]:
    page = await store.page(
        INTEGRATION, model, PageQuestion(size=50, criteria=criteria, include_deleted=deleted, counted=True)
    )
    assert page.total == len(page.copies)
    return [copy.record.key for copy in page.copies]


@pytest.fixture
async def filled(store: Store, clock: Clock) -> Store:
    """A small firm."""
    for record in RECORDS:
        await store.write(INTEGRATION, type(record).__name__, [record], clock.now)
    return store


def _given(model: str, argument: str, value: Any) -> Criterion:
    meaning = meanings(MODELS[model].filter)[argument]
    return Criterion(meaning.attribute, meaning.operator, value, argument)


@pytest.mark.parametrize(
    ("model", "argument", "value", "expected"),
    [
        ("Job", "ids", ("j1", "nobody"), ["j1"]),
        ("Job", "remote_ids", ("J2",), ["j2"]),
        ("Job", "job_codes", ("c-1",), ["j1"]),
        ("Job", "visibilities", (JobVisibility.PUBLIC, JobVisibility.INTERNAL), ["j1"]),
        ("Job", "name_contains", "CHEF", ["j1"]),
        ("Job", "name_contains", "0%", ["j2"]),
        ("Job", "name_contains", "d_c", []),
        ("Job", "opened_after", START, ["j2"]),
        ("Job", "opened_before", START + DAY, ["j1"]),
        ("Job", "closed_after", START, ["j2"]),
        ("Job", "hiring_manager_ids", ("u1",), ["j2"]),
        ("Candidate", "email", ("a.l@WORK.example",), ["c1"]),
        ("Candidate", "email", ("bob@b\u00fccher.example",), ["c2"]),
        ("Candidate", "email", ("bob@XN--BCHER-KVA.example",), ["c2"]),
        ("Candidate", "email", ("r&d@example.com",), ["c2"]),
        ("Candidate", "first_name", ("ADA",), ["c1"]),
        ("Candidate", "company_contains", "lytic", ["c1"]),
        ("Candidate", "job_ids", ("j2",), ["c1", "c2"]),
        ("Application", "job_remote_ids", ("j2",), ["j2:c1", "j2:c2"]),
        ("Application", "candidate_ids", ("c1",), ["j1:c1", "j2:c1"]),
        ("Application", "current_stage_ids", ("s1",), ["j1:c1", "j2:c2"]),
        ("Interview", "application_ids", ("j1:c1",), ["i1"]),
        ("Interview", "job_ids", ("j1",), ["i1"]),
        ("Interview", "interviewer_ids", ("u1",), ["i1"]),
        ("Interview", "starting_after", START, ["i2"]),
        ("User", "emails", ("SAM@example.com",), ["u1"]),
    ],
)
async def test_filters_mean_what_they_say(
    filled: Store, model: str, argument: str, value: Any, expected: list[str]
) -> None:
    """Each filter of the contract finds what it should and nothing else."""
    assert await _found(filled, model, _given(model, argument, value)) == expected


async def test_every_filter_can_be_applied(filled: Store) -> None:
    """No field of any filter input is without its column."""
    samples = {Operator.IN: ("x",), Operator.CONTAINS: "x", Operator.AFTER: START, Operator.BEFORE: START - DAY}
    for name, model in MODELS.items():
        for argument, meaning in meanings(model.filter).items():
            await _found(filled, name, _given(name, argument, samples[meaning.operator]))


async def test_conditions_must_all_hold(filled: Store) -> None:
    """AND between conditions, OR inside one."""
    both = (_given("Application", "job_ids", ("j1", "j2")), _given("Application", "candidate_ids", ("c2",)))
    assert await _found(filled, "Application", *both) == ["j2:c2"]


async def test_deleted_records_are_hidden_unless_wanted(filled: Store, clock: Clock) -> None:
    """Also from filters that lead over them."""
    await filled.delete(INTEGRATION, "Application", ["j2:c2"], clock.tick())
    assert await _found(filled, "Application", _given("Application", "job_ids", ("j2",))) == ["j2:c1"]
    assert await _found(filled, "Candidate", _given("Candidate", "job_ids", ("j2",))) == ["c1"]
    everything = await _found(filled, "Application", deleted=True)
    assert everything == ["j1:c1", "j2:c1", "j2:c2"]


CHANGES: list[tuple[Tracked, dict[str, list[str]]]] = [
    (UserRole(key="u1:r2", user_key="u1", role_key="r2"), {"User": ["u1"]}),
    (Role(key="r1", remote_id="r1", remote_label="Boss"), {"User": ["u1"], "Role": ["r1"]}),
    (JobHiringTeamMember(key="j1:u1", job_key="j1", user_key="u1", role_keys=[]), {"Job": ["j1"], "User": []}),
    (User(key="u1", remote_id="u1", email="new@example.com"), {"User": ["u1"], "Job": [], "Interview": []}),
    (
        application("j2", "c2", "s9"),
        {"Application": ["j2:c2"], "Candidate": ["c2"], "Job": [], "Interview": []},
    ),
    (application("j1", "c1", "s9"), {"Application": ["j1:c1"], "Candidate": ["c1"], "Interview": ["i1"]}),
    (candidate("c2", first_name="Bo"), {"Candidate": ["c2"], "Application": ["j2:c2"], "Interview": []}),
    (ApplicationStage(key="s1", remote_id="s1", name="Fresh"), {"ApplicationStage": ["s1"], "Application": []}),
    (job("j1", name="New"), {"Job": ["j1"], "Application": [], "Candidate": []}),
    (
        Interview(key="i1", remote_id="i1", application_key="j1:c1", title="Later"),
        {"Interview": ["i1"], "Application": ["j1:c1"], "Candidate": []},
    ),
    (
        InterviewingTeamMember(key="i2:u1", interview_key="i2", user_key="u1"),
        {"Interview": ["i2"], "Application": []},
    ),
]


@pytest.mark.parametrize(("change", "expected"), CHANGES, ids=lambda value: getattr(value, "key", ""))
async def test_updated_after_counts_the_relations_of_the_model(
    filled: Store, clock: Clock, change: Tracked, expected: dict[str, list[str]]
) -> None:
    """The table of model 5.3: whose list a change of which record re-surfaces."""
    before = clock.now
    clock.tick()
    await filled.write(INTEGRATION, type(change).__name__, [change], clock.now)
    updated = Criterion(UPDATED, Operator.AFTER, before, "updatedAfter")
    assert {model: await _found(filled, model, updated) for model in expected} == expected


async def test_what_was_removed_counts_as_updated(filled: Store, clock: Clock) -> None:
    """Both for the record itself, where deleted ones are wanted, and for the one it was tied to."""
    before = clock.now
    await filled.delete(INTEGRATION, "Application", ["j2:c2"], clock.tick())
    updated = Criterion(UPDATED, Operator.AFTER, before, "updatedAfter")
    assert await _found(filled, "Candidate", updated) == ["c2"]
    assert await _found(filled, "Application", updated) == []
    assert await _found(filled, "Application", updated, deleted=True) == ["j2:c2"]
