from typing import Any
from uuid import uuid4

import pytest

from gateway.simulator import PipelineProfile, Simulator
from gateway.simulator.assumptions import RECRUITING_WORKFLOW
from tests.gateway.simulator.conftest import Clock, Crelate


@pytest.fixture
def job(simulator: Simulator) -> str:
    """A job with some people on it."""
    jobs = simulator.state["jobs"].ordered()
    return str(next(row["Id"] for row in jobs if 5 < len(simulator.state.pipeline.of_job(row["Id"])) < 50))


@pytest.fixture
def newcomer(simulator: Simulator) -> str:
    """A contact who is on no job."""
    contacts = simulator.state["contacts"].ordered()
    return str(next(row["Id"] for row in contacts if not simulator.state.pipeline.of_contact(row["Id"])))


@pytest.fixture
def stages(simulator: Simulator) -> dict[str, str]:
    """Recruiting stages by name."""
    rows = simulator.state["workflowstatuses"].values()
    return {row["Name"]: row["Id"] for row in rows if row["WorkflowTypeId"]["Id"] == RECRUITING_WORKFLOW}


async def add(crelate: Crelate, job: str, contacts: str, **body: Any) -> int:
    """The status of a pipeline POST that must succeed."""
    response = await crelate.call("POST", f"/jobs/{job}/contacts", params={"contact_ids": contacts}, json=body)
    assert response.status_code in {200, 201}, response.text
    return response.status_code


async def stage_of(crelate: Crelate, job: str, contact: str) -> str:
    """The name of the stage a contact stands at."""
    rows = await crelate.data(f"/jobs/{job}/contacts", limit=100)
    return str(next(row["Stage"]["Title"] for row in rows if row["ContactId"]["Id"] == contact))


async def test_a_row_names_contact_job_stage_and_date(simulator: Simulator, crelate: Crelate, job: str) -> None:
    """The default profile: three lookups and the date of the last move."""
    item = simulator.state.pipeline.of_job(job)[0]
    contact, stage = simulator.state["contacts"][item.contact_id], simulator.state["workflowstatuses"][item.stage_id]

    assert (await crelate.data(f"/jobs/{job}/contacts"))[0] == {
        "ContactId": {"Id": contact["Id"], "Title": contact["Name"], "EntityName": "Contacts"},
        "JobId": {"Id": job, "Title": simulator.state["jobs"][job]["Name"], "EntityName": "Jobs"},
        "Stage": {"Id": stage["Id"], "Title": stage["Name"]},
        "Date": item.modified_on,
    }


async def test_the_profile_of_the_first_version_has_no_date(simulator: Simulator, crelate: Crelate, job: str) -> None:
    """`Id` is the contact; nothing says when."""
    simulator.knobs.pipeline_profile = PipelineProfile.V1
    item = simulator.state.pipeline.of_job(job)[0]

    assert (await crelate.data(f"/jobs/{job}/contacts"))[0] == {
        "Id": item.contact_id,
        "Name": simulator.state["contacts"][item.contact_id]["Name"],
        "StageId": item.stage_id,
        "StageName": simulator.state["workflowstatuses"][item.stage_id]["Name"],
        "WorkflowTypeId": RECRUITING_WORKFLOW,
        "WorkflowTypeName": "Recruiting",
    }


async def test_the_profile_of_workflow_items_has_ids_of_its_own(
    simulator: Simulator, crelate: Crelate, job: str
) -> None:
    """`Id` is neither the contact nor the job; the others are plain GUIDs."""
    simulator.knobs.pipeline_profile = PipelineProfile.ITEM
    item = simulator.state.pipeline.of_job(job)[0]

    assert (await crelate.data(f"/jobs/{job}/contacts"))[0] == {
        "Id": item.id,
        "ContactId": item.contact_id,
        "JobId": job,
        "WorkflowItemStatusId": item.stage_id,
        "CreatedOn": item.created_on,
        "ModifiedOn": item.modified_on,
    }


async def test_a_contact_lists_its_jobs(simulator: Simulator, crelate: Crelate, job: str) -> None:
    """The same rows from the other end."""
    contact = simulator.state.pipeline.of_job(job)[0].contact_id

    rows = await crelate.data(f"/contacts/{contact}/jobs")

    assert {row["ContactId"]["Id"] for row in rows} == {contact}
    assert job in {row["JobId"]["Id"] for row in rows}


async def test_adding_takes_no_wrapper_and_camel_case(
    crelate: Crelate, job: str, newcomer: str, stages: dict[str, str]
) -> None:
    """`statusId` in the open; in the wrapper, or in capitals, it is not seen and refused as missing."""
    path, params = f"/jobs/{job}/contacts", {"contact_ids": newcomer}
    stage = stages["Phone Screen"]

    for wrong in ({"entity": {"statusId": stage}}, {"StatusId": stage}, {}):
        assert (await crelate.refusal("POST", path, params=params, json=wrong))[0] == 400

    assert await add(crelate, job, newcomer, statusId=stage.upper()) == 201
    assert await stage_of(crelate, job, newcomer) == "Phone Screen"


async def test_a_stage_may_be_named(crelate: Crelate, job: str, newcomer: str) -> None:
    """`statusName` serves as well."""
    await add(crelate, job, newcomer, statusName="Offer")

    assert await stage_of(crelate, job, newcomer) == "Offer"


async def test_a_repeated_add_moves(
    crelate: Crelate, clock: Clock, job: str, newcomer: str, stages: dict[str, str]
) -> None:
    """200 instead of 201, one row instead of two, and a history of both stages, latest first."""
    await add(crelate, job, newcomer, statusId=stages["New Candidate"])
    clock.advance(60)
    status = await add(crelate, job, newcomer, statusId=stages["Offer"])
    clock.advance(60)
    await add(crelate, job, newcomer, statusId=stages["Offer"])

    rows = await crelate.data(f"/jobs/{job}/contacts", limit=100)
    history = await crelate.data(f"/jobs/{job}/contacts/history", contact_id=newcomer)

    assert status == 200
    assert [row["ContactId"]["Id"] for row in rows].count(newcomer) == 1
    assert [row["Stage"]["Title"] for row in history] == ["Offer", "New Candidate"]
    assert history[0]["Date"] > history[1]["Date"]


async def test_contacts_are_added_together(simulator: Simulator, crelate: Crelate, stages: dict[str, str]) -> None:
    """`contact_ids` is a comma list."""
    job = await crelate.make("jobs", Name="Optical Engineer")
    people = list(simulator.state["contacts"])[:3]

    await add(crelate, job, ",".join(people), statusId=stages["New Candidate"])

    rows = await crelate.data(f"/jobs/{job}/contacts")
    assert {row["ContactId"]["Id"] for row in rows} == set(people)


async def test_what_is_unknown_is_not_added(
    simulator: Simulator, crelate: Crelate, job: str, newcomer: str, stages: dict[str, str]
) -> None:
    """An unknown stage, or one of the Sales workflow, is 400; an unknown job or contact 404; no contact 400."""
    sales = next(row["Id"] for row in simulator.state["workflowstatuses"].values() if row["Name"] == "Proposal")
    good, path = {"statusId": stages["Offer"]}, f"/jobs/{job}/contacts"

    for body in ({"statusId": str(uuid4())}, {"statusId": sales}, {"statusName": "Proposal"}):
        assert (await crelate.refusal("POST", path, params={"contact_ids": newcomer}, json=body))[0] == 400
    assert (await crelate.refusal("POST", path, params={"contact_ids": str(uuid4())}, json=good))[0] == 404
    assert (await crelate.refusal("POST", path, json=good))[0] == 400
    missing = f"/jobs/{uuid4()}/contacts"
    assert (await crelate.refusal("POST", missing, params={"contact_ids": newcomer}, json=good))[0] == 404
    assert simulator.state.pipeline.of_contact(newcomer) == []


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_a_move_is_only_for_those_who_are_there(
    simulator: Simulator, crelate: Crelate, job: str, newcomer: str, method: str
) -> None:
    """PUT and PATCH move by query and by path, and are 404 for anybody else."""
    present = simulator.state.pipeline.of_job(job)[0].contact_id
    path = f"/jobs/{job}/contacts"

    by_query = await crelate.call(method, path, params={"contact_ids": present}, json={"statusName": "Offer"})
    assert by_query.status_code == 200
    assert await stage_of(crelate, job, present) == "Offer"
    assert (await crelate.call(method, f"{path}/{present}", json={"statusName": "Placed"})).status_code == 200
    assert await stage_of(crelate, job, present) == "Placed"
    assert (await crelate.refusal(method, f"{path}/{newcomer}", json={"statusName": "Offer"}))[0] == 404


async def test_taking_off_a_job_is_final(simulator: Simulator, crelate: Crelate, job: str) -> None:
    """The row and the history go; the contact stays."""
    present = simulator.state.pipeline.of_job(job)[0].contact_id

    assert (await crelate.call("DELETE", f"/jobs/{job}/contacts/{present}")).status_code == 200

    assert present not in {row["ContactId"]["Id"] for row in await crelate.data(f"/jobs/{job}/contacts", limit=100)}
    history = f"/jobs/{job}/contacts/history"
    assert (await crelate.refusal("GET", history, params={"contact_id": present}))[0] == 404
    assert (await crelate.data(f"/contacts/{present}"))["Id"] == present
    assert (await crelate.refusal("DELETE", f"/jobs/{job}/contacts/{present}"))[0] == 404


async def test_no_history_is_a_404(crelate: Crelate, job: str, newcomer: str) -> None:
    """Not an empty list."""
    status, _ = await crelate.refusal("GET", f"/jobs/{job}/contacts/history", params={"contact_id": newcomer})

    assert status == 404


async def test_the_latest_history_row_is_the_current_stage(simulator: Simulator, crelate: Crelate, job: str) -> None:
    """For everybody on the job, and with `limit=1` that row alone comes."""
    for item in simulator.state.pipeline.of_job(job):
        history = await crelate.data(f"/jobs/{job}/contacts/history", contact_id=item.contact_id, limit=1)
        assert [row["Stage"]["Id"] for row in history] == [item.stage_id]
        assert history[0]["Date"] == item.modified_on


async def test_a_pipeline_is_paged(simulator: Simulator, crelate: Crelate) -> None:
    """A job with over a hundred people takes two pages."""
    jobs = simulator.state["jobs"]
    crowded = max(jobs, key=lambda job_id: len(simulator.state.pipeline.of_job(job_id)))

    first = (await crelate.call("GET", f"/jobs/{crowded}/contacts", params={"limit": 100})).json()
    rest = (await crelate.call("GET", f"/jobs/{crowded}/contacts", params={"limit": 100, "offset": 100})).json()

    people = {row["ContactId"]["Id"] for row in first["Data"] + rest["Data"]}
    assert first["Metadata"]["MoreRecords"] is True
    assert rest["Metadata"]["MoreRecords"] is False
    assert len(people) == first["Metadata"]["TotalRecords"] > 100
