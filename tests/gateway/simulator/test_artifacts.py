from uuid import uuid4

import pytest

from gateway.simulator import Simulator
from tests.gateway.simulator.conftest import Clock, Crelate

PDF = b"%PDF-1.4 with \r\n--odd-- \x00\xff bytes"


@pytest.fixture
def contact(simulator: Simulator) -> str:
    """A contact without a CV."""
    contacts = simulator.state["contacts"].ordered()
    return str(next(row["Id"] for row in contacts if not row.get("PrimaryDocumentAttachmentId")))


def target(contact: str) -> dict[str, str]:
    """The query that names the contact."""
    return {"target_entity_name": "Contacts", "target_record_id": contact}


async def upload(crelate: Crelate, path: str, contact: str, name: str = "cv.pdf", content: bytes = PDF) -> str:
    """Uploads a file and returns its GUID."""
    files = {"file": (name, content, "application/pdf")}
    response = await crelate.call("POST", path, params=target(contact), files=files)
    assert response.status_code == 201, response.text
    return str(response.json()["Data"])


async def test_a_cv_becomes_the_primary_document(crelate: Crelate, contact: str) -> None:
    """The contact points at it, its row says what it is, and its bytes come back as they were."""
    guid = await upload(crelate, "/artifacts/primary", contact)

    person = await crelate.data(f"/contacts/{contact}")
    (row,) = await crelate.data("/artifacts", parent_ids=contact)
    content = await crelate.call("GET", f"/artifacts/{guid}/content")

    assert person["PrimaryDocumentAttachmentId"] == {"Id": guid, "Title": "cv.pdf"}
    assert (row["FileName"], row["ContentType"], row["ContentLength"]) == ("cv.pdf", "application/pdf", len(PDF))
    assert row["ParentId"] == {"Id": contact, "EntityName": "Contacts"}
    assert row["ArtifactTypeId"]["Title"] == "Resume"
    assert row["IsDocument"] is True
    assert content.content == PDF
    assert content.headers["content-type"] == "application/pdf"


async def test_a_cv_takes_time_to_appear(simulator: Simulator, crelate: Crelate, clock: Clock, contact: str) -> None:
    """Until it has been read there is neither a row nor a pointer; then both, and the contact has changed."""
    simulator.knobs.document_delay_seconds = 30
    before = await crelate.data(f"/contacts/{contact}")
    guid = await upload(crelate, "/artifacts/primary", contact)
    clock.advance(29)
    assert await crelate.data(f"/contacts/{contact}") == before
    assert (await crelate.refusal("GET", f"/artifacts/{guid}"))[0] == 404
    clock.advance(1)

    person = await crelate.data(f"/contacts/{contact}")

    assert person["PrimaryDocumentAttachmentId"]["Id"] == guid
    assert person["ModifiedOn"] > before["ModifiedOn"]


@pytest.mark.parametrize(("name", "content"), [("unreadable-scan.pdf", PDF), ("cv.pdf", b"")])
async def test_an_unreadable_cv_vanishes_without_a_word(
    simulator: Simulator, crelate: Crelate, contact: str, name: str, content: bytes
) -> None:
    """The upload is accepted, and nothing ever appears."""
    guid = await upload(crelate, "/artifacts/primary", contact, name, content)

    assert not (await crelate.data(f"/contacts/{contact}")).get("PrimaryDocumentAttachmentId")
    assert (await crelate.refusal("GET", f"/artifacts/{guid}/content"))[0] == 404


async def test_the_last_cv_wins(crelate: Crelate, contact: str) -> None:
    """An earlier one stays as a file."""
    first = await upload(crelate, "/artifacts/primary", contact, "old.pdf")
    last = await upload(crelate, "/artifacts/primary", contact, "new.pdf")

    assert (await crelate.data(f"/contacts/{contact}"))["PrimaryDocumentAttachmentId"]["Id"] == last
    assert set(await crelate.ids("/artifacts", parent_ids=contact)) == {first, last}


async def test_a_general_upload_is_not_the_cv(simulator: Simulator, crelate: Crelate, contact: str) -> None:
    """It appears at once with the type it was given, and the contact points nowhere new."""
    letter = next(row for row in simulator.state["artifacttypes"].values() if row["Name"] == "Cover Letter")
    params = {**target(contact), "artifact_type_id": letter["Id"]}

    response = await crelate.call("POST", "/artifacts", params=params, files={"file": ("letter.txt", b"Dear")})
    (row,) = await crelate.data("/artifacts", parent_ids=contact)

    assert row["Id"] == response.json()["Data"]
    assert row["ArtifactTypeId"] == {"Id": letter["Id"], "Title": "Cover Letter"}
    assert not (await crelate.data(f"/contacts/{contact}")).get("PrimaryDocumentAttachmentId")


async def test_an_upload_must_name_a_record_and_carry_a_file(crelate: Crelate, contact: str) -> None:
    """400 without either, with an unknown type or a text part for a file; 404 for a record that is not there."""
    file = {"file": ("cv.pdf", PDF)}

    for path in ("/artifacts", "/artifacts/primary"):
        assert (await crelate.refusal("POST", path, files=file))[0] == 400
        assert (await crelate.refusal("POST", path, params=target(str(uuid4())), files=file))[0] == 404
        assert (await crelate.refusal("POST", path, params=target(contact), json={"file": "cv"}))[0] == 400
        for wrong in ({"resume": ("cv.pdf", PDF)}, {"file": (None, PDF)}):
            assert (await crelate.refusal("POST", path, params=target(contact), files=wrong))[0] == 400
    unknown = {**target(contact), "artifact_type_id": str(uuid4())}
    assert (await crelate.refusal("POST", "/artifacts", params=unknown, files=file))[0] == 400


async def test_deleting_the_cv_leaves_the_contact_without_one(crelate: Crelate, contact: str) -> None:
    """The file, its bytes and the pointer go."""
    guid = await upload(crelate, "/artifacts/primary", contact)

    assert (await crelate.call("DELETE", f"/artifacts/{guid}")).status_code == 200

    assert (await crelate.data(f"/contacts/{contact}"))["PrimaryDocumentAttachmentId"] is None
    assert (await crelate.refusal("GET", f"/artifacts/{guid}/content"))[0] == 404
    assert await crelate.ids("/artifacts", parent_ids=contact) == []


async def test_seeded_cvs_are_pdfs(simulator: Simulator, crelate: Crelate) -> None:
    """A reader would open them: header, trailer and a cross-reference table at the offset it names."""
    row = simulator.state["artifacts"].ordered()[0]

    content = (await crelate.call("GET", f"/artifacts/{row['Id']}/content")).content

    offset = int(content.rsplit(b"startxref\n", 1)[1].split()[0])
    assert content.startswith(b"%PDF-1.4\n")
    assert content.endswith(b"%%EOF\n")
    assert content[offset:].startswith(b"xref\n0 7\n")
    assert len(content) == row["ContentLength"]
