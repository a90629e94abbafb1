"""Small questions, asked without what SQLAlchemy adds."""

import asyncio

import pytest
from sqlalchemy import column, func, select, table

from gateway.database.engine import Database
from gateway.database.outage import DatabaseUnavailable
from gateway.database.tables import CHANGES

NEWEST = select(func.max(CHANGES.c.position))


async def test_a_small_question_is_answered_whoever_asks_first(database: Database) -> None:
    """Several at once before there is a connection for them, and again after that broke."""
    assert await asyncio.gather(*(database.glance(NEWEST) for _ in range(3))) == [[(None,)]] * 3
    if database._line is not None:  # noqa: SLF001  only Postgres has one that can break
        await database._line.close()  # noqa: SLF001  likewise
    assert await database.glance(NEWEST) == [(None,)]


async def test_a_small_question_that_cannot_be_answered_is_an_outage(database: Database) -> None:
    """Whatever the database's driver calls it."""
    with pytest.raises(DatabaseUnavailable):
        await database.glance(select(column("x")).select_from(table("nowhere")))
