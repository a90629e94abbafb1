"""Workflows: registered, started once, taken up, counted for their caller, and erased."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
import structlog
from dbos import DBOS
from sqlalchemy import text

from gateway.clock import now
from gateway.database.engine import Database
from gateway.database.outage import DatabaseUnavailable
from gateway.durable.locks import process_locks
from gateway.durable.rows import Rows, has_tables
from gateway.durable.workflows import Kind, Workflows
from tests.databases import open_database

BRIEF = Kind("test-brief")
KEPT = Kind("test-kept", kept_for=timedelta(hours=1))

CARRIED: ContextVar[list[str] | None] = ContextVar("carried", default=None)
LEFT: ContextVar[str | None] = ContextVar("left", default=None)


@asynccontextmanager
async def running(database: Database, **options: Any) -> AsyncIterator[Workflows]:
    """The workflows of a process."""
    workflows = Workflows(database, **options)
    await workflows.start()
    try:
        yield workflows
    finally:
        await workflows.stop()


@pytest_asyncio.fixture
async def fresh(fresh_address: str) -> AsyncIterator[Database]:
    """A database in which no workflow ever began."""
    opened = open_database(fresh_address)
    yield opened
    await opened.close()


async def _until(ready: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(30):
        while not await ready():  # noqa: ASYNC110  DBOS notes the end of a workflow, and tells nobody
            await asyncio.sleep(0.01)


async def _ended(workflows: Workflows, *keys: str) -> None:
    for key in keys:
        await _until(lambda key=key: workflows.is_finished(key))  # type: ignore[misc]  # mypy infers no lambda defaults


async def rows(database: Database) -> dict[str, int]:
    """How many rows DBOS has of workflows and of their steps."""
    schema = "dbos." if database.is_postgres else ""
    async with database.reading() as connection:
        return {
            table: (await connection.execute(text(f"SELECT count(*) FROM {schema}{table}"))).scalar_one()  # noqa: S608  names of tables
            for table in ("workflow_status", "operation_outputs")
        }


async def test_finished_workflows_of_every_kind_are_erased(database: Database) -> None:
    """At once, or when their retention has passed; then there is no row of them left."""
    time = now()

    async def two_steps(key: str) -> None:
        for name in ("one", "two"):
            await workflows.step(name, lambda: asyncio.sleep(0, key))

    workflows = Workflows(database, clock=lambda: time)
    workflows.register(BRIEF, two_steps)
    workflows.register(KEPT, two_steps)
    await workflows.start()
    await workflows.begin(BRIEF, "brief")
    await workflows.begin(KEPT, "kept")
    await _ended(workflows, "brief", "kept")
    assert await rows(database) == {"workflow_status": 2, "operation_outputs": 4}

    time = now() + timedelta(minutes=1)
    await workflows.sweep()
    assert await rows(database) == {"workflow_status": 1, "operation_outputs": 2}
    assert (await workflows.is_known("brief"), await workflows.is_known("kept")) == (False, True)

    time = now() + timedelta(hours=2)
    await workflows.sweep()
    assert await rows(database) == {"workflow_status": 0, "operation_outputs": 0}
    await workflows.stop()


async def test_a_workflow_is_started_once_by_its_key(database: Database) -> None:
    """However often it is begun, under way or over."""
    runs: list[tuple[str, int]] = []

    async def note(key: str, number: int) -> None:
        runs.append((key, number))

    async with running(database) as workflows:
        workflows.register(KEPT, note)
        await asyncio.gather(*(workflows.begin(KEPT, "k", 1) for _ in range(5)))
        await _ended(workflows, "k")
        await workflows.begin(KEPT, "k", 2)
    assert runs == [("k", 1)]


async def test_a_kind_may_be_registered_after_the_start(database: Database) -> None:
    """What was taken up before waits for it."""
    gate = asyncio.Event()

    async def wait(_key: str) -> None:
        gate.set()
        await asyncio.Event().wait()

    async def finish(_key: str) -> None:
        finished.set()

    async with running(database) as first:
        first.register(KEPT, wait)
        await first.begin(KEPT, "k")
        await gate.wait()
    finished = asyncio.Event()
    async with running(database) as second:
        await asyncio.sleep(0.1)
        assert not await second.is_finished("k")
        second.register(KEPT, finish)
        async with asyncio.timeout(30):
            await finished.wait()


async def test_steps_that_have_ended_are_not_run_again(database: Database) -> None:
    """A workflow that is taken up gets their answers."""
    counted: list[str] = []
    gate = asyncio.Event()

    async def count(name: str) -> int:
        counted.append(name)
        return len(counted)

    async def work(_key: str) -> None:
        answers.append(await workflows.step("one", lambda: count("one")))
        if not gate.is_set():
            gate.set()
            await asyncio.Event().wait()
        answers.append(await workflows.step("two", lambda: count("two")))

    answers: list[int] = []
    async with running(database) as workflows:
        workflows.register(KEPT, work)
        await workflows.begin(KEPT, "k")
        await gate.wait()
    async with running(database) as workflows:
        workflows.register(KEPT, work)
        await _ended(workflows, "k")
    assert (counted, answers) == (["one", "two"], [1, 1, 2])


async def test_a_workflow_takes_over_the_meter_and_the_id_of_the_request(database: Database) -> None:
    """Its upstream calls count for the request that waits for it; the caller's deadline is not its own."""
    seen: list[Any] = []

    async def meter(_key: str) -> None:
        async def step() -> None:
            counted = CARRIED.get()
            assert counted is not None
            counted.append("call")

        await workflows.step("call", step)
        seen.append((LEFT.get(), structlog.contextvars.get_contextvars()))

    calls: list[str] = []
    CARRIED.set(calls)
    LEFT.set("deadline")
    async with running(database, carried=(CARRIED,)) as workflows:
        workflows.register(BRIEF, meter)
        with structlog.contextvars.bound_contextvars(request_id="abc"):
            await workflows.begin(BRIEF, "k")
        await _ended(workflows, "k")
    assert calls == ["call"]
    assert seen == [(None, {"request_id": "abc"})]


async def test_nothing_is_launched_before_there_is_something_to_run(fresh: Database) -> None:
    """A process that only reads looks for what others have left, and makes no tables for what it does not need."""
    async with running(fresh) as workflows:
        await workflows.sweep()
        assert not await workflows.is_known("k")
        assert not await fresh.read(has_tables)
        await workflows.launched()
        assert await fresh.read(has_tables)


async def test_a_launch_may_wait_for_a_transaction_of_its_own_process(fresh: Database) -> None:
    """The loop goes on meanwhile, and so the transaction ends. A stop waits for the launch."""
    async with running(fresh) as workflows, fresh.writing("anything") as connection:
        launch = asyncio.create_task(workflows.launched())
        await asyncio.sleep(0.05)
        await connection.execute(text("SELECT 1"))
    await launch
    with pytest.raises(RuntimeError, match="not running"):
        await workflows.launched()


def test_statements_can_be_made_during_a_first_launch(fresh_address: str) -> None:
    """DBOS is loaded in a thread, and it brings parts of SQLAlchemy that every new statement looks at."""
    command = [sys.executable, "-m", "tests.gateway.durable.launching", fresh_address]
    launched = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  our own command
    assert (launched.returncode, launched.stderr) == (0, "")


@pytest.mark.parametrize("fresh_address", ["sqlite"], indirect=True)
async def test_a_launch_that_failed_is_tried_again(fresh: Database) -> None:
    """By whoever needs it, and by each sweep; until then its failure is known."""
    async with running(fresh) as workflows:
        workflows.register(BRIEF, lambda _key: asyncio.sleep(0))
        async with fresh.writing() as connection:
            await connection.execute(text("CREATE TABLE dbos_migrations (other INTEGER)"))
        for attempt in (workflows.begin(BRIEF, "k"), workflows.sweep()):
            with pytest.raises(DatabaseUnavailable):
                await attempt
        assert isinstance(workflows.failure, DatabaseUnavailable)
        async with fresh.writing() as connection:
            await connection.execute(text("DROP TABLE dbos_migrations"))
        await workflows.sweep()
        assert workflows.failure is None
        await workflows.begin(BRIEF, "k")
        await _until(lambda: workflows.is_finished("k"))


@pytest.mark.parametrize("fresh_address", ["sqlite"], indirect=True)
async def test_a_workflow_that_cannot_be_written_down_is_an_outage(fresh: Database) -> None:
    """Such as on a full disk, where what is known can still be read."""
    async with running(fresh) as workflows:
        await workflows.launched()
        async with fresh.writing() as connection:
            await connection.execute(text("DROP TABLE workflow_input"))
        with pytest.raises(DatabaseUnavailable):
            await workflows.begin(BRIEF, "k")


async def test_what_a_dead_process_has_finished_is_erased(database: Database) -> None:
    """By one that has run nothing itself, but not what is left to a process that lives."""

    async def nothing(_key: str) -> None:
        pass

    async with running(database) as first:
        first.register(BRIEF, nothing)
        await first.begin(BRIEF, "k")
        await _ended(first, "k")
        living = await asyncio.to_thread(process_locks, database.url)
        owner = (await Rows(database).finished(BRIEF.name, now() + timedelta(minutes=1), 1))[0].process
    assert owner is not None
    async with running(database) as second:
        second.register(BRIEF, nothing)
        assert await asyncio.to_thread(living.take, owner)
        await second.sweep()
        assert await second.is_known("k")
        await asyncio.to_thread(living.close)
        await _until(lambda: _swept(second, "k"))


async def _swept(workflows: Workflows, key: str) -> bool:
    await workflows.sweep()
    return not await workflows.is_known(key)


async def test_there_is_one_at_a_time_and_then_another(database: Database) -> None:
    """In a process; who asks too early or too late hears it."""
    idle = Workflows(database)
    for _ in range(2):
        async with running(database):
            with pytest.raises(RuntimeError, match="only one"):
                await idle.start()
            with pytest.raises(RuntimeError, match="not running"):
                await idle.begin(BRIEF, "k")


async def test_a_stop_gives_the_loop_its_executor_back(database: Database) -> None:
    """DBOS replaces it and closes its own."""
    async with running(database):
        pass
    assert await asyncio.to_thread(lambda: 1) == 1


async def test_a_wait_is_durable(database: Database) -> None:
    """Its end is remembered like a step."""

    async def nap(_key: str) -> None:
        await workflows.sleep(0.01)

    async with running(database) as workflows:
        workflows.register(KEPT, nap)
        await workflows.begin(KEPT, "k")
        await _ended(workflows, "k")
        assert [step["function_name"] for step in await DBOS.list_workflow_steps_async("k")] == ["DBOS.sleep"]


async def test_ready_waits_for_the_start(database: Database) -> None:
    """So that whoever begins workflows by itself need not know the order of starts."""
    workflows = Workflows(database)
    waiting = asyncio.create_task(workflows.ready())
    await asyncio.sleep(0)
    assert not waiting.done()
    await workflows.start()
    await waiting
    await workflows.stop()


async def test_a_sweep_that_fails_is_tried_again(database: Database) -> None:
    """The database may be away for a while."""
    sweeps: list[int] = []
    again = asyncio.Event()

    async def fail() -> None:
        sweeps.append(1)
        if len(sweeps) == 2:
            raise ConnectionError
        if len(sweeps) > 2:
            again.set()

    workflows = Workflows(database, sweep_seconds=0.01)
    workflows.on_sweep(fail)
    await workflows.start()
    async with asyncio.timeout(30):
        await again.wait()
    await workflows.stop()
