"""How the tables came to be, one step per file in `versions`, applied when the gateway starts."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from gateway.database.engine import Database

NUMBER_LENGTH = 4


async def migrate(database: Database) -> None:
    """Bring the tables up to date. Processes that start together do it one after the other."""
    async with database.reading() as connection:
        if await connection.run_sync(_version) == newest():
            return
    async with database.writing("migrate") as connection:
        await connection.run_sync(upgrade)


def upgrade(connection: Connection) -> None:
    """Apply the steps that are missing, inside the connection's transaction."""
    from alembic import command  # noqa: PLC0415  large, and only needed after an update
    from alembic.config import Config  # noqa: PLC0415  likewise

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    command.upgrade(config, "head")


def newest() -> str:
    """The last step: files of steps begin with their number."""
    return max(path.name[:NUMBER_LENGTH] for path in (Path(__file__).parent / "versions").glob("[0-9]*.py"))


def _version(connection: Connection) -> str | None:
    """The last step that was applied; null where there was none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found
