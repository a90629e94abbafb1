"""Kill -9 at every step of every action, on SQLite and on Postgres, with Crelate in a process of its own.

After each death another process starts, finishes what was accepted, and is asked the same again with the same key.
"""

import asyncio
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from resolvers.ports.actions import Asked
from schema.actions.action import ActionOutcome
from tests.databases import postgres_database
from tests.gateway.actions.conftest import KEY
from tests.gateway.actions.inputs import attachment, create, file, move, note, person
from tests.gateway.actions.processes import SIZE, Crelate, Death, Life, live
from tests.gateway.simulator.serving import serving

pytestmark = pytest.mark.long

AT_ONCE = 6


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A simulator in a process of its own."""
    with serving(KEY, SIZE) as address:
        yield address


@pytest.fixture(scope="module")
def crelate(address: str) -> Iterator[Crelate]:
    """What it holds."""
    crelate = Crelate(address)
    yield crelate
    crelate.close()


@pytest.fixture
def databases(database_address: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], str]]:
    """Makes addresses of empty databases, of one kind."""
    with ExitStack() as made:

        def another() -> str:
            if database_address.startswith("sqlite"):
                copy = tmp_path / f"{uuid4().hex}.sqlite"
                shutil.copy(database_address.removeprefix("sqlite:///"), copy)
                return f"sqlite:///{copy}"
            server: str = request.getfixturevalue("postgres")
            return made.enter_context(postgres_database(server, used=True))

        yield another


def open_job(crelate: Crelate) -> str:
    """A job that takes applications."""
    closing = ("IsLead", "ClosedOn", "UserCloseDate")
    return next(str(row["Id"]) for row in crelate.rows("/jobs") if not any(row.get(name) for name in closing))


def stages(crelate: Crelate) -> list[str]:
    """Keys of the application stages, in order."""
    rows = crelate.rows("/workflowstatuses", workflow_type_ids="F6EF012F-998D-4132-B38B-A17A00B2B958")
    return [row["Id"] for row in sorted(rows, key=lambda row: row["SortOrder"])]


def applied(crelate: Crelate, email: str) -> str:
    """Key of the application of a candidate that exists."""
    job = open_job(crelate)
    columns = {"LastName": email.partition("@")[0], "RecordType": 1, "EmailAddresses_Personal": {"Value": email}}
    contact = crelate.make("contacts", **columns)
    crelate.place(job, contact, stages(crelate)[0])
    return f"{job}:{contact}"


def new_application(crelate: Crelate, email: str) -> Asked:
    """Everything an application can bring with it: company, country, source, owner, CV and another file."""
    candidate = person(
        email_address=email,
        company=f"Employer of {email}",
        title="Optician",
        location={"city": "Austin", "country": "US"},
    )
    return create(
        open_job(crelate),
        candidate,
        attachments=[attachment(), attachment("letter.pdf", "COVER_LETTER")],
        source={"name": "LinkedIn"},
        sourced_by={"user_key": crelate.rows("/users")[0]["Id"]},
    )


def check_application(crelate: Crelate, asked: Asked, life: Life) -> None:
    """One contact, one pipeline entry, one company, two files."""
    email = asked.document["candidate"]["email_address"]
    (contact,) = crelate.rows("/contacts", emails=email)
    assert life.candidate_key == contact["Id"]
    pipeline = crelate.rows(f"/jobs/{asked.document['application']['job_key']}/contacts")
    assert [row["ContactId"]["Id"] for row in pipeline].count(contact["Id"]) == 1
    names = sorted(row["FileName"] for row in crelate.rows("/artifacts", parent_ids=contact["Id"]))
    assert names == ["cv.pdf", "letter.pdf"]
    companies = [row["Name"] for row in crelate.rows("/companies")]
    assert companies.count(asked.document["candidate"]["company"]) == 1
    assert contact["CurrentPosition"]["CompanyId"]["Title"] == asked.document["candidate"]["company"]


def new_update(crelate: Crelate, email: str) -> Asked:
    """A candidate who exists, to be filled in."""
    crelate.make("contacts", FirstName="Ingrid", LastName="Halvorsen", EmailAddresses_Work={"Value": email})
    return create(None, person(email_address=email, title="Optician"), on_duplicate="UPDATE")


def check_update(crelate: Crelate, asked: Asked, life: Life) -> None:
    """Still one contact, with the title."""
    (contact,) = crelate.rows("/contacts", emails=asked.document["candidate"]["email_address"])
    assert life.candidate_key == contact["Id"]
    assert contact["CurrentPosition"]["JobTitle"] == "Optician"


def new_note(crelate: Crelate, email: str) -> Asked:
    """A note."""
    return note(applied(crelate, email), f"About {email}.")


def check_note(crelate: Crelate, asked: Asked, life: Life) -> None:
    """One note."""
    (found,) = [row for row in crelate.rows("/notes") if row["Display"] == asked.document["content"]]
    assert life.note_id == found["Id"]


def new_move(crelate: Crelate, email: str) -> Asked:
    """An application in the first stage, to be moved to the last."""
    return move(applied(crelate, email), stages(crelate)[-1])


def check_move(crelate: Crelate, asked: Asked, life: Life) -> None:
    """Its history has the stage once, after the first one."""
    job, _, contact = asked.document["application_key"].partition(":")
    history = crelate.rows(f"/jobs/{job}/contacts/history", contact_id=contact)
    assert [row["Stage"]["Id"] for row in history] == [asked.document["stage_key"], stages(crelate)[0]]
    assert life.application_key == asked.document["application_key"]


def new_file(crelate: Crelate, email: str) -> Asked:
    """A document."""
    return file(applied(crelate, email))


def new_cv(crelate: Crelate, email: str) -> Asked:
    """A CV."""
    return file(applied(crelate, email), attachment())


def check_file(crelate: Crelate, asked: Asked, life: Life) -> None:
    """One file."""
    contact = asked.document["application_key"].partition(":")[2]
    (found,) = crelate.rows("/artifacts", parent_ids=contact)
    assert life.attachment_id == found["Id"]


ACTIONS: dict[str, tuple[Callable[[Crelate, str], Asked], Callable[[Crelate, Asked, Life], None]]] = {
    "create application": (new_application, check_application),
    "update candidate": (new_update, check_update),
    "add note": (new_note, check_note),
    "move application": (new_move, check_move),
    "add attachment": (new_file, check_file),
    "add CV": (new_cv, check_file),
}


def deaths(methods: list[str]) -> Iterator[Death]:
    """After each answer, and before each write."""
    for number, method in enumerate(methods):
        yield Death(number, answered=True)
        if method != "GET":
            yield Death(number, answered=False)


@pytest.mark.parametrize("name", ACTIONS)
async def test_whenever_the_process_is_killed_each_write_happens_once(
    name: str, databases: Callable[[], str], address: str, crelate: Crelate
) -> None:
    """The next process completes the action, and its result is that of one that was never interrupted."""
    new, check = ACTIONS[name]
    places = asyncio.Semaphore(AT_ONCE)

    async def story(death: Death | None) -> Life:
        key = uuid4().hex
        asked = replace(await asyncio.to_thread(new, crelate, f"{key}@example.com"), idempotency_key=key)
        async with places:
            database = await asyncio.to_thread(databases)
            life = await asyncio.to_thread(live, database, address, asked, death)
            if death is not None:
                assert life == Life(), f"not killed: {death}"
                life = await asyncio.to_thread(live, database, address, asked, None)
        assert (life.outcome, life.errors) == (ActionOutcome.DONE, []), death
        await asyncio.to_thread(check, crelate, asked, life)
        return life

    undisturbed = await story(None)
    lives = await asyncio.gather(*map(story, deaths(undisturbed.methods)))

    assert len(lives) > len(undisturbed.methods)
    assert {tuple(life.warnings) for life in lives} == {tuple(undisturbed.warnings)}
