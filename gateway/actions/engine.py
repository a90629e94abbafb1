"""Actions as durable workflows: begun once, waited for, closed when no workflow will finish them.

A workflow's input and the answers of its steps hold personal data, so they are erased as soon as it is over; what stays
is the audit trail, which holds none.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from hashlib import sha256
from typing import Any, Protocol

import structlog

from gateway.actions.ledger import Entry, Ledger
from gateway.actions.problems import error, to_json
from gateway.actions.specifications import SPECIFICATIONS
from gateway.actions.spool import Spool
from gateway.actions.workflows import Execution, conduct
from gateway.durable.workflows import Kind, Workflows
from schema.actions.action import ActionName, ActionOutcome
from schema.actions.problem import UserErrorCode

ACTION = Kind("action")
"""Its arguments are the action's id and its `Job`. Erased at once: they hold personal data."""

LOOK_SECONDS = 0.5
"""How often a request that waits for an action of another process looks whether it is over."""

ABANDONED_AFTER = timedelta(hours=1)
"""An action that is pending for so long without a workflow will never have one."""

SPOOL_AGE = timedelta(days=2)
"""Files older than this belong to no action any more; see `carrying.TRIED_FOR`."""

_log = structlog.get_logger()

Job = Mapping[str, Any]
"""A workflow's input: `integration`, `name`, `document`, `files`."""


class Conductor(Protocol):
    """Knows what an action needs besides its input."""

    def execution(self, action_id: str, job: Job, run: Callable[..., Awaitable[Any]]) -> Execution:
        """The action, ready to be carried out.

        Raises:
            KeyError: its integration is not connected any more.
        """


class Engine:
    """The actions that one process carries out.

    Args:
        workflows: What they run on.
        ledger: The audit trail.
        spool: Files of unfinished actions.
        conductor: Knows the integrations.

    Attributes:
        workflows: The same.
    """

    def __init__(self, workflows: Workflows, ledger: Ledger, spool: Spool, conductor: Conductor) -> None:
        self.workflows = workflows
        self._ledger = ledger
        self._spool = spool
        self._conductor = conductor
        self._ended: dict[str, asyncio.Event] = {}
        workflows.register(ACTION, self.conduct)
        workflows.on_sweep(self.sweep)

    async def get_ready(self) -> None:
        """Launch what workflows run on, before an action is entered: one without a workflow is finished by nobody.

        Raises:
            DatabaseUnavailable: it cannot be launched.
        """
        await self.workflows.launched()

    async def begin(self, action_id: str, job: Job) -> None:
        """Start the workflow of an action; one that was started before is left as it is."""
        await self.workflows.begin(ACTION, action_id, job)

    async def is_known(self, action_id: str) -> bool:
        """Whether the workflow of an action was started."""
        return await self.workflows.is_known(action_id)

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
        """Carry out an action inside its workflow, and wake the requests that wait for it."""
        await self._conduct(action_id, job)
        if action_id in self._ended:
            self._ended[action_id].set()

    async def _conduct(self, action_id: str, job: Job) -> None:
        """Carry out an action and enter what came of it, whatever happens."""
        entry = await self._ledger.entry(action_id)
        if entry is None or entry.outcome is not ActionOutcome.PENDING:
            return
        try:
            execution = self._conductor.execution(action_id, job, self.workflows.step)
            async with self._turn(job):
                outcome, result = await conduct(ActionName(job["name"]), execution)
        except Exception as broken:  # noqa: BLE001  an action must not stay pending for ever
            _log.error("action_broken", action_id=action_id, error=type(broken).__name__)
            message = "The gateway failed while it carried the action out."
            outcome, result = ActionOutcome.FAILED, _failed(UserErrorCode.INTERNAL_ERROR, message)
        await self._ledger.finish(action_id, outcome, result)
        await self._spool.empty(action_id)

    def _turn(self, job: Job) -> AbstractAsyncContextManager[None]:
        """Waits until no other action is about the same; the name holds no personal data."""
        about = SPECIFICATIONS[ActionName(job["name"])].about(job["document"])
        if not about:
            return contextlib.nullcontext()
        return self.workflows.turn(sha256(f"{job['integration']} {about}".encode()).hexdigest()[:32])

    async def sweep(self) -> None:
        """Close actions that no workflow will finish, and remove files that belong to no action any more."""
        await self._close_abandoned()
        await self._spool.forget_before(self._ledger.clock() - SPOOL_AGE)

    async def _close_abandoned(self) -> None:
        """Close actions without a workflow, such as a request passed through whose answer was being waited for."""
        for action_id in await self._ledger.pending_since(self._ledger.clock() - ABANDONED_AFTER):
            if not await self.is_known(action_id):
                message = (
                    "The gateway stopped before the action began; a request passed through may have been carried out."
                )
                failed = _failed(UserErrorCode.OUTCOME_UNKNOWN, message)
                await self._ledger.finish(action_id, ActionOutcome.FAILED, failed)


def _failed(code: UserErrorCode, message: str) -> dict[str, Any]:
    return {"user_errors": to_json([error(code, message)])}
