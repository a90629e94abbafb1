"""The audit trail."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from gateway.actions.actions import Actions
from gateway.actions.engine import ABANDONED_AFTER
from gateway.actions.ledger import Claim, Ledger, fingerprint
from gateway.database.engine import Database
from gateway.database.tables import ACTIONS
from gateway.simulator import Simulator
from schema.actions.action import ActionFilter, ActionName, ActionOutcome
from tests.gateway.actions.conftest import INTEGRATION
from tests.gateway.actions.inputs import EMAIL, attachment, contacts_of, create, note, open_job, person
from tests.gateway.simulator.conftest import Clock


def claim(key: str, name: ActionName = ActionName.CREATE_CANDIDATE) -> Claim:
    """A claim for a key."""
    return Claim(INTEGRATION, name, "ci", key, fingerprint(name, {"key": key}))


async def test_an_action_says_who_did_what_when_with_which_result(
    actions: Actions, simulator: Simulator, clock: Clock
) -> None:
    """Also what was warned of, and the ATS's ids."""
    began = clock.now

    result = await actions.of(INTEGRATION, "ci").perform(create(open_job(simulator), idempotency_key="k"), None)
    row = await actions.of(INTEGRATION).action(str(result.action_id))

    assert row is not None
    assert (row.name, row.outcome, row.integration) == (ActionName.CREATE_APPLICATION, ActionOutcome.DONE, INTEGRATION)
    assert (row.token_name, row.idempotency_key, row.started_at) == ("ci", "k", began)
    assert row.finished_at is not None
    assert (row.candidate_key, row.application_key) == (result.candidate_key, result.application_key)
    assert row.remote_ids == [result.candidate_key]
    assert len(row.correlation_ids) == 2
    assert [each.code.name for each in row.warnings] == ["STAGE_DEFAULTED"]


async def test_no_personal_data_stays_in_the_database(actions: Actions, simulator: Simulator, sqlite: Database) -> None:
    """Once an action is over, nothing of the person is found in any table, those of the workflows included."""
    candidate = person(company="Fernhill Optics", phone_number="+1 206 555 0142")
    done = await actions.of(INTEGRATION).perform(
        create(open_job(simulator), candidate, attachments=[attachment()]), None
    )
    await actions.of(INTEGRATION).perform(note(str(done.application_key), "Ingrid is kind."), None)
    await actions.of(INTEGRATION).perform(create(open_job(simulator), candidate), None)

    async with asyncio.timeout(10):
        while await _workflow_rows(sqlite):  # DBOS notes the end of a workflow a moment after its action is over
            await actions.engine.workflows.sweep()

    async with sqlite.reading() as connection:
        names = await connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'")
        tables = [name for (name,) in names.all()]
        found = [str((await connection.exec_driver_sql(f'SELECT * FROM "{table}"')).all()) for table in tables]  # noqa: S608  names of tables
    assert {"workflow_status", "operation_outputs", "actions"} <= set(tables)
    for word in ("Ingrid", "Halvorsen", EMAIL, "Fernhill", "5550142", "optics"):
        assert not any(word.lower() in text.lower() for text in found), word


async def _workflow_rows(database: Database) -> int:
    async with database.reading() as connection:
        return int((await connection.exec_driver_sql("SELECT count(*) FROM workflow_status")).scalar_one())


async def test_another_integration_sees_nothing(actions: Actions) -> None:
    """Neither by id nor in the list."""
    result = await actions.of(INTEGRATION).perform(create(), None)

    assert await actions.of("crelate:other").action(str(result.action_id)) is None
    assert (await actions.of("crelate:other").trail(10, None, None)).total == 0


async def test_the_trail_is_paged_newest_first_and_filtered(database: Database, clock: Clock) -> None:
    """By name, outcome and time, on either database."""
    ledger = Ledger(database, clock)
    ids = []
    for number in range(5):
        name = ActionName.CREATE_CANDIDATE if number % 2 else ActionName.ADD_NOTE_TO_APPLICATION
        entry, _ = await ledger.claim(claim(str(number), name))
        ids.append(entry.id)
        clock.advance(number % 3)  # some begin at the same instant
    await ledger.finish(ids[1], ActionOutcome.FAILED, {})

    async def seen(filter: ActionFilter | None, size: int = 2) -> list[str]:
        found: list[str] = []
        position = None
        while True:
            page = await ledger.trail(INTEGRATION, size, position, filter)
            found += [row.id for row in page.actions]
            if not page.has_next:
                assert page.total == len(found)
                return found
            position = page.positions[-1]

    everything = await seen(None)
    assert sorted(everything) == sorted(ids)
    assert everything == await seen(None, 50)
    assert set(await seen(ActionFilter(names=[ActionName.CREATE_CANDIDATE]))) == {ids[1], ids[3]}
    assert await seen(ActionFilter(outcomes=[ActionOutcome.FAILED])) == [ids[1]]
    assert everything[-1] in {ids[0], ids[1]}
    after = ActionFilter(started_after=clock.now - timedelta(seconds=2))
    assert set(await seen(after)) == {ids[3], ids[4]}
    assert set(await seen(ActionFilter(started_before=clock.now - timedelta(seconds=1)))) == set(ids[:3])


async def test_a_key_is_claimed_once_on_either_database(database: Database, clock: Clock) -> None:
    """And again only after a failure that wrote nothing."""
    ledger = Ledger(database, clock)
    first, had = await ledger.claim(claim("k"))
    again, has = await ledger.claim(claim("k"))
    await ledger.finish(first.id, ActionOutcome.FAILED, {})
    freed, was = await ledger.claim(claim("k"))
    assert [await ledger.intend(freed.id, "candidate") for _ in range(2)] == [False, True]
    await ledger.finish(freed.id, ActionOutcome.FAILED, {})
    kept, now = await ledger.claim(claim("k"))

    assert (had, has, was, now) == (False, True, False, True)
    assert (again.id, kept.id) == (first.id, freed.id)
    assert freed.id != first.id


async def test_an_action_that_never_began_is_closed(actions: Actions, sqlite: Database, clock: Clock) -> None:
    """The process died between entering and starting it: nobody was promised anything."""
    entry, _ = await actions.ledger.claim(claim("k"))

    await actions.engine.workflows.sweep()
    early = await actions.ledger.entry(entry.id)
    clock.advance((ABANDONED_AFTER + timedelta(seconds=1)).total_seconds())
    await actions.engine.workflows.sweep()
    late = await actions.ledger.entry(entry.id)

    assert early is not None
    assert late is not None
    assert (early.outcome, late.outcome) == (ActionOutcome.PENDING, ActionOutcome.FAILED)
    async with sqlite.reading() as connection:
        assert (await connection.execute(select(ACTIONS.c.outcome))).scalars().all() == ["FAILED"]


async def test_a_failed_input_does_not_reach_the_ats_twice(actions: Actions, simulator: Simulator) -> None:
    """A broken action is entered as failed, and its message says nothing of what broke it."""
    entry, _ = await actions.ledger.claim(claim("k"))
    await actions.engine.begin(entry.id, {"integration": "crelate:gone", "name": "createCandidate"})

    ended = await actions.engine.ended(entry.id, None)

    assert ended is not None
    assert [each["code"] for each in ended.result["user_errors"]] == ["INTERNAL_ERROR"]
    assert contacts_of(simulator) == []


STORED: dict[str, Any] = {
    "candidate_key": "c",
    "application_key": "j:c",
    "remote_ids": ["f"],
    "correlation_ids": ["k"],
    "wrote": True,
    "attachment": {"id": "f", "name": "cv.pdf", "type": "application/pdf", "size": 9},
    "note": {"id": "n", "at": "2026-06-01T09:00:00.000Z"},
    "user_errors": [],
    "warnings": [
        {"code": "NOTE_DETACHED", "message": "The note is on the candidate only.", "field": ["applicationId"]}
    ],
}
"""The result of an action as the first version stored it."""


async def test_results_of_older_versions_are_read(actions: Actions) -> None:
    """A repeated key gives what was stored."""
    asked = note("j:c", idempotency_key="old")
    entry, _ = await actions.ledger.claim(
        Claim(INTEGRATION, asked.name, None, "old", fingerprint(asked.name, asked.document))
    )
    await actions.ledger.finish(entry.id, ActionOutcome.DONE, STORED)

    result = await actions.of(INTEGRATION).perform(asked, None)

    assert (result.replayed, result.candidate_key, result.application_key) == (True, "c", "j:c")
    assert (result.attachment_id, result.attachment_name, result.attachment_size) == ("f", "cv.pdf", 9)
    assert (result.note_id, result.note_time) == ("n", datetime(2026, 6, 1, 9, tzinfo=UTC))
    assert [each.code.name for each in result.warnings] == ["NOTE_DETACHED"]
