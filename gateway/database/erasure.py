"""Erasing: every row of an integration, in every table."""

from sqlalchemy import ColumnElement, delete, func, select

from gateway.database.coroutines import AsyncConnection
from gateway.database.engine import Database
from gateway.database.tables import ACTIONS, CHUNKS, FILES, INTENTS, METADATA, QUOTA
from schema.actions.action import ActionOutcome


class ActionsPending(Exception):
    """Actions of the integration are not over: their workflows need what would be erased."""

    def __init__(self, integration: str, count: int) -> None:
        actions = "an action is" if count == 1 else f"{count} actions are"
        super().__init__(
            f"Nothing was erased: {actions} pending for {integration}. Let a running gateway finish, then erase again."
        )


async def erase_rows(database: Database, integration: str) -> dict[str, int]:
    """Delete all that is kept about an integration, in one transaction.

    Returns:
        Table -> rows that were deleted, for tables that had any.

    Raises:
        ActionsPending: an action of it is pending. Nothing was deleted then.
    """
    async with database.writing("replica", integration) as connection:
        if pending := await _pending(connection, integration):
            raise ActionsPending(integration, pending)
        deleted = {
            table: (await connection.execute(delete(METADATA.tables[table]).where(which))).rowcount
            for table, which in _rows(integration).items()
        }
    return {table: rows for table, rows in deleted.items() if rows}


async def _pending(connection: AsyncConnection, integration: str) -> int:
    own = (ACTIONS.c.integration == integration, ACTIONS.c.outcome == ActionOutcome.PENDING.name)
    return await connection.scalar(select(func.count()).select_from(ACTIONS).where(*own)) or 0


def _rows(integration: str) -> dict[str, ColumnElement[bool]]:
    """Table -> its rows of the integration; tables that lead to others come after those."""
    actions = select(ACTIONS.c.id).where(ACTIONS.c.integration == integration)
    files = select(FILES.c.id).where(FILES.c.action_id.in_(actions))
    return {
        CHUNKS.name: CHUNKS.c.file_id.in_(files),
        FILES.name: FILES.c.action_id.in_(actions),
        INTENTS.name: INTENTS.c.action_id.in_(actions),
        QUOTA.name: QUOTA.c.name == integration,
        **{
            name: table.c.integration == integration
            for name, table in METADATA.tables.items()
            if "integration" in table.c
        },
    }
