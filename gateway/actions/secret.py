"""The secret that all processes on one database sign addresses with."""

import secrets

from sqlalchemy import select

from gateway.actions.links import SECRET_NAME
from gateway.database.engine import Database
from gateway.database.tables import SECRETS

SECRET_BYTES = 32


async def shared_secret(database: Database) -> bytes:
    """The secret that all processes on this database sign with; made when there is none."""
    async with database.writing("secrets") as connection:
        fresh = {"name": SECRET_NAME, "value": secrets.token_bytes(SECRET_BYTES)}
        await connection.execute(database.insert(SECRETS).on_conflict_do_nothing(), fresh)
        kept = select(SECRETS.c.value).where(SECRETS.c.name == SECRET_NAME)
        return bytes((await connection.execute(kept)).scalar_one())
