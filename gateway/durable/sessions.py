"""Process locks on Postgres: its sessions end with their processes."""

from contextlib import suppress
from hashlib import blake2b

import psycopg
from sqlalchemy import URL


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
