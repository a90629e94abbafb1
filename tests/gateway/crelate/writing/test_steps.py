"""Steps of actions: their names and answers are kept in the database, and outlive a change of version."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from gateway.crelate.writing.writer import CrelateWriter
from resolvers.ports.writing import Ask, Document, File, Outcome, Plan, Stopped, Task
from schema.actions.action import ActionName
from tests.gateway.crelate.conftest import World

JOB, CONTACT = "11111111-0000-4000-8000-000000000000", "22222222-0000-4000-8000-000000000000"
STAGE, COMPANY = "33333333-0000-4000-8000-000000000000", "44444444-0000-4000-8000-000000000000"
CV = File("file 0", ("attachments", "0"), "f" * 32, "cv.pdf", "application/pdf", 9, is_cv=True)

EXISTING = {
    "Id": CONTACT,
    "FirstName": "Ada",
    "LastName": "Okafor",
    "RecordType": 2,
    "EmailAddresses_Work": {"Value": "ADA@example.com"},
}
RECORDED: dict[str, Any] = {
    "read the job": {"closed_at": None},
    "read the stages": [STAGE],
    "find the source": "55555555-0000-4000-8000-000000000000",
    "find the user": True,
    "find the country": None,
    "find the company": None,
    "find the candidate": [],
    "read the duplicate": EXISTING,
    "look at the duplicate": EXISTING,
    "look at the job": STAGE,
    "look at the job again": None,
    "look at the files": [],
    "look after the application": STAGE,
    "look at the place": {"stage": COMPANY, "date": None},
    "look after the move": {"stage": COMPANY, "date": None},
    "look after the second move": {"stage": STAGE, "date": None},
    "look at the files again": ["66666666-0000-4000-8000-000000000000"],
}
"""Step -> its answer, as the first version recorded it."""

DOCUMENT: Document = {
    "candidate": {
        "first_name": "Ada",
        "last_name": "Okafor",
        "email_address": "ada@example.com",
        "company": "Lens Works",
        "location": {"country": "US"},
    },
    "application": {"job_key": JOB},
    "source": {"name": "LinkedIn"},
    "sourced_by": {"user_key": "77777777-0000-4000-8000-000000000000"},
    "on_duplicate": "ATTACH",
}


def replaying(asked: list[str]) -> Ask:
    """Answers from the record; what is not in it was never a step."""

    async def ask(step: str, _: Callable[[], Awaitable[Any]]) -> Any:
        asked.append(step)
        return RECORDED[step]

    return ask


async def create(world: World, ask: Ask, policy: str = "ATTACH") -> Plan:
    """The plan of an application with a CV."""
    document = {**DOCUMENT, "on_duplicate": policy}
    task = Task(ActionName.CREATE_APPLICATION, document, (CV,), datetime(2026, 6, 1, tzinfo=UTC))
    return await CrelateWriter(world.connector.account).gather(task, ask)


async def test_a_recorded_action_goes_on_without_a_request(world: World) -> None:
    """Its questions and writes bear the names they always had."""
    asked: list[str] = []
    ask, written = replaying(asked), []
    plan = await create(world, ask)
    for made in (CONTACT, COMPANY, CONTACT, None, "f-1"):
        write = plan.next_write()
        assert write is not None
        written.append(write.step)
        plan = await plan.learn(write, Outcome(made=made), ask)

    questions = [step for step in RECORDED if "look" not in step and "duplicate" not in step]
    assert asked == [*questions, "look after the application"]
    assert written == ["candidate", "company", "employer", "application", "file 0"]
    assert (plan.next_write(), [check.step for check in plan.checks()]) == (None, ["see the CV"])
    assert (plan.candidate_key, plan.application_key) == (CONTACT, f"{JOB}:{CONTACT}")
    assert world.counts == {}


async def test_a_recorded_duplicate_is_taken_up(world: World) -> None:
    """A second round of questions has names of its own, and the plan goes on with the contact that is there."""
    asked: list[str] = []
    ask = replaying(asked)
    plan = await create(world, ask)
    candidate = plan.next_write()
    assert candidate is not None
    plan = await plan.learn(candidate, await plan.judge(candidate, Outcome(duplicate=CONTACT), ask), ask)

    assert asked[-3:] == ["read the duplicate", "look at the job again", "look at the files again"]
    change = plan.next_write()
    assert change is not None
    assert (change.step, change.call.method, plan.candidate_key) == ("candidate", "PATCH", CONTACT)
    assert [remark.code.name for remark in plan.remarks] == ["STAGE_DEFAULTED", "CANDIDATE_MATCHED"]


async def test_a_recorded_move_goes_on_without_a_request(world: World) -> None:
    """It had no effect at first, and was made by the first API then."""
    ask, written = replaying([]), []
    document = {"application_key": f"{JOB}:{CONTACT}", "stage_key": STAGE}
    task = Task(ActionName.MOVE_APPLICATION, document, (), datetime(2026, 6, 1, tzinfo=UTC))
    plan = await CrelateWriter(world.connector.account).gather(task, ask)
    while write := plan.next_write():
        written.append((write.step, write.call.method))
        plan = await plan.learn(write, Outcome(), ask)
    assert written == [("move", "POST"), ("second move", "PUT")]
    assert (plan.application_key, plan.refusals) == (f"{JOB}:{CONTACT}", [])


@pytest.mark.parametrize("policy", ["REJECT", "CREATE"])
async def test_a_duplicate_that_is_not_wanted_stops_the_action(world: World, policy: str) -> None:
    """It names the contact that is there."""
    ask = replaying([])
    plan = await create(world, ask, policy)
    write = plan.next_write()
    assert write is not None
    with pytest.raises(Stopped) as stopped:
        await plan.learn(write, await plan.judge(write, Outcome(duplicate=CONTACT), ask), ask)
    assert stopped.value.candidate_key == CONTACT
    assert [refusal.code.name for refusal in stopped.value.refusals] == ["CANDIDATE_ALREADY_EXISTS"]


async def test_a_doubtful_duplicate_was_made_by_the_action(world: World) -> None:
    """An earlier answer was lost, and the contact was not there before."""
    ask = replaying([])
    plan = await create(world, ask)
    write = plan.next_write()
    assert write is not None
    assert await plan.judge(write, Outcome(duplicate=CONTACT, doubtful=True), ask) == Outcome(made=CONTACT)
    assert await plan.judge(write, Outcome(duplicate=CONTACT), ask) == Outcome(duplicate=CONTACT)
