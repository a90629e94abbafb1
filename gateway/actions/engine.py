"""DBOS, one per process: starts actions, takes up the workflows of processes that died, erases finished actions.

DBOS keeps a workflow's input and the answers of its steps in the gateway's database. Both hold personal data, so they
are erased as soon as the workflow is over; what stays is the audit trail, which holds none.
"""

import asyncio
import contextlib
import contextvars
import logging
import sqlite3
import time
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any, Protocol
from uuid import uuid4

import orjson
import structlog
from dbos import DBOS, DBOSConfig, Serializer, SetWorkflowID
from sqlalchemy import URL

from gateway.actions.ledger import Entry, Ledger
from gateway.actions.liveness import Lives, lives
from gateway.actions.problems import error, to_json
from gateway.actions.spool import Spool
from gateway.actions.workflows import Execution, conduct
from gateway.database.engine import Database
from schema.actions.action import ActionName, ActionOutcome
from schema.actions.problem import UserErrorCode

APPLICATION = "ats-gateway"
VERSION = "actions-1"
"""Names the order of steps: a workflow is only taken up by a process that has the same. Change it with that order."""

POOL_SIZE = 5
"""Connections of a process to DBOS's tables."""

WORKFLOW = "action"
SWEEP_SECONDS = 15.0
"""How often a process looks for the workflows of dead ones, and for finished ones to erase."""

LOOK_SECONDS = 0.5
"""How often somebody who waits for an action of another process looks whether it is over."""

ABANDONED_AFTER = timedelta(hours=1)
"""An action that is pending for so long without a workflow will never have one."""

SPOOL_AGE = timedelta(days=2)
"""Files older than this belong to no action any more; see `carrying.GIVE_UP`."""

_log = structlog.get_logger()


SUBSECONDS_SINCE = (3, 42)
"""The SQLite version whose `unixepoch` first knows fractions of a second."""


class JsonSerializer(Serializer):
    """Workflows' data as JSON: readable, and harmless to read back."""

    def serialize(self, data: Any) -> str:
        """The data as text; an exception by its name alone, which holds no values."""
        return orjson.dumps(data, default=lambda value: type(value).__name__).decode()

    def deserialize(self, serialized_data: str) -> Any:
        """The data."""
        return orjson.loads(serialized_data)

    def name(self) -> str:
        """What rows written this way are marked with."""
        return "ats_gateway_json"


Job = Mapping[str, Any]
"""A workflow's input: `integration`, `name`, `document`, `files`."""


class Conductor(Protocol):
    """Who knows what an action needs besides its input."""

    def execution(self, action_id: str, job: Job, run: Callable[..., Awaitable[Any]]) -> Execution:
        """The action, ready to be carried out.

        Raises:
            KeyError: its integration is not connected any more.
        """


async def _step(name: str, do: Callable[[], Awaitable[Any]]) -> Any:
    return await DBOS.run_step_async({"name": name}, do)


class Engine:
    """The workflows of one process. There may be one at a time; DBOS has it so.

    Args:
        database: Where DBOS keeps its tables, too.
        ledger: The audit trail.
        spool: Files of unfinished actions.
        conductor: Who knows the integrations.
        sweep_seconds: How often finished and forsaken workflows are looked for.
    """

    def __init__(
        self,
        database: Database,
        ledger: Ledger,
        spool: Spool,
        conductor: Conductor,
        *,
        sweep_seconds: float = SWEEP_SECONDS,
    ) -> None:
        self._database = database
        self._ledger = ledger
        self._spool = spool
        self._conductor = conductor
        self._sweep_seconds = sweep_seconds
        self._name = uuid4().hex
        self._lives: Lives | None = None
        self._sweeper: asyncio.Task[None] | None = None
        self._stopping = asyncio.Event()
        self._under_way: dict[str, asyncio.Task[Any] | None] = {}
        self._ended: dict[str, asyncio.Event] = {}

    async def start(self) -> None:
        """Begin to run workflows, those of dead processes first.

        Raises:
            RuntimeError: there is an engine in this process already.
        """
        if _running:
            raise RuntimeError("There may be only one engine in a process.")
        _running.append(self)
        try:
            await self._launch()
        except BaseException:
            _running.remove(self)
            raise

    async def _launch(self) -> None:
        self._lives = await asyncio.to_thread(lives, self._database.url)
        self._lives.take(self._name)
        DBOS(config=_config(self._database.url, self._name))
        logging.getLogger("dbos").setLevel(logging.ERROR)  # its messages name workflows' data
        DBOS.launch()
        await self.sweep()
        self._sweeper = asyncio.create_task(self._keep_sweeping())

    async def stop(self) -> None:
        """Stop running workflows; what is not finished is taken up by the next process."""
        self._stopping.set()
        if self._sweeper is not None:
            await self._sweeper
        tasks = [task for task in self._under_way.values() if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.to_thread(DBOS.destroy)
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor())  # DBOS has put its own there, closed now
        if self._lives is not None:
            self._lives.close()
        _running.remove(self)

    async def begin(self, action_id: str, job: Job) -> None:
        """Start the workflow of an action; one that was started before is left as it is."""
        context = contextvars.Context()  # the caller's deadline is not the workflow's
        await asyncio.get_running_loop().create_task(_start(action_id, job), context=context)

    async def is_known(self, action_id: str) -> bool:
        """Whether the workflow of an action was started."""
        return await DBOS.get_workflow_status_async(action_id) is not None

    async def ended(self, action_id: str, deadline: float | None) -> Entry | None:
        """The action once it is over, in whatever process, or as it is at the deadline on the loop's clock."""
        loop = asyncio.get_running_loop()
        signal = self._ended.setdefault(action_id, asyncio.Event())
        try:
            while (entry := await self._ledger.entry(action_id)) and entry.outcome is ActionOutcome.PENDING:
                left = LOOK_SECONDS if deadline is None else min(deadline - loop.time(), LOOK_SECONDS)
                if left <= 0:
                    break
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(signal.wait(), left)
            return entry
        finally:
            self._ended.pop(action_id, None)

    async def conduct(self, action_id: str, job: Job) -> None:
        """Carry out an action inside its workflow."""
        self._under_way[action_id] = asyncio.current_task()
        try:
            await self._conduct(action_id, job)
        finally:
            del self._under_way[action_id]
        if action_id in self._ended:
            self._ended[action_id].set()

    async def _conduct(self, action_id: str, job: Job) -> None:
        """Carry out an action and enter what came of it, whatever happens."""
        entry = await self._ledger.entry(action_id)
        if entry is None or entry.outcome is not ActionOutcome.PENDING:
            return
        try:
            execution = self._conductor.execution(action_id, job, _step)
            outcome, result = await conduct(ActionName(job["name"]), execution)
        except Exception as broken:  # noqa: BLE001  an action must not stay pending for ever
            _log.error("action_broken", action_id=action_id, error=type(broken).__name__)
            message = "The gateway failed while it carried the action out."
            outcome, result = ActionOutcome.FAILED, {"user_errors": to_json([error(INTERNAL, message)])}
        await self._ledger.finish(action_id, outcome, result)
        await self._spool.empty(action_id)

    async def sweep(self) -> None:
        """Take up the workflows of dead processes, and erase what finished ones left behind."""
        await self._take_up_forsaken()
        await self._erase_finished()
        await self._close_abandoned()
        await self._spool.forget_before(self._ledger.clock() - SPOOL_AGE)

    async def _take_up_forsaken(self) -> None:
        """Whoever lost its locks waits for a round: others lost theirs at the same moment and live."""
        held = self._lives
        if held is None or not await asyncio.to_thread(held.refresh):
            return
        pending = await DBOS.list_workflows_async(status="PENDING", load_input=False, load_output=False)
        for owner in {workflow.executor_id for workflow in pending if workflow.executor_id} - {self._name}:
            if await asyncio.to_thread(held.take, owner):
                try:
                    await self._take_up_from(owner)
                finally:
                    await asyncio.to_thread(held.release, owner)

    async def _take_up_from(self, owner: str) -> None:
        """Queue the workflows of a dead process for whoever is free; its lock is held, so nobody else does."""
        forsaken = await DBOS.list_workflows_async(
            status="PENDING", executor_id=owner, load_input=False, load_output=False
        )
        for workflow in forsaken:
            await DBOS.resume_workflow_async(workflow.workflow_id)

    async def _erase_finished(self) -> None:
        finished = await DBOS.list_workflows_async(
            name=WORKFLOW, status=["SUCCESS", "ERROR"], load_input=False, load_output=False
        )
        for workflow in finished:
            await DBOS.delete_workflow_async(workflow.workflow_id)

    async def _close_abandoned(self) -> None:
        """Close actions that no workflow will finish, such as a request whose answer was being waited for."""
        for action_id in await self._ledger.pending_since(self._ledger.clock() - ABANDONED_AFTER):
            if not await self.is_known(action_id):
                message = (
                    "The gateway stopped before the action began; a request passed through may have been carried out."
                )
                failed = {"user_errors": to_json([error(UserErrorCode.OUTCOME_UNKNOWN, message)])}
                await self._ledger.finish(action_id, ActionOutcome.FAILED, failed)

    async def _keep_sweeping(self) -> None:
        while not self._stopping.is_set():
            try:
                await asyncio.wait_for(self._stopping.wait(), self._sweep_seconds)
            except TimeoutError:
                await self._sweep_quietly()

    async def _sweep_quietly(self) -> None:
        try:
            await self.sweep()
        except Exception as failed:  # noqa: BLE001  the database may be away for a while; the next sweep will do
            _log.warning("sweep_failed", error=type(failed).__name__)


INTERNAL = UserErrorCode.INTERNAL_ERROR
_running: list[Engine] = []


@DBOS.workflow(name=WORKFLOW)
async def _action(action_id: str, job: Job) -> None:
    """One action. DBOS finds it by its name when it takes it up again."""
    await _running[0].conduct(action_id, job)


async def _start(action_id: str, job: Job) -> None:
    with SetWorkflowID(action_id):
        await DBOS.start_workflow_async(_action, action_id, job)


def _teach_time(connection: sqlite3.Connection, _record: object) -> None:
    """Give an old SQLite the clock that DBOS takes for granted from Python 3.12 on."""
    if sqlite3.sqlite_version_info < SUBSECONDS_SINCE:
        connection.create_function("unixepoch", 1, lambda _modifier: time.time())


def _config(url: URL, executor: str) -> DBOSConfig:
    """DBOS's settings: in the gateway's own database, talking to nobody."""
    return {
        "name": APPLICATION,
        "system_database_url": url.render_as_string(hide_password=False),
        "application_version": VERSION,
        "executor_id": executor,
        "sys_db_pool_size": POOL_SIZE,
        "db_engine_kwargs": {
            "hide_parameters": True,  # or errors would show a workflow's data
            "pool_events": [(_teach_time, "connect")] if url.get_backend_name() == "sqlite" else [],
        },
        "serializer": JsonSerializer(),
        "log_level": "ERROR",
        "enable_otlp": False,
        "notification_listener_polling_interval_sec": 0.05,  # nobody listens; it only makes stopping quick
    }
