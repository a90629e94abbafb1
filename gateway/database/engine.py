"""The database: one URL, SQLite or Postgres, one set of statements for both.

`sqlite:///path` and `postgresql://...` are understood, and `off` for a gateway that keeps nothing.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from platformdirs import user_data_path
from sqlalchemy import (
    URL,
    CompoundSelect,
    Connection,
    Dialect,
    Engine,
    Select,
    Table,
    create_engine,
    event,
    make_url,
    text,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import ArgumentError

from gateway.database.coroutines import AsyncConnection, AsyncEngine, create_async_engine
from gateway.database.outage import DatabaseUnavailable, named_outages
from schema.text import storable

if TYPE_CHECKING:
    import psycopg

T = TypeVar("T")

OFF = "off"
"""In place of a URL: keep nothing."""

READERS = 4
"""Threads that read a SQLite file at the same time."""

SIZES = (1, 8, 64)
"""Numbers of keys that statements of small questions are made for; more than the last make a question a large one."""

MOST_KEYS = 5000
"""Keys in one statement; SQLite takes 32 766 parameters."""

CONNECT_SECONDS = 5
"""How long a Postgres may take to answer a new connection: a fraction of what an operation may take."""

_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg"}


def database_url(setting: str | None) -> URL | None:
    """The address behind the setting `DATABASE_URL`; null when the setting is `off`.

    Without a setting it is a SQLite file in the user's data folder, which is made if need be.

    Raises:
        ValueError: the setting names neither SQLite nor Postgres. It may hold a password,
            so the message does not repeat it.
    """
    if setting == OFF:
        return None
    if setting is None:
        return URL.create("sqlite", database=str(user_data_path("ats-gateway", ensure_exists=True) / "gateway.sqlite"))
    try:
        url = make_url(setting)
    except ArgumentError:
        raise ValueError("DATABASE_URL is not an address: sqlite:///path or postgresql://... or off") from None
    if url.get_backend_name() not in _DRIVERS:
        raise ValueError("DATABASE_URL must begin with sqlite:// or postgresql://, or be off")
    return url.set(drivername=url.get_backend_name())


def shown_address(setting: str | None) -> str:
    """Where things are kept, for people: the address without user, password and options, or `off`.

    Raises:
        ValueError: as of `database_url`.
    """
    url = database_url(setting)
    if url is None:
        return OFF
    return str(URL.create(url.drivername, host=url.host, port=url.port, database=url.database))


class Database:
    """The connections of one process to the database. Its methods raise `DatabaseUnavailable` where it cannot be used.

    Attributes:
        url: Its address without a driver, for parts that connect by themselves.
        engine: The pool of connections.
    """

    def __init__(self, url: URL) -> None:
        self.url = url
        self.is_postgres = url.get_backend_name() == "postgresql"
        if not self.is_postgres and url.database:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        driver = url.set(drivername=_DRIVERS[url.get_backend_name()])
        waits: dict[str, Any] = {"connect_timeout": CONNECT_SECONDS} if self.is_postgres else {}
        self.engine: AsyncEngine = create_async_engine(driver, connect_args=waits)
        self._writers = self.engine.execution_options(begin="BEGIN IMMEDIATE")
        self._turn = asyncio.Lock()
        self._watch: sqlite3.Connection | None = None
        self._line: psycopg.AsyncConnection[Any] | None = None
        self._thread = ThreadPoolExecutor(1, "database-writer")
        self._readers = ThreadPoolExecutor(READERS, "database-reader")
        self._own: Engine | None = None
        if not self.is_postgres:
            _on_sqlite(self.engine.sync_engine)
            self._own = _on_sqlite(create_engine(url)) if _is_file(url) else None

    async def check(self) -> None:
        """Raise unless the database answers."""
        async with self.reading() as connection:
            await connection.execute(text("SELECT 1"))

    def version(self) -> int | None:
        """A number that is another one as soon as any process has committed something; null where there is none.

        SQLite keeps it in shared memory: asking takes microseconds, so it is asked on the event loop.
        """
        try:  # `named_outages` would take as long as the question
            watch = self._watching()
            return None if watch is None else int(watch.execute("PRAGMA data_version").fetchone()[0])
        except sqlite3.Error as error:
            raise DatabaseUnavailable from error

    async def glance(self, question: Select[Any] | CompoundSelect[Any], **values: Any) -> Sequence[Sequence[Any]]:
        """The rows of a small question, which always is the same object; numbers stay numbers.

        It is asked without what SQLAlchemy adds, which takes longer than the answer: on SQLite on the event loop, on
        Postgres over a connection of its own.
        """
        if self.is_postgres:
            statement, _ = _worded(question, self.engine.dialect)
            return await self._at_server(statement, values)
        watch = self._watching()
        if watch is None:
            async with self.reading() as connection:
                return list(await connection.execute(question, values))
        statement, names = _worded(question, _SQLITE)
        with named_outages():
            rows: list[tuple[Any, ...]] = watch.execute(statement, [values[name] for name in names]).fetchall()
        return rows

    async def _at_server(self, statement: str, values: dict[str, Any]) -> Sequence[Sequence[Any]]:
        """The rows of a statement in Postgres's words."""
        import psycopg  # noqa: PLC0415  large, and not needed on SQLite

        stored = {name: storable(value) if isinstance(value, str) else value for name, value in values.items()}
        try:
            line = self._line if self._line and not self._line.closed else await self._connect()
            return await (await line.execute(statement, stored)).fetchall()
        except psycopg.Error as error:
            raise DatabaseUnavailable from error

    async def _connect(self) -> "psycopg.AsyncConnection[Any]":
        """A connection to Postgres for small questions: a new one, or the one that others have made meanwhile."""
        import psycopg  # noqa: PLC0415  likewise

        address = self.url.render_as_string(hide_password=False)
        made = await psycopg.AsyncConnection.connect(address, autocommit=True, connect_timeout=CONNECT_SECONDS)
        if self._line is None or self._line.closed:
            self._line = made
        else:
            await made.close()
        return self._line

    async def look_up(self, question: Select[Any], keys: Sequence[str], **values: Any) -> Sequence[Sequence[Any]]:
        """The rows of a question like those of `glance`, whose last condition is on the parameter `keys`."""
        if not keys:
            return []
        watch = self._watching()
        if len(keys) > SIZES[-1] or not (watch or self.is_postgres):
            return await self.read(lambda connection: _in_chunks(connection, question, keys, values))
        size = next(size for size in SIZES if size >= len(keys))
        statement, names = _worded(question, self.engine.dialect if watch is None else _SQLITE, size, tuple(values))
        padded = (*keys, *[keys[-1]] * (size - len(keys)))
        if watch is None:
            return await self._at_server(statement, values | dict(zip(_names(size), padded, strict=True)))
        given = [*(values[name] for name in names[:-size]), *map(storable, padded)]
        with named_outages():
            rows: list[tuple[Any, ...]] = watch.execute(statement, given).fetchall()
        return rows

    def _watching(self) -> sqlite3.Connection | None:
        """The event loop's own connection; null where there is none."""
        if self._watch is None and self._own is not None:
            self._watch = sqlite3.connect(str(self.url.database), isolation_level=None, check_same_thread=False)
        return self._watch

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection for reading; every statement sees what is committed by then."""
        with named_outages():
            async with self.engine.connect() as connection:
                yield connection

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Do some reading and return what it returns: on SQLite in one turn of a thread, however many statements."""
        if self._own is None:
            async with self.reading() as connection:
                return await connection.run_sync(work)
        with named_outages():
            return await asyncio.get_running_loop().run_in_executor(self._readers, _read, self._own, work)

    @asynccontextmanager
    async def writing(self, *subject: str) -> AsyncIterator[AsyncConnection]:
        """A transaction that no other one with the same subject overlaps, in this process or another.

        It commits when the block ends and rolls back when the block raises. A later one sees all of it.
        """
        with named_outages():
            if self.is_postgres:
                async with self.engine.begin() as connection:
                    await connection.execute(_ADVISORY_LOCK, {"subject": ":".join(subject)})
                    yield connection
            else:  # one writer per file; waiting here is fair, waiting in SQLite is not
                async with self._turn, self._writers.begin() as connection:
                    yield connection

    async def transact(self, work: Callable[[Connection], T], *subject: str) -> T:
        """Do some work in a transaction like that of `writing`, and return what it returns.

        On SQLite it runs in a thread of its own, from begin to commit: the file's lock is never held while the event
        loop does something else.
        """
        if self._own is None:
            async with self.writing(*subject) as connection:
                return await connection.run_sync(work)
        writers = self._own.execution_options(begin="BEGIN IMMEDIATE")
        with named_outages():
            async with self._turn:
                return await asyncio.get_running_loop().run_in_executor(self._thread, _transact, writers, work)

    async def checkpoint(self) -> None:
        """Leave nothing of what was deleted in the log of a SQLite file, unless somebody is reading it."""
        await self._on_file("PRAGMA wal_checkpoint(TRUNCATE)")

    async def vacuum(self) -> None:
        """Write a SQLite file anew, so that it has nothing of what was deleted, by older versions either."""
        await self._on_file("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)")

    async def _on_file(self, *statements: str) -> None:
        """Run statements outside of a transaction; nothing on Postgres, which reuses the room by itself."""
        if self._own is not None:
            async with self._turn:
                await asyncio.get_running_loop().run_in_executor(self._thread, _run, self._own, statements)

    def insert(self, table: Table) -> Any:
        """An insert that may say what to do on conflict, in this database's dialect."""
        return import_module(f"sqlalchemy.dialects.{self.url.get_backend_name()}").insert(table)

    def upsert(self, connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
        """Insert the rows, all with the same columns, or overwrite those columns where the primary key exists."""
        if not rows:
            return
        statement = self.insert(table)
        keys = {column.name for column in table.primary_key}
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=list(table.primary_key),
                set_={name: statement.excluded[name] for name in rows[0] if name not in keys},
            ),
            list(rows),
        )

    async def close(self) -> None:
        """Give the connections back."""
        if self._watch is not None:
            self._watch.close()
            self._watch = None
        if self._line is not None:
            await self._line.close()
        self._thread.shutdown()
        self._readers.shutdown()
        if self._own is not None:
            self._own.dispose()
        await self.engine.dispose()


_ADVISORY_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:subject, 0))")


_SQLITE = sqlite.dialect()


@cache
def _worded(
    question: Select[Any] | CompoundSelect[Any], dialect: Dialect, keys: int = 0, named: Sequence[str] = ()
) -> tuple[str, Sequence[str]]:
    """A question in a database's words, and the names of its values in order where they go by their place.

    Args:
        question: The question.
        dialect: Of the database.
        keys: For how many keys, where it is about keys.
        named: Names of its other values then.
    """
    asked = question.params(keys=[""] * keys, **dict.fromkeys(named)) if keys else question
    compiled = asked.compile(dialect=dialect, compile_kwargs={"render_postcompile": bool(keys)})
    return str(compiled), compiled.positiontup or ()


@cache
def _names(keys: int) -> Sequence[str]:
    """What SQLAlchemy calls the values of the parameter `keys`."""
    return [f"keys_{number}" for number in range(1, keys + 1)]


def _in_chunks(
    connection: Connection, question: Select[Any], keys: Sequence[str], values: dict[str, Any]
) -> list[Sequence[Any]]:
    rows: list[Sequence[Any]] = []
    for start in range(0, len(keys), MOST_KEYS):
        rows += connection.execute(question, {**values, "keys": keys[start : start + MOST_KEYS]}).all()
    return rows


def _is_file(url: URL) -> bool:
    return bool(url.database) and url.database != ":memory:"


def _on_sqlite(engine: Engine) -> Engine:
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _read(engine: Engine, work: Callable[[Connection], T]) -> T:
    with engine.connect() as connection:
        return work(connection)


def _transact(engine: Engine, work: Callable[[Connection], T]) -> T:
    with engine.begin() as connection:
        return work(connection)


def _run(engine: Engine, statements: Sequence[str]) -> None:
    with engine.connect() as connection, suppress(sqlite3.OperationalError):  # somebody else is at it, or no room
        raw: Any = connection.connection.driver_connection
        for statement in statements:
            raw.execute(statement).fetchall()


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """Leave transactions to `_begin_sqlite`, wait for other writers, and let readers and a writer work at once.

    What is deleted is overwritten: the content of erased records shall not be found in the file.
    """
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("busy_timeout = 30000", "journal_mode = WAL", "synchronous = NORMAL", "secure_delete = ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    """Writers take the file's lock at once: taking it midway fails when another one wrote in between."""
    connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))
