"""Files into the ATS, and the CV back out of it."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select
from starlette.applications import Starlette

from gateway.actions.actions import Actions
from gateway.actions.fetching import Fetcher
from gateway.actions.files import file_route
from gateway.actions.links import LIFETIME, Link
from gateway.actions.spool import HEAD_BYTES
from gateway.crelate.account import Account
from gateway.database.engine import Database
from gateway.database.tables import CHUNKS, FILES
from gateway.simulator import FirstVersionKey, Simulator
from resolvers.errors import AtsError
from resolvers.ports.files import Files
from schema.actions.action import ActionOutcome
from schema.actions.attachment import Attachment, AttachmentType
from tests.gateway.actions.conftest import INTEGRATION, running
from tests.gateway.actions.inputs import PDF, attachment, create, file, note, open_job
from tests.gateway.actions.test_fetching import Web, resolve
from tests.gateway.simulator.conftest import Clock


async def apply(actions: Actions, simulator: Simulator, *files: dict[str, str]) -> tuple[str, str]:
    """Keys of a new candidate and of the application."""
    asked = create(open_job(simulator), attachments=list(files))
    result = await actions.of(INTEGRATION).perform(asked, None)
    assert result.user_errors == []
    return str(result.candidate_key), str(result.application_key)


async def test_a_document_is_added_and_described(actions: Actions, simulator: Simulator) -> None:
    """Its id, name, type and size come back, and its bytes are the same in the ATS."""
    _, application = await apply(actions, simulator)

    result = await actions.of(INTEGRATION).perform(file(application), None)

    assert (result.attachment_name, result.attachment_type) == ("reference.pdf", "application/pdf")
    assert result.attachment_size == len(PDF)
    assert simulator.state.contents[str(result.attachment_id)] == PDF


async def test_a_note_is_added_and_described(actions: Actions, simulator: Simulator) -> None:
    """On the candidate, regarding the job."""
    candidate, application = await apply(actions, simulator)

    result = await actions.of(INTEGRATION).perform(note(application, "Called."), None)

    row = simulator.state["notes"][str(result.note_id)]
    assert (row["Display"], row["ParentId"]["Id"]) == ("Called.", candidate)
    assert row["RegardingId"]["Id"] == application.partition(":")[0]
    assert result.note_time is not None


@pytest.mark.parametrize("application", ["no key", "00000000-0000-4000-8000-000000000000:x", ""])
async def test_an_application_that_is_not_there_takes_nothing(
    application: str, actions: Actions, simulator: Simulator
) -> None:
    """An error with its path."""
    result = await actions.of(INTEGRATION).perform(file(application), None)

    assert [(each.code.name, each.field) for each in result.user_errors] == [
        ("APPLICATION_NOT_FOUND", ["applicationId"])
    ]


async def test_the_last_cv_is_the_cv(actions: Actions, simulator: Simulator) -> None:
    """The ATS keeps one; the others become documents, with a warning."""
    asked = create(attachments=[attachment("one.pdf"), attachment("two.pdf")])

    result = await actions.of(INTEGRATION).perform(asked, None)

    contact = simulator.state["contacts"][str(result.candidate_key)]
    assert contact["PrimaryDocumentAttachmentId"]["Title"] == "two.pdf"
    assert [(each.code.name, each.field) for each in result.warnings] == [("CV_REPLACED", ["attachments", "0", "type"])]
    assert len([row for row in simulator.state["artifacts"].values() if row["ParentId"]["Id"] == contact["Id"]]) == 2


async def test_a_cv_that_is_accepted_and_dropped_is_noticed(actions: Actions, simulator: Simulator) -> None:
    """The candidate stands, and a warning says that the file is gone."""
    result = await actions.of(INTEGRATION).perform(create(attachments=[attachment("unreadable.pdf")]), None)

    assert result.outcome is ActionOutcome.DONE
    assert [(each.code.name, each.field) for each in result.warnings] == [("CV_LOST", ["attachments", "0"])]


async def test_a_cv_that_takes_its_time_is_waited_for(actions: Actions, simulator: Simulator) -> None:
    """Up to the ATS's own half minute."""
    simulator.knobs.document_delay_seconds = 25

    result = await actions.of(INTEGRATION).perform(create(attachments=[attachment()]), None)

    assert result.warnings == []


async def test_a_file_that_the_ats_refuses_costs_nothing_else(actions: Actions, simulator: Simulator) -> None:
    """A warning; the candidate stands."""
    simulator.faults.add("400", "/artifacts/primary", method="POST", times=None)
    simulator.faults.add("400", ".*/attachments", method="POST", times=None)

    result = await actions.of(INTEGRATION).perform(create(attachments=[attachment()]), None)

    assert result.outcome is ActionOutcome.DONE
    assert [each.code.name for each in result.warnings] == ["ATTACHMENT_FAILED"]


async def test_the_first_api_takes_what_the_current_one_refuses(actions: Actions, simulator: Simulator) -> None:
    """ASM-29: the general upload is a guess, the old one is documented, and takes the key as a parameter (ASM-32)."""
    simulator.knobs.artifact_upload = False
    simulator.knobs.v1_key = FirstVersionKey.QUERY
    _, application = await apply(actions, simulator)

    result = await actions.of(INTEGRATION).perform(file(application), None)

    assert (result.user_errors, simulator.state.contents[str(result.attachment_id)]) == ([], PDF)


async def test_a_wrong_type_does_not_cost_the_application(actions: Actions, simulator: Simulator) -> None:
    """It is a warning, and the file is sent as what it is; in a dry run as well."""
    files = [
        attachment("cv.pdf", content_type="image/png"),
        attachment("letter.rtf", "OTHER", b"{\\rtf1}", content_type="rtf"),
    ]
    expected = [
        ("CONTENT_TYPE_MISMATCH", ["attachments", "0", "contentType"]),
        ("CONTENT_TYPE_MISMATCH", ["attachments", "1", "contentType"]),
    ]

    for dry_run in (True, False):
        result = await actions.of(INTEGRATION).perform(create(attachments=files, dry_run=dry_run), None)
        assert list(result.user_errors) == []
        assert [(each.code.name, each.field) for each in result.warnings] == expected

    kinds = {row["FileName"]: row["ContentType"] for row in simulator.state["artifacts"].values()}
    assert (kinds["cv.pdf"], kinds["letter.rtf"]) == ("application/pdf", "application/rtf")


async def test_nothing_of_a_file_stays_behind(actions: Actions, simulator: Simulator, sqlite: Database) -> None:
    """Once the action is over, its bytes are gone from the database."""
    await apply(actions, simulator, attachment())

    async with sqlite.reading() as connection:
        assert (await connection.execute(select(FILES))).all() == (await connection.execute(select(CHUNKS))).all() == []


@pytest.fixture
async def fetching(sqlite: Database, account: Account, clock: Clock) -> AsyncIterator[Actions]:
    """Actions that fetch from a web of our own and take small files."""
    fetcher = Fetcher(resolve=resolve, transport=Web)
    async with running(sqlite, account, clock, fetcher=fetcher, file_limit=6) as actions:
        yield actions


async def test_files_given_by_address_are_fetched_checked_and_capped(fetching: Actions, simulator: Simulator) -> None:
    """All that is wrong with them comes at once, and nothing is written."""
    addresses = ["https://files.example.com/cv.pdf", "http://127.0.0.1/", "https://files.example.com/gone"]
    files = [{"name": "cv.pdf", "type": "CV", "data_url": address} for address in addresses]

    result = await fetching.of(INTEGRATION).perform(create(attachments=files, idempotency_key="k"), None)

    assert [(each.code.name, each.field) for each in result.user_errors] == [
        ("FILE_TOO_LARGE", ["attachments", "0", "dataUrl"]),
        ("URL_NOT_ALLOWED", ["attachments", "1", "dataUrl"]),
        ("FILE_UNREACHABLE", ["attachments", "2", "dataUrl"]),
    ]
    assert [entry for entry in simulator.log if entry.method != "GET"] == []


async def test_a_fetched_file_arrives_with_the_type_it_was_answered_with(
    sqlite: Database, account: Account, clock: Clock, simulator: Simulator
) -> None:
    """Where the caller names none."""
    async with running(sqlite, account, clock, fetcher=Fetcher(resolve=resolve, transport=Web)) as actions:
        given = {"name": "cv.pdf", "type": "CV", "data_url": "https://files.example.com/cv.pdf"}
        result = await actions.of(INTEGRATION).perform(create(attachments=[given]), None)

    contact = simulator.state["contacts"][str(result.candidate_key)]
    row = simulator.state["artifacts"][contact["PrimaryDocumentAttachmentId"]["Id"]]
    assert (row["ContentType"], simulator.state.contents[row["Id"]]) == ("application/pdf", b"%PDF-1.7")


@pytest.fixture
async def http(actions: Actions) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the route of files."""
    app = Starlette(routes=[file_route(lambda: actions.links, actions.writer_of)])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://gateway") as client:
        yield client


async def read_back(files: Files, candidate: str) -> Sequence[Attachment]:
    """The files of one candidate."""
    found = (await files.attachments([candidate]))[candidate]
    assert not isinstance(found, AtsError)
    return found


async def test_the_cv_is_read_back_through_a_signed_address(
    actions: Actions, simulator: Simulator, http: httpx.AsyncClient
) -> None:
    """With name, type, size and creation; the bytes are the ATS's, to be saved and not shown."""
    content = PDF + b"x" * HEAD_BYTES
    candidate, _ = await apply(actions, simulator, attachment("Lebenslauf für Ingrid.pdf", data=content))

    (cv,) = await read_back(actions.of(INTEGRATION, base_url=lambda: "https://gateway/").files, candidate)
    answer = await http.get(str(cv.data_url))

    assert (cv.name, cv.content_type, cv.size) == ("Lebenslauf für Ingrid.pdf", "application/pdf", len(content))
    assert (cv.type, cv.candidate_key) == (AttachmentType.CV, candidate)
    assert cv.remote_created_at is not None
    assert (answer.status_code, answer.content) == (200, content)
    assert answer.headers["content-disposition"].startswith("attachment; filename*=UTF-8''Lebenslauf%20f%C3%BCr")
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_signed_address_expires_and_cannot_be_made_up(
    actions: Actions, simulator: Simulator, http: httpx.AsyncClient, clock: Clock
) -> None:
    """Whoever has an old or another one gets nothing."""
    candidate, _ = await apply(actions, simulator, attachment())
    (cv,) = await read_back(actions.of(INTEGRATION).files, candidate)
    path = str(cv.data_url)
    forged = [
        path.replace("/files/", "/files/x"),
        actions.links.sign(Link("crelate:other", str(cv.remote_id), "x.pdf")),
    ]

    assert [(await http.get(each)).status_code for each in forged] == [404, 404]
    clock.advance((LIFETIME + timedelta(seconds=1)).total_seconds())
    assert (await http.get(path)).status_code == 404


async def test_a_file_that_is_gone_or_out_of_reach_says_so(
    actions: Actions, simulator: Simulator, http: httpx.AsyncClient
) -> None:
    """As a gateway does."""
    gone = actions.links.sign(Link(INTEGRATION, "00000000-0000-4000-8000-000000000000", "x.pdf"))
    assert (await http.get(gone)).status_code == 404
    simulator.faults.add("503", "/artifacts/{id}/content", times=None)
    assert (await http.get(gone)).status_code == 502


async def test_a_candidate_without_a_cv_has_no_attachments(actions: Actions, simulator: Simulator) -> None:
    """An empty list; somebody who does not exist is absent, which is an error in the graph."""
    candidate, _ = await apply(actions, simulator)
    missing = "00000000-0000-4000-8000-000000000000"

    assert await actions.of(INTEGRATION).files.attachments([candidate, missing]) == {candidate: []}
