"""Files of actions that are not finished, kept piece by piece in the database so that any process can send them."""

from collections.abc import AsyncIterable, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import IO
from uuid import uuid4

from sqlalchemy import ColumnElement, delete, insert, select

from gateway.clock import Clock
from gateway.database.engine import Database
from gateway.database.tables import CHUNKS, FILES


@dataclass(frozen=True, slots=True)
class Stored:
    """A file in the spool.

    Attributes:
        id: Of the file.
        size: Length in bytes.
        head: Its first bytes, enough to tell what it is.
    """

    id: str
    size: int
    head: bytes


class TooLarge(Exception):
    """A file is larger than the limit."""


HEAD_BYTES = 8192
"""Enough to recognise a file's type by."""


IN_MEMORY = 1_000_000
"""How much of a file that is being sent is held in memory, in bytes."""


class Spool:
    """The files of all actions on one database.

    Args:
        database: Where they are kept.
        clock: Where instants come from.
        limit: Largest file, in bytes.
    """

    def __init__(self, database: Database, clock: Clock, limit: int) -> None:
        self._database = database
        self._clock = clock
        self.limit = limit

    async def store(self, action_id: str, pieces: AsyncIterable[bytes]) -> Stored:
        """Keep a file, piece by piece.

        Raises:
            TooLarge: it is larger than the limit; nothing of it is kept.
        """
        file_id, size, head, place = uuid4().hex, 0, b"", 0
        row = {"id": file_id, "action_id": action_id, "stored_at": self._clock()}
        async with self._database.writing("action_files", file_id) as connection:
            await connection.execute(insert(FILES), [row])
        try:
            async for piece in _capped(pieces, self.limit):
                size += len(piece)
                head = (head + piece)[:HEAD_BYTES] if len(head) < HEAD_BYTES else head
                async with self._database.writing("action_files", file_id) as connection:
                    await connection.execute(insert(CHUNKS), [{"file_id": file_id, "place": place, "data": piece}])
                place += 1
        except BaseException:
            await self._drop(FILES.c.id == file_id)
            raise
        return Stored(file_id, size, head)

    @asynccontextmanager
    async def opened(self, file_id: str) -> AsyncIterator[IO[bytes]]:
        """A file, to be read from its beginning; what does not fit into little memory lies on disk meanwhile."""
        pieces = select(CHUNKS.c.data).where(CHUNKS.c.file_id == file_id).order_by(CHUNKS.c.place)
        with SpooledTemporaryFile(max_size=IN_MEMORY) as content:
            async with self._database.reading() as connection:
                async for piece in await connection.stream_scalars(pieces):
                    content.write(piece)
            content.seek(0)
            yield content

    async def empty(self, action_id: str) -> None:
        """Forget the files of an action."""
        await self._drop(FILES.c.action_id == action_id)

    async def forget_before(self, instant: datetime) -> None:
        """Forget files that were stored before an instant, whatever became of their action."""
        await self._drop(FILES.c.stored_at < instant)

    async def _drop(self, which: ColumnElement[bool]) -> None:
        async with self._database.writing("action_files") as connection:
            ids = select(FILES.c.id).where(which)
            await connection.execute(delete(CHUNKS).where(CHUNKS.c.file_id.in_(ids)))
            await connection.execute(delete(FILES).where(which))


async def _capped(pieces: AsyncIterable[bytes], limit: int) -> AsyncIterator[bytes]:
    """The pieces, until there are too many of them."""
    size = 0
    async for piece in pieces:
        size += len(piece)
        if size > limit:
            raise TooLarge
        yield piece
