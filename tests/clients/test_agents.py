"""The official client of the Model Context Protocol, over both of its ways."""

import sys
from typing import Any

import orjson
import pytest
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

from tests.clients.server import environment

PERSON = {"firstName": "Mary", "lastName": "Somerville", "emailAddress": "mary.somerville@example.com"}


async def answer_of(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    """The answer of a tool, as JSON."""
    result = await client.call_tool(tool, arguments)
    answer: dict[str, Any] = orjson.loads(result.content[0].text)  # type: ignore[union-attr]  # text is all we send
    return answer


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_an_agent_reads_over_http(address: str, mode: str) -> None:
    """With the newest form of the protocol and with the one before."""
    async with Client(f"http://{address}/mcp", mode=mode) as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert tools["search_candidates"].annotations
        assert tools["search_candidates"].annotations.read_only_hint
        (found,) = (await answer_of(client, "search_candidates", first=1))["data"]["candidates"]["nodes"]
        story = (await answer_of(client, "candidate_story", id=found["id"]))["data"]["candidate"]
        assert story["lastName"] == found["lastName"]


async def test_an_agent_writes_what_the_person_agreed_to_once(address: str) -> None:
    """The plan writes nothing; however often it is carried out, there is one candidate."""
    async with Client(f"http://{address}/mcp") as client:
        plan = await answer_of(client, "create_candidate", candidate=PERSON)
        assert plan["data"]["createCandidate"]["plannedCalls"][0]["method"] == "POST"
        assert not await found_by_email(client)
        for replayed in (False, True):
            done = await answer_of(client, "create_candidate", candidate=PERSON, planKey=plan["planKey"])
            assert done["data"]["createCandidate"]["replayed"] is replayed
        assert len(await found_by_email(client)) == 1


async def test_an_agent_on_this_machine_asks_a_running_gateway(address: str) -> None:
    """Over standard input and output; tools that write have to be allowed."""
    command = [
        sys.executable,
        "-c",
        "from gateway.cli import main; main()",
        "mcp",
        "--url",
        f"http://{address}/graphql",
    ]
    server = StdioServerParameters(command=command[0], args=command[1:], env=environment())
    async with Client(stdio_client(server)) as client:
        names = {tool.name for tool in (await client.list_tools()).tools}
        assert "create_candidate" not in names
        assert (await answer_of(client, "search_jobs", first=1))["data"]["jobs"]["nodes"]


async def found_by_email(client: Client) -> list[Any]:
    """The candidates with the person's address."""
    answer = await answer_of(client, "search_candidates", email=PERSON["emailAddress"])
    found: list[Any] = answer["data"]["candidates"]["nodes"]
    return found
