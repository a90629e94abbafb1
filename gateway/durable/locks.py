"""Process locks: a process that can take a worker's lock knows that it is dead, and may take up its workflows.

Each process holds a lock for as long as it lives. The operating system or the database releases the lock of a process
that was killed, at once and without a clock.
"""

from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Protocol

import psycopg
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
    return SessionLocks(url) if url.get_backend_name() == "postgresql" else FileLocks(url)


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


class SessionLocks:
    """Advisory locks of a Postgres session that is kept for them alone."""

    def __init__(self, url: URL) -> None:
        self._address = url.render_as_string(hide_password=False)
        self._session = psycopg.connect(self._address, autocommit=True)
        self._held: set[str] = set()

    def take(self, name: str) -> bool:
        """Lock the number that stands for this name."""
        try:
            row = self._session.execute("SELECT pg_try_advisory_lock(%s)", (_number(name),)).fetchone()
        except psycopg.OperationalError:  # the session broke; `refresh` makes a new one
            return False
        taken = row is not None and bool(row[0])
        self._held |= {name} if taken else set()
        return taken

    def release(self, name: str) -> None:
        """Unlock it."""
        with suppress(psycopg.OperationalError):  # a session that broke holds none
            self._session.execute("SELECT pg_advisory_unlock(%s)", (_number(name),))
        self._held.discard(name)

    def refresh(self) -> bool:
        """Replace a session that broke, and take its locks again."""
        try:
            self._session.execute("SELECT 1")
        except psycopg.OperationalError:
            self._session.close()
            self._session = psycopg.connect(self._address, autocommit=True)
            for name in list(self._held):
                self.take(name)
            return False
        return True

    def close(self) -> None:
        """End the session, and with it all locks."""
        self._session.close()


def _number(name: str) -> int:
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), signed=True)
