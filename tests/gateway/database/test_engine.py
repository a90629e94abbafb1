"""Small questions, asked without what SQLAlchemy adds."""

import asyncio

import pytest
from sqlalchemy import bindparam, column, func, insert, select, table

from gateway.database.column_types import Key
from gateway.database.engine import Database
from gateway.database.outage import DatabaseUnavailable
from gateway.database.tables import CHANGES, QUOTA

NEWEST = select(func.max(CHANGES.c.position))
_NAMED = select(QUOTA.c.name).where(
    QUOTA.c.grants == bindparam("grants"), QUOTA.c.name.in_(bindparam("keys", type_=Key, expanding=True))
)


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


@pytest.mark.parametrize("number", [0, 1, 3, 8, 9, 64, 65])
async def test_a_question_about_keys_is_answered_for_however_many(database: Database, number: int) -> None:
    """Each key that is there has its row, once; a key with what no database holds is like any other that is not."""
    async with database.writing("test") as connection:
        await connection.execute(insert(QUOTA), [{"name": f"k{each}", "grants": "[]"} for each in range(80)])
    asked = [f"k{each}" for each in range(number)]
    found = await database.look_up(_NAMED, [*asked, *["\0"] * (number > 1)], grants="[]")
    assert sorted(name for (name,) in found) == sorted(asked)
