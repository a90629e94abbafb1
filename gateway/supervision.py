"""Looking after server processes from one that holds nothing else.

The process that forks the others has loaded and made all that they share, and needs none of it afterwards. Once all of
them listen it replaces itself, by `exec`, with this module: it stays their parent under the same id, and gives back
the memory. One that dies later is replaced by a process that loads everything anew.
"""

from __future__ import annotations

import os
import pickle
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from functools import partial
from multiprocessing.connection import Connection, Pipe, wait
from typing import NamedTuple

from gateway.complaints import complain
from gateway.workers import StartError, Work, Worker, Workers, held_back, run

POSSIBLE = hasattr(os, "pidfd_open") and hasattr(os, "memfd_create")
"""Whether the system lets a process look after others that it knows by their ids alone (Linux)."""


class Task(NamedTuple):
    """What is handed over, in memory that outlives `exec`: settings hold secrets, which command lines would show.

    Attributes:
        number: How many processes there shall be.
        there: Process ids of those that are there.
        patience: Seconds they may take to stop.
        work: What each does, pickled: it need not be read to be handed on.
    """

    number: int
    there: Sequence[int]
    patience: float
    work: bytes


class Numbered:
    """A child of this process that is known by its id alone."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.sentinel = os.pidfd_open(pid)
        self.exitcode: int | None = None

    def is_alive(self) -> bool:
        """Whether it has not ended; the first look after its end takes note of how."""
        if self.exitcode is None:
            ended, how = os.waitpid(self.pid, os.WNOHANG)
            self.exitcode = os.waitstatus_to_exitcode(how) if ended else None
        return self.exitcode is None

    def join(self, timeout: float | None = None) -> None:
        """Wait until it has ended, or for so many seconds."""
        wait([self.sentinel], timeout)
        self.is_alive()

    def terminate(self) -> None:
        """Ask it to end."""
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self._send(signal.SIGKILL)

    def close(self) -> None:
        """Forget it, after its end."""
        os.close(self.sentinel)

    def _send(self, number: signal.Signals) -> None:
        if self.is_alive():
            os.kill(self.pid, number)


def supervise_alone(held: socket.socket, count: int, work: Work, patience: float, workers: Sequence[Worker]) -> None:
    """Go on as a process that only looks after others; return where the system does not allow that.

    Args:
        held: Keeps the address.
        count: How many processes there shall be.
        work: What each does.
        patience: Seconds they may take to stop.
        workers: Those that are there.
    """
    if not POSSIBLE:
        return
    there = [worker.process.pid or 0 for worker in workers]
    memory = os.memfd_create("ats-gateway", 0)
    with os.fdopen(os.dup(memory), "wb") as file:
        pickle.dump(Task(count, there, patience, pickle.dumps(work)), file)
    held.set_inheritable(True)
    sys.stdout.flush()
    os.execv(sys.executable, _command(supervise, memory, *sys.argv))  # noqa: S606  our own command


def _command(function: Callable[[], None], *arguments: object) -> list[str]:
    """Runs a function of this module, which is found where this process has found it."""
    code = f"import sys; sys.path[:] = {sys.path}; from {__name__} import {function.__name__}; {function.__name__}()"
    return [sys.executable, "-P", "-c", code, *map(str, arguments)]


def supervise() -> None:
    """Look after what was handed over until a signal comes."""
    memory = int(sys.argv[1])
    task = _read(memory)
    there = [Worker(Numbered(pid), Pipe(duplex=False)[0], listened=True) for pid in task.there]
    try:
        Workers(task.number, partial(_replacement, memory), complain, task.patience, there=there).run()
    except StartError as error:
        complain(str(error))
        sys.exit(1)


def _replacement(memory: int) -> Worker:
    """A new process that loads what it needs by itself."""
    receiver, sender = Pipe(duplex=False)
    os.set_inheritable(sender.fileno(), True)  # noqa: FBT003  Python's own
    command = _command(replace, memory, sender.fileno(), *sys.argv[2:])
    with held_back():
        pid = os.posix_spawn(sys.executable, command, os.environ)
    sender.close()
    return Worker(Numbered(pid), receiver)


def replace() -> None:
    """Do the work as one of the processes."""
    from gateway.cli import prepare  # noqa: PLC0415  not needed to look after others

    memory, sender = int(sys.argv[1]), Connection(int(sys.argv[2]), readable=False)
    prepare()
    run(pickle.loads(_read(memory).work), sender)  # noqa: S301  our own words


def _read(memory: int) -> Task:
    task: Task = pickle.loads(os.pread(memory, os.fstat(memory).st_size, 0))  # noqa: S301  our own words
    return task
