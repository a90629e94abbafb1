"""Two accounts in one process: nothing of one can be read, named or guessed through the other."""

from collections.abc import AsyncIterator
from contextlib import closing
from copy import deepcopy
from typing import Any

import pytest

from gateway.request import open_request
from gateway.simulator import SimulatorConfig, create_simulator
from resolvers.errors import IntegrationNotFound, Unauthenticated
from tests.end_to_end.conftest import World, gateway_over
from tests.gateway.callers.conftest import connection

NORTH, SOUTH = {"X-Integration-Id": "crelate:north"}, {"X-Integration-Id": "crelate:south"}
KEYS = {"north": "key-of-north", "south": "key-of-south"}
TWIN = "Same id, other account"

BOTH_TOKEN, NORTH_TOKEN = "token-for-both-accounts", "token-for-north-alone"
TOKENS = f"both:{BOTH_TOKEN} bound:{NORTH_TOKEN}@north"


@pytest.fixture
async def world(sqlite_address: str) -> AsyncIterator[World]:
    """A gateway over both accounts, with tokens for both and for one; the first job's id is there twice."""
    simulator = create_simulator(SimulatorConfig(api_keys=tuple(KEYS.values())))
    north, south = simulator.accounts.values()
    twin = deepcopy(next(iter(north["jobs"].values())))
    south["jobs"].insert(twin | {"Name": TWIN})
    accounts = {
        name: {"crelate_api_key": key, "crelate_base_url": "http://simulator/api3", "crelate_requests_per_minute": 9999}
        for name, key in KEYS.items()
    }
    async with gateway_over(
        simulator,
        crelate_api_key=None,
        integrations=accounts,
        api_tokens=TOKENS,
        database_url=sqlite_address,
        max_age=86400,
    ) as world:
        world.http.headers["Authorization"] = f"Bearer {BOTH_TOKEN}"
        yield world


def codes(answer: dict[str, Any]) -> list[str]:
    """Codes of the errors."""
    return [error["extensions"]["code"] for error in answer.get("errors", ())]


async def test_an_id_of_one_account_is_none_in_the_other(world: World) -> None:
    """Wherever ids are taken."""
    first = await world.ask("{ jobs(first: 1) { nodes { id } } }", NORTH)
    job = first["data"]["jobs"]["nodes"][0]["id"]
    documents = [
        "query($id: ID!) { node(id: $id) { id } }",
        "query($id: ID!) { nodes(ids: [$id]) { id } }",
        "query($id: ID!) { job(id: $id) { name } }",
        "query($id: ID!) { jobs(filter: {ids: [$id]}) { nodes { name } } }",
        "query($id: ID!) { applications(filter: {jobIds: [$id]}) { nodes { id } } }",
    ]
    for document in documents:
        answer = await world.ask(document, SOUTH, id=job)
        assert codes(answer) == ["BAD_USER_INPUT"], document
        assert world.calls.total() == 0
        assert codes(await world.ask(document, NORTH, id=job)) == []


async def test_an_action_takes_no_id_of_another_account(world: World) -> None:
    """It is refused before anything is written."""
    found = await world.ask("{ applications(first: 1) { nodes { id } } }", NORTH)
    application = found["data"]["applications"]["nodes"][0]["id"]
    document = """mutation($id: ID!) {
        addNoteToApplication(input: {applicationId: $id, content: "Hello"}) { actionId userErrors { code } }
    }"""
    answer = await world.ask(document, SOUTH, id=application)
    payload = answer["data"]["addNoteToApplication"]
    assert payload == {"actionId": None, "userErrors": [{"code": "INVALID_ID"}]}
    assert world.calls.total() == 0


@pytest.mark.parametrize("models", ["jobs", "candidates", "users"])
async def test_a_cursor_of_one_account_is_none_in_the_other(world: World, models: str) -> None:
    """Although it would point somewhere there."""
    document = f"query($after: String) {{ {models}(first: 1, after: $after) {{ pageInfo {{ endCursor }} }} }}"
    first = await world.ask(document, NORTH)
    cursor = first["data"][models]["pageInfo"]["endCursor"]
    assert codes(await world.ask(document, SOUTH, after=cursor)) == ["BAD_USER_INPUT"]
    assert codes(await world.ask(document, NORTH, after=cursor)) == []


async def test_a_copy_of_one_account_does_not_answer_in_the_other(world: World) -> None:
    """Even of a record that has the same id in both, and even when the ATS may not be asked."""
    job = next(iter(world.account["jobs"].values()))["Id"]
    document = "query($id: ID!) { job(id: $id) { name } }"
    only_copies = {"Cache-Control": "only-if-cached"}
    name = (await world.ask(document, NORTH, id=f"remote:{job}"))["data"]["job"]["name"]
    assert name != TWIN
    assert (await world.ask(document, NORTH | only_copies, id=f"remote:{job}"))["data"]["job"]["name"] == name
    assert codes(await world.ask(document, SOUTH | only_copies, id=f"remote:{job}")) == ["UPSTREAM_UNAVAILABLE"]
    assert (await world.ask(document, SOUTH, id=f"remote:{job}"))["data"]["job"]["name"] == TWIN
    assert (await world.ask(document, NORTH | only_copies, id=f"remote:{job}"))["data"]["job"]["name"] == name


async def test_small_tables_are_kept_for_each_account(world: World) -> None:
    """What one account has in memory is nothing to the other."""
    document = "{ users { nodes { remoteId } } roles { nodes { remoteId } } applicationStages { nodes { remoteId } } }"
    north = (await world.ask(document, NORTH))["data"]
    south = (await world.ask(document, SOUTH))["data"]
    assert world.calls["GET /users"] == 1
    ids = [{each["remoteId"] for each in data["users"]["nodes"]} for data in (north, south)]
    expected = [{row["Id"] for row in account["users"].values()} for account in world.simulator.accounts.values()]
    assert ids == expected
    assert ids[0].isdisjoint(ids[1])


async def test_what_one_account_did_is_unknown_to_the_other(world: World) -> None:
    """The trail, its ids and idempotency keys, the changes and the state of the copies."""
    write = """mutation { createCandidate(input: {
        candidate: {firstName: "Ada", lastName: "Lovelace", emailAddress: "ada@example.com"}, idempotencyKey: "once"
    }) { actionId replayed candidate { remoteId } userErrors { code } } }"""
    north = (await world.ask(write, NORTH))["data"]["createCandidate"]
    assert north["userErrors"] == []
    trail = "query($id: ID!) { action(id: $id) { tokenName } actions { nodes { id } } changes { nodes { id } } }"
    unknown = (await world.ask(trail, SOUTH, id=north["actionId"]))["data"]
    assert unknown == {"action": None, "actions": {"nodes": []}, "changes": {"nodes": []}}
    known = (await world.ask(trail, NORTH, id=north["actionId"]))["data"]
    assert known["action"] == {"tokenName": "both"}
    assert [each["id"] for each in known["actions"]["nodes"]] == [north["actionId"]]
    south = (await world.ask(write, SOUTH))["data"]["createCandidate"]
    assert (south["replayed"], south["userErrors"]) == (False, [])
    assert south["candidate"]["remoteId"] not in {north["candidate"]["remoteId"], None}


async def test_a_quota_is_of_one_account(world: World) -> None:
    """What one spends, the other still has."""
    document = "{ jobs(first: 5) { nodes { name } } rateLimit { remaining } }"
    left = [(await world.ask(document, headers))["data"]["rateLimit"]["remaining"] for headers in (NORTH, NORTH, SOUTH)]
    assert left[1] < left[0]
    assert left[2] > left[1]


async def test_a_bound_token_reaches_its_account_alone(world: World) -> None:
    """Another account is as unknown to it as one that there is not, by HTTP whatever it asks."""
    world.http.headers["Authorization"] = f"Bearer {NORTH_TOKEN}"
    document = "{ jobs(first: 1) { nodes { id } } }"
    assert codes(await world.ask(document, NORTH)) == []
    refused = [await world.ask(document, headers) for headers in (SOUTH, {"X-Integration-Id": "crelate:west"}, {})]
    assert refused[0] == refused[1] == refused[2]
    assert codes(refused[0]) == ["INTEGRATION_NOT_FOUND"]
    assert "data" not in refused[0]


async def test_a_socket_names_token_and_account_in_its_payload(world: World) -> None:
    """Each operation on it is opened for that caller and account; another account stays out of reach."""
    socket = connection({"Host": "gateway"}, "websocket")
    shown = {"authorization": f"Bearer {NORTH_TOKEN}"}
    with closing(await open_request(world.app.process, socket, shown | NORTH)) as context:
        assert (context.caller.name, context.integration.name) == ("bound", "crelate:north")
    with pytest.raises(IntegrationNotFound):
        await open_request(world.app.process, socket, shown | SOUTH)
    with pytest.raises(Unauthenticated):
        await open_request(world.app.process, socket, NORTH)


@pytest.mark.parametrize("shown", [None, "Bearer nobody", f"Bearer {KEYS['north']}"])
async def test_without_a_token_there_is_no_answer(world: World, shown: str | None) -> None:
    """Not even to the schema; an account's key is none."""
    del world.http.headers["Authorization"]
    headers = NORTH | ({"Authorization": shown} if shown else {})
    response = await world.http.post("/graphql", json={"query": "{ __typename }"}, headers=headers)
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"
    assert response.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
