"""Syncs that break: what is said then, what is left alone, and that the next one can begin."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from rich.console import Console
from sqlalchemy import Connection, Engine, event, make_url
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from gateway.database.engine import Database
from gateway.replica.store import Store
from gateway.replica.sync_state import ModelSync, sync_states
from gateway.sync.failure import answered
from gateway.sync.progress import sync_with_progress
from gateway.sync.syncs import Syncs
from schema.model import MODELS
from schema.sync_status import SyncMode, SyncStatus
from tests.gateway.processes import KEY, free_port, running, wait_until
from tests.gateway.replica.records import INTEGRATION
from tests.gateway.sync.firm import Firm, Time
from tests.gateway.sync.test_syncs import running as running_syncs

FULL = OperationalError("INSERT", {}, Exception("database or disk is full"))
OF_CONTACTS = {"Candidate"}
BEFORE_CONTACTS = {"User", "UserRole", "Role", "ApplicationStage", "Job", "Application"}


@pytest.fixture
def firm(database: Database) -> Firm:
    """A small firm whose records are not yet here."""
    time = Time()
    return Firm(Store(database, time), time)


async def _states(firm: Firm) -> dict[str, ModelSync]:
    states = await sync_states(firm.store.database, INTEGRATION)
    return {model: states.get(model, ModelSync()) for model in MODELS}


Run = Callable[[str, Callable[[], Awaitable[Any]]], Coroutine[Any, Any, Any]]


def _failing(firm: Firm, step: str, error: Exception, *, inside: bool) -> Run:
    """Runs steps as the firm does, but for those whose name begins so: they fail, or their answer is not kept."""

    async def fail() -> None:
        raise error

    async def run(name: str, do: Callable[[], Awaitable[Any]]) -> Any:
        if not name.startswith(step):
            return await Firm.run(firm, name, do)
        if inside:
            return await Firm.run(firm, name, partial(answered, fail))
        raise error

    return run


@pytest.mark.parametrize("inside", [True, False])
@pytest.mark.parametrize("step", ["begin", "1.1", "missing", "remove", "finish"])
async def test_a_database_that_fails_in_any_step_ends_the_sync(firm: Firm, step: str, *, inside: bool) -> None:
    """With a code at the list it happened in; the lists before it are synced, those behind it as they were."""
    name = "contacts 1.1" if step == "1.1" else f"{step} contacts"
    firm.run = _failing(firm, name, FULL, inside=inside)  # type: ignore[method-assign, assignment]  # the database fails
    await firm.sync(SyncMode.FULL)
    states = await _states(firm)
    assert {model for model, state in states.items() if state.last_error} == OF_CONTACTS
    assert states["Candidate"].last_error == "DATABASE_UNAVAILABLE"
    assert {model for model, state in states.items() if state.last_full_at and state.complete} >= BEFORE_CONTACTS
    assert states["Interview"] == ModelSync()
    assert {state.running for state in states.values()} == {None}


async def test_any_other_error_costs_its_own_list_alone(firm: Firm) -> None:
    """It is coded, and nothing of it is shown."""
    broken = _failing(firm, "contacts 1.1", ZeroDivisionError("Ada"), inside=True)
    firm.run = broken  # type: ignore[method-assign, assignment]  # a step fails
    await firm.sync(SyncMode.FULL)
    states = await _states(firm)
    assert {model: state.last_error for model, state in states.items() if state.last_error} == {
        "Candidate": "INTERNAL_SERVER_ERROR"
    }
    assert states["Interview"].complete


@contextmanager
def full_disk() -> Iterator[None]:
    """No SQLite file of this process grows meanwhile."""
    most = 1  # a file that is larger keeps the size it has

    def limit(connection: Connection) -> None:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql(f"PRAGMA max_page_count = {most}")

    event.listen(Engine, "begin", limit)
    try:
        yield
    finally:
        most = 1_000_000  # connections in use keep what they were told until their next transaction


@contextmanager
def away(address: str) -> Iterator[None]:
    """Nobody reaches this Postgres database meanwhile."""
    name, others = make_url(address).database, make_url(address).set(database="postgres")
    with psycopg.connect(others.render_as_string(hide_password=False), autocommit=True) as connection:
        connection.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        try:
            yield
        finally:
            connection.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')


async def _over(syncs: Syncs) -> SyncStatus:
    async with asyncio.timeout(90):
        while True:
            with suppress(SQLAlchemyError):  # of a connection that was lost
                status = await syncs.status(INTEGRATION)
                if status.running is None:
                    return status
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("database_address", ["sqlite"], indirect=True)
async def test_on_a_full_disk_nothing_is_said_to_be_up_to_date(firm: Firm) -> None:
    """The command names the model, and the next sync begins anew and reaches its end."""
    async with running_syncs(firm) as syncs:
        shown = StringIO()
        with full_disk():
            done = await sync_with_progress(syncs.of(INTEGRATION), SyncMode.FULL, Console(file=shown), asyncio.sleep)
        assert not done
        assert "DATABASE_UNAVAILABLE" in shown.getvalue()
        assert "up to date" not in shown.getvalue()
        begun = await syncs.of(INTEGRATION).begin(SyncMode.FULL)
        assert not begun.already_running
        status = await _over(syncs)
    assert {model.last_error for model in status.models} == {None}


@pytest.mark.parametrize("database_address", ["postgres"], indirect=True)
async def test_a_database_that_was_away_leaves_no_sync_running(firm: Firm, database_address: str) -> None:
    """What was being read has a code; the next sync is another one and reaches its end."""
    reading, back = asyncio.Event(), asyncio.Event()
    send = firm.connector.account.client.send

    async def pause(request: Any) -> Any:
        if request.template == "/contacts" and not reading.is_set():
            reading.set()
            await back.wait()
        return await send(request)

    firm.connector.account.client.send = pause  # type: ignore[method-assign]  # Postgres goes while Crelate answers
    async with running_syncs(firm) as syncs:
        await syncs.of(INTEGRATION).begin(SyncMode.FULL)
        await reading.wait()
        with away(database_address):
            back.set()
            await asyncio.sleep(1)  # long enough for some attempts to write
        status = await _over(syncs)
        assert {model.model.name for model in status.models if model.last_error} == {"CANDIDATE"}
        with suppress(SQLAlchemyError):  # of a connection that was lost
            await syncs.status(INTEGRATION)
        begun = await syncs.of(INTEGRATION).begin(SyncMode.FULL)
        assert not begun.already_running
        status = await _over(syncs)
    assert {model.last_error for model in status.models} == {None}


@pytest.mark.parametrize("room", [600_000, 1_200_000])
def test_the_command_says_in_a_sentence_what_a_full_disk_stopped(tmp_path: Path, room: int) -> None:
    """Wherever that was, it exits with an error and without a traceback."""
    with running("simulator", "--port", str(port := free_port()), log=tmp_path / "log"):
        wait_until(f"http://127.0.0.1:{port}/api3/users", {401})
        said = subprocess.run(  # noqa: S603  our own command
            [sys.executable, "-c", LIMITED, str(room), "sync", "--full"],
            env=os.environ
            | {
                "ATS_GATEWAY_DATABASE_URL": f"sqlite:///{tmp_path}/gateway.sqlite",
                "ATS_GATEWAY_CRELATE_API_KEY": KEY,
                "ATS_GATEWAY_CRELATE_BASE_URL": f"http://127.0.0.1:{port}/api3",
                "ATS_GATEWAY_CRELATE_REQUESTS_PER_MINUTE": "3000",
            },
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    shown = said.stdout + said.stderr
    assert said.returncode == 1
    assert "full" in shown or "disk" in shown or "DATABASE_UNAVAILABLE" in shown
    assert "Traceback" not in shown
    assert "up to date" not in shown


LIMITED = """
import resource, sys
from gateway.cli import main
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv.pop(1)),) * 2)
main()
"""
"""A command whose files cannot grow beyond so many bytes."""
