"""How long things are kept."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from gateway.changes.log import changes_after
from gateway.database.tables import VALUES
from gateway.replica.retention import null_deleted
from gateway.replica.store import Store
from gateway.sync.skipped import Intake, Skips, skips
from resolvers.ports.source import PageQuestion
from schema.change import ChangeKind
from tests.gateway.replica.records import INTEGRATION, Clock, candidate, value

FORTNIGHT = timedelta(days=14)


async def _delete(store: Store, clock: Clock) -> None:
    record = candidate("c1", "ada@example.com", first_name="Ada", company="Acme", remote_data={"/c": 1})
    await store.write(INTEGRATION, "Candidate", [record, candidate("c2", "bob@example.com")], clock.now)
    await store.delete(INTEGRATION, "Candidate", ["c1"], clock.tick())


async def test_a_deleted_record_loses_its_content_after_a_fortnight(store: Store, clock: Clock) -> None:
    """Not before, not twice, and no other; that it existed and when it went remains."""
    await _delete(store, clock)
    gone = clock.now
    clock.now = gone + FORTNIGHT
    assert await null_deleted(store.database, clock) == 0
    clock.tick()
    assert await null_deleted(store.database, clock) == 1
    assert await null_deleted(store.database, clock) == 0
    held = await store.by_keys(INTEGRATION, "Candidate", ["c1", "c2"])
    record = held["c1"].record
    assert (record.remote_deleted_at, value(record, "remote_id")) == (gone, "c1")
    assert not any(value(record, name) for name in ("first_name", "company", "email_addresses", "remote_data"))
    assert value(held["c2"].record, "email_addresses")
    async with store.database.reading() as connection:
        assert await connection.scalar(select(func.count()).select_from(VALUES)) == 1
    page = await store.page(INTEGRATION, "Candidate", PageQuestion(size=9, include_deleted=True))
    assert len(page.copies) == 2


@pytest.mark.parametrize("database_address", ["sqlite"], indirect=True)
async def test_lost_content_is_in_no_table_and_not_in_the_file(store: Store, clock: Clock) -> None:
    """Also what filters look for, what was changed before, and what the log of the file held."""
    for name in ("Adawanda", "Adawonda"):
        record = candidate("c1", f"{name}@example.com", first_name=name, remote_data={"name": name * 900})
        await store.write(INTEGRATION, "Candidate", [record], clock.tick())
    await store.delete(INTEGRATION, "Candidate", ["c1"], clock.tick())
    clock.now += FORTNIGHT * 2
    assert await null_deleted(store.database, clock) == 1
    place = Path(str(store.database.url.database))
    assert not re.search(b"adaw[ao]nda", b"".join(path.read_bytes() for path in place.parent.iterdir()).lower())


async def test_with_its_content_goes_the_note_that_a_sync_skipped_it(store: Store, clock: Clock) -> None:
    """Not so of a record that is there."""
    intake = Intake(store.database, INTEGRATION, clock.now)
    for key in ("c1", "c2"):
        intake.skip("Candidate", key, ValueError())
    await intake.note()
    await _delete(store, clock)
    clock.now += FORTNIGHT * 2
    await null_deleted(store.database, clock)
    assert await skips(store.database, INTEGRATION) == {"Candidate": Skips(1, ["c2"])}


async def test_a_record_may_return_after_that(store: Store, clock: Clock) -> None:
    """It gets its content back, and the log says so."""
    await _delete(store, clock)
    clock.now += FORTNIGHT * 2
    await null_deleted(store.database, clock)
    await store.write(INTEGRATION, "Candidate", [candidate("c1", first_name="Ada")], clock.now)
    record = (await store.by_keys(INTEGRATION, "Candidate", ["c1"]))["c1"].record
    assert (value(record, "first_name"), record.remote_deleted_at) == ("Ada", None)
    log = await changes_after(store.database, INTEGRATION, 0, 100)
    assert log[-1].kind is ChangeKind.RESTORED
