"""A way of sending a write that an account does not take is tried once, and not for each write."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest

from gateway.crelate.writing.facts import Facts
from gateway.crelate.writing.forms import learn_duplicate
from gateway.crelate.writing.planning import next_attachment, next_note
from gateway.crelate.writing.writer import CrelateWriter
from gateway.profile import AccountProfile
from gateway.simulator import NoteRegarding
from resolvers.errors import Rejected
from resolvers.ports.writing import File, Task, Write
from schema.actions.action import ActionName
from tests.gateway.crelate.conftest import MakeWorld, World

BEGAN = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture
def world(make_world: MakeWorld, profile: AccountProfile) -> World:
    """A world that learns it."""
    return make_world(profile=profile)


def note(world: World) -> Write:
    """A note on some application."""
    job = world.jobs()[0]
    contact = world.simulator.state.pipeline.of_job(job)[0].contact_id
    document = {"application_key": f"{job}:{contact}", "content": "Called."}
    write = next_note(Task(ActionName.ADD_NOTE_TO_APPLICATION, document, (), BEGAN), Facts())
    assert write is not None
    return write


def upload(world: World, *, is_cv: bool = False) -> Write:
    """A file for some contact."""
    name = "cv.pdf" if is_cv else "letter.pdf"
    file = File("file 0", ("attachment",), "f" * 32, name, "application/pdf", 9, is_cv=is_cv)
    facts = Facts(contact_key=world.keys("contacts")[0])
    write = next_attachment(Task(ActionName.ADD_ATTACHMENT_TO_APPLICATION, {}, (file,), BEGAN), facts)
    assert write is not None
    return write


async def carry(world: World, write: Write) -> int:
    """Send a write, shape after shape; number of the one that was taken."""
    world.simulator.reset_log()
    for number in range(len(write.shapes)):
        content = io.BytesIO(b"%PDF-1.4 x") if write.file else None
        try:
            await CrelateWriter(world.connector.account).send(write, number, content)
        except Rejected:
            continue
        return number
    raise AssertionError


async def drift(profile: AccountProfile) -> dict[str, tuple[object, object]]:
    """Fact that drifted -> what it was and is."""
    return {fact.name: (fact.before, fact.value) for fact in await profile.drifted()}


async def test_the_form_a_note_is_taken_in_is_tried_first(world: World, profile: AccountProfile) -> None:
    """The next note is one call; the numbers of the shapes stay what they are."""
    world.simulator.knobs.note_regarding = NoteRegarding.NAMED
    assert await carry(world, note(world)) == 1
    assert world.counts == {"POST /notes": 2}
    assert await carry(world, note(world)) == 1
    assert world.counts == {"POST /notes": 1}
    assert profile.trusted("note form") == "id and entity"


async def test_a_form_that_is_refused_by_now_gives_way_to_the_others(world: World, profile: AccountProfile) -> None:
    """In the same call, so that nothing is left out of the note; and it has drifted."""
    world.simulator.knobs.note_regarding = NoteRegarding.NAMED
    await carry(world, note(world))
    world.simulator.knobs.note_regarding = NoteRegarding.BARE
    assert await carry(world, note(world)) == 1
    assert world.counts == {"POST /notes": 2}
    assert await drift(profile) == {"note form": ("id and entity", "id")}
    assert await carry(world, note(world)) == 0
    assert world.counts == {"POST /notes": 1}


async def test_a_note_without_its_job_is_no_form_to_prefer(world: World, profile: AccountProfile) -> None:
    """Each note tries to name its job first."""
    world.simulator.knobs.note_regarding = NoteRegarding.NEITHER
    for _ in range(2):
        assert await carry(world, note(world)) == 2
        assert world.counts == {"POST /notes": 3}
    assert profile.trusted("note form") is None


async def test_an_upload_that_does_not_exist_is_tried_once(world: World, profile: AccountProfile) -> None:
    """Files go up by the first API then; once that is refused, what is there now is found."""
    assert await carry(world, upload(world)) == 0
    assert profile.trusted("document form") == "current"
    world.simulator.knobs.artifact_upload = False
    assert await carry(world, upload(world)) == 1
    assert len(world.simulator.log) == 2
    assert await drift(profile) == {"document form": ("current", "first")}
    assert await carry(world, upload(world)) == 1
    assert len(world.simulator.log) == 1
    world.simulator.knobs.artifact_upload = True
    world.simulator.faults.add("400", "/api/pub/v1/contacts/{id}/attachments", times=1)
    assert await carry(world, upload(world)) == 1
    assert len(world.simulator.log) == 2
    assert await drift(profile) == {}


async def test_a_file_that_is_refused_says_nothing_of_the_upload(world: World, profile: AccountProfile) -> None:
    """It may be unreadable."""
    world.simulator.faults.add("400", "/artifacts/primary", times=1)
    assert await carry(world, upload(world, is_cv=True)) == 1
    assert profile.trusted("CV form") is None
    assert await carry(world, upload(world, is_cv=True)) == 0
    assert profile.trusted("CV form") == "current"


async def test_what_duplicates_had_in_common_is_kept(profile: AccountProfile) -> None:
    """Names of what they shared, never the values."""
    ada = {"first_name": "Ada", "last_name": "Okafor", "email_address": "ada@example.com"}
    named, other = {"FirstName": "Ada", "LastName": "Okafor"}, {"FirstName": "Bo", "LastName": "Lind"}
    address = {"EmailAddresses_Work": {"Value": "ada@example.com"}}
    for row in (None, named, {**named, **address}, {**other, **address}, other):
        learn_duplicate(profile, ada, row)
    assert profile.trusted("duplicate rule") == ["address", "name", "name+address", "neither"]
    assert await profile.drifted() == []
