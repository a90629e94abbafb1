"""Syncs as durable workflows: begun on request, on schedule, and taken up again after a crash.

Each step's answer is remembered, so a sync that is taken up goes on with the step that was under way. A row per
integration says which sync is at work: there is one at a time, however many processes there are.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import uuid4

import structlog
from sqlalchemy import select, update
from strawberry import ID

from gateway.clock import Clock, Sleep
from gateway.database.engine import Database
from gateway.database.tables import SYNC_RUNS, SYNCS
from gateway.durable.workflows import Kind, Workflows
from gateway.replica.sync_state import ModelSync, sync_states
from gateway.sync.account import Account
from gateway.sync.skipped import Skips, skips
from gateway.sync.sync import Sync
from resolvers.errors import AtsError
from resolvers.ids import Ids
from resolvers.ports.sync import Begun
from schema.change import ModelName
from schema.model import MODELS
from schema.sync_status import ModelSyncStatus, SyncMode, SyncStatus

TICK_SECONDS = 5.0
"""How often the schedule is looked at."""

RELEASE_SECONDS = 5.0
"""How often a sync that is over tries to say so to a database that does not take it."""

SYNC = Kind("sync", kept_for=timedelta(hours=1))
"""Its arguments are the sync's id, the integration and the mode. Kept for a while, to see how long its steps took."""

_STARTED = {
    SyncMode.DELTA: ("delta_started_at",),
    SyncMode.FULL: ("full_started_at", "delta_started_at"),
}
"""Kind of sync -> the columns that remember its beginning: a full sync does what a delta does."""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Schedule:
    """How often syncs are begun by themselves; null for never."""

    delta_every: timedelta | None = None
    full_every: timedelta | None = None

    def every(self, mode: SyncMode) -> timedelta | None:
        """How often syncs of this kind are begun."""
        return self.full_every if mode is SyncMode.FULL else self.delta_every


class Ended(NamedTuple):
    """A sync that was carried out to its end.

    Attributes:
        sync_id: Its id.
        unsaid: Model -> code, what the database did not take of it before the end.
    """

    sync_id: str
    unsaid: Mapping[str, str]


NEVER = Schedule()
"""Syncs are begun on request alone."""


class Syncs:
    """The syncs that one process can run.

    Args:
        workflows: What they run on.
        database: Where copies and claims are.
        accounts: What can be synced, by integration.
        clock: What time it is.
        schedule: When syncs begin by themselves.
        sleep: Waits between two looks at the schedule.
    """

    def __init__(
        self,
        workflows: Workflows,
        database: Database,
        accounts: Mapping[str, Account],
        clock: Clock,
        schedule: Schedule = NEVER,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._workflows = workflows
        self._database = database
        self._accounts = accounts
        self._clock = clock
        self._schedule = schedule
        self._sleep = sleep
        self._scheduler: asyncio.Task[None] | None = None
        self._ended: dict[str, Ended] = {}
        workflows.register(SYNC, self.conduct)

    def start(self) -> None:
        """Begin to keep the schedule."""
        if self._schedule != NEVER:
            self._scheduler = asyncio.create_task(self._keep_schedule())

    async def stop(self) -> None:
        """Stop to keep the schedule. Syncs under way stop with the workflows."""
        if self._scheduler is not None:
            self._scheduler.cancel()
            await asyncio.gather(self._scheduler, return_exceptions=True)

    def of(self, integration: str) -> "IntegrationSyncs":
        """The syncs of one integration."""
        return IntegrationSyncs(self, integration)

    async def begin(self, integration: str, mode: SyncMode, last_before: datetime | None = None) -> Begun | None:
        """Begin a sync, unless one is at work.

        Args:
            integration: Of what.
            mode: Of which kind.
            last_before: Do nothing, and return null, when the last one of this kind was begun later than this.
        """
        async with self._database.writing("syncs", integration) as connection:
            run = (await connection.execute(select(SYNC_RUNS).where(SYNC_RUNS.c.integration == integration))).first()
            if (
                last_before is not None
                and run is not None
                and (getattr(run, _STARTED[mode][0]) or last_before) > last_before
            ):
                return None
            if run is not None and run.id is not None and not await self._is_over(integration, run.id):
                begun = Begun(run.id, SyncMode[run.mode], already_running=True)
            else:
                begun = Begun(f"sync-{uuid4().hex}", mode, already_running=False)
                now = self._clock()
                row = {"integration": integration, "id": begun.sync_id, "mode": mode.name, "started_at": now}
                row |= dict.fromkeys(_STARTED[mode], now)
                await connection.run_sync(self._database.upsert, SYNC_RUNS, [row])
        await self._workflows.begin(SYNC, begun.sync_id, integration, begun.mode.name)
        return begun

    async def status(self, integration: str) -> SyncStatus:
        """How up to date the copies of an integration are."""
        async with self._database.reading() as connection:
            run = (await connection.execute(select(SYNC_RUNS).where(SYNC_RUNS.c.integration == integration))).first()
        named = None if run is None else run.id
        at_work = named if named and await self._is_at_work(integration, named) else None
        states = await sync_states(self._database, integration)  # of a sync that is over, all it has left
        skipped = await skips(self._database, integration)
        ended = self._carried_out(integration, named)
        unsaid = ended.unsaid if ended else {}
        return SyncStatus(
            running=SyncMode[run.mode] if run is not None and at_work else None,
            started_at=run.started_at if run is not None and at_work else None,
            next_delta_at=self._next(SyncMode.DELTA, run),
            next_full_at=self._next(SyncMode.FULL, run),
            models=[
                await self._model(
                    integration,
                    model,
                    states.get(model, ModelSync()),
                    skipped.get(model, Skips()),
                    at_work=at_work,
                    unsaid=unsaid.get(model),
                )
                for model in MODELS
            ],
        )

    async def at_work(self, integration: str) -> str | None:
        """Id of the sync at work, or null."""
        async with self._database.reading() as connection:
            question = select(SYNC_RUNS.c.id).where(SYNC_RUNS.c.integration == integration)
            found: str | None = await connection.scalar(question)
        return found if found and await self._is_at_work(integration, found) else None

    async def conduct(self, sync_id: str, integration: str, mode: str) -> None:
        """Carry out a sync inside its workflow. An end of the process leaves it to the next one."""
        unsaid = await Sync(self._accounts[integration], SyncMode[mode], sync_id, self._workflows.step).conduct()
        self._ended[integration] = Ended(sync_id, unsaid)
        while not await self._release(sync_id, integration, unsaid):
            await self._sleep(RELEASE_SECONDS)

    async def _release(self, sync_id: str, integration: str, unsaid: Mapping[str, str]) -> bool:
        """Let the next sync begin, and say what this one could not say of its models; whether the database took it."""
        own = (SYNC_RUNS.c.integration == integration, SYNC_RUNS.c.id == sync_id)
        errors = [
            {"integration": integration, "model": model, "running": None, "last_error": code}
            for model, code in unsaid.items()
        ]
        try:
            async with self._database.writing("syncs", integration) as connection:
                released = await connection.execute(update(SYNC_RUNS).where(*own).values(id=None, mode=None))
                if released.rowcount:  # or another one has begun since
                    await connection.run_sync(self._database.upsert, SYNCS, errors)
        except Exception as failed:  # noqa: BLE001  the database may be away for a while
            _log.warning("sync_not_released", sync_id=sync_id, integration=integration, error=type(failed).__name__)
            return False
        return True

    async def _is_over(self, integration: str, sync_id: str) -> bool:
        """Whether a sync has ended, perhaps without the database's having taken it."""
        return bool(self._carried_out(integration, sync_id)) or await self._workflows.is_finished(sync_id)

    async def _is_at_work(self, integration: str, sync_id: str) -> bool:
        """Whether a sync is under way; one that is only just being begun is not yet."""
        return not self._carried_out(integration, sync_id) and await self._workflows.is_under_way(sync_id)

    def _carried_out(self, integration: str, sync_id: str | None) -> Ended | None:
        """How this sync ended in this process, whatever is said of its workflow yet; null where it did not."""
        ended = self._ended.get(integration)
        return ended if ended and ended.sync_id == sync_id else None

    async def _model(
        self,
        integration: str,
        model: str,
        state: ModelSync,
        skipped: Skips,
        *,
        at_work: str | None,
        unsaid: str | None,
    ) -> ModelSyncStatus:
        """The status of one model; a list that was being read by a sync that is over was not read to its end."""
        running = state.running is not None and state.running == at_work
        interrupted = AtsError.code if state.running is not None and not running else None
        return ModelSyncStatus(
            model=ModelName(model),
            records=await self._accounts[integration].store.count(integration, model),
            synced_at=state.synced_at,
            last_delta_at=state.last_delta_at,
            last_full_at=state.last_full_at,
            watermark=state.watermark,
            complete=state.complete,
            running=running,
            read=state.read if running else None,
            expected=state.expected if running else None,
            last_error=unsaid or interrupted or state.last_error,
            skipped=skipped.count,
            skipped_ids=[ID(Ids(integration).encode(model, key)) for key in skipped.keys],
        )

    def _next(self, mode: SyncMode, run: Any) -> datetime | None:
        every = self._schedule.every(mode)
        started = None if run is None else getattr(run, _STARTED[mode][0])
        if every is None:
            return None
        return self._clock() if started is None else started + every

    async def _keep_schedule(self) -> None:
        await self._workflows.ready()
        while True:
            for integration in self._accounts:
                await self._begin_due(integration)
            await self._sleep(TICK_SECONDS)

    async def _begin_due(self, integration: str) -> None:
        """Begin what is due; another process that looks at the same time finds it begun."""
        for mode in (SyncMode.FULL, SyncMode.DELTA):
            every = self._schedule.every(mode)
            if every is None:
                continue
            try:
                await self.begin(integration, mode, self._clock() - every)
            except Exception as failed:  # noqa: BLE001  the database may be away for a while; the next look will do
                _log.warning("schedule_failed", integration=integration, error=type(failed).__name__)


class IntegrationSyncs:
    """The syncs of one integration; fills the port `Syncing`."""

    def __init__(self, syncs: Syncs, integration: str) -> None:
        self._syncs = syncs
        self._integration = integration

    async def begin(self, mode: SyncMode) -> Begun:
        """Begin a sync, unless one is at work."""
        begun = await self._syncs.begin(self._integration, mode)
        assert begun is not None  # noqa: S101  # null only where `last_before` was given
        return begun

    async def status(self) -> SyncStatus:
        """How up to date the copies are, and how far the sync at work is."""
        return await self._syncs.status(self._integration)
