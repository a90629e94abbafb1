"""Reading whole lists while they change."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest

from gateway.crelate.client import Client
from gateway.crelate.reading import company
from gateway.crelate.reading.listing import RowPage, complete, pages
from gateway.crelate.reading.lists import CrelateLists
from gateway.crelate.reading.session import Session
from gateway.simulator import FaultKind, Simulator
from resolvers.errors import UpstreamUnreadable
from tests.gateway.crelate.conftest import KEY, World


def contacts(world: World) -> set[str]:
    """Keys of all contacts there are."""
    return set(world.keys("contacts"))


async def test_a_list_is_read_page_by_page(world: World) -> None:
    """A hundred rows at a time."""
    rows = await complete(pages(world.connector.account.client, "/contacts"))
    assert rows.keys() == contacts(world)
    assert world.counts == {"GET /contacts": -(-len(rows) // 100)}


async def test_a_server_with_smaller_pages_is_followed(world: World) -> None:
    """The next page starts where the last one ended, wherever that is (ASM-01)."""
    world.simulator.knobs.max_page = 40
    rows = await complete(pages(world.connector.account.client, "/contacts"))
    assert rows.keys() == contacts(world)


@pytest.mark.parametrize("kind", [FaultKind.INSERT_ROW, FaultKind.DELETE_RECORD])
async def test_rows_that_shift_are_neither_lost_nor_doubled(world: World, kind: FaultKind) -> None:
    """A list that comes out too short is read again (ASM-02)."""
    before = contacts(world)
    world.simulator.faults.add(kind, "/contacts")
    rows = await complete(pages(world.connector.account.client, "/contacts"))
    assert before & contacts(world) <= rows.keys() <= before | contacts(world)


async def test_a_list_without_a_total_is_followed_to_its_end() -> None:
    """By `MoreRecords`, one page after the other."""

    async def read(offset: int) -> RowPage:
        names = [str(number) for number in range(offset, min(offset + 3, 8))]
        return RowPage({name: {"Id": name} for name in names}, None, len(names), offset + 3 < 8)

    assert list(await complete(read)) == [str(number) for number in range(8)]


async def test_a_list_that_never_adds_up_is_given_up() -> None:
    """Reading again has an end."""
    reads: list[int] = []

    async def read(offset: int) -> RowPage:
        reads.append(offset)
        return RowPage({"a": {"Id": "a"}}, 5, 1, more=False)

    assert await complete(read) == {"a": {"Id": "a"}}
    assert reads == [0, 0, 0]


async def test_a_list_that_repeats_itself_ends() -> None:
    """Whatever it claims to follow."""
    reads: list[int] = []

    async def read(offset: int) -> RowPage:
        reads.append(offset)
        return RowPage({"a": {"Id": "a"}}, None, 1, more=True)

    assert await complete(read) == {"a": {"Id": "a"}}
    assert reads == [0, 1]


async def test_a_row_without_an_identity_cannot_be_read(world: World) -> None:
    """It is an error, never left out in silence."""
    world.simulator.state["contacts"].ordered()[0]["Id"] = None
    with pytest.raises(UpstreamUnreadable):
        await pages(world.connector.account.client, "/contacts")(0)


async def test_an_answer_that_is_no_list_cannot_be_read(world: World) -> None:
    """One record is not a list of one."""
    with pytest.raises(UpstreamUnreadable):
        await pages(world.connector.account.client, "/users/self")(0)


class Changed(httpx.ASGITransport):
    """Says something else than the simulator.

    Args:
        simulator: Answers.
        change: Is done to each of its answers.
    """

    def __init__(self, simulator: Simulator, change: Callable[[dict[str, Any]], object]) -> None:
        super().__init__(simulator)
        self._change = change

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Change the body of an answer."""
        answer = await super().handle_async_request(request)
        body = json.loads(await answer.aread())
        self._change(body)
        return httpx.Response(answer.status_code, json=body)


async def test_a_list_on_one_page_counts_itself(world: World) -> None:
    """A first page that nothing follows is all there is, so that what is missing from it is gone."""
    core = Changed(world.simulator, lambda body: body["Metadata"].pop("TotalRecords"))
    client = Client(KEY, "https://sim/api3", core=core)
    stages = await pages(client, "/workflowstatuses")(0)
    contacts = await pages(client, "/contacts")(0)
    await client.aclose()
    assert stages.total == len(world.keys("workflowstatuses"))
    assert (contacts.more, contacts.total) == (True, None)


@pytest.mark.parametrize(
    "say",
    [
        lambda body: {"TotalRecords": len(body["Data"])},
        lambda _body: {"TotalRecords": 0},
        lambda body: {"TotalRecords": body["Metadata"]["TotalRecords"] + 7},
        lambda _body: {"MoreRecords": True},
        lambda _body: {"MoreRecords": False},
        lambda _body: {"MoreRecords": None},
    ],
    ids=["length of the page", "none at all", "too many", "always more", "never more", "nothing of more"],
)
async def test_a_list_that_contradicts_itself_is_read_to_its_end(
    world: World, say: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    """Whichever of the two words about its length is the wrong one, and however long its pages are."""
    world.simulator.knobs.max_page = 40
    core = Changed(world.simulator, lambda body: body["Metadata"].update(say(body)))
    client = Client(KEY, "https://sim/api3", core=core)
    rows = await complete(pages(client, "/contacts"))
    await client.aclose()
    assert rows.keys() == contacts(world)


@pytest.mark.parametrize("data", [None, [], {}, True])
async def test_a_success_without_a_record_does_not_mean_that_it_is_gone(world: World, data: Any) -> None:
    """Only a 404 does; this cannot be read (ASM-20)."""
    core = Changed(world.simulator, lambda body: body.update(Data=data))
    account = replace(world.connector.account, client=Client(KEY, "https://sim/api3", core=core))
    with pytest.raises(UpstreamUnreadable):
        await CrelateLists(account).gone("Candidate", [min(contacts(world))])
    await account.client.aclose()


@pytest.mark.parametrize("data", [None, {}, True])
async def test_a_search_without_a_list_does_not_mean_that_there_is_no_company(world: World, data: Any) -> None:
    """Else an employer that exists would be made a second time."""
    core = Changed(world.simulator, lambda body: body.update(Data=data))
    account = replace(world.connector.account, client=Client(KEY, "https://sim/api3", core=core))
    with pytest.raises(UpstreamUnreadable):
        await company.named(Session(account), "Acme")
    await account.client.aclose()
