"""Erasing the workflows of an integration."""

import asyncio
from datetime import timedelta

from gateway.database.engine import Database
from gateway.durable.erasure import erase_workflows
from gateway.durable.workflows import Kind
from tests.gateway.durable.test_workflows import rows, running

KEPT = Kind("test-erased", kept_for=timedelta(hours=1))


async def test_workflows_of_an_integration_are_erased_in_any_state(database: Database) -> None:
    """Those of another one stay; without DBOS's tables there are none."""
    assert await erase_workflows(database, "one") == 0
    begun = asyncio.Event()

    async def wait(key: str, *_: object) -> None:
        if key == "endless":
            begun.set()
            await asyncio.Event().wait()

    async with running(database) as workflows:
        workflows.register(KEPT, wait)
        await workflows.begin(KEPT, "named", "one", "FULL")
        await workflows.begin(KEPT, "endless", {"integration": "one"})
        await workflows.begin(KEPT, "other", "two")
        await begun.wait()
    assert await erase_workflows(database, "one") == 2
    assert (await rows(database))["workflow_status"] == 1
