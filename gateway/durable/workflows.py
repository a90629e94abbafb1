"""Durable workflows: started once per key, taken up again after a crash, erased some time after their end.

A workflow is a coroutine whose steps are remembered: when its process dies, another one runs it again from the
beginning, and steps that have ended return what they returned before. Its input and the answers of its steps are JSON.
"""

import asyncio
import contextvars
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4
from weakref import WeakValueDictionary

import structlog
from dbos import DBOS, SetWorkflowID

from gateway.clock import Clock, now
from gateway.database.engine import Database
from gateway.durable.locks import ProcessLocks, process_locks
from gateway.durable.runtime import launch, shut_down

SWEEP_SECONDS = 15.0
"""How often a process looks for workflows of dead ones, and for finished ones to erase."""

TURN_SECONDS = 0.2
"""How often a workflow whose turn another process holds looks whether it is free."""

ERASED_AT_ONCE = 1000
"""Finished workflows of one kind that one sweep erases."""

UNFINISHED = ("PENDING", "ENQUEUED", "DELAYED")
FINISHED = ("SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")
"""DBOS's states of a workflow."""

Run = Callable[..., Awaitable[None]]
"""The body of a workflow: is given its key and its arguments."""

Step = Callable[[], Awaitable[Any]]
"""One step of a workflow; returns JSON."""

_log = structlog.get_logger()


class Kind:
    """A kind of workflow. Declare it where a module is imported: DBOS finds workflows to take up by their kind's name.

    Attributes:
        name: Of the kind, the same in all processes and versions.
        kept_for: How long the rows of a finished workflow stay in the database.
        function: What DBOS runs.
    """

    def __init__(self, name: str, *, kept_for: timedelta = timedelta(0)) -> None:
        self.name = name
        self.kept_for = kept_for

        @DBOS.workflow(name=name)
        async def function(key: str, *arguments: Any) -> None:
            await _running[0].carry_out(self, key, *arguments)

        self.function = function


class Workflows:
    """The workflows that one process runs. Several may be made; one can be started at a time, because DBOS has it so.

    Kinds may be registered before and after the start. A workflow that is taken up before its kind is registered waits
    for that.

    Args:
        database: Where workflows are kept.
        carried: Context variables that a workflow takes over from the request that begins it, such as its meter. The
            log's context is taken over as well; nothing else is, above all not the request's deadline.
        clock: What time it is; finished workflows are erased by it.
        sweep_seconds: How often finished and forsaken workflows are looked for.
    """

    def __init__(
        self,
        database: Database,
        *,
        carried: Sequence[contextvars.ContextVar[Any]] = (),
        clock: Clock = now,
        sweep_seconds: float = SWEEP_SECONDS,
    ) -> None:
        self._database = database
        self._carried = carried
        self._clock = clock
        self._sweep_seconds = sweep_seconds
        self._process = uuid4().hex
        self._runs: dict[Kind, Run] = {}
        self._registered: defaultdict[Kind, asyncio.Event] = defaultdict(asyncio.Event)
        self._sweeps: list[Callable[[], Awaitable[None]]] = []
        self._under_way: set[asyncio.Task[Any]] = set()
        self._ready = asyncio.Event()
        self._stopping = asyncio.Event()
        self._locks: ProcessLocks | None = None
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._sweeper: asyncio.Task[None] | None = None

    def register(self, kind: Kind, run: Run) -> None:
        """Say what workflows of a kind do. It is called with the workflow's key and arguments."""
        self._runs[kind] = run
        self._registered[kind].set()

    def on_sweep(self, do: Callable[[], Awaitable[None]]) -> None:
        """Have something done at each sweep, after finished workflows were erased."""
        self._sweeps.append(do)

    async def start(self) -> None:
        """Begin to run workflows, those of dead processes first.

        Raises:
            RuntimeError: others are running in this process.
        """
        if _running:
            raise RuntimeError("There may be only one running `Workflows` in a process: DBOS is one per process.")
        _running.append(self)
        try:
            await self._launch()
        except BaseException:
            _running.remove(self)
            raise

    async def stop(self) -> None:
        """Stop running workflows; what is not finished is taken up by the next process."""
        self._stopping.set()
        if self._sweeper is not None:
            await self._sweeper
        tasks = list(self._under_way)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await shut_down()
        if self._locks is not None:
            self._locks.close()
        _running.remove(self)

    async def ready(self) -> None:
        """Wait until workflows can be begun."""
        await self._ready.wait()

    async def begin(self, kind: Kind, key: str, *arguments: Any) -> None:
        """Start a workflow, unless one with this key is known.

        Args:
            kind: Of which kind.
            key: Tells it from all other workflows of any kind.
            arguments: Its input, as JSON has it.
        """
        if not await self.is_known(key):
            starting = _start(kind, key, *arguments)
            await asyncio.get_running_loop().create_task(starting, context=self._carry_over())

    async def is_known(self, key: str) -> bool:
        """Whether a workflow with this key was started and has not been erased."""
        return await self._state(key) is not None

    async def is_finished(self, key: str) -> bool:
        """Whether the workflow with this key has ended, in whatever way; false for one that is not known."""
        return await self._state(key) in FINISHED

    async def is_under_way(self, key: str) -> bool:
        """Whether the workflow with this key is known and has not ended."""
        return await self._state(key) in UNFINISHED

    async def step(self, name: str, do: Step) -> Any:
        """Run a step of the current workflow and return its JSON; a step that has ended is not run again."""

        async def step() -> Any:  # DBOS awaits coroutine functions only, and `do` may be a lambda
            return await do()

        return await DBOS.run_step_async({"name": name}, step)

    async def sleep(self, seconds: float) -> None:
        """Wait inside a workflow; one that is taken up meanwhile waits for the rest of the time only."""
        await DBOS.sleep_async(seconds)

    @asynccontextmanager
    async def turn(self, name: str) -> AsyncIterator[None]:
        """Wait for the turn of this name and hold it: at most one holder among all processes on the database.

        A process that dies gives its turns up.
        """
        lock = self._turns.setdefault(name, asyncio.Lock())  # held here, since the dictionary forgets it otherwise
        async with lock, self._lock_of(name):
            yield

    @asynccontextmanager
    async def _lock_of(self, name: str) -> AsyncIterator[None]:
        locks = self._locks
        if locks is None:
            yield
            return
        while not await asyncio.to_thread(locks.take, name):  # noqa: ASYNC110  another process holds it
            await asyncio.sleep(TURN_SECONDS)
        try:
            yield
        finally:
            await asyncio.to_thread(locks.release, name)

    async def carry_out(self, kind: Kind, key: str, *arguments: Any) -> None:
        """Run the body of a workflow. DBOS calls this."""
        task = asyncio.current_task()
        assert task is not None  # noqa: S101  DBOS runs workflows as tasks
        self._under_way.add(task)
        try:
            await self._registered[kind].wait()
            await self._runs[kind](key, *arguments)
        finally:
            self._under_way.discard(task)

    async def sweep(self) -> None:
        """Take up the workflows of dead processes, and erase finished ones whose time has passed."""
        await self._take_up_forsaken()
        await self._erase_finished()
        for do in self._sweeps:
            await do()

    async def _launch(self) -> None:
        self._locks = await asyncio.to_thread(process_locks, self._database.url)
        self._locks.take(self._process)
        launch(self._database.url, self._process)
        self._ready.set()
        await self.sweep()
        self._sweeper = asyncio.create_task(self._keep_sweeping())

    async def _state(self, key: str) -> str | None:
        if self not in _running:
            raise RuntimeError("These workflows are not running: `start` them first.")
        status = await DBOS.get_workflow_status_async(key)
        return None if status is None else status.status

    def _carry_over(self) -> contextvars.Context:
        """An empty context but for what a workflow takes over from the request that begins it."""
        context = contextvars.Context()
        for variable in self._carried:
            context.run(variable.set, variable.get(None))
        context.run(structlog.contextvars.bind_contextvars, **structlog.contextvars.get_contextvars())
        return context

    async def _take_up_forsaken(self) -> None:
        """Queue the workflows of dead processes.

        A process whose own locks were lost waits for a round: the others lost theirs at the same moment and live.
        """
        locks = self._locks
        if locks is None or not await asyncio.to_thread(locks.refresh):
            return
        pending = await DBOS.list_workflows_async(status="PENDING", load_input=False, load_output=False)
        for owner in {workflow.executor_id for workflow in pending if workflow.executor_id} - {self._process}:
            if await asyncio.to_thread(locks.take, owner):
                try:
                    await self._take_up_from(owner)
                finally:
                    await asyncio.to_thread(locks.release, owner)

    async def _take_up_from(self, owner: str) -> None:
        """Queue the workflows of a dead process for any that lives; its lock is held, so no other does the same."""
        forsaken = await DBOS.list_workflows_async(
            status="PENDING", executor_id=owner, load_input=False, load_output=False
        )
        for workflow in forsaken:
            await DBOS.resume_workflow_async(workflow.workflow_id)

    async def _erase_finished(self) -> None:
        for kind in list(self._runs):
            finished = await DBOS.list_workflows_async(
                name=kind.name,
                status=list(FINISHED),
                completed_before=(self._clock() - kind.kept_for).isoformat(),
                limit=ERASED_AT_ONCE,
                load_input=False,
                load_output=False,
            )
            if finished:
                await DBOS.delete_workflows_async([workflow.workflow_id for workflow in finished])

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


async def _start(kind: Kind, key: str, *arguments: Any) -> None:
    with SetWorkflowID(key):
        await DBOS.start_workflow_async(kind.function, key, *arguments)


_running: list[Workflows] = []
"""The workflows that DBOS runs in this process: at most one."""
