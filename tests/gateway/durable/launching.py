"""A process that makes statements while it launches workflows for the first time."""

import asyncio
import sys
from typing import Any

from sqlalchemy import Select, bindparam, select

from gateway.durable.workflows import Workflows
from tests.databases import open_database


class Name(str):
    """A text of a type of its own, as names of accounts are."""

    __slots__ = ()


async def _launch(address: str) -> None:
    database = open_database(address)
    workflows = Workflows(database)
    await workflows.start()
    launch = asyncio.create_task(workflows.launched())
    while not launch.done():
        question: Select[Any] = select(bindparam("name", Name("crelate:default")))
        await asyncio.sleep(0)
    async with database.reading() as connection:
        await connection.execute(question)
    await workflows.stop()
    await database.close()


if __name__ == "__main__":
    assert "dbos" not in sys.modules
    asyncio.run(_launch(sys.argv[1]))
