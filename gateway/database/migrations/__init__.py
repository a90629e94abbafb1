"""How the tables came to be, one step per file in `versions`, applied when the gateway starts."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from gateway.database.engine import Database


async def migrate(database: Database) -> None:
    """Bring the tables up to date. Processes that start together do it one after the other."""
    async with database.writing("migrate") as connection:
        await connection.run_sync(upgrade)


def upgrade(connection: Connection) -> None:
    """Apply the steps that are missing, inside the connection's transaction."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    command.upgrade(config, "head")
