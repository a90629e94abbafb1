"""The published Python SDK of the API whose shape `/v1` has: it reads every answer into types and follows the pages."""

import base64
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from kombo import Kombo
from kombo.errors import KomboAtsError

PERSON: Any = {
    "first_name": "Caroline",
    "last_name": "Herschel",
    "email_address": "caroline.herschel@example.com",
    "phone_number": "+49 511 123456",
    "location": {"country": "US", "city": "Austin", "state": "TX"},
    "availability_date": datetime(2027, 1, 1, tzinfo=UTC),
}
CV = b"%PDF-1.4 Comets."
LISTS = ("users", "jobs", "candidates", "application_stages", "applications", "interviews", "roles")


@pytest.fixture
def kombo(address: str) -> Iterator[Kombo]:
    """The SDK, pointed at a gateway."""
    with Kombo(api_key="any", integration_id="crelate:default", server_url=f"http://{address}/v1") as kombo:
        yield kombo


@pytest.mark.parametrize("name", LISTS)
def test_every_list_is_read_page_by_page(kombo: Kombo, name: str) -> None:
    """The SDK follows the cursors by itself; no record comes twice."""
    page = getattr(kombo.ats, f"get_{name}")(page_size=3)
    seen: list[str] = []
    for _ in range(3):
        if page is None:
            break
        seen += [each.id for each in page.result.data.results]
        page = page.next()
    assert len(seen) == len(set(seen)) > 3


def test_records_hold_what_is_inlined_in_them(kombo: Kombo) -> None:
    """An application its candidate, job and stage; a candidate their applications; a job its hiring team."""
    found = kombo.ats.get_applications(page_size=1)
    assert found
    (application,) = found.result.data.results
    assert application.candidate
    assert application.job
    assert application.current_stage
    candidates = kombo.ats.get_candidates(ids=[application.candidate.id])
    assert candidates
    (candidate,) = candidates.result.data.results
    assert application.id in {each.id for each in candidate.applications}
    jobs = kombo.ats.get_jobs(remote_ids=[application.job.remote_id], visibilities=["PUBLIC", "CONFIDENTIAL"])
    assert jobs
    assert [each.name for each in jobs.result.data.results] in ([application.job.name], [])


def test_instants_are_taken_as_the_sdk_writes_them(kombo: Kombo) -> None:
    """A filter on later changes, with a list that has none."""
    later = kombo.ats.get_jobs(updated_after=datetime.now(UTC) + timedelta(days=1))
    assert later
    assert later.result.data.results == []
    assert later.result.data.next is None


def test_a_candidate_is_created_and_applies_again(kombo: Kombo) -> None:
    """With a CV that can be read back, a note, another file; what the ATS cannot store is a warning."""
    found = kombo.ats.get_jobs(page_size=2)
    assert found
    one, other = found.result.data.results
    cv: Any = {"name": "cv.pdf", "type": "CV", "content_type": "application/pdf", "data": base64.b64encode(CV).decode()}
    other_file: Any = {**cv, "type": "OTHER"}
    made = kombo.ats.create_candidate(candidate=PERSON, application={"job_id": one.id}, attachments=[cv])
    assert [each.job and each.job.id for each in made.data.applications] == [one.id]
    assert any(each.message.startswith("candidate.phone_number: ") for each in made.warnings)

    applied = kombo.ats.create_application(job_id=f"remote:{other.remote_id}", candidate=PERSON)
    assert applied.data.candidate
    assert (applied.data.candidate.id, applied.data.job_id) == (made.data.id, other.id)
    kombo.ats.add_application_note(application_id=applied.data.id, content="Called.", content_type="PLAIN_TEXT")
    kombo.ats.add_application_attachment(application_id=applied.data.id, attachment=other_file)
    stages = kombo.ats.get_application_stages()
    assert stages
    stage = stages.result.data.results[-1]
    assert kombo.ats.move_application_to_stage(application_id=applied.data.id, stage_id=stage.id).warnings == []
    moved = kombo.ats.get_applications(ids=[applied.data.id])
    assert moved
    assert [each.current_stage and each.current_stage.id for each in moved.result.data.results] == [stage.id]

    (file,) = kombo.ats.get_candidate_attachments(candidate_id=made.data.id).data.results
    assert (file.file_name, file.type, file.candidate_id) == ("cv.pdf", "CV", made.data.id)
    assert httpx.get(file.data_url).content == CV

    with pytest.raises(KomboAtsError) as caught:
        kombo.ats.create_application(job_id=other.id, candidate=PERSON)
    assert caught.value.data.error.code == "ATS.APPLICATION_ALREADY_EXISTS"


def test_refusals_are_read_as_such(kombo: Kombo) -> None:
    """Bad input, another account, and what Kombo offers for other systems."""
    unknown = {"X-Integration-Id": "crelate:nobody"}
    for ask, code in (
        (lambda: kombo.ats.get_users(page_size=1000), "PLATFORM.INPUT_INVALID"),
        (lambda: kombo.ats.get_jobs(http_headers=unknown), "PLATFORM.INTEGRATION_NOT_FOUND"),
        (lambda: kombo.ats.get_roles(include_deleted=True), "INTEGRATION.SETUP_SYNC_PENDING"),
        (kombo.ats.get_offers, "INTEGRATION.MODEL_NOT_AVAILABLE"),
        (lambda: kombo.ats.move_application_to_stage(application_id="a", stage_id="b"), "PLATFORM.INPUT_INVALID"),
        (
            lambda: kombo.ats.reject_application(application_id="a", rejection_reason_id="b"),
            "INTEGRATION.ACTION_NOT_AVAILABLE",
        ),
    ):
        with pytest.raises(KomboAtsError) as caught:
            ask()
        assert caught.value.data.error.code == code


async def test_the_asynchronous_client_reads_the_same(address: str) -> None:
    """Over the same paths."""
    async with Kombo(api_key="any", server_url=f"http://{address}/v1") as kombo:
        page = await kombo.ats.get_interviews_async(page_size=2)
        assert page
        assert len(page.result.data.results) == 2
