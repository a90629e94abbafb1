"""DBOS itself: its settings in the gateway's database, how its rows are written, how it is launched and shut down.

DBOS is one per process. It keeps a workflow's input and the answers of its steps in the gateway's database.
"""

import asyncio
import contextvars
import logging
import sqlite3
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import orjson
from dbos import DBOS, DBOSConfig, Serializer, SetWorkflowID
from sqlalchemy import URL

APPLICATION = "ats-gateway"
VERSION = "actions-3"
"""Names the order of steps: a workflow is only taken up by a process that has the same. Change it with that order."""

POOL_SIZE = 5
"""Connections of a process to DBOS's tables."""

SUBSECONDS_SINCE = (3, 42)
"""The SQLite version whose `unixepoch` first knows fractions of a second."""

CarryOut = Callable[..., Awaitable[None]]
"""Carries out a workflow: is given its kind, its key and its arguments."""


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


class Runtime:
    """DBOS at work in this process. It is made by `launch`."""

    async def begin(self, kind: str, key: str, arguments: Iterable[Any], context: contextvars.Context) -> None:
        """Start a workflow in a context; one that is known already is left as it is."""

        async def start() -> None:
            with SetWorkflowID(key):
                await DBOS.start_workflow_async(_function(kind), key, *arguments)

        await asyncio.get_running_loop().create_task(start(), context=context)

    async def step(self, name: str, do: Callable[[], Awaitable[Any]]) -> Any:
        """Run a step of the current workflow, unless it has ended before; its answer."""

        async def step() -> Any:  # DBOS awaits coroutine functions only, and `do` may be a lambda
            return await do()

        return await DBOS.run_step_async({"name": name}, step)

    async def sleep(self, seconds: float) -> None:
        """Wait inside a workflow, for the rest of the time only if it has waited before."""
        await DBOS.sleep_async(seconds)

    async def take_up(self, keys: Iterable[str]) -> None:
        """Queue workflows for any process that lives."""
        for key in keys:
            await DBOS.resume_workflow_async(key)

    async def erase(self, keys: list[str]) -> None:
        """Delete workflows with their steps."""
        await DBOS.delete_workflows_async(keys)

    async def shut_down(self) -> None:
        """Bring down DBOS, and give the loop back the executor that DBOS replaced and closed."""
        await _destroy()
        _carrying.clear()


async def launch(url: URL, process: str, kinds: Iterable[str], carry_out: CarryOut) -> Runtime:
    """Bring up DBOS on the running loop, in a thread: its migrations may wait for transactions of this very loop.

    Args:
        url: Of the database it shares with the gateway.
        process: Name of this process, entered as the owner of its workflows.
        kinds: Names of the kinds whose workflows may be taken up.
        carry_out: Is called for each.
    """
    _carrying[:] = [carry_out]
    for kind in kinds:
        _function(kind)
    dbos = DBOS(config=_config(url, process))
    logging.getLogger("dbos").setLevel(logging.CRITICAL)  # its messages name workflows' data, and ours say the rest
    dbos._background_event_loop.set_main_loop()  # noqa: SLF001  it would look for one in the launch's thread, and make its own
    try:
        await asyncio.to_thread(DBOS.launch)
    except BaseException:
        await _destroy()
        raise
    return Runtime()


async def _destroy() -> None:
    await asyncio.to_thread(DBOS.destroy)
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor())


@cache
def _function(kind: str) -> Callable[..., Coroutine[Any, Any, None]]:
    """What DBOS runs for workflows of a kind. It takes up those of kinds that this was asked for."""

    async def function(key: str, *arguments: Any) -> None:
        await _carrying[0](kind, key, *arguments)

    return DBOS.workflow(name=kind)(function)


_carrying: list[CarryOut] = []
"""Carries out the workflows of this process: at most one."""


def _config(url: URL, process: str) -> DBOSConfig:
    return {
        "name": APPLICATION,
        "system_database_url": url.render_as_string(hide_password=False),
        "application_version": VERSION,
        "executor_id": process,
        "sys_db_pool_size": POOL_SIZE,
        "db_engine_kwargs": {
            "hide_parameters": True,  # or errors would show a workflow's data
            "pool_events": [(_prepare_sqlite, "connect")] if url.get_backend_name() == "sqlite" else [],
        },
        "serializer": JsonSerializer(),
        "log_level": "CRITICAL",
        "enable_otlp": False,
        "notification_listener_polling_interval_sec": 0.05,  # nothing is sent; it only makes stopping quick
    }


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    """Have what is deleted overwritten, and give an old SQLite the clock that DBOS takes for granted."""
    connection.execute("PRAGMA secure_delete = ON")
    if sqlite3.sqlite_version_info < SUBSECONDS_SINCE:
        connection.create_function("unixepoch", 1, lambda _modifier: time.time())
