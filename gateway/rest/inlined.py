"""Applications inside a candidate: all of them, however many there are."""

from __future__ import annotations

from typing import Any

from gateway.rest.asking import Ask
from gateway.rest.errors import refused
from gateway.rest.records import APPLICATION_OF_CANDIDATE
from gateway.rest.shapes import CONNECTION

FURTHER = (
    "query ListFurtherApplications($id: ID!, $after: String) "
    "{ candidate(id: $id) { applications(first: 250, after: $after) "
    f"{CONNECTION % f'nodes {{ {APPLICATION_OF_CANDIDATE.selection} }}'} }} }}"
)
"""Asks for the applications of a candidate behind those that are known."""


async def complete(ask: Ask, node: dict[str, Any]) -> dict[str, Any]:
    """The record, with the applications that did not fit into the page it was read with.

    Raises:
        RefusedError: they cannot be had.
    """
    page = node.get("applications")
    nodes = list(page["nodes"]) if page else []
    while page and page["pageInfo"]["hasNextPage"]:
        answer = await ask(FURTHER, {"id": node["id"], "after": page["pageInfo"]["endCursor"]})
        for error in answer.errors:
            raise refused(error, {}, "INTEGRATION.MODEL_DISABLED")
        page = answer.data["candidate"]["applications"]
        nodes += page["nodes"]
    return {**node, "applications": {"nodes": nodes}} if nodes else node
