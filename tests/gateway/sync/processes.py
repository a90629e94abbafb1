"""A gateway's syncs and a simulated Crelate in processes of their own, so that the former can be killed."""

import asyncio
import os
import signal
from datetime import UTC, datetime
from multiprocessing.connection import Connection as Pipe

import httpx
from sqlalchemy import select

from gateway.crelate.connector import connect
from gateway.crelate.reading.lists import CrelateLists
from gateway.crelate.settings import CrelateSettings
from gateway.crelate.transport.upstream import Pool
from gateway.database.engine import Database
from gateway.database.tables import SYNC_RUNS
from gateway.durable.workflows import Workflows
from gateway.replica.store import Store
from gateway.sync.account import Account
from gateway.sync.syncs import Syncs
from schema.sync_status import SyncMode
from tests.databases import open_database
from tests.forks import PROCESSES, leave_unmeasured
from tests.gateway.replica.records import INTEGRATION

KEY = "simulated-key"


class Killing(httpx.AsyncBaseTransport):
    """A connection pool that kills its own process at one of its requests.

    Args:
        last: Which one, counted from 0; null for a natural life.
        answered: Whether the answer has come by then; it is never seen.
    """

    def __init__(self, last: int | None, *, answered: bool) -> None:
        self._inner = Pool()
        self._left = last
        self._answered = answered

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request, unless this is the end."""
        ending = self._left == 0
        self._left = None if self._left is None else self._left - 1
        if ending and not self._answered:
            os.kill(os.getpid(), signal.SIGKILL)
        response = await self._inner.handle_async_request(request)
        await response.aread()
        if ending:
            os.kill(os.getpid(), signal.SIGKILL)
        return response


def live(database: str, crelate: str, mode: SyncMode | None, last: int | None, *, answered: bool = False) -> bool:
    """Start a gateway that begins a sync, or goes on with one; whether it lived to see the next one allowed."""
    mine, theirs = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=_live, args=(theirs, database, crelate, mode, last, answered))
    process.start()
    theirs.close()
    try:
        return bool(mine.poll(120) and mine.recv())
    except EOFError:
        return False
    finally:
        process.kill()
        process.join()
        process.close()
        mine.close()


def _live(pipe: Pipe, database: str, crelate: str, mode: SyncMode | None, last: int | None, answered: bool) -> None:
    leave_unmeasured()
    asyncio.run(_sync(database, crelate, mode, Killing(last, answered=answered)))
    pipe.send(obj=True)
    os.kill(os.getpid(), signal.SIGKILL)  # nobody says goodbye here


async def _sync(address: str, crelate: str, mode: SyncMode | None, core: Killing) -> None:
    database = open_database(address)
    connector = connect(CrelateSettings(KEY, f"{crelate}/api3", requests_per_minute=10_000), transport=core)
    account = Account(INTEGRATION, Store(database, _now), CrelateLists(connector.account), _now)
    workflows = Workflows(database)
    syncs = Syncs(workflows, database, {INTEGRATION: account}, _now)
    await workflows.start()
    if mode is not None:
        await syncs.of(INTEGRATION).begin(mode)
    while await _is_claimed(database):  # noqa: ASYNC110  the workflow tells the database, not us
        await asyncio.sleep(0.05)


async def _is_claimed(database: Database) -> bool:
    """Whether a sync has yet to let the next one begin; it is at its end a moment earlier."""
    async with database.reading() as connection:
        question = select(SYNC_RUNS.c.id).where(SYNC_RUNS.c.integration == INTEGRATION)
        return await connection.scalar(question) is not None


def _now() -> datetime:
    return datetime.now(UTC)
