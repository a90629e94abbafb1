"""One question to several accounts, without naming one in a header."""

from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import pytest

from gateway.simulator import SimulatorConfig, Size, create_simulator
from resolvers.ids import Ids
from tests.end_to_end.conftest import World, gateway_over
from tests.gateway.callers.test_accounts import NORTH, SOUTH, codes
from tests.gateway.http.connections import greeted

KEYS = {"north": "key-of-north", "south": "key-of-south"}
BOTH, BOUND, PLAIN = "token-for-all-accounts", "token-for-north-alone", "token-without-personal-data"
TOKENS = f"both:{BOTH} bound:{BOUND}@north plain:{PLAIN}:read"

BELOW = """{
    jobs(first: 2) { totalCount nodes { id name applications(first: 2) { nodes { id candidate { id lastName } } } } }
    users(first: 1) { nodes { id } }
}"""
NAMES = "query ($names: [String!]) { accounts(names: $names) { name } }"


@pytest.fixture
async def world(sqlite_address: str) -> AsyncIterator[World]:
    """A gateway over two accounts, and a third one whose key is not accepted."""
    simulator = create_simulator(
        SimulatorConfig(api_keys=tuple(KEYS.values()), size=Size(jobs=12, contacts=150, activities=20))
    )
    accounts = {
        name: {"crelate_api_key": key, "crelate_base_url": "http://simulator/api3", "crelate_requests_per_minute": 9999}
        for name, key in {**KEYS, "west": "no-key"}.items()
    }
    given = {"crelate_api_key": None, "integrations": accounts, "api_tokens": TOKENS, "database_url": sqlite_address}
    async with gateway_over(simulator, max_cost=20_000, **given) as world:
        as_token(world, BOTH)
        yield world


def as_token(world: World, token: str) -> None:
    """Ask with this token from now on."""
    world.http.headers["Authorization"] = f"Bearer {token}"


def under_accounts(selection: str, names: str = "") -> str:
    """The same question to several accounts."""
    return f"{{ accounts{names} {{ name {selection[1:]} }}"


def places(answer: dict[str, Any]) -> list[tuple[str, list[Any]]]:
    """Code and path of each error."""
    return [(error["extensions"]["code"], error["path"]) for error in answer.get("errors", ())]


async def test_each_account_answers_as_it_does_alone(world: World) -> None:
    """The same records under the same ids, for the requests of both together; what was read is fresh for either way."""
    both = '(names: ["crelate:south", "crelate:north"])'
    for headers in (SOUTH, NORTH):  # what has to be found out about an account is found out
        await world.ask(BELOW, headers)
    alone, calls = {}, Counter[str]()
    for name, headers in (("crelate:south", SOUTH), ("crelate:north", NORTH)):
        alone[name] = await world.ask(BELOW, headers | {"Cache-Control": "no-cache"})
        calls += world.calls
    answer = await world.ask(under_accounts(BELOW, both), {"Cache-Control": "no-cache"})
    assert "errors" not in answer
    assert answer["data"]["accounts"] == [{"name": name, **each["data"]} for name, each in alone.items()]
    assert world.calls == calls
    assert answer["extensions"]["cost"]["upstreamRequests"] == calls.total()
    copied = await world.ask(under_accounts(BELOW.replace("totalCount", ""), both), {"Cache-Control": "max-age=9999"})
    ages = {each["model"] for each in copied["extensions"]["freshness"]["models"]}
    assert {"Candidate", "Application"} <= ages


async def test_an_id_says_whose_it_is(world: World) -> None:
    """Without a header `node` and `nodes` find records of any account of the caller, and of no other."""
    found = await world.ask(under_accounts("{ jobs(first: 1) { nodes { id name } } }", '(names: ["crelate:south"])'))
    (job,) = found["data"]["accounts"][0]["jobs"]["nodes"]
    ids = [job["id"], Ids("crelate:east").encode("Job", "x"), (await first_user(world, NORTH))]
    document = """query ($id: ID!, $ids: [ID!]!) {
        node(id: $id) { id ... on Job { name applications(first: 1) { nodes { job { id } } } } }
        nodes(ids: $ids) { __typename id }
    }"""
    answer = await world.ask(document, id=job["id"], ids=ids)
    assert {**answer["data"]["node"], "applications": None} == {**job, "applications": None}
    assert {each["job"]["id"] for each in answer["data"]["node"]["applications"]["nodes"]} <= {job["id"]}
    assert answer["data"]["nodes"] == [
        {"__typename": "Job", "id": ids[0]},
        None,
        {"__typename": "User", "id": ids[2]},
    ]
    assert places(answer) == [("BAD_USER_INPUT", ["nodes", 1])]
    as_token(world, BOUND)
    refused = await world.ask("query ($id: ID!) { node(id: $id) { id } }", id=job["id"])
    unknown = await world.ask("query ($id: ID!) { node(id: $id) { id } }", id=ids[1])
    assert (codes(refused), refused) == (["BAD_USER_INPUT"], unknown)
    inside = under_accounts(f'{{ node(id: "{job["id"]}") {{ id }} }}')
    assert places(await world.ask(inside)) == [("BAD_USER_INPUT", ["accounts", 0, "node"])]


async def first_user(world: World, headers: dict[str, str]) -> str:
    """Id of a user of an account."""
    answer = await world.ask("{ users(first: 1) { nodes { id } } }", headers)
    return str(answer["data"]["users"]["nodes"][0]["id"])


async def test_only_the_callers_accounts_are_there(world: World) -> None:
    """All of them without names, none for none; one of others is as unknown as one that there is not."""
    everyone = [{"name": f"crelate:{name}"} for name in ("north", "south", "west")]
    assert (await world.ask(NAMES))["data"]["accounts"] == everyone
    assert (await world.ask(NAMES, names=[]))["data"]["accounts"] == []
    twice = ["crelate:south", "crelate:south"]
    assert (await world.ask(NAMES, names=twice))["data"]["accounts"] == [everyone[1]] * 2
    too_many = await world.ask(NAMES, names=["crelate:south"] * 251)
    assert (places(too_many), too_many["data"]) == ([("BAD_USER_INPUT", ["accounts"])], {"accounts": None})
    as_token(world, BOUND)
    assert (await world.ask(NAMES))["data"]["accounts"] == everyone[:1]
    told = []
    for name in ("crelate:south", "crelate:east", "north", ""):
        answer = await world.ask(NAMES, names=["crelate:north", name])
        assert answer["data"]["accounts"] == [everyone[0], None]
        assert places(answer) == [("INTEGRATION_NOT_FOUND", ["accounts", 1])]
        told.append(answer["errors"])
    assert all(each == told[0] for each in told)
    assert told[0][0]["extensions"]["argument"] == "names"
    assert world.calls.total() == 0


async def test_one_account_that_fails_leaves_the_others(world: World) -> None:
    """Its nulls have their errors at their places; whether each answers is there to be asked."""
    answer = await world.ask(under_accounts("{ status rateLimit { limit } jobs(first: 1) { nodes { id } } }"))
    accounts = {each["name"]: each for each in answer["data"]["accounts"]}
    assert {name: each["status"] for name, each in accounts.items()} == {
        "crelate:north": "OK",
        "crelate:south": "OK",
        "crelate:west": "UNAUTHORIZED",
    }
    assert [len(accounts[name]["jobs"]["nodes"]) for name in ("crelate:north", "crelate:south")] == [1, 1]
    assert {each["rateLimit"]["limit"] for each in accounts.values()} == {9999}
    assert accounts["crelate:west"]["jobs"] is None
    assert places(answer) == [("UPSTREAM_UNAUTHORIZED", ["accounts", 2, "jobs"])]


async def test_what_is_about_one_account_has_to_name_it(world: World) -> None:
    """As ever; the schema is the same for all of them."""
    for document in (
        "{ jobs(first: 1) { nodes { id } } }",
        "{ accounts { name } rateLimit { limit } }",
        "mutation { sync(input: {}) { mode } }",
        "{ ...Jobs } fragment Jobs on Query { ... { jobs { totalCount } } }",
    ):
        answer = await world.ask(document)
        assert ("data" in answer, codes(answer)) == (False, ["INTEGRATION_NOT_FOUND"])
        assert world.calls.total() == 0
        assert (await world.http.post("/graphql", json={"query": document})).status_code == 404
    named = await world.ask("{ __typename __schema { queryType { name } } }")
    assert named["data"] == {"__typename": "Query", "__schema": {"queryType": {"name": "Query"}}}


async def test_what_is_asked_of_each_account_counts_once_for_each(world: World) -> None:
    """In the estimated cost: of all that are connected, or of those that are named, however often."""
    document = "query ($names: [String!]) { accounts(names: $names) { status jobs(first: 150) { nodes { id } } } }"
    estimated = []
    for names in (None, ["crelate:south"], ["crelate:east"] * 2, []):
        answer = await world.ask(document, {"Cache-Control": "only-if-cached"}, names=names)
        estimated.append(answer["extensions"]["cost"]["estimated"])
    each = 1 + 150 + 2 + 1  # the account, its jobs, two pages of them, and its status
    assert estimated == [3 * each, each, 2 * each, 0]


async def test_logs_and_trails_stay_apart(world: World) -> None:
    """Fields that have no plan are asked of each account as well, and records below them are its own."""
    write = """mutation { createCandidate(input: {
        candidate: {firstName: "Ada", lastName: "Lovelace", emailAddress: "ada@example.com"}
    }) { candidate { id } } }"""
    made = (await world.ask(write, SOUTH))["data"]["createCandidate"]["candidate"]
    selection = "{ actions { nodes { integration candidate { id lastName } } } changes { totalCount } }"
    answer = await world.ask(under_accounts(selection, '(names: ["crelate:north", "crelate:south"])'))
    assert "errors" not in answer
    trails = [each["actions"]["nodes"] for each in answer["data"]["accounts"]]
    assert trails == [[], [{"integration": "crelate:south", "candidate": {**made, "lastName": "Lovelace"}}]]


async def test_personal_data_is_withheld_below_accounts_too(world: World) -> None:
    """Once for each field; and what tells it by filtering is refused."""
    as_token(world, PLAIN)
    both = '(names: ["crelate:north", "crelate:south"])'
    answer = await world.ask(under_accounts("{ candidates(first: 1) { nodes { id lastName } } }", both))
    assert [each["candidates"]["nodes"][0]["lastName"] for each in answer["data"]["accounts"]] == [None, None]
    assert codes(answer) == ["PERSONAL_DATA_WITHHELD"]
    probing = '{ candidates(filter: {lastName: "A"}) { totalCount } }'
    assert codes(await world.ask(under_accounts(probing, both))) == ["FORBIDDEN", "FORBIDDEN"]


async def test_a_socket_needs_no_account_either(world: World) -> None:
    """Its payload names a token alone; each operation on it is looked at."""
    async with greeted(world.app, {"authorization": f"Bearer {BOUND}"}) as client:
        await client.ask("{ accounts { name users(first: 1) { nodes { id } } } }")
        shown = (await client.hear())["payload"]["data"]["accounts"]
        assert [(each["name"], len(each["users"]["nodes"])) for each in shown] == [("crelate:north", 1)]
        assert (await client.hear())["type"] == "complete"
        await client.ask("subscription { changes { id } }", "2")
        refused = await client.hear()
        assert (refused["type"], codes({"errors": refused["payload"]})) == ("error", ["INTEGRATION_NOT_FOUND"])
