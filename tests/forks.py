"""Processes that tests kill, forked from a server that has loaded what they need.

One place says what that is: the server loads what was named before it began, whoever began it.
"""

import multiprocessing
import sys
import threading

LATE = (
    "aiosqlite",
    "anyio._backends._asyncio",
    "certifi",
    "dbos._sys_db_postgres",
    "dbos._sys_db_sqlite",
    "email_validator",
    "filetype",
    "gateway.durable.sessions",
    "httpcore",
    "pycountry",
)
"""What is loaded when it is first used, which would be in each process anew."""

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(
    [
        "tests.gateway.actions.processes",
        "tests.gateway.sync.processes",
        "gateway.simulator",
        "gateway.durable.runtime",
        *LATE,
        "tests.frozen",
    ]
)


def leave_unmeasured() -> None:
    """Have no coverage measured in this process: whoever is killed does not tell what was."""
    sys.settrace(None)
    threading.settrace(None)
