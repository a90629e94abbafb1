"""A gateway that is asked in the words of the REST API."""

from typing import Any

import httpx

from tests.end_to_end.conftest import World, world

__all__ = ["ROOT", "get", "refusal", "results", "world"]

ROOT = "/v1/ats"


async def get(world: World, path: str, **headers: str) -> httpx.Response:
    """What is at a path; the simulator's log starts anew with it."""
    world.simulator.reset_log()
    return await world.http.get(f"{ROOT}/{path}", headers=headers)


async def results(world: World, path: str, **headers: str) -> list[dict[str, Any]]:
    """The records of a page that must be there."""
    response = await get(world, path, **headers)
    assert response.status_code == 200, response.text
    answer = response.json()
    assert answer["status"] == "success"
    found: list[dict[str, Any]] = answer["data"]["results"]
    return found


def refusal(response: httpx.Response) -> tuple[int, str, str]:
    """Status, code and message of a refusal; its envelope is whole."""
    answer = response.json()
    assert answer["status"] == "error"
    assert answer["error"].keys() == {"code", "title", "message", "log_url"}
    assert answer["error"]["title"]
    return response.status_code, answer["error"]["code"], answer["error"]["message"]
