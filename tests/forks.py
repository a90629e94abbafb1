"""Processes that tests kill, forked from a server that has loaded what they need.

One place says what that is: the server loads what was named before it began, whoever began it.
"""

import multiprocessing
import sys
import threading

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(
    ["tests.gateway.actions.processes", "tests.gateway.sync.processes", "gateway.simulator", "gateway.durable.runtime"]
)


def leave_unmeasured() -> None:
    """Have no coverage measured in this process: whoever is killed does not tell what was."""
    sys.settrace(None)
    threading.settrace(None)
