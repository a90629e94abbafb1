"""Records that a sync cannot take: each is skipped and named, and costs no other."""

import asyncio
from collections.abc import Mapping, Sequence
from io import StringIO
from random import Random
from typing import Any

import pytest
from rich.console import Console
from sqlalchemy.exc import OperationalError

from gateway.clock import now
from gateway.crelate.reading import lists
from gateway.crelate.reading.session import Session
from gateway.database.engine import Database
from gateway.replica.store import Store
from gateway.replica.sync_state import sync_states
from gateway.simulator.seed.size import Size
from gateway.sync.progress import sync_with_progress
from gateway.sync.skipped import Intake, Skips, skips
from resolvers.errors import UpstreamUnreadable
from resolvers.ids import Ids
from resolvers.ports.listing import SyncPage
from resolvers.ports.source import PageQuestion
from schema.record import Tracked
from schema.sync_status import SyncMode
from tests.gateway.replica.records import DEEP, INTEGRATION, candidate
from tests.gateway.sync.firm import Firm, Time
from tests.gateway.sync.test_syncs import running

TINY = Size(jobs=5, contacts=20, activities=5, contacts_per_job=3)

TABLES = {"User": "users", "Job": "jobs", "Candidate": "contacts"}
"""Model -> what its rows are called here."""

SHOWN = {"User": "Depth", "Job": "CustomField1", "Candidate": "Depth"}
"""Model -> a column of which the record keeps whatever stands there."""


@pytest.fixture
def firm(database: Database) -> Firm:
    """A tiny firm whose records are not yet here."""
    time = Time()
    return Firm(Store(database, time), time, TINY)


async def _codes(firm: Firm) -> set[str | None]:
    return {state.last_error for state in (await sync_states(firm.store.database, INTEGRATION)).values()}


async def _keys(firm: Firm, model: str) -> set[str]:
    page = await firm.store.page(INTEGRATION, model, PageQuestion(size=10_000))
    return {copy.record.key for copy in page.copies}


async def _first(firm: Firm, model: str) -> str:
    """The key of a record that is in the copies."""
    return min(await _keys(firm, model))


def _row(firm: Firm, model: str, key: str) -> dict[str, Any]:
    """The row of a record in the ATS."""
    row: dict[str, Any] = firm.simulator.state[TABLES[model]][key]
    return row


@pytest.mark.parametrize("model", TABLES)
async def test_a_record_nobody_can_store_is_skipped_and_named(firm: Firm, model: str) -> None:
    """JSON too deep to be written: its copy stays as it was, all others are right, and once mended it is taken."""
    await firm.sync(SyncMode.FULL)
    before, key = await _keys(firm, model), await _first(firm, model)
    row = _row(firm, model, key)
    row[SHOWN[model]] = DEEP
    await firm.sync(SyncMode.FULL)
    assert (await skips(firm.store.database, INTEGRATION)) == {model: Skips(1, [key])}
    assert await _codes(firm) == {None}
    assert await _keys(firm, model) == before
    await firm.sync(SyncMode.DELTA)
    assert (await skips(firm.store.database, INTEGRATION))[model].keys == [key]
    del row[SHOWN[model]]
    await firm.sync(SyncMode.FULL)
    assert await skips(firm.store.database, INTEGRATION) == {}


async def test_what_is_gone_is_skipped_no_more(firm: Firm) -> None:
    """A full sync marks it as deleted, and forgets that it could not be taken."""
    await firm.sync(SyncMode.FULL)
    key = await _first(firm, "Candidate")
    _row(firm, "Candidate", key)["Depth"] = DEEP
    await firm.sync(SyncMode.FULL)
    firm.simulator.state.remove("contacts", key)
    await firm.sync(SyncMode.FULL)
    assert await skips(firm.store.database, INTEGRATION) == {}
    assert key not in await _keys(firm, "Candidate")


async def test_a_value_one_database_refuses_costs_no_neighbour(firm: Firm) -> None:
    """An owner's id that is longer than a row of an index may be: the owner is here, or skipped and named."""
    await firm.sync(SyncMode.FULL)
    key = await _first(firm, "Job")
    teams = await _keys(firm, "JobHiringTeamMember")
    strange = Random(0).randbytes(5000).hex()  # noqa: S311  it is to be hard to compress, not to guess
    _row(firm, "Job", key)["Owners"] = [{"Id": strange, "Title": "Ada", "IsPrimary": True}]
    await firm.sync(SyncMode.FULL)
    assert await _codes(firm) == {None}
    skipped = await skips(firm.store.database, INTEGRATION)
    assert set(skipped) == (
        {"JobHiringTeamMember", "JobUserRoleAssignment", "User"} if firm.store.database.is_postgres else set()
    )
    assert await _keys(firm, "Job") >= {key}
    others = {member for member in teams if not member.startswith(key)}
    assert await _keys(firm, "JobHiringTeamMember") >= others


def _spoil(monkeypatch: pytest.MonkeyPatch, bad: Sequence[str], error: Exception) -> None:
    """Let the reading of a page of contacts fail as soon as one of these is on it; of all for none."""
    read = lists.READERS[lists.CONTACTS]

    async def spoilt(session: Session, rows: Mapping[str, Any], parent: str) -> SyncPage:
        if not bad or set(bad) & set(rows):
            raise error
        return await read(session, rows, parent)

    monkeypatch.setitem(lists.READERS, lists.CONTACTS, spoilt)


async def test_a_row_that_cannot_be_read_is_skipped(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others of its page are read one by one; it is not marked as deleted."""
    await firm.sync(SyncMode.FULL)
    before, key = await _keys(firm, "Candidate"), await _first(firm, "Candidate")
    for error in (ZeroDivisionError("Ada"), UpstreamUnreadable()):
        _spoil(monkeypatch, [key], error)
        await firm.sync(SyncMode.FULL)
        assert await skips(firm.store.database, INTEGRATION) == {"Candidate": Skips(1, [key])}
        assert await _codes(firm) == {None}
        assert await _keys(firm, "Candidate") == before
        monkeypatch.undo()


async def test_a_list_of_which_nothing_can_be_read_has_the_error(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it is the ATS's: then it is no matter of one record."""
    _spoil(monkeypatch, [], UpstreamUnreadable())
    await firm.sync(SyncMode.FULL)
    assert await _codes(firm) == {None, UpstreamUnreadable.code}
    assert await skips(firm.store.database, INTEGRATION) == {}


async def test_a_database_that_goes_meanwhile_is_no_matter_of_a_record(database: Database) -> None:
    """Its error is raised, and nothing is skipped."""
    away = OperationalError("INSERT", {}, Exception("away"))

    async def write(records: Sequence[Tracked]) -> None:
        raise ValueError if len(records) > 1 else away

    intake = Intake(database, INTEGRATION, now())
    with pytest.raises(OperationalError):
        await intake.keep("Candidate", [candidate("c1"), candidate("c2")], write)
    await intake.note()
    assert await skips(database, INTEGRATION) == {}


async def test_the_status_and_the_command_say_what_was_skipped(firm: Firm) -> None:
    """By id, how many and of which model; it is no failure of the sync."""
    key = next(iter(firm.simulator.state["contacts"]))
    _row(firm, "Candidate", key)["Depth"] = DEEP
    async with running(firm) as syncs:
        shown = StringIO()
        console = Console(file=shown, width=200)
        assert await sync_with_progress(syncs.of(INTEGRATION), SyncMode.FULL, console, asyncio.sleep)
        status = await syncs.status(INTEGRATION)
    named = {model.model.name: (model.skipped, model.skipped_ids) for model in status.models if model.skipped}
    assert named == {"CANDIDATE": (1, [Ids(INTEGRATION).encode("Candidate", key.lower())])}
    assert "CANDIDATE 1" in shown.getvalue()
    assert "up to date, but for those skipped." in shown.getvalue()
