"""The actions as clients see them."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import strawberry

from resolvers.ids import Ids
from resolvers.mutations.performing import MARGIN_SECONDS
from resolvers.ports.actions import Result
from schema.actions.action import Action, ActionName, ActionOutcome
from schema.actions.planned_call import PlannedCall
from schema.actions.problem import ActionWarning, UserError, UserErrorCode, WarningCode
from schema.application import Application
from schema.candidate import Candidate
from schema.scalars import JSON
from tests.resolvers.mutations.conftest import Ask, MemoryActions

IDS = Ids("crelate:default")

CREATE = """
mutation ($input: CreateApplicationInput!) {
  createApplication(input: $input) {
    candidate { id firstName } application { id job { id } } status actionId idempotencyKey replayed
    plannedCalls { method path params body } userErrors { code message field } warnings { code message field }
  }
}
"""

COMPLETE: dict[str, Any] = {
    "candidate": {
        "firstName": "Ada",
        "lastName": "Okafor",
        "emailAddress": "ada@example.com",
        "additionalEmailAddresses": [{"emailAddress": "a@work.example.com", "type": "WORK"}],
        "company": "Acme",
        "title": "Engineer",
        "phoneNumber": "+1 206 555 0142",
        "location": {"city": "Austin", "country": "US", "state": "TX", "zipCode": "78701"},
        "availabilityDate": "2026-09-01",
        "salaryExpectations": {"period": "MONTH", "amount": 5000},
        "socialLinks": [{"url": "https://github.com/ada"}],
    },
    "application": {"jobId": "remote:j1", "stageId": IDS.encode("ApplicationStage", "s1")},
    "attachments": [{"name": "cv.pdf", "contentType": "application/pdf", "data": "eA==", "type": "CV"}],
    "source": {"name": "LinkedIn", "unifiedKey": "LINKEDIN", "id": "src"},
    "sourcedBy": {"userId": IDS.encode("User", "u1")},
    "idempotencyKey": "k",
    "onDuplicate": "UPDATE",
    "dryRun": True,
}


async def test_an_input_becomes_a_document_of_plain_values(ask: Ask, performer: MemoryActions) -> None:
    """Every field of the action's table, ids as keys; how to carry it out is no part of it."""
    answer = await ask(CREATE, input=COMPLETE)

    assert answer.errors is None
    (asked,) = performer.asked
    assert (asked.name, asked.idempotency_key, asked.dry_run) == (ActionName.CREATE_APPLICATION, "k", True)
    assert asked.user_errors == []
    assert asked.document == {
        "candidate": {
            "first_name": "Ada",
            "last_name": "Okafor",
            "email_address": "ada@example.com",
            "additional_email_addresses": [{"email_address": "a@work.example.com", "type": "WORK"}],
            "company": "Acme",
            "title": "Engineer",
            "phone_number": "+1 206 555 0142",
            "location": {"city": "Austin", "country": "US", "state": "TX", "zip_code": "78701"},
            "availability_date": "2026-09-01T00:00:00+00:00",
            "salary_expectations": {"period": "MONTH", "amount": 5000.0},
            "social_links": [{"url": "https://github.com/ada"}],
        },
        "application": {"job_key": "j1", "stage_key": "s1"},
        "attachments": [{"name": "cv.pdf", "type": "CV", "content_type": "application/pdf", "data": "eA=="}],
        "source": {"name": "LinkedIn", "unified_key": "LINKEDIN", "id": "src"},
        "sourced_by": {"user_key": "u1"},
        "on_duplicate": "UPDATE",
        "on_namesake": "REJECT",
    }


BLANK = " \u00a0\t\n\u2003"


async def test_blank_optional_values_are_absent(ask: Ask, performer: MemoryActions) -> None:
    """In any field, ids and addresses included; a required one stays, to be refused at its place."""
    candidate = {
        "firstName": BLANK,
        "lastName": "Okafor",
        "emailAddress": "ada@example.com",
        **dict.fromkeys(("company", "title", "phoneNumber"), BLANK),
        "location": dict.fromkeys(("city", "country", "state", "zipCode"), ""),
        "additionalEmailAddresses": [{"emailAddress": BLANK}],
        "socialLinks": [{"url": ""}],
    }
    attachment = {"name": "cv.pdf", "data": "eA==", "dataUrl": BLANK, "contentType": ""}
    given = {
        "candidate": candidate,
        "attachments": [attachment],
        "sourcedBy": {"userId": BLANK},
        "application": {"jobId": "remote:j1", "stageId": BLANK},
        "source": {"name": "LinkedIn", "id": "", "unifiedKey": BLANK},
    }

    await ask(CREATE, input=given)

    (asked,) = performer.asked
    assert asked.user_errors == []
    assert asked.document == {
        "candidate": {
            "first_name": BLANK,
            "last_name": "Okafor",
            "email_address": "ada@example.com",
            "location": {},
            "additional_email_addresses": [{"email_address": BLANK, "type": "PERSONAL"}],
            "social_links": [{"url": ""}],
        },
        "application": {"job_key": "j1"},
        "attachments": [{"name": "cv.pdf", "type": "OTHER", "data": "eA=="}],
        "source": {"name": "LinkedIn"},
        "on_duplicate": "ATTACH",
        "on_namesake": "REJECT",
    }


@pytest.mark.parametrize(
    ("given", "day"),
    [
        ("2026-09-01T00:00:00-11:00", "2026-09-01"),
        ("2026-09-01T00:00:00+14:00", "2026-09-01"),
        ("2026-09-01T23:59:59.999+14:00", "2026-09-01"),
        ("2026-09-01T23:59:59Z", "2026-09-01"),
    ],
)
async def test_a_date_keeps_its_day(ask: Ask, performer: MemoryActions, given: str, day: str) -> None:
    """Whatever its offset."""
    await ask(CREATE, input={**COMPLETE, "candidate": {**COMPLETE["candidate"], "availabilityDate": given}})

    assert performer.asked[0].document["candidate"]["availability_date"].startswith(day)


async def test_an_id_of_another_model_is_an_error_at_its_path(ask: Ask, performer: MemoryActions) -> None:
    """All of them at once, handed on so that other errors can join them."""
    wrong = {**COMPLETE, "application": {"jobId": IDS.encode("User", "u1"), "stageId": "nonsense"}}

    await ask(CREATE, input=wrong)

    assert [(each.code, each.field) for each in performer.asked[0].user_errors] == [
        (UserErrorCode.INVALID_ID, ["application", "jobId"]),
        (UserErrorCode.INVALID_ID, ["application", "stageId"]),
    ]


async def test_a_payload_is_a_part_of_the_graph(ask: Ask, performer: MemoryActions) -> None:
    """The records that were read back answer its questions; nobody else is asked."""
    performer.result = Result(
        ActionOutcome.DONE,
        action_id="a1",
        idempotency_key="k",
        replayed=True,
        candidate_key="c1",
        application_key="j1:c1",
        records={
            "Candidate": [Candidate(key="c1", remote_id="c1", first_name="Ada")],
            "Application": [Application(key="j1:c1", remote_id="j1:c1", job_key=None)],
        },
        warnings=[ActionWarning(code=WarningCode.STAGE_DEFAULTED, message="m", field=["application", "stageId"])],
    )

    answer = await ask(CREATE, input=COMPLETE)

    assert answer.errors is None
    assert answer.data is not None
    assert answer.data["createApplication"] == {
        "candidate": {"id": IDS.encode("Candidate", "c1"), "firstName": "Ada"},
        "application": {"id": IDS.encode("Application", "j1:c1"), "job": None},
        "status": "DONE",
        "actionId": "a1",
        "idempotencyKey": "k",
        "replayed": True,
        "plannedCalls": None,
        "userErrors": [],
        "warnings": [{"code": "STAGE_DEFAULTED", "message": "m", "field": ["application", "stageId"]}],
    }


async def test_what_goes_on_is_pending_and_what_is_planned_is_shown(ask: Ask, performer: MemoryActions) -> None:
    """In the same payload."""
    calls = [PlannedCall(method="POST", path="/people", params=None, body=JSON({"record": {}}))]
    errors = [UserError(code=UserErrorCode.JOB_CLOSED, message="m", field=None)]
    performer.result = Result(ActionOutcome.PENDING, planned_calls=calls, user_errors=errors)

    answer = await ask(CREATE, input=COMPLETE)

    assert answer.data is not None
    payload = answer.data["createApplication"]
    assert payload["status"] == "PENDING"
    assert payload["plannedCalls"] == [{"method": "POST", "path": "/people", "params": None, "body": {"record": {}}}]
    assert payload["userErrors"] == [{"code": "JOB_CLOSED", "message": "m", "field": None}]


async def test_an_action_is_given_up_waiting_for_in_time_to_say_so(ask: Ask, performer: MemoryActions) -> None:
    """A little before the operation's own deadline."""
    deadline = asyncio.get_running_loop().time() + 100

    await ask(CREATE, deadline=deadline, input=COMPLETE)
    await ask(CREATE, deadline=deadline - 200, input=COMPLETE)
    await ask(CREATE, input=COMPLETE)

    early, past, never = performer.deadlines
    assert early == deadline - MARGIN_SECONDS
    assert past is not None
    assert past > deadline - 200
    assert never is None


async def test_a_job_is_needed_only_for_an_application(ask: Ask, performer: MemoryActions) -> None:
    """Create candidate takes the same input without one."""
    given = {key: value for key, value in COMPLETE.items() if key != "application"}

    refused = await ask(CREATE, input=given)
    taken = await ask(
        "mutation ($input: CreateCandidateInput!) { createCandidate(input: $input) { status } }", input=given
    )

    assert refused.errors is not None
    assert taken.data == {"createCandidate": {"status": "DONE"}}
    assert [asked.name for asked in performer.asked] == [ActionName.CREATE_CANDIDATE]


async def test_notes_and_files_come_back_with_their_remote_id(ask: Ask, performer: MemoryActions) -> None:
    """Where the unified APIs of today answer with nothing."""
    at = datetime(2026, 1, 2, tzinfo=UTC)
    performer.result = Result(ActionOutcome.DONE, candidate_key="c1", note_id="n1", note_time=at)
    note = """mutation { addNoteToApplication(input: {applicationId: "remote:j1:c1", content: "Hi"})
        { note { remoteId content remoteCreatedAt } } }"""
    noted = await ask(note)
    performer.result = replace(performer.result, attachment_id="f1", attachment_name="a.pdf", attachment_size=3)
    file = """mutation { addAttachmentToApplication(input: {applicationId: "remote:j1:c1",
        attachment: {name: "../a.pdf", data: "eA==", contentType: "application/pdf"}})
        { attachment { remoteId name size type } } }"""
    filed = await ask(file)

    assert noted.data == {
        "addNoteToApplication": {"note": {"remoteId": "n1", "content": "Hi", "remoteCreatedAt": "2026-01-02T00:00:00Z"}}
    }
    assert filed.data == {
        "addAttachmentToApplication": {"attachment": {"remoteId": "f1", "name": "a.pdf", "size": 3, "type": "OTHER"}}
    }
    assert [asked.document["application_key"] for asked in performer.asked] == ["j1:c1", "j1:c1"]


async def test_an_application_that_is_moved_comes_back(ask: Ask, performer: MemoryActions) -> None:
    """Its stage and the application are keys of the document."""
    performer.result = Result(ActionOutcome.DONE, application_key="j1:c1")
    moved = await ask(
        """mutation { moveApplication(input: {applicationId: "remote:j1:c1", stageId: "remote:s2", dryRun: true})
        { status userErrors { code } } }"""
    )
    wrong = await ask(
        'mutation { moveApplication(input: {applicationId: "x", stageId: "y"}) { userErrors { code field } } }'
    )

    assert moved.data == {"moveApplication": {"status": "DONE", "userErrors": []}}
    assert wrong.errors is None
    document = {"application_key": "j1:c1", "stage_key": "s2"}
    asked = performer.asked[0]
    assert (asked.name, asked.document, asked.dry_run) == (ActionName.MOVE_APPLICATION, document, True)
    assert [each.field for each in performer.asked[1].user_errors] == [["applicationId"], ["stageId"]]


def row(number: int, name: ActionName) -> Action:
    """A row of the trail."""
    return Action(
        candidate_key=None,
        application_key=None,
        id=strawberry.ID(f"a{number}"),
        name=name,
        outcome=ActionOutcome.DONE,
        integration="crelate:default",
        token_name=None,
        idempotency_key=f"k{number}",
        started_at=datetime(2026, 1, 1, tzinfo=UTC),
        finished_at=None,
        request=None,
        status_code=None,
        remote_ids=[],
        correlation_ids=[],
        user_errors=[],
        warnings=[],
    )


async def test_the_trail_is_a_connection(ask: Ask, performer: MemoryActions) -> None:
    """Paged with cursors, filtered, and each action found by its id."""
    performer.rows = [row(n, ActionName.PASSTHROUGH if n == 1 else ActionName.CREATE_CANDIDATE) for n in range(3)]
    page = """query ($after: String) { actions(first: 2, after: $after)
        { nodes { id name } totalCount pageInfo { hasNextPage hasPreviousPage endCursor } } }"""

    first = await ask(page)
    assert first.data is not None
    second = await ask(page, after=first.data["actions"]["pageInfo"]["endCursor"])
    passed = await ask("{ actions(filter: {names: [PASSTHROUGH]}) { nodes { id } } }")
    one = await ask('{ action(id: "a1") { idempotencyKey candidate { id } } none: action(id: "x") { id } }')

    assert second.data is not None
    assert [node["id"] for node in first.data["actions"]["nodes"]] == ["a0", "a1"]
    assert [node["id"] for node in second.data["actions"]["nodes"]] == ["a2"]
    assert (first.data["actions"]["totalCount"], first.data["actions"]["pageInfo"]["hasNextPage"]) == (3, True)
    assert second.data["actions"]["pageInfo"]["hasPreviousPage"] is True
    assert passed.data == {"actions": {"nodes": [{"id": "a1"}]}}
    assert one.data == {"action": {"idempotencyKey": "k1", "candidate": None}, "none": None}


@pytest.mark.parametrize("arguments", ["first: -1", "first: 251", 'after: "nonsense"'])
async def test_a_page_has_its_limits(arguments: str, ask: Ask) -> None:
    """As every other list."""
    answer = await ask(f"{{ actions({arguments}) {{ totalCount }} }}")
    assert answer.errors is not None


async def test_attachments_hang_on_the_candidate_and_on_the_root(ask: Ask, performer: MemoryActions) -> None:
    """The same files either way."""
    performer.result = Result(
        ActionOutcome.DONE,
        candidate_key="c1",
        records={"Candidate": [Candidate(key="c1", remote_id="c1")]},
    )
    root = await ask('{ candidateAttachments(candidateId: "remote:c1") { remoteId type name } }')
    through = await ask(CREATE.replace("firstName }", "attachments { remoteId type name } }"), input=COMPLETE)

    assert root.data is not None
    assert through.data is not None
    cv = {"remoteId": "f1", "type": "CV", "name": "cv.pdf"}
    assert root.data["candidateAttachments"] == [cv]
    assert through.data["createApplication"]["candidate"]["attachments"] == [cv]


async def test_passthrough_reads_as_a_query_and_writes_as_a_mutation(ask: Ask, performer: MemoryActions) -> None:
    """The query can only GET."""
    read = await ask('{ passthrough(path: "/people", params: {limit: "1"}) { status data } }')
    write = await ask('mutation { passthrough(input: {method: POST, path: "/notes", data: {a: 1}}) { status } }')

    assert read.data == {"passthrough": {"status": 200, "data": {"ok": True}}}
    assert write.data == {"passthrough": {"status": 200}}
    assert [(each.method.name, each.path) for each in performer.passed] == [("GET", "/people"), ("POST", "/notes")]


@pytest.mark.parametrize(
    "document",
    [
        'mutation { addNoteToApplication(input: {applicationId: "remote:x", content: "x"}) { status } }',
        '{ action(id: "x") { id } }',
        '{ candidateAttachments(candidateId: "remote:x") { name } }',
        '{ passthrough(path: "/x") { status } }',
    ],
)
async def test_without_a_database_nothing_is_written(document: str, ask: Ask) -> None:
    """An action could not be made safe, and says so."""
    answer = await ask(document, actions=None)
    assert answer.errors is not None
    assert "DATABASE_URL" in answer.errors[0].message
