"""Writes whose outcome is not known, and an ATS that is full, down, or silent for a while."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest

from gateway.actions.actions import Actions
from gateway.crelate.transport.exchange import Timing
from gateway.database.engine import Database
from gateway.simulator import Simulator
from resolvers.ports.actions import Asked, Result
from schema.actions.action import ActionOutcome
from tests.gateway.actions.conftest import INTEGRATION, account_at, running
from tests.gateway.actions.inputs import attachment, contacts_of, create, file, note, open_job, person
from tests.gateway.simulator.conftest import Clock

LOST: dict[str, dict[str, Any]] = {
    "connection dropped after the write": {"kind": "drop", "after_write": True},
    "500 after the write": {"kind": "500", "after_write": True},
    "502 after the write": {"kind": "502", "after_write": True},
    "504 after the write": {"kind": "504", "after_write": True},
    "errors in a success after the write": {"kind": "errors", "after_write": True},
    "success without a body after the write": {"kind": "empty", "after_write": True},
    "half an answer": {"kind": "truncated"},
    "connection dropped before the write": {"kind": "drop"},
    "500 before the write": {"kind": "500"},
    "503 before the write": {"kind": "503", "times": 5},
    "429 with a time": {"kind": "429", "retry_after": 30, "times": 6},
    "429 without a time": {"kind": "429", "times": 9},
}
"""What happens to the answer of a write, and whether the write happens."""

WRITES = {
    "company": "/companies",
    "contact": "/contacts",
    "pipeline entry": "/jobs/{id}/contacts",
    "CV": "/artifacts/primary",
    "document": "/artifacts",
}


def everything(simulator: Simulator, email: str) -> Asked:
    """An application that needs every kind of write."""
    candidate = person(email_address=email, company=f"Employer of {email}", title="Optician")
    files = [attachment(), attachment("letter.pdf", "COVER_LETTER")]
    return create(open_job(simulator), candidate, attachments=files, idempotency_key=email)


def check_everything(simulator: Simulator, email: str, result: Result) -> None:
    """One of each."""
    (contact,) = contacts_of(simulator, email)
    assert result.candidate_key == contact["Id"]
    assert len(simulator.state.pipeline.of_contact(contact["Id"])) == 1
    assert sorted(files_of(simulator, contact["Id"])) == ["cv.pdf", "letter.pdf"]
    companies = [row["Name"] for row in simulator.state["companies"].values()]
    assert companies.count(f"Employer of {email}") == 1


def files_of(simulator: Simulator, contact: str) -> list[str]:
    """Names of a contact's files."""
    rows = simulator.state["artifacts"].values()
    return [row["FileName"] for row in rows if row["ParentId"]["Id"] == contact]


@pytest.mark.parametrize("path", WRITES.values(), ids=WRITES)
async def test_a_write_whose_answer_is_lost_ends_with_one_record(
    path: str, actions: Actions, simulator: Simulator
) -> None:
    """Whatever becomes of the answer, the action looks before it repeats and comes to the same end."""
    for number, (fault, rule) in enumerate(LOST.items()):
        email = f"fault{number}@example.com"
        simulator.faults.add(path=path, method="POST", **rule)

        result = await actions.of(INTEGRATION).perform(everything(simulator, email), None)

        assert (result.outcome, result.user_errors) == (ActionOutcome.DONE, []), fault
        check_everything(simulator, email, result)
        assert simulator.faults.rules == [], fault


async def application(actions: Actions, simulator: Simulator) -> str:
    """Key of a new application."""
    result = await actions.of(INTEGRATION).perform(create(open_job(simulator)), None)
    return str(result.application_key)


async def test_a_note_whose_answer_is_lost_is_written_once(actions: Actions, simulator: Simulator) -> None:
    """The note is found by its text and the time it was given."""
    key = await application(actions, simulator)
    for fault, rule in LOST.items():
        simulator.faults.add(path="/notes", method="POST", **rule)

        result = await actions.of(INTEGRATION).perform(note(key, f"Fault: {fault}"), None)

        assert (result.outcome, result.user_errors) == (ActionOutcome.DONE, []), fault
        notes = [row for row in simulator.state["notes"].values() if row["Display"] == f"Fault: {fault}"]
        assert [row["Id"] for row in notes] == [result.note_id], fault


class Objects(httpx.ASGITransport):
    """Answers what was made as `{Id}`, as the first API does, and with 200."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Wrap the id a write answers with."""
        answer = await super().handle_async_request(request)
        body = json.loads(await answer.aread())
        if request.method != "POST" or not isinstance(body["Data"], str):
            return answer
        return httpx.Response(200, json={**body, "Data": {"Id": body["Data"]}})


async def test_what_was_made_may_be_named_within_an_object(
    sqlite: Database, simulator: Simulator, clock: Clock
) -> None:
    """The first look settles it: nothing has to be searched for where notes cannot be."""
    account = account_at(Objects(simulator), "https://sim/api3", Timing(sleep=clock.sleep))
    simulator.faults.add("403", "/notes", method="GET")
    async with running(sqlite, account, clock) as actions:
        result = await actions.of(INTEGRATION).perform(note(await application(actions, simulator), "Called."), None)
    await account.client.aclose()

    assert (result.outcome, result.user_errors) == (ActionOutcome.DONE, [])
    (made,) = simulator.state["notes"].values()
    assert result.note_id == made["Id"]


async def test_a_file_of_a_name_that_is_there_is_still_added(actions: Actions, simulator: Simulator) -> None:
    """A file from before is never taken for the one whose answer was lost."""
    key = await application(actions, simulator)
    first = await actions.of(INTEGRATION).perform(file(key, idempotency_key="first"), None)
    simulator.faults.add("drop", "/artifacts", method="POST", after_write=True)

    second = await actions.of(INTEGRATION).perform(file(key, idempotency_key="second"), None)

    assert None not in {first.attachment_id, second.attachment_id}
    assert first.attachment_id != second.attachment_id
    assert files_of(simulator, str(first.candidate_key)) == ["reference.pdf", "reference.pdf"]


async def test_an_answer_that_is_lost_where_nobody_can_look_is_said_to_be_unknown(
    actions: Actions, simulator: Simulator
) -> None:
    """Neither repeated nor called a success."""
    key = await application(actions, simulator)
    simulator.faults.add("drop", "/notes", method="POST", after_write=True)
    simulator.faults.add("404", "/notes", method="GET", times=None)

    result = await actions.of(INTEGRATION).perform(note(key), None)

    assert [each.code.name for each in result.user_errors] == ["OUTCOME_UNKNOWN"]
    assert (
        len([row for row in simulator.state["notes"].values() if row["Display"] == note(key).document["content"]]) == 1
    )


async def test_what_the_ats_cannot_make_sense_of_is_refused_in_the_end(actions: Actions, simulator: Simulator) -> None:
    """A 500 may be its answer to the input: it is not repeated for ever."""
    simulator.faults.add("500", "/contacts", method="POST", times=None)

    result = await actions.of(INTEGRATION).perform(create(), None)

    assert [each.code.name for each in result.user_errors] == ["UPSTREAM_REJECTED"]
    assert contacts_of(simulator) == []


@pytest.mark.parametrize("status", ["401", "403"])
async def test_a_key_without_rights_fails_at_once(status: str, actions: Actions, simulator: Simulator) -> None:
    """Waiting would not help; once somebody has put that right, the same key may be used again."""
    simulator.faults.add(status, "/contacts", method="POST", times=None)
    asked = create(idempotency_key="mine")

    result = await actions.of(INTEGRATION).perform(asked, None)
    simulator.faults.clear()
    again = await actions.of(INTEGRATION).perform(asked, None)

    assert [each.code.name for each in result.user_errors] == ["UPSTREAM_UNAUTHORIZED"]
    assert (again.outcome, again.replayed) == (ActionOutcome.DONE, False)


async def test_an_outage_longer_than_the_deadline_is_pending_and_ends_well(
    actions: Actions, simulator: Simulator
) -> None:
    """The caller gets an id to ask with; the action goes on, and the same key gives its result."""
    gate = asyncio.Event()

    async def wait(_: float) -> None:
        await gate.wait()

    simulator.faults.add("503", "/contacts", method="POST", times=3)
    actions.sleep = wait
    asked = create(idempotency_key="patient")

    early = await actions.of(INTEGRATION).perform(asked, asyncio.get_running_loop().time() + 0.3)
    pending = await actions.of(INTEGRATION).action(str(early.action_id))
    gate.set()
    late = await actions.of(INTEGRATION).perform(asked, None)
    done = await actions.of(INTEGRATION).action(str(early.action_id))

    assert (early.outcome, late.outcome, late.replayed) == (ActionOutcome.PENDING, ActionOutcome.DONE, True)
    assert pending is not None
    assert pending.outcome is ActionOutcome.PENDING
    assert done is not None
    assert done.candidate_key == late.candidate_key
    assert len(contacts_of(simulator)) == 1


async def test_two_callers_at_once_end_with_one_candidate(actions: Actions, simulator: Simulator) -> None:
    """The loser of the race is told the winner's key by the ATS, and uses it."""
    results = await asyncio.gather(
        *(actions.of(INTEGRATION).perform(create(open_job(simulator), idempotency_key=key), None) for key in "abc")
    )

    (contact,) = contacts_of(simulator)
    assert {result.candidate_key for result in results} == {contact["Id"]}
    assert len(simulator.state.pipeline.of_contact(contact["Id"])) == 1


async def test_the_same_key_at_once_is_one_action(actions: Actions, simulator: Simulator) -> None:
    """Whoever comes second waits for the first one's result."""
    results = await asyncio.gather(
        *(actions.of(INTEGRATION).perform(create(idempotency_key="one"), None) for _ in range(4))
    )

    assert len({result.action_id for result in results}) == 1
    assert sorted(result.replayed for result in results) == [False, True, True, True]
    assert len(contacts_of(simulator)) == 1


Ask = Callable[[Asked], Asked]


async def test_a_key_belongs_to_its_input(actions: Actions, simulator: Simulator) -> None:
    """The whole input is compared, files included."""
    first = create(idempotency_key="mine", attachments=[attachment()])
    changes: list[Ask] = [
        lambda asked: replace(asked, document={**asked.document, "on_duplicate": "UPDATE"}),
        lambda asked: replace(asked, document={**asked.document, "candidate": person(first_name="Ingeborg")}),
        lambda asked: replace(asked, document={**asked.document, "attachments": [attachment(data=b"%PDF-1.4 other")]}),
    ]
    done = await actions.of(INTEGRATION).perform(first, None)
    again = await actions.of(INTEGRATION).perform(first, None)
    others = [await actions.of(INTEGRATION).perform(change(first), None) for change in changes]

    assert (done.replayed, again.replayed) == (False, True)
    assert again.candidate_key == done.candidate_key
    assert [[each.code.name for each in other.user_errors] for other in others] == [["IDEMPOTENCY_KEY_REUSED"]] * 3
    assert len(contacts_of(simulator)) == 1


async def test_an_input_that_was_refused_leaves_its_key_free(actions: Actions, simulator: Simulator) -> None:
    """Nothing was written, so the corrected input may use it."""
    wrong = create("00000000-0000-4000-8000-000000000000", idempotency_key="mine")
    right = create(open_job(simulator), idempotency_key="mine")

    refused = await actions.of(INTEGRATION).perform(wrong, None)
    done = await actions.of(INTEGRATION).perform(right, None)

    assert [each.code.name for each in refused.user_errors] == ["JOB_NOT_FOUND"]
    assert (done.outcome, done.replayed) == (ActionOutcome.DONE, False)
