"""Process locks: a process that can take a worker's lock knows that it is dead, and may take up its workflows.

Each process holds a lock for as long as it lives. The operating system or the database releases the lock of a process
that was killed, at once and without a clock.
"""

from pathlib import Path
from typing import Protocol

from filelock import FileLock, Timeout
from sqlalchemy import URL


class ProcessLocks(Protocol):
    """The locks of all processes on one database."""

    def take(self, name: str) -> bool:
        """Take the lock of a name; false when a living process holds it."""

    def release(self, name: str) -> None:
        """Release a lock that was taken."""

    def refresh(self) -> bool:
        """Check that all locks are still held; false when they had been lost and had to be taken again."""

    def close(self) -> None:
        """Release all of them."""


def process_locks(url: URL) -> ProcessLocks:
    """The locks beside a database."""
    if url.get_backend_name() != "postgresql":
        return FileLocks(url)
    from gateway.durable.sessions import SessionLocks  # noqa: PLC0415  its driver is large, and not needed on SQLite

    return SessionLocks(url)


class FileLocks:
    """Locked files in a folder beside a SQLite file."""

    def __init__(self, url: URL) -> None:
        self._folder = Path(f"{url.database}-processes")
        self._folder.mkdir(parents=True, exist_ok=True)
        self._held: dict[str, FileLock] = {}

    def take(self, name: str) -> bool:
        """Lock the file of this name."""
        lock = FileLock(self._folder / name, thread_local=False)
        try:
            lock.acquire(blocking=False)
        except Timeout:
            return False
        self._held[name] = lock
        return True

    def release(self, name: str) -> None:
        """Remove the file and unlock it."""
        (self._folder / name).unlink(missing_ok=True)
        self._held.pop(name).release()

    def refresh(self) -> bool:
        """Always true: the operating system loses none."""
        return True

    def close(self) -> None:
        """Unlock all."""
        for name in list(self._held):
            self.release(name)
