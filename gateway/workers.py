"""Server processes side by side: one that dies is replaced, a signal stops all of them."""

from __future__ import annotations

import multiprocessing
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Protocol

Work = Callable[[Connection], None]
"""What a process does until a signal stops it. It sends `LISTENING`, or a sentence on why it cannot."""

LISTENING = ""

SIGNALS = (signal.SIGINT, signal.SIGTERM)

FEW = 3
"""Deaths in a row before listening that end the server, where no other process serves."""

PAUSES = (0.0, 0.2, 1.0, 5.0, 30.0)
"""Seconds before a process is replaced, by the number of those that died before listening since one did listen."""

START_METHOD = "fork" if sys.platform == "linux" else "spawn"
"""A fork has everything imported already, and so listens at once; elsewhere system libraries do not stand it."""


class StartError(Exception):
    """The server could not start; the text is a sentence for whoever started it."""


class Child(Protocol):
    """A process as its parent sees it; `multiprocessing` describes its members."""

    @property
    def pid(self) -> int | None: ...  # noqa: D102

    @property
    def sentinel(self) -> int: ...  # noqa: D102

    @property
    def exitcode(self) -> int | None: ...  # noqa: D102

    def is_alive(self) -> bool: ...  # noqa: D102

    def join(self, timeout: float | None = None) -> None: ...  # noqa: D102

    def terminate(self) -> None: ...  # noqa: D102

    def kill(self) -> None: ...  # noqa: D102

    def close(self) -> None: ...  # noqa: D102


class Worker:
    """One process.

    Attributes:
        process: The process.
        receiver: End of a pipe where its messages come out.
        listened: Whether it has listened.
        complaint: Why it could not, as far as it sent that.
    """

    def __init__(self, process: Child, receiver: Connection, *, listened: bool = False) -> None:
        self.process = process
        self.receiver = receiver
        self.listened = listened
        self.complaint: str | None = None

    def hear(self) -> None:
        """Take in what it has sent."""
        with suppress(EOFError, OSError):
            while self.receiver.poll():
                message = self.receiver.recv()
                self.listened = self.listened or message == LISTENING
                self.complaint = message or self.complaint

    def close(self) -> None:
        """Give back what a dead process held."""
        self.process.join()
        self.process.close()
        self.receiver.close()

    def ending(self) -> str:
        """How it ended, as the end of a sentence."""
        code = self.process.exitcode or 0
        return f"by signal {signal.Signals(-code).name}" if code < 0 else f"with exit code {code}"


def begun(work: Work) -> Worker:
    """A new process that does some work; on a system without fork it has to be picklable."""
    context = multiprocessing.get_context(START_METHOD)
    receiver, sender = context.Pipe(duplex=False)
    process: BaseProcess = context.Process(target=run, args=(work, sender))  # type: ignore[attr-defined]  # typeshed's base context has none
    with held_back():
        process.start()
    sender.close()
    return Worker(process, receiver)


class Workers:
    """All processes.

    Args:
        count: How many there are.
        begin: Begins one.
        complain: Is called with a sentence when one died.
        patience: Seconds they may take to stop.
        there: Those that were begun before.
        hand_over: Is called with all of them as soon as they listen, signals being held back; it may never return.
    """

    def __init__(
        self,
        count: int,
        begin: Callable[[], Worker],
        complain: Callable[[str], None],
        patience: float,
        *,
        there: Sequence[Worker] = (),
        hand_over: Callable[[Sequence[Worker]], None] | None = None,
    ) -> None:
        self._begin = begin
        self._complain = complain
        self._patience = patience
        self._workers = list(there)
        self._vacant = [0.0] * (count - len(there))
        self._hand_over = hand_over
        self._failed = 0
        self._stopping = False
        self._woken, self._waker = multiprocessing.Pipe(duplex=False)

    def run(self) -> None:
        """Keep that many running until a signal comes, then stop them gracefully.

        Raises:
            StartError: none of them serves, and the last few died before they listened.
        """
        before = {number: signal.signal(number, self._on_signal) for number in SIGNALS}
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
        try:
            while not self._stopping:
                self._fill()
                self._wait()
                self._remove_dead()
                self._settle()
        finally:
            self._stop()
            for number, handler in before.items():
                signal.signal(number, handler)

    def _on_signal(self, *_: object) -> None:
        self._stopping = True
        self._waker.send_bytes(b"-")

    def _fill(self) -> None:
        """Start a process for each place that has been vacant long enough."""
        now = time.monotonic()
        due = [at for at in self._vacant if at <= now]
        self._vacant = [at for at in self._vacant if at > now]
        self._workers += [self._begin() for _ in due]

    def _wait(self) -> None:
        """Wait for a signal, a death, a first word, or the moment to fill a place."""
        sentinels = [worker.process.sentinel for worker in self._workers]
        starting = [worker.receiver for worker in self._workers if not worker.listened and worker.complaint is None]
        soonest = min(self._vacant) - time.monotonic() if self._vacant else None
        wait([self._woken, *sentinels, *starting], None if soonest is None else max(soonest, 0))
        for worker in self._workers:
            worker.hear()
        if any(worker.listened for worker in self._workers if worker.receiver in starting):
            self._failed = 0

    def _remove_dead(self) -> None:
        """Take the dead out, and see when their places are to be filled."""
        dead = [worker for worker in self._workers if not worker.process.is_alive()]
        self._workers = [worker for worker in self._workers if worker not in dead]
        for worker in dead if not self._stopping else ():
            self._failed += not worker.listened
            self._vacant.append(time.monotonic() + self._pause(worker))
        for worker in dead:
            worker.close()

    def _settle(self) -> None:
        """Hand over as soon as all of them have listened, once."""
        if self._hand_over is None or self._vacant or not all(worker.listened for worker in self._workers):
            return
        with held_back():
            if not self._stopping:
                self._hand_over(self._workers)
        self._hand_over = None

    def _pause(self, worker: Worker) -> float:
        """Seconds before a dead process is replaced."""
        if worker.listened:
            self._complain(f"Server process {worker.process.pid} ended {worker.ending()}; another one takes its place.")
            return 0.0
        reason = worker.complaint or f"A server process ended {worker.ending()} before it listened."
        if self._failed >= FEW and not any(other.listened for other in self._workers):
            raise StartError(reason)
        pause = PAUSES[min(self._failed, len(PAUSES) - 1)]
        self._complain(f"{reason} Trying again in {pause:g} seconds.")
        return pause

    def _stop(self) -> None:
        """Stop all gracefully; what has not ended by then is killed."""
        for worker in self._workers:
            worker.process.terminate()
        end = time.monotonic() + self._patience
        for worker in self._workers:
            worker.process.join(max(end - time.monotonic(), 0))
            worker.process.kill()
            worker.close()


def run(work: Work, sender: Connection) -> None:
    """Do the work as a child: signals have their own meaning again, and what is wrong is sent as a sentence."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
    try:
        work(sender)
    except StartError as error:
        sender.send(str(error))
        sys.exit(1)


@contextmanager
def held_back() -> Iterator[None]:
    """Signals wait: one that came between the fork and the child's own handlers would be lost."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
