"""The facts that were learnt about an account, a row each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, delete, select

from gateway.database.engine import Database
from gateway.database.tables import PROFILE
from resolvers.ports.profile import Fact, Sight
from schema.profile import LearntBy


class DatabaseProfile:
    """The rows of one account; fills `resolvers.ports.profile.ProfileRows`.

    Args:
        database: Where they are.
        integration: Name of the account.
    """

    def __init__(self, database: Database, integration: str) -> None:
        self._database = database
        self._integration = integration

    async def read(self) -> Sequence[Fact]:
        """All facts, by one select."""
        question = select(PROFILE).where(PROFILE.c.integration == self._integration)
        return await self._database.read(lambda connection: [_fact(row) for row in connection.execute(question)])

    async def write(self, sight: Sight) -> Fact | None:
        """Apply what was seen to the row; the fact if it drifted by that, so that one process alone gets to know."""

        def work(connection: Connection) -> Fact | None:
            row = connection.execute(select(PROFILE).where(*self._own(sight.name))).one_or_none()
            known = None if row is None else _fact(row)
            fact = sight.over(known)
            if fact is None or fact is known:
                return None
            self._database.upsert(connection, PROFILE, [self._row(fact)])
            return fact if fact.has_drifted_since(known) else None

        return await self._database.transact(work, "profile", self._integration)

    async def forget(self) -> Sequence[str]:
        """Delete all rows; the names of the facts."""

        def work(connection: Connection) -> list[str]:
            own = PROFILE.c.integration == self._integration
            names = list(connection.scalars(select(PROFILE.c.name).where(own)))
            connection.execute(delete(PROFILE).where(own))
            return names

        return await self._database.transact(work, "profile", self._integration)

    def _own(self, name: str) -> tuple[Any, ...]:
        return PROFILE.c.integration == self._integration, PROFILE.c.name == name

    def _row(self, fact: Fact) -> dict[str, Any]:
        return {
            "integration": self._integration,
            "name": fact.name,
            "value": orjson.dumps(fact.value).decode(),
            "learnt_at": fact.learnt_at,
            "learnt_by": fact.learnt_by.value,
            "drifted_at": fact.drifted_at,
            "before": None if fact.before is None else orjson.dumps(fact.before).decode(),
        }


def _fact(row: Any) -> Fact:
    before = None if row.before is None else orjson.loads(row.before)
    value = orjson.loads(row.value)
    return Fact(row.name, value, row.learnt_at, LearntBy(row.learnt_by), row.drifted_at, before)
