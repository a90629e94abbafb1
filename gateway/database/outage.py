"""Errors of the database: which of them mean that it cannot be used (away, full, broken), and what they say."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError, SQLAlchemyError

from resolvers.errors import StorageUnavailable

VALUE_CLASSES = ("22", "23", "54")
"""Classes of Postgres's codes that blame a value: it does not fit its type, a rule, or an index's rows."""


def is_outage(error: BaseException) -> bool:
    """Whether the database is at fault, and not what was given to it."""
    if isinstance(error, sqlite3.Error | OSError):
        return True
    if not isinstance(error, DBAPIError):
        return isinstance(error, SQLAlchemyError)
    blames_value = isinstance(error, (DataError, IntegrityError, ProgrammingError))
    return not (blames_value or (getattr(error.orig, "sqlstate", None) or "").startswith(VALUE_CLASSES))


class DatabaseUnavailable(StorageUnavailable, SQLAlchemyError):
    """An outage as the rest of the gateway meets it; its cause is what the database's driver said."""


@contextmanager
def named_outages() -> Iterator[None]:
    """Raise `DatabaseUnavailable` for errors inside that mean that the database cannot be used."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:
        if isinstance(error, DatabaseUnavailable) or not is_outage(error):
            raise
        raise DatabaseUnavailable from error


def first_line(error: BaseException) -> str:
    """What the database's driver says, without the statement and its values."""
    error = error.__cause__ or error if isinstance(error, DatabaseUnavailable) else error
    cause = error.orig if isinstance(error, DBAPIError) else error
    return str(cause).strip().partition("\n")[0].rstrip(".") or type(cause).__name__
