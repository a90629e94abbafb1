"""DBOS itself: its settings in the gateway's database, how its rows are written, how it is launched and shut down.

DBOS is one per process. It keeps a workflow's input and the answers of its steps in the gateway's database.
"""

import asyncio
import logging
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import orjson
from dbos import DBOS, DBOSConfig, Serializer
from sqlalchemy import URL

APPLICATION = "ats-gateway"
VERSION = "actions-2"
"""Names the order of steps: a workflow is only taken up by a process that has the same. Change it with that order."""

POOL_SIZE = 5
"""Connections of a process to DBOS's tables."""

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


def launch(url: URL, process: str) -> None:
    """Bring up DBOS on the running loop.

    Args:
        url: Of the database it shares with the gateway.
        process: Name of this process, entered as the owner of its workflows.
    """
    DBOS(config=_config(url, process))
    logging.getLogger("dbos").setLevel(logging.CRITICAL)  # its messages name workflows' data, and ours say the rest
    DBOS.launch()


async def shut_down() -> None:
    """Bring down DBOS, and give the loop back the executor that DBOS replaced and closed."""
    await asyncio.to_thread(DBOS.destroy)
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor())


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
