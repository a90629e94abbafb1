"""Create candidate and create application, carried out."""

from gateway.actions.actions import Actions
from gateway.simulator import Simulator
from schema.actions.action import ActionOutcome
from tests.gateway.actions.conftest import INTEGRATION
from tests.gateway.actions.inputs import attachment, contacts_of, create, first_stage, open_job


async def test_a_new_candidate_applies_with_a_cv(actions: Actions, simulator: Simulator) -> None:
    """Contact, pipeline entry and CV are there once, and the records come back."""
    job = open_job(simulator)

    result = await actions.of(INTEGRATION).perform(create(job, attachments=[attachment()]), None)

    assert result.user_errors == []
    assert result.outcome is ActionOutcome.DONE
    (contact,) = contacts_of(simulator)
    assert result.candidate_key == contact["Id"]
    assert result.application_key == f"{job}:{contact['Id']}"
    item = simulator.state.pipeline.get(job, contact["Id"])
    assert item is not None
    assert item.stage_id == first_stage(simulator)
    assert contact["PrimaryDocumentAttachmentId"]["Title"] == "cv.pdf"
    assert [record.key for record in result.records["Candidate"]] == [contact["Id"]]
    assert [record.key for record in result.records["Application"]] == [result.application_key]
