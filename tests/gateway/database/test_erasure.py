"""Erasing an integration."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import func, select

from gateway.actions.ledger import Claim, Ledger
from gateway.actions.spool import Spool
from gateway.changes.log import changes_after
from gateway.clock import now
from gateway.database.engine import Database
from gateway.database.erasure import ActionsPending, erase_rows
from gateway.database.profile import DatabaseProfile
from gateway.database.quota import DatabaseQuota
from gateway.database.tables import ACTIONS, CHUNKS, FILES, INTENTS, METADATA, PROFILE, QUOTA, SECRETS, WEBHOOKS
from gateway.replica.store import Store
from gateway.replica.sync_state import note_sync, sync_states
from gateway.sync.skipped import Intake, skips
from resolvers.ports.profile import Sight
from resolvers.ports.source import PageQuestion
from schema.actions.action import ActionName, ActionOutcome
from schema.profile import LearntBy
from tests.gateway.replica.records import INTEGRATION, Clock, application, candidate

OTHER = "crelate:other"


async def test_an_integration_can_be_forgotten(store: Store, clock: Clock) -> None:
    """With everything, and nothing of any other."""
    for integration in (INTEGRATION, OTHER):
        await store.write(integration, "Candidate", [candidate("c1", "ada@example.com")], clock.now)
        await store.write(integration, "Application", [application("j1", "c1")], clock.now)
        await store.note_listed(integration, "Application", "job_key", {"j1": ["j1:c1"]}, clock.now)
        await note_sync(store.database, integration, ["Candidate"], synced_at=clock.now)
        await _skip(store.database, integration, clock)
    await erase_rows(store.database, INTEGRATION)
    for integration, left in ((INTEGRATION, 0), (OTHER, 1)):
        assert await store.count(integration, "Candidate") == left
        assert len(await store.listed(integration, "Application", "job_key", ["j1"])) == left
        assert len(await changes_after(store.database, integration, 0, 9)) == 2 * left
        assert len(await sync_states(store.database, integration)) == left
        assert len(await skips(store.database, integration)) == left
        question = PageQuestion(size=9)
        assert len((await store.page(integration, "Application", question)).copies) == left


async def _skip(database: Database, integration: str, clock: Clock) -> None:
    intake = Intake(database, integration, clock.now)
    intake.skip("Candidate", "c2", ValueError())
    await intake.note()


async def _action(database: Database, integration: str) -> str:
    """An action with a file that has begun to write, and is pending."""
    ledger = Ledger(database)
    entry, _ = await ledger.claim(Claim(integration, ActionName.CREATE_CANDIDATE, None, integration, ""))
    await ledger.intend(entry.id, "candidate")
    await Spool(database, now, 100).store(entry.id, _bytes())
    return entry.id


async def _bytes() -> AsyncIterator[bytes]:
    yield b"CV"


async def test_actions_and_their_files_go_as_well(database: Database) -> None:
    """And the quota, the webhooks, and every other row; those of another integration stay."""
    for integration in (INTEGRATION, OTHER):
        action_id = await _action(database, integration)
        await Ledger(database).finish(action_id, ActionOutcome.DONE, {})
        await DatabaseQuota(database, integration, 5, lambda: 0.0).acquire(None)
        sight = Sight("key form", "header", now(), LearntBy.REQUEST)
        await DatabaseProfile(database, integration).write(sight)
        row = {"integration": integration, "url": "https://a.example", "position": 0}
        async with database.writing("webhooks") as connection:
            await connection.run_sync(database.upsert, WEBHOOKS, [row])
    erased = await erase_rows(database, INTEGRATION)
    tables = {table.name: table for table in (ACTIONS, INTENTS, FILES, CHUNKS, QUOTA, WEBHOOKS, PROFILE)}
    assert erased == dict.fromkeys(tables, 1)
    async with database.reading() as connection:
        left = [await connection.scalar(select(func.count()).select_from(table)) for table in tables.values()]
    assert left == [1] * len(tables)
    assert await erase_rows(database, INTEGRATION) == {}


async def test_nothing_is_erased_while_an_action_is_pending(database: Database) -> None:
    """The refusal is a sentence, and everything is still there."""
    action_id = await _action(database, INTEGRATION)
    with pytest.raises(ActionsPending, match=f"an action is pending for {INTEGRATION}"):
        await erase_rows(database, INTEGRATION)
    assert await Ledger(database).entry(action_id) is not None


def test_every_table_is_thought_of() -> None:
    """A table belongs to integrations by a column or leads to one that does; the gateway's own keys do not."""
    assert {table.name for table in METADATA.sorted_tables if "integration" not in table.c} == {
        CHUNKS.name,
        FILES.name,
        INTENTS.name,
        QUOTA.name,
        SECRETS.name,
    }
