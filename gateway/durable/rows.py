"""What DBOS has written down of workflows, read without loading it: most processes never run one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Connection, Text, bindparam, column, inspect, select, table

from gateway.database.engine import Database

SCHEMA = "dbos"
"""Where DBOS has its tables on Postgres."""

PENDING = "PENDING"
QUEUED = ("ENQUEUED", "DELAYED")
UNFINISHED = (PENDING, *QUEUED)
FINISHED = ("SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")
"""DBOS's states of a workflow."""


class Row(NamedTuple):
    """A workflow.

    Attributes:
        key: Of the workflow.
        state: One of those above.
        process: Name of the process that ran it last; null for one that none did.
    """

    key: str
    state: str
    process: str | None


def has_tables(connection: Connection) -> bool:
    """Whether DBOS was ever launched on this database."""
    schema = SCHEMA if connection.dialect.name == "postgresql" else None
    return inspect(connection).has_table("workflow_status", schema)


class Rows:
    """The workflows in a database. Before DBOS was launched on it there are none.

    Args:
        database: The database.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._there = False
        rows = table(
            "workflow_status",
            *(column(name, Text) for name in ("workflow_uuid", "status", "executor_id", "name")),
            column("completed_at", BigInteger),
            schema=SCHEMA if database.is_postgres else None,
        ).c
        chosen = select(rows.workflow_uuid, rows.status, rows.executor_id)
        self._one = chosen.where(rows.workflow_uuid == bindparam("key"))
        self._unfinished = chosen.where(rows.status.in_(UNFINISHED))
        self._pending = chosen.where(rows.status == PENDING, rows.executor_id == bindparam("process"))
        self._finished = (
            chosen.where(rows.status.in_(FINISHED), rows.name == bindparam("kind"))
            .where(rows.completed_at < bindparam("before"))
            .order_by(rows.completed_at)
            .limit(bindparam("most"))
        )

    async def state(self, key: str) -> str | None:
        """The state of the workflow with this key; null for one that is not known."""
        found = await self._database.glance(self._one, key=key) if await self._are_there() else ()
        return Row(*found[0]).state if found else None

    async def unfinished(self) -> Sequence[Row]:
        """Those that have not ended."""
        return await self._read(self._unfinished)

    async def pending(self, process: str) -> Sequence[Row]:
        """Those that a process has under way, or had when it died."""
        return await self._read(self._pending, process=process)

    async def finished(self, kind: str, before: datetime, most: int) -> Sequence[Row]:
        """Those of one kind that had ended by then, oldest first."""
        return await self._read(self._finished, kind=kind, before=int(before.timestamp() * 1000), most=most)

    async def _read(self, question: Any, **values: Any) -> Sequence[Row]:
        if not await self._are_there():
            return ()
        return await self._database.read(lambda connection: [Row(*row) for row in connection.execute(question, values)])

    async def _are_there(self) -> bool:
        self._there = self._there or await self._database.read(has_tables)
        return self._there
