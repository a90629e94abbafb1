"""How the tables came to be, one step per file in `versions`, applied when the gateway starts.

A new database gets the tables as they are now, which is what the steps lead to.
"""

from pathlib import Path

from sqlalchemy import Column, Connection, MetaData, PrimaryKeyConstraint, String, Table, inspect, select

from gateway.database.engine import Database

NUMBER_LENGTH = 4


async def migrate(database: Database) -> None:
    """Bring the tables up to date. Processes that start together do it one after the other."""
    if await database.read(_version) != newest():
        await database.transact(_make_or_upgrade, "migrate")


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


def _make(connection: Connection) -> None:
    """Make all tables in an empty database, inside the connection's transaction."""
    from gateway.database.indexes import with_indexes  # noqa: PLC0415  only needed here

    with_indexes(connection.dialect.name).create_all(connection, checkfirst=False)
    _VERSIONS.create(connection)
    connection.execute(_VERSIONS.insert().values(version_num=newest()))


def _make_or_upgrade(connection: Connection) -> None:
    """Whichever it takes: another process may have made the tables since `migrate` looked."""
    (_make if _version(connection) is None else upgrade)(connection)


def _version(connection: Connection) -> str | None:
    """The last step that was applied; null where there was none."""
    if not inspect(connection).has_table(_VERSIONS.name):
        return None
    found: str | None = connection.scalar(select(_VERSIONS.c.version_num))
    return found


_VERSIONS = Table(
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)
"""Where Alembic notes the last step."""
