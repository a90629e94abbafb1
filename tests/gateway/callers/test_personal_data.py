"""Personal data over the whole way: from the ATS to a caller who may not see it, nothing gets through."""

import logging
from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
from structlog.testing import capture_logs

from gateway.simulator import SimulatorConfig, create_simulator
from tests.end_to_end.conftest import KEY, World, gateway_over

TOKEN = "token-of-a-caller-without-pii"

BESIDE = {
    "candidates": "",
    "jobs": '(fields: ["name", "jobCode", "visibility", "customFields", "integrationFields", "remoteUrl"])',
    **dict.fromkeys(("applications", "interviews", "applicationStages", "users", "roles", "userRoles"), ""),
    **dict.fromkeys(("jobHiringTeamMembers", "jobUserRoleAssignments", "interviewingTeamMembers"), ""),
}
"""List -> fields of which provenance is asked; streets in the places of jobs are called like people."""

EVERYTHING = """{
  candidates(first: 50) { nodes {
    id remoteId firstName lastName company title phoneNumbers { phoneNumber } emailAddresses { emailAddress }
    location { raw city street1 } customFields integrationFields { key value } remoteUrl remoteData
    typedCustomFields { key label type value text option { label } }
    applications { nodes { id remoteData interviews { title remoteData interviewingTeam { user { email } } } } }
  } }
  users { nodes { id firstName lastName email status remoteData } }
  BESIDE
}""".replace(
    "BESIDE",
    " ".join(
        f"p{number}: {plural}(first: 50) {{ nodes {{ provenance{fields} {{ field column raw }} }} }}"
        for number, (plural, fields) in enumerate(BESIDE.items())
    ),
)


@pytest.fixture
async def world(sqlite_address: str) -> AsyncIterator[World]:
    """A gateway with a database, asked by somebody who may do everything except see personal data."""
    simulator = create_simulator(SimulatorConfig(api_keys=(KEY,)))
    async with gateway_over(
        simulator,
        api_tokens=f"blind:{TOKEN}:read+write+passthrough+sync",
        database_url=sqlite_address,
        max_age=86400,  # copies are to be asked, so they are there before the answer
    ) as world:
        world.http.headers["Authorization"] = f"Bearer {TOKEN}"
        yield world


def personal(world: World) -> set[str]:
    """What the ATS knows of people: their addresses, and their names where those stand for nothing else."""
    people = [*world.account["contacts"].values(), *world.account["users"].values()]
    addresses = {text for person in people for text in texts(person) if "@" in text}
    names = {person["LastName"] for person in people} | {f"{each['FirstName']} {each['LastName']}" for each in people}
    return addresses | {name for name in names if len(name) > 6}


def texts(value: Any) -> list[str]:
    """All texts in a row."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [text for item in value for text in texts(item)]
    return [value] if isinstance(value, str) else []


def codes(answer: dict[str, Any]) -> set[str]:
    """Codes of the errors."""
    return {error["extensions"]["code"] for error in answer.get("errors", ())}


async def test_none_of_it_is_in_data_errors_or_logs(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """Nor is the token or the key; ids, states and the shape of everything are."""
    caplog.set_level(logging.INFO)
    words = personal(world)
    assert len(words) > 100
    with capture_logs() as logs:
        answer = await world.ask(EVERYTHING)
    said = orjson.dumps([answer, logs], default=str).decode() + caplog.text
    assert [word for word in words | {TOKEN, KEY} if word in said] == []
    assert codes(answer) == {"PERSONAL_DATA_WITHHELD"}
    candidates = answer["data"]["candidates"]["nodes"]
    assert len(candidates) == 50
    assert all(each["remoteId"] in each["remoteUrl"] for each in candidates)
    assert any(each["applications"]["nodes"] for each in candidates)


async def test_a_copy_shows_no_more_than_the_ats_did(world: World) -> None:
    """Copies hold everything; who asks for them counts."""
    document = "query($id: ID!) { candidate(id: $id) { remoteId lastName emailAddresses { emailAddress } } }"
    first = await world.ask("{ candidates(first: 1) { nodes { remoteId } } }")
    remote_id = first["data"]["candidates"]["nodes"][0]["remoteId"]
    for headers in ({}, {"Cache-Control": "only-if-cached"}):
        answer = await world.ask(document, headers, id=f"remote:{remote_id}")
        assert answer["data"]["candidate"] == {"remoteId": remote_id, "lastName": None, "emailAddresses": None}
        assert codes(answer) == {"PERSONAL_DATA_WITHHELD"}
    assert world.calls.total() == 0


async def test_whoever_writes_is_not_shown_what_was_there(world: World) -> None:
    """Neither in a plan nor in the record that was found for the address."""
    known = next(row for row in world.account["contacts"].values() if "@" in str(row.get("EmailAddresses_Work")))
    (address,) = [text for text in texts(known["EmailAddresses_Work"]) if "@" in text][:1]
    document = """mutation($address: String!, $dry: Boolean!) { createCandidate(input: {
        candidate: {firstName: "Ada", lastName: "Lovelace", emailAddress: $address}, onDuplicate: UPDATE, dryRun: $dry
    }) { candidate { id firstName lastName } plannedCalls { path params body } userErrors { code } } }"""
    for dry in (True, False):
        answer = await world.ask(document, address=address, dry=dry)
        payload = answer["data"]["createCandidate"]
        assert payload["userErrors"] == []
        assert codes(answer) == {"PERSONAL_DATA_WITHHELD"}
        assert known["LastName"] not in str(answer)
        assert address not in str(answer)


async def test_the_way_around_is_closed_too(world: World) -> None:
    """The ATS's own answers are full of it."""
    for document in (
        '{ passthrough(path: "/contacts") { data } }',
        'mutation { passthrough(input: {method: GET, path: "/contacts"}) { data } }',
    ):
        assert codes(await world.ask(document)) == {"FORBIDDEN"}
        assert world.calls.total() == 0
