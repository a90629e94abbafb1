"""Starting, stopping, and taking up what others left."""

import asyncio

import pytest
from sqlalchemy import text

from gateway.actions.actions import Actions
from gateway.crelate.account import Account
from gateway.database.engine import Database
from gateway.database.outage import DatabaseUnavailable
from gateway.simulator import Simulator
from schema.actions.action import ActionOutcome
from tests.gateway.actions.conftest import INTEGRATION, running
from tests.gateway.actions.inputs import attachment, contacts_of, create, open_job, writes
from tests.gateway.simulator.conftest import Clock


async def test_a_stop_in_the_middle_is_taken_up_by_the_next_start(
    sqlite: Database, account: Account, clock: Clock, simulator: Simulator
) -> None:
    """What was pending goes on where it was, without being asked for again."""
    simulator.faults.add("503", "/jobs/{id}/contacts", method="POST", times=4)
    asked = create(open_job(simulator), attachments=[attachment()], idempotency_key="k")
    async with running(sqlite, account, clock) as first:
        first.sleep = _for_ever
        soon = asyncio.get_running_loop().time() + 2  # time enough to keep the file, on a busy machine too
        pending = await first.of(INTEGRATION).perform(asked, soon)
    async with running(sqlite, account, clock) as second:
        ended = await second.engine.ended(str(pending.action_id), None)
        replay = await second.of(INTEGRATION).perform(asked, None)

    assert pending.outcome is ActionOutcome.PENDING
    assert ended is not None
    assert (ended.outcome, replay.outcome, replay.replayed) == (ActionOutcome.DONE, ActionOutcome.DONE, True)
    assert len(contacts_of(simulator)) == 1
    assert writes(simulator).count(("POST", "/contacts")) == 1


async def _for_ever(_: float) -> None:
    await asyncio.Event().wait()


async def test_there_is_one_engine_in_a_process(
    actions: Actions, sqlite: Database, account: Account, clock: Clock
) -> None:
    """A second one would not know whose workflows are whose."""
    with pytest.raises(RuntimeError, match="only one"):
        async with running(sqlite, account, clock):
            pass


async def test_a_live_process_keeps_its_workflows(actions: Actions, simulator: Simulator) -> None:
    """A sweep takes up nothing that is under way."""
    gate = asyncio.Event()

    async def wait(_: float) -> None:
        await gate.wait()

    simulator.faults.add("503", "/contacts", method="POST", times=2)
    actions.sleep = wait
    soon = asyncio.get_running_loop().time() + 0.3
    pending = await actions.of(INTEGRATION).perform(create(), soon)
    await actions.engine.workflows.sweep()
    gate.set()

    ended = await actions.engine.ended(str(pending.action_id), None)

    assert ended is not None
    assert ended.outcome is ActionOutcome.DONE
    assert len(contacts_of(simulator)) == 1


async def test_nothing_is_entered_before_workflows_run(
    actions: Actions, sqlite: Database, simulator: Simulator
) -> None:
    """An entry without a workflow would be pending until somebody sends its key again, or for an hour."""
    asked = create(idempotency_key="k")
    await _rename(sqlite, "version", "other")
    with pytest.raises(DatabaseUnavailable):
        await actions.of(INTEGRATION).perform(asked, None)
    entered = await actions.of(INTEGRATION).trail(10, None, None)
    await _rename(sqlite, "other", "version")
    done = await actions.of(INTEGRATION).perform(asked, None)

    assert entered.actions == []
    assert (done.outcome, done.replayed, len(contacts_of(simulator))) == (ActionOutcome.DONE, False, 1)


async def _rename(database: Database, before: str, after: str) -> None:
    """Rename the column that a launch of workflows looks at first."""
    async with database.writing() as connection:
        await connection.execute(text(f"ALTER TABLE dbos_migrations RENAME COLUMN {before} TO {after}"))
