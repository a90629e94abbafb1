import json

import pytest

from gateway.simulator import Simulator
from tests.gateway.simulator.conftest import Crelate

RESUME = ("resume.pdf", b"%PDF-1.4", "application/pdf")


@pytest.fixture
def path(simulator: Simulator) -> str:
    """Where one applies for a job."""
    return f"/jobs/{next(iter(simulator.state['jobs']))}/apply"


@pytest.fixture
def applicant(simulator: Simulator) -> str:
    """What an applicant says, as JSON text."""
    source = simulator.state["contactsources"].ordered()[0]["Id"]
    person = {"FirstName": "Ada", "LastName": "Lovelace", "Email_Personal": "ada@example.com"}
    return json.dumps({**person, "ContactSourceId": {"Id": source}})


async def test_applying_makes_an_intake_record_and_no_contact(
    simulator: Simulator, crelate: Crelate, path: str, applicant: str
) -> None:
    """`Data` is the application's GUID; nobody stands on the pipeline for it."""
    contacts, pipeline = len(simulator.state["contacts"]), len(simulator.state.pipeline)

    response = await crelate.call("POST", path, files={"applicant": (None, applicant), "resumeFile": RESUME})
    record = await crelate.data(f"/applications/{response.json()['Data']}")

    assert response.status_code == 201
    assert record["JobId"]["Id"] == path.split("/")[2]
    assert (record["LastName"], record["ContactId"]) == ("Lovelace", None)
    assert record["ContactSourceId"]["Title"]
    assert (len(simulator.state["contacts"]), len(simulator.state.pipeline)) == (contacts, pipeline)


async def test_an_applicant_sent_as_json_breaks_the_server(crelate: Crelate, path: str, applicant: str) -> None:
    """The first part must be plain text: with a content type of JSON it is a 500."""
    files = {"applicant": (None, applicant, "application/json"), "resumeFile": RESUME}

    assert await crelate.refusal("POST", path, files=files) == (500, "An unknown error occurred.")


async def test_the_resume_has_one_name(crelate: Crelate, path: str, applicant: str) -> None:
    """Any other part name is as good as no resume."""
    files = {"applicant": (None, applicant), "file": RESUME}

    assert await crelate.refusal("POST", path, files=files) == (400, "A resume is required")


@pytest.mark.parametrize("text", ["Ada Lovelace", "[]", '{"FirstName": "Ada"}'])
async def test_an_applicant_needs_a_name(crelate: Crelate, path: str, text: str) -> None:
    """400 for text that is no JSON object with one."""
    assert (await crelate.refusal("POST", path, files={"applicant": (None, text), "resumeFile": RESUME}))[0] == 400


async def test_rejecting_takes_no_wrapper(simulator: Simulator, crelate: Crelate) -> None:
    """`ApplicationId` in the open and equal to the path; the status follows."""
    guid = next(iter(simulator.state["applications"]))
    path = f"/applications/{guid}/reject"

    refused = await crelate.refusal("POST", path, json={"entity": {"ApplicationId": guid}})
    taken = await crelate.call("POST", path, json={"ApplicationId": guid, "IgnorePossibleMatches": True})

    assert refused[0] == 400
    assert taken.json()["Data"] is True
    assert (await crelate.data(f"/applications/{guid}"))["StatusId"]["Title"] == "Not Qualified"


async def test_applications_are_not_deleted(simulator: Simulator, crelate: Crelate) -> None:
    """They can be listed, counted and read, never deleted."""
    guid = next(iter(simulator.state["applications"]))

    assert guid in await crelate.ids("/applications")
    assert await crelate.data("/applications/count") == len(simulator.state["applications"])
    assert (await crelate.refusal("DELETE", f"/applications/{guid}"))[0] == 405
