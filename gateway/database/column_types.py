"""Types of columns that both databases store and sort alike."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Dialect, Text, func, literal_column
from sqlalchemy.types import TypeDecorator, TypeEngine

from schema.text import storable

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

START_LENGTH = 400
"""Characters of a text that indexes hold: Postgres's index rows have room for 2,704 bytes."""


class StorableText(TypeDecorator[str]):
    """Text. What no database can hold is replaced on its way in (`schema.text`), also where it is compared with."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002  # signature
        """The text to store or to compare with."""
        return None if value is None else storable(value)


class ByteText(StorableText):
    """Text that is compared byte by byte. Postgres compares by language unless it is told not to."""

    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The type of this database."""
        return dialect.type_descriptor(Text(collation="C") if dialect.name == "postgresql" else Text())


class LongText(ByteText):
    """The same for text of any length. Its start is what indexes hold and what lists are sorted by."""

    cache_ok = True


Words = StorableText()
"""Text that is shown and not looked for."""

Key = ByteText()
"""Text that is looked for, and short: an id, a word of the gateway's."""

Prose = LongText()
"""Text that is looked for, of any length."""


class Instant(TypeDecorator[datetime]):
    """An aware datetime as microseconds since 1970."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002  # signature
        """The number to store."""
        return None if value is None else (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  # signature
        """The instant that was stored."""
        return None if value is None else instant(value)


@lru_cache(maxsize=1_000)
def instant(value: int) -> datetime:
    """The instant that a column holds as a number: one object for rows that were written together."""
    return _EPOCH + value * _MICROSECOND


def indexed(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """What indexes hold of a column: all of it, or the start of a text of any length."""
    if not isinstance(column.type, LongText):
        return column
    return func.substr(column, literal_column("1"), literal_column(str(START_LENGTH)), type_=column.type)


def start_of(value: Any) -> Any:
    """What indexes hold of a value of such a text."""
    return value[:START_LENGTH] if isinstance(value, str) else value
