import base64
from uuid import uuid4

import pytest

from gateway.simulator import Simulator
from gateway.simulator.assumptions import RECRUITING_WORKFLOW
from tests.gateway.simulator.conftest import Crelate

V1 = "https://sim/api/pub/v1"


async def test_workflows_are_listed_without_the_envelope(crelate: Crelate) -> None:
    """`{MoreRecords, Results}`; this is where the recruiting workflow's id is learnt."""
    body = (await crelate.call("GET", f"{V1}/domain/workflowTypes")).json()

    assert body.keys() == {"MoreRecords", "Results"}
    assert {"Id": RECRUITING_WORKFLOW, "Name": "Recruiting"} in body["Results"]


async def test_stages_name_their_workflow(crelate: Crelate) -> None:
    """Flat names instead of lookups, and the same GUIDs as in the third version."""
    body = (await crelate.call("GET", f"{V1}/domain/workflowStatuses")).json()

    assert {row["Id"] for row in body["Results"]} == set(await crelate.ids("/workflowstatuses"))
    assert {row["WorkflowTypeName"] for row in body["Results"]} == {"Recruiting", "Sales"}


async def test_take_and_skip_page_the_first_version(simulator: Simulator, crelate: Crelate) -> None:
    """`limit` means nothing here."""
    stages = len(simulator.state["workflowstatuses"])

    page = (await crelate.call("GET", f"{V1}/domain/workflowStatuses", params={"take": 4, "skip": 4})).json()
    whole = (await crelate.call("GET", f"{V1}/domain/workflowStatuses", params={"limit": 1})).json()

    assert (len(page["Results"]), page["MoreRecords"]) == (4, True)
    assert (len(whole["Results"]), whole["MoreRecords"]) == (stages, False)


async def test_pipelines_are_read_from_both_ends(simulator: Simulator, crelate: Crelate) -> None:
    """`Id` is the contact of a job, and the job of a contact."""
    state = simulator.state
    item = next(item for job in state["jobs"] for item in state.pipeline.of_job(job))

    people = (await crelate.call("GET", f"{V1}/jobs/{item.job_id}/contacts", params={"take": 500})).json()["Results"]
    jobs = (await crelate.call("GET", f"{V1}/contacts/{item.contact_id}/jobs")).json()["Results"]

    assert (item.contact_id, item.stage_id) in {(row["Id"], row["StageId"]) for row in people}
    assert (item.job_id, item.stage_id) in {(row["Id"], row["StageId"]) for row in jobs}


@pytest.mark.parametrize("entity", ["contacts", "jobs", "companies"])
async def test_a_file_is_attached_read_and_deleted(simulator: Simulator, crelate: Crelate, entity: str) -> None:
    """Base64 in, the same bytes out, also through the third version."""
    record = simulator.state[entity].ordered()[0]["Id"]
    content = bytes(range(256))
    body = {"FileName": "letter.pdf", "Content": base64.b64encode(content).decode(), "DocumentType": "Cover Letter"}
    path = f"{V1}/{entity}/{record}/attachments"

    guid = (await crelate.call("POST", path, json=body)).json()["Id"]

    rows = (await crelate.call("GET", path)).json()["Results"]
    row = next(row for row in rows if row["Id"] == guid)
    assert (row["FileName"], row["ContentType"], row["TypeName"]) == ("letter.pdf", "application/pdf", "Cover Letter")
    assert (await crelate.call("GET", f"{path}/{guid}")).content == content
    assert (await crelate.call("GET", f"/artifacts/{guid}/content")).content == content
    assert (await crelate.call("DELETE", f"{path}/{guid}")).status_code == 200
    assert (await crelate.call("GET", f"{path}/{guid}")).status_code == 404


async def test_a_resume_becomes_the_primary_document(simulator: Simulator, crelate: Crelate) -> None:
    """`IsResume` points the contact at the file; content that is no base64 is refused."""
    contact = next(iter(simulator.state["contacts"]))
    path = f"{V1}/contacts/{contact}/attachments"
    body = {"FileName": "cv.pdf", "Content": base64.b64encode(b"%PDF").decode(), "IsResume": True}

    guid = (await crelate.call("POST", path, json=body)).json()["Id"]

    assert (await crelate.data(f"/contacts/{contact}"))["PrimaryDocumentAttachmentId"]["Id"] == guid
    assert (await crelate.call("POST", path, json={**body, "Content": "not base64!"})).status_code == 400


async def test_a_file_belongs_to_its_record(simulator: Simulator, crelate: Crelate) -> None:
    """Another record's file, and no file, are 404."""
    artifact = simulator.state["artifacts"].ordered()[0]
    stranger = next(key for key in simulator.state["contacts"] if key != artifact["ParentId"]["Id"])

    for guid in (artifact["Id"], str(uuid4())):
        assert (await crelate.call("GET", f"{V1}/contacts/{stranger}/attachments/{guid}")).status_code == 404
