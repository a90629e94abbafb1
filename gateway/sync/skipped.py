"""Records that a sync cannot take: they are noted by key, and keep no other record from coming."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import delete, func, select

from gateway.database.columns import listed
from gateway.database.engine import Database
from gateway.database.outage import is_outage
from gateway.database.tables import SKIPPED
from gateway.sync.failure import code_of
from resolvers.errors import TryAgain, UpstreamUnauthorized
from schema.record import Tracked

NAMED = 100
"""Skipped records of a model that are named at most."""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Skips:
    """The records of one model that could not be taken.

    Attributes:
        count: How many.
        keys: The first of them, in order.
    """

    count: int = 0
    keys: Sequence[str] = ()


class Intake:
    """What is taken of one page.

    Args:
        database: Where the notes are.
        integration: Whose page it is.
        asked: When the ATS was asked for it.
    """

    def __init__(self, database: Database, integration: str, asked: datetime) -> None:
        self._database = database
        self._integration = integration
        self._asked = asked
        self._taken: set[tuple[str, str]] = set()
        self._skipped: dict[tuple[str, str], str] = {}

    async def keep(
        self,
        model: str,
        records: Sequence[Tracked],
        write: Callable[[Sequence[Tracked]], Awaitable[Any]],
    ) -> Sequence[Tracked]:
        """Write records, one by one where they cannot be written together; those that could be.

        Args:
            model: Name of their model.
            records: The records.
            write: Writes some of them, all or none.

        Raises:
            Exception: the database is at fault.
        """
        try:
            await write(records)
            kept = records
        except Exception as failed:  # noqa: BLE001  whatever a value can do to a database
            _raise_what_is_no_matter_of_one(failed)
            kept = [record for record in records if await self._is_kept(model, record, write)]
        self._taken.update((model, listed(record.key)) for record in kept if record.is_listed)
        return kept

    async def _is_kept(self, model: str, record: Tracked, write: Callable[[Sequence[Tracked]], Awaitable[Any]]) -> bool:
        try:
            await write([record])
        except Exception as failed:  # noqa: BLE001  likewise
            self.skip(model, record.key, failed)
            return False
        return True

    def skip(self, model: str, key: str, failed: Exception) -> None:
        """Leave a record out.

        Raises:
            Exception: what failed, where that is no matter of one record.
        """
        _raise_what_is_no_matter_of_one(failed)
        self._skipped[model, listed(key)] = code_of(failed)
        _log.warning("record_skipped", integration=self._integration, model=model, error=type(failed).__name__)

    async def note(self) -> None:
        """Write down what was left out, and drop the notes on what was taken."""
        over = await _noted(self._database, self._integration) & (self._taken - self._skipped.keys())
        if not (over or self._skipped):
            return
        own = {"integration": self._integration, "at": self._asked}
        rows = [own | {"model": model, "key": key, "code": code} for (model, key), code in self._skipped.items()]
        async with self._database.writing("syncs", self._integration) as connection:
            for model, key in over:
                is_one = (SKIPPED.c.integration == self._integration, SKIPPED.c.model == model, SKIPPED.c.key == key)
                await connection.execute(delete(SKIPPED).where(*is_one))
            await connection.run_sync(self._database.upsert, SKIPPED, rows)


async def spare_skipped(
    database: Database, integration: str, model: str, keys: Sequence[str], since: datetime
) -> list[str]:
    """Those of these keys under which no record came, then or later, that could not be taken."""
    own = (SKIPPED.c.integration == integration, SKIPPED.c.model == model, SKIPPED.c.at >= since)
    async with database.reading() as connection:
        skipped = set(await connection.scalars(select(SKIPPED.c.key).where(*own)))
    return [key for key in keys if listed(key) not in skipped]


async def forget_skipped(database: Database, integration: str, models: Collection[str], before: datetime) -> None:
    """Drop the notes on records that did not come since: they are no more in a list that was read whole."""
    own = (SKIPPED.c.integration == integration, SKIPPED.c.model.in_(models), SKIPPED.c.at < before)
    async with database.reading() as connection:
        if await connection.scalar(select(func.count()).select_from(SKIPPED).where(*own)) == 0:
            return
    async with database.writing("syncs", integration) as connection:
        await connection.execute(delete(SKIPPED).where(*own))


async def skips(database: Database, integration: str) -> dict[str, Skips]:
    """Model -> its records that could not be taken; a model without any is absent."""
    own = SKIPPED.c.integration == integration
    found: dict[str, Skips] = {}
    async with database.reading() as connection:
        counted = select(SKIPPED.c.model, func.count()).where(own).group_by(SKIPPED.c.model)
        for model, count in list(await connection.execute(counted)):
            named = select(SKIPPED.c.key).where(own, SKIPPED.c.model == model).order_by(SKIPPED.c.key).limit(NAMED)
            found[model] = Skips(count, list(await connection.scalars(named)))
    return found


async def _noted(database: Database, integration: str) -> set[tuple[str, str]]:
    question = select(SKIPPED.c.model, SKIPPED.c.key).where(SKIPPED.c.integration == integration)
    async with database.reading() as connection:
        return {(model, key) for model, key in await connection.execute(question)}


def _raise_what_is_no_matter_of_one(failed: Exception) -> None:
    """Raise what is no matter of one record."""
    if is_outage(failed) or isinstance(failed, (TryAgain, UpstreamUnauthorized)):
        raise failed
