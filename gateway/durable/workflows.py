"""Durable workflows: started once per key, taken up again after a crash, erased some time after their end.

A workflow is a coroutine whose steps are remembered: when its process dies, another one runs it again from the
beginning, and steps that have ended return what they returned before. Its input and the answers of its steps are JSON.
"""

from __future__ import annotations

import asyncio
import contextvars
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4
from weakref import WeakValueDictionary

import structlog

from gateway.clock import Clock, now
from gateway.database.engine import Database
from gateway.database.outage import named_outages
from gateway.durable.locks import ProcessLocks, process_locks
from gateway.durable.rows import FINISHED, PENDING, UNFINISHED, Row, Rows

if TYPE_CHECKING:
    from gateway.durable.runtime import Runtime

SWEEP_SECONDS = 15.0
"""How often a process looks for workflows of dead ones, and for finished ones to erase."""

TURN_SECONDS = 0.2
"""How often a workflow whose turn another process holds looks whether it is free."""

ERASED_AT_ONCE = 1000
"""Finished workflows of one kind that one sweep erases."""

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
    """

    def __init__(self, name: str, *, kept_for: timedelta = timedelta(0)) -> None:
        self.name = name
        self.kept_for = kept_for
        _kinds[name] = self


_kinds: dict[str, Kind] = {}
"""All kinds by name."""


class Workflows:
    """The workflows that one process runs. Several may be made; one can be started at a time, because DBOS has it so.

    Kinds may be registered before and after the start. A workflow that is taken up before its kind is registered waits
    for that. DBOS, which takes longer to load and more memory than all that reads, is launched when the first workflow
    is begun, or a dead process has left something.

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
        self._rows = Rows(database)
        self._launch: asyncio.Task[Runtime] | None = None

    def register(self, kind: Kind, run: Run) -> None:
        """Say what workflows of a kind do. It is called with the workflow's key and arguments."""
        self._runs[kind] = run
        self._registered[kind].set()

    def on_sweep(self, do: Callable[[], Awaitable[None]]) -> None:
        """Have something done at each sweep, after finished workflows were erased."""
        self._sweeps.append(do)

    async def start(self) -> None:
        """Begin to look for what dead processes have left, and to run workflows when there are any.

        Raises:
            RuntimeError: others are running in this process.
        """
        if _running:
            raise RuntimeError("There may be only one running `Workflows` in a process: DBOS is one per process.")
        _running.append(self)
        try:
            self._locks = await asyncio.to_thread(process_locks, self._database.url)
            self._locks.take(self._process)
        except BaseException:
            _running.remove(self)
            raise
        self._ready.set()
        self._sweeper = asyncio.create_task(self._keep_sweeping())

    async def stop(self) -> None:
        """Stop running workflows; what is not finished is taken up by the next process."""
        self._stopping.set()
        if self._sweeper is not None:
            await self._sweeper
        if self._launch is not None:  # cannot be broken off half-way
            await asyncio.wait([self._launch])
        tasks = list(self._under_way)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._launch is not None and self.failure is None:
            await self._launch.result().shut_down()
        if self._locks is not None:
            self._locks.close()
        _running.remove(self)

    async def ready(self) -> None:
        """Wait until workflows can be begun."""
        await self._ready.wait()

    @property
    def failure(self) -> BaseException | None:
        """What launching them last failed with; null where it did not, or is under way."""
        return self._launch.exception() if self._launch is not None and self._launch.done() else None

    async def launched(self) -> Runtime:
        """What workflows run on; the first call loads and launches it, which takes most of a second.

        Raises:
            RuntimeError: these workflows are not running.
            DatabaseUnavailable: it needs the database, which cannot be used. The next call tries again.
        """
        if self not in _running or (self._launch is None and self._stopping.is_set()):
            raise RuntimeError("These workflows are not running: `start` them first.")
        if self._launch is None or self.failure is not None:
            self._launch = asyncio.create_task(self._launch_anew(), context=contextvars.Context())
        return await asyncio.shield(self._launch)

    async def _launch_anew(self) -> Runtime:
        import sqlalchemy.orm  # noqa: F401, PLC0415  here: while a thread has loaded half of it, statements cannot be made

        launch = await asyncio.to_thread(_load)
        try:
            with named_outages():
                return await launch(self._database.url, self._process, _kinds, self.carry_out)
        except Exception as failed:
            _log.error("workflows_not_launched", error=type(failed).__name__)
            raise

    async def begin(self, kind: Kind, key: str, *arguments: Any) -> None:
        """Start a workflow, unless one with this key is known.

        Args:
            kind: Of which kind.
            key: Tells it from all other workflows of any kind.
            arguments: Its input, as JSON has it.

        Raises:
            DatabaseUnavailable: it cannot be written down.
        """
        if not await self.is_known(key):
            context = self._carry_over()
            runtime = await self.launched()
            with named_outages():
                await runtime.begin(kind.name, key, arguments, context)

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
        return await (await self.launched()).step(name, do)

    async def sleep(self, seconds: float) -> None:
        """Wait inside a workflow; one that is taken up meanwhile waits for the rest of the time only."""
        await (await self.launched()).sleep(seconds)

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

    async def carry_out(self, kind: str, key: str, *arguments: Any) -> None:
        """Run the body of a workflow. DBOS calls this."""
        task = asyncio.current_task()
        assert task is not None  # noqa: S101  DBOS runs workflows as tasks
        self._under_way.add(task)
        try:
            await self._registered[_kinds[kind]].wait()
            await self._runs[_kinds[kind]](key, *arguments)
        finally:
            self._under_way.discard(task)

    async def sweep(self) -> None:
        """Take up the workflows of dead processes, and erase finished ones whose time has passed."""
        if self.failure is not None:
            await self.launched()
        await self._take_up_forsaken()
        await self._erase_finished()
        for do in self._sweeps:
            await do()

    async def _state(self, key: str) -> str | None:
        if self not in _running:
            raise RuntimeError("These workflows are not running: `start` them first.")
        return await self._rows.state(key)

    def _carry_over(self) -> contextvars.Context:
        """An empty context but for what a workflow takes over from the request that begins it."""
        context = contextvars.Context()
        for variable in self._carried:
            context.run(variable.set, variable.get(None))
        context.run(structlog.contextvars.bind_contextvars, **structlog.contextvars.get_contextvars())
        return context

    async def _take_up_forsaken(self) -> None:
        """Queue the workflows of dead processes, and have those that are queued run.

        A process whose own locks were lost waits for a round: the others lost theirs at the same moment and live.
        """
        locks = self._locks
        if locks is None or not await asyncio.to_thread(locks.refresh):
            return
        unfinished = await self._rows.unfinished()
        if any(row.state != PENDING for row in unfinished):
            await self.launched()
        for owner in _owners(unfinished) - {self._process}:
            async with self._if_dead(owner) as dead:
                if dead and (forsaken := await self._rows.pending(owner)):
                    await (await self.launched()).take_up(row.key for row in forsaken)

    @asynccontextmanager
    async def _if_dead(self, process: str) -> AsyncIterator[bool]:
        """Whether a process is dead. Its lock is held meanwhile, so no other process sees to what it left."""
        locks = self._locks
        dead = locks is not None and await asyncio.to_thread(locks.take, process)
        try:
            yield dead
        finally:
            if locks is not None and dead:
                await asyncio.to_thread(locks.release, process)

    async def _erase_finished(self) -> None:
        """Erase what has been over for long enough. A process that has run none leaves that to those that live."""
        for kind in list(self._runs):
            finished = await self._rows.finished(kind.name, self._clock() - kind.kept_for, ERASED_AT_ONCE)
            if finished and (self._launch is not None or await self._is_left(finished)):
                await (await self.launched()).erase([row.key for row in finished])

    async def _is_left(self, rows: Iterable[Row]) -> bool:
        """Whether any of the processes that ran these workflows is dead, and so erases nothing any more."""
        for owner in _owners(rows) - {self._process}:
            async with self._if_dead(owner) as dead:
                if dead:
                    return True
        return False

    async def _keep_sweeping(self) -> None:
        while not self._stopping.is_set():
            await self._sweep_quietly()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), self._sweep_seconds)

    async def _sweep_quietly(self) -> None:
        try:
            await self.sweep()
        except Exception as failed:  # noqa: BLE001  the database may be away for a while; the next sweep will do
            _log.warning("sweep_failed", error=type(failed).__name__)


def _owners(rows: Iterable[Row]) -> set[str]:
    return {row.process for row in rows if row.process}


def _load() -> Callable[..., Awaitable[Runtime]]:
    """What launches DBOS, whose modules take half a second to load."""
    from gateway.durable.runtime import launch  # noqa: PLC0415  for this reason

    return launch


_running: list[Workflows] = []
"""The workflows that DBOS runs in this process: at most one."""
