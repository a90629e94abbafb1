"""Actions: what is given becomes an input of the graph, and what came of it an answer as there."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from gateway.rest.actions import ACTIONS, act, files
from gateway.rest.asking import Answer
from gateway.rest.errors import KINDS, OF_ACTIONS, RefusedError
from gateway.simulator import SimulatorConfig, create_simulator
from schema.actions.problem import UserErrorCode
from tests.end_to_end.conftest import KEY, World, gateway_over
from tests.gateway.rest.conftest import ROOT, refusal, results

AT = "2026-01-31T09:30:00.000Z"
PERSON = {
    "first_name": "Ada",
    "last_name": "Byron",
    "email_address": "ada.byron@example.com",
    "additional_email_addresses": [{"email_address": "ada@work.example", "type": "WORK"}],
    "location": {"country": "US", "city": "Austin", "street_1": "1 High St"},
    "availability_date": "2026-12-01",
    "salary_expectations": {"period": "YEAR", "amount": 90_000},
    "social_links": [{"url": "https://example.com/ada"}],
    "gender": "FEMALE",
    "phone_number": None,
}
NOTE = {"content": "Called.", "content_type": "PLAIN_TEXT"}
PATHS = {"job_id": "remote:4711", "application_id": "remote:4711:4712"}


class Endpoint:
    """Answers everything alike, and keeps what it was asked."""

    def __init__(self, data: Mapping[str, Any], *errors: Mapping[str, Any]) -> None:
        self.answer = Answer(data, list(errors))
        self.asked: list[Any] = []

    async def ask(self, document: str, variables: Mapping[str, Any]) -> Answer:
        """Keep a question."""
        assert document.startswith(("mutation ", "query "))
        self.asked.append(variables)
        return self.answer


def done(name: str, **given: Any) -> dict[str, Any]:
    """The payload of an action that went well, but for what is given."""
    return {name: {"status": "DONE", "actionId": "a1", "userErrors": [], "warnings": [], **given}}


def error(code: str, *path: str | int) -> dict[str, Any]:
    """An entry of `errors`."""
    return {"message": "It is so.", "path": list(path), "extensions": {"code": code}}


async def note(endpoint: Endpoint, body: object = NOTE, key: str | None = None) -> Any:
    """Add a note."""
    return await act(ACTIONS["applications/{application_id}/notes"], endpoint.ask, PATHS, body, key, AT)


async def test_a_body_becomes_an_input() -> None:
    """In the graph's spelling; what the ATS does not have is left out and named in a warning."""
    endpoint = Endpoint(done("createApplication", application={"id": "a", "candidate": {"id": "c"}}))
    body = {
        "candidate": PERSON,
        "stage_id": "remote:s",
        "gdpr_consent": {"given": True},
        "sourced_by": {"user_id": "u"},
    }
    made = await act(ACTIONS["jobs/{job_id}/applications"], endpoint.ask, PATHS, body, "key-1", AT)
    candidate = {
        "firstName": "Ada",
        "lastName": "Byron",
        "emailAddress": "ada.byron@example.com",
        "additionalEmailAddresses": [{"emailAddress": "ada@work.example", "type": "WORK"}],
        "location": {"country": "US", "city": "Austin"},
        "availabilityDate": "2026-12-01",
        "salaryExpectations": {"period": "YEAR", "amount": 90_000},
        "socialLinks": [{"url": "https://example.com/ada"}],
    }
    expected = {
        "candidate": candidate,
        "sourcedBy": {"userId": "u"},
        "application": {"jobId": "remote:4711", "stageId": "remote:s"},
        "idempotencyKey": "key-1",
    }
    assert endpoint.asked == [{"input": expected}]
    places = [warning.partition(":")[0] for warning in made.warnings]
    assert places == ["candidate.gender", "candidate.location.street_1", "gdpr_consent"]
    assert made.data["candidate"]["id"] == "c"
    assert "interviews" not in made.data


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"first_name": None}, "candidate.first_name"),
        ({"last_name": 7}, "candidate.last_name"),
        ({"nick_name": "Ada"}, "candidate.nick_name"),
        ({"location": {"city": "Austin"}}, "candidate.location.country"),
        ({"salary_expectations": {"period": "DAY", "amount": 1}}, "candidate.salary_expectations.period"),
        ({"salary_expectations": {"period": "YEAR", "amount": "1"}}, "candidate.salary_expectations.amount"),
        ({"availability_date": "soon"}, "candidate.availability_date"),
        ({"availability_date": "2026-02-30"}, "candidate.availability_date"),
        ({"additional_email_addresses": [{"email_address": "a"}]}, "candidate.additional_email_addresses.0.type"),
    ],
)
async def test_a_bad_body_is_refused_by_name(change: dict[str, Any], place: str) -> None:
    """With everything else that is wrong in it, without its values, before anything is asked."""
    endpoint = Endpoint({})
    body = {"candidate": {**PERSON, **change}}
    with pytest.raises(RefusedError) as caught:
        await act(ACTIONS["candidates"], endpoint.ask, {}, body, None, AT)
    assert caught.value.code == "PLATFORM.INPUT_INVALID"
    assert f"{place}: " in caught.value.message
    assert "application: This is missing." in caught.value.message
    assert "soon" not in caught.value.message
    assert endpoint.asked == []


@pytest.mark.parametrize("code", UserErrorCode)
async def test_every_user_error_is_a_refusal(code: UserErrorCode) -> None:
    """Its code is one of theirs, its message names the fields as they are called here."""
    wrong = [
        {"code": code.value, "message": "It is so.", "field": ["application", "jobId"]},
        {"code": "REQUIRED", "message": "This must not be blank.", "field": ["candidate", "emailAddress"]},
        {"code": "REQUIRED", "message": "It is so, too.", "field": None},
    ]
    endpoint = Endpoint(done("createApplication", application=None, userErrors=wrong))
    with pytest.raises(RefusedError) as caught:
        await act(ACTIONS["jobs/{job_id}/applications"], endpoint.ask, PATHS, {"candidate": PERSON}, None, AT)
    assert caught.value.code == OF_ACTIONS.get(code, "PLATFORM.INPUT_INVALID")
    assert caught.value.status == KINDS[caught.value.code].status
    expected = "job_id: It is so. candidate.email_address: This must not be blank. It is so, too."
    assert caught.value.message == expected


async def test_an_action_that_goes_on_is_no_success() -> None:
    """The answer says how to get the result."""
    with pytest.raises(RefusedError) as caught:
        await note(Endpoint(done("addNoteToApplication", status="PENDING")))
    assert (caught.value.code, caught.value.status) == ("PLATFORM.TASK_TIMED_OUT", 504)
    assert "a1" in caught.value.message
    assert "Idempotency-Key" in caught.value.message


async def test_what_was_written_and_cannot_be_read_is_said() -> None:
    """As a warning where something of the record is there, else as an outcome that is not known; never as a fault."""
    unread = error("UPSTREAM_UNAVAILABLE", "createCandidate", "candidate", "applications")
    withheld = error("PERSONAL_DATA_WITHHELD", "createCandidate", "candidate", "firstName")
    page = {"nodes": [{"id": "a", "job": {"id": "j"}}], "pageInfo": {"hasNextPage": True, "endCursor": "x"}}
    body = {"candidate": PERSON, "application": {"job_id": "j"}}
    for applications, errors, place in (
        (None, (unread, withheld), "candidate.applications"),
        (page, (), "applications"),
    ):
        endpoint = Endpoint(done("createCandidate", candidate={"id": "c", "applications": applications}), *errors)
        made = await act(ACTIONS["candidates"], endpoint.ask, {}, body, None, AT)
        assert [each.partition(":")[0] for each in made.warnings][2:] == [place]
        assert len(endpoint.asked) == 1
    with pytest.raises(RefusedError) as caught:
        await act(ACTIONS["candidates"], Endpoint(done("createCandidate", candidate=None)).ask, {}, body, None, AT)
    assert caught.value.code == "PLATFORM.TASK_TIMED_OUT"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("FORBIDDEN", "INTEGRATION.ACTION_DISABLED"),
        ("BAD_USER_INPUT", "PLATFORM.INPUT_INVALID"),
        ("UPSTREAM_RATE_LIMITED", "REMOTE.RATE_LIMIT_EXCEEDED"),
        ("GRAPHQL_VALIDATION_FAILED", "PLATFORM.UNKNOWN_ERROR"),
    ],
)
async def test_an_action_that_was_not_begun_is_refused(code: str, expected: str) -> None:
    """With the code that is theirs."""
    with pytest.raises(RefusedError) as caught:
        await note(Endpoint({}, error(code)))
    assert caught.value.code == expected


async def test_a_file_without_an_id_is_left_out() -> None:
    """And a warning says so; withheld names are a refusal, since nothing can be said of such a file."""
    pending = {"remoteId": None, "type": "CV", "name": "cv.pdf", "contentType": None, "dataUrl": None}
    known = {**pending, "remoteId": "f1", "dataUrl": "http://gateway/f1"}
    found = await files(Endpoint({"candidateAttachments": [pending, known]}).ask, "c", AT)
    (file,) = found.data["results"]
    assert (file["id"], file["candidate_id"], file["content_type"]) == ("f1", "c", "application/octet-stream")
    assert len(found.warnings) == 1
    with pytest.raises(RefusedError) as caught:
        await files(Endpoint({}, error("PERSONAL_DATA_WITHHELD", "candidateAttachments", 0, "name")).ask, "c", AT)
    assert caught.value.code == "INTEGRATION.ACTION_DISABLED"


async def send(world: World, path: str, body: object, **headers: str) -> httpx.Response:
    """Carry out an action; the simulator's log starts anew with it."""
    world.simulator.reset_log()
    return await world.http.post(f"{ROOT}/{path}", json=body, headers=headers)


async def test_the_same_key_with_the_same_body_is_carried_out_once(tmp_path: Path) -> None:
    """Another body under it is refused; without one each request is an action."""
    simulator = create_simulator(SimulatorConfig(api_keys=(KEY,)))
    async with gateway_over(simulator, database_url=f"sqlite:///{tmp_path}/gateway.sqlite") as world:
        await world.prepare()
        (application,) = await results(world, "applications?page_size=1")
        path = f"applications/{application['id']}/notes"
        for calls in (1, 0):
            made = await send(world, path, NOTE, **{"Idempotency-Key": "once"})
            assert made.json() == {"status": "success", "data": {}, "warnings": []}
            assert world.calls["POST /notes"] == calls
        other = await send(world, path, {**NOTE, "content": "Again."}, **{"Idempotency-Key": "once"})
        assert refusal(other)[:2] == (400, "PLATFORM.INPUT_INVALID")
        assert refusal(other)[2].startswith("Idempotency-Key: ")
        for _ in range(2):
            assert (await send(world, path, NOTE)).status_code == 200
            assert world.calls["POST /notes"] == 1
        unknown = await world.http.get(f"{ROOT}/candidates/remote:4711/attachments")
        assert refusal(unknown)[::2] == (400, "candidate_id: There is no such candidate.")


async def test_without_a_database_actions_are_switched_off(world: World) -> None:
    """The message says why."""
    status, code, message = refusal(await send(world, "applications/a/notes", NOTE))
    assert (status, code) == (403, "INTEGRATION.ACTION_DISABLED")
    assert "DATABASE_URL" in message
    assert world.calls == {}
