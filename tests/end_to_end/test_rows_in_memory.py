"""What a process holds of the ATS's rows: it shows in nothing but the time that answers take."""

from __future__ import annotations

import asyncio
from random import Random
from typing import Any

import orjson
import pytest
from pydantic import SecretStr

from gateway.simulator import SimulatorConfig, create_simulator
from gateway.simulator.seed.size import Size
from tests.end_to_end.conftest import KEY, World, gateway_over

ALL, BLIND = "token-of-somebody-who-sees-all", "token-of-somebody-without-pii"
CANDIDATE = """id firstName lastName company title remoteUpdatedAt emailAddresses { emailAddress }
    phoneNumbers { phoneNumber } location { raw } customFields typedCustomFields { key value }"""
DOCUMENTS = (
    f"{{ candidates(first: 40) {{ nodes {{ {CANDIDATE} remoteData provenance {{ field column raw }} }} }} }}",
    "{ candidates(first: 5) { nodes { id lastName } } }",
    """{ jobs(first: 5) { nodes { id name jobCode visibility salaryAmount customFields closedAt location { raw }
        hiringTeam { user { lastName } provenance { field raw } } } } }""",
    f"""{{ jobs(first: 20) {{ nodes {{ id applications(first: 3) {{ totalCount nodes {{ id remoteData
        currentStage {{ name }} candidate {{ {CANDIDATE} }} interviews {{ id title }} }} }} }} }} }}""",
    "{ interviews(first: 20) { nodes { id title startingAt remoteData interviewingTeam { user { firstName } } } } }",
)
VALUES: tuple[Any, ...] = (
    *(None, True, 0, 2.5, "", "text", "],[{", '"Data":[', "ß\u2028\\", [], [1], [{}], {}, {"Id": "a", "Title": "t"}),
    *({"Value": "x", "IsPrimary": True}, {"Title": 2**63}, "2024-02-30T00:00:00", "2024-05-05T00:00:00Z"),
)
KEPT = frozenset({"Id", "RecordType", "VerbId", "RegardingId", "ParentId"})
"""Columns that stay: without them most rows would be none of those that are asked for."""


@pytest.mark.parametrize("seed", range(3))
async def test_answers_are_the_same_with_rows_held_as_without(seed: int) -> None:
    """To callers of all scopes, again and again, at the same time, whatever becomes of the rows in between."""
    chance = Random(seed)  # noqa: S311  it is to be the same each time
    size = Size(jobs=8, contacts=40, activities=20, contacts_per_job=4, awkward=seed == 0)
    simulator = create_simulator(SimulatorConfig(api_keys=(KEY,), size=size))
    tokens = SecretStr(f"whole:{ALL}:read+pii blind:{BLIND}:read")
    async with (
        gateway_over(simulator, api_tokens=tokens) as holding,
        gateway_over(simulator, api_tokens=tokens, rows_in_memory=0) as plain,
    ):
        for _ in range(5):
            _change(chance, simulator.state)
            asked = [(chance.choice(DOCUMENTS), chance.choice([ALL, BLIND])) for _ in range(4)]
            for _ in range(3):
                answers = [await asyncio.gather(*(_ask(world, *each) for each in asked)) for world in (holding, plain)]
                assert answers[0] == answers[1]
                assert all(orjson.loads(answer)["data"] for answer in answers[0])


def _change(chance: Random, account: Any) -> None:
    """Let some columns of some rows hold something else."""
    for _ in range(8):
        row = chance.choice(account[chance.choice(["contacts", "jobs", "activities", "users"])].ordered())
        row[chance.choice([*(name for name in row if name not in KEPT), "CustomField1", "Other"])] = chance.choice(
            VALUES
        )


async def _ask(world: World, document: str, token: str) -> bytes:
    headers = {"Authorization": f"Bearer {token}"}
    answer = (await world.http.post("/graphql", json={"query": document}, headers=headers)).json()
    del answer["extensions"]  # it says what it took
    for error in answer.get("errors", ()):
        error["extensions"].pop("requestId", None)
    return orjson.dumps(answer)
