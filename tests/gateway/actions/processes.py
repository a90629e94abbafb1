"""A gateway's actions and a simulated Crelate in processes of their own, so that either can be killed."""

import asyncio
import os
import signal
from dataclasses import dataclass, field
from multiprocessing.connection import Connection as Pipe
from typing import Any

import httpx

from gateway.actions.actions import Actions
from gateway.clock import now
from gateway.crelate.transport.exchange import Timing
from gateway.crelate.transport.upstream import Pool
from gateway.durable.workflows import Workflows
from gateway.simulator import Size
from resolvers.ports.actions import Asked
from schema.actions.action import ActionOutcome
from tests.databases import open_database
from tests.forks import PROCESSES, leave_unmeasured
from tests.gateway.actions.conftest import INTEGRATION, KEY, account_at, connection_to

SIZE = Size(jobs=12, contacts=150, activities=20)


@dataclass(frozen=True, slots=True)
class Death:
    """When a process is killed.

    Attributes:
        request: At which of its requests to Crelate, counted from 0.
        answered: Whether the answer has come by then; it is never seen.
    """

    request: int
    answered: bool


@dataclass(slots=True)
class Life:
    """What a process lived to tell.

    Attributes:
        methods: Of its requests to Crelate, in order.
        outcome: What came of the action, or null when it was killed.
        replayed: Whether the action had been accepted by the process before.
        candidate_key, application_key, attachment_id, note_id: As in `resolvers.ports.actions.Result`.
        errors, warnings: Codes.
    """

    methods: list[str] = field(default_factory=list)
    outcome: ActionOutcome | None = None
    replayed: bool = False
    candidate_key: str | None = None
    application_key: str | None = None
    attachment_id: str | None = None
    note_id: str | None = None
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


class Killing(httpx.AsyncBaseTransport):
    """A connection pool that kills its own process at one of its requests."""

    def __init__(self, death: Death | None) -> None:
        self._inner = Pool()
        self._death = death
        self.methods: list[str] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request, unless this is the end."""
        number = len(self.methods)
        self.methods.append(request.method)
        if self._death == Death(number, answered=False):
            os.kill(os.getpid(), signal.SIGKILL)
        response = await self._inner.handle_async_request(request)
        await response.aread()
        if self._death == Death(number, answered=True):
            os.kill(os.getpid(), signal.SIGKILL)
        return response


def live(database: str, crelate: str, asked: Asked, death: Death | None) -> Life:
    """Start a gateway's actions, let them finish what others left, and carry one out; in a process that may die."""
    mine, theirs = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=_live, args=(theirs, database, crelate, asked, death))
    process.start()
    theirs.close()
    try:
        return mine.recv() if mine.poll(60) else Life()
    except EOFError:
        return Life()
    finally:
        process.kill()
        process.join()
        process.close()
        mine.close()


def _live(pipe: Pipe, database: str, crelate: str, asked: Asked, death: Death | None) -> None:
    leave_unmeasured()
    pipe.send(asyncio.run(_act(database, crelate, asked, death)))
    os.kill(os.getpid(), signal.SIGKILL)  # nobody says goodbye here


async def _act(database_address: str, crelate: str, asked: Asked, death: Death | None) -> Life:
    core = Killing(death)
    account = account_at(core, f"{crelate}/api3", Timing(sleep=_nap))
    database = open_database(database_address)
    workflows = Workflows(database)
    actions = Actions(database, workflows, {INTEGRATION: connection_to(account)}, sleep=_nap)
    await actions.start()
    await workflows.start()
    for action_id in await actions.ledger.pending_since(now()):
        if await actions.engine.is_known(action_id):
            await actions.engine.ended(action_id, None)
    result = await actions.of(INTEGRATION).perform(asked, None)
    return Life(
        core.methods,
        result.outcome,
        result.replayed,
        result.candidate_key,
        result.application_key,
        result.attachment_id,
        result.note_id,
        [each.code.name for each in result.user_errors],
        [each.code.name for each in result.warnings],
    )


async def _nap(seconds: float) -> None:
    """The simulator needs no time to settle."""
    await asyncio.sleep(min(seconds, 0.01))


class Crelate:
    """What a simulator in another process holds."""

    def __init__(self, address: str) -> None:
        self._http = httpx.Client(base_url=f"{address}/api3", headers={"X-Api-Key": KEY})

    def rows(self, path: str, **params: str) -> list[dict[str, Any]]:
        """All rows of a list."""
        found: list[dict[str, Any]] = []
        while True:
            page = self._http.get(path, params={**params, "limit": "100", "offset": str(len(found))}).json()
            found += page["Data"]
            if not page["Metadata"]["MoreRecords"]:
                return found

    def make(self, entity: str, **columns: Any) -> str:
        """A record that is made."""
        return str(self._http.post(f"/{entity}", json={"entity": columns}).json()["Data"])

    def place(self, job_key: str, contact_key: str, stage_key: str) -> None:
        """Put a contact on a job."""
        params = {"contact_ids": contact_key}
        self._http.post(f"/jobs/{job_key}/contacts", params=params, json={"statusId": stage_key}).raise_for_status()

    def close(self) -> None:
        """Give the connection back."""
        self._http.close()
