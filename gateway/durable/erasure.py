"""Erasing the workflows of an integration, without running any."""

import asyncio
from collections.abc import Mapping
from typing import Any

from dbos import DBOSClient

from gateway.database.engine import Database
from gateway.durable.rows import has_tables
from gateway.durable.runtime import JsonSerializer


async def erase_workflows(database: Database, integration: str) -> int:
    """Delete all workflows that are about an integration, whatever their state; how many there were.

    One that is running stops at its next step. A workflow is about an integration when one of its arguments is its
    name, or an object whose `integration` is.
    """
    async with database.reading() as connection:
        if not await connection.run_sync(has_tables):
            return 0
    return await asyncio.to_thread(_erase, database.url.render_as_string(hide_password=False), integration)


def _erase(address: str, integration: str) -> int:
    client = DBOSClient(system_database_url=address, serializer=JsonSerializer())
    try:
        workflows = client.list_workflows(load_output=False)
        ids = [workflow.workflow_id for workflow in workflows if _is_about(workflow.input, integration)]
        if ids:
            client.delete_workflows(ids)
        return len(ids)
    finally:
        client.destroy()


def _is_about(given: Mapping[str, Any] | None, integration: str) -> bool:
    return any(
        argument == integration or (isinstance(argument, Mapping) and argument.get("integration") == integration)
        for argument in (given or {}).get("args", ())
    )
