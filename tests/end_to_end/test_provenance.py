"""Where fields come from, over the whole way: live and from copies, alone and below other records."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from gateway.simulator import SimulatorConfig, create_simulator
from schema.model import MODELS
from schema.strawberry_bridge import to_camel_case
from schema.unified_fields import unified_fields
from tests.end_to_end.conftest import KEY, World, gateway_over

PERSON, BLIND = "token-of-somebody-who-sees-all", "token-of-somebody-without-pii"

ONE = """{ jobs(first: 1) { nodes { remoteId salaryAmount
    provenance(fields: [%s]) { field source column rule raw basis assumption }
} } }"""
SALARY = ONE % '"salaryAmount", "jobCode", "id"'

FIRST = " ".join(f"{to_camel_case(model.plural)}(first: 1) {{ nodes {{ id }} }}" for model in MODELS.values())

BY_IDS = """query ($ids: [ID!]!) { nodes(ids: $ids) { __typename ... on Tracked {
    provenance { field source column rule raw basis assumption }
} } }"""

BELOW = """{ jobs(first: 3) { nodes { applications(first: 2) { nodes { candidate { firstName PROVENANCE } } } } } }"""
PROVENANCE = 'provenance(fields: ["firstName", "remoteUrl"]) { field column raw }'


@pytest.fixture
async def kept(tmp_path: Path) -> AsyncIterator[World]:
    """A gateway that answers from copies where it can, asked by somebody who may see everything."""
    async with gateway_over(
        create_simulator(SimulatorConfig(api_keys=(KEY,))),
        api_tokens=SecretStr(f"whole:{PERSON}:read+pii blind:{BLIND}:read"),
        database_url=f"sqlite:///{tmp_path / 'gateway.sqlite'}",
        max_age=86400,
    ) as world:
        world.http.headers["Authorization"] = f"Bearer {PERSON}"
        yield world


async def test_a_field_says_where_it_comes_from(world: World) -> None:
    """At no request of its own; when the ATS's column changes, so do field and provenance."""
    await world.prepare()
    (job,) = (await world.data(SALARY))["jobs"]["nodes"]
    plain = world.calls
    row = world.account["jobs"][job["remoteId"]]
    for column, amount in (("Salary", 123_456), ("Compensation", 65_432)):
        row |= {"Salary": None, "Compensation": None, column: amount}
        (job,) = (await world.data(SALARY))["jobs"]["nodes"]
        assert job["salaryAmount"] == amount
        assert job["provenance"][0] == {
            "field": "salaryAmount",
            "source": "/jobs",
            "column": column,
            "rule": "Salary ?? Compensation",
            "raw": amount,
            "basis": "DOCUMENTED",
            "assumption": None,
        }
        assert (job["provenance"][1]["basis"], job["provenance"][1]["assumption"]) == ("ASSUMED", "ASM-36")
        assert job["provenance"][2]["source"] is None
        assert world.calls == plain


async def test_copies_say_the_same(kept: World) -> None:
    """Of every field of every model, raw values included, without a request."""
    ids = [found["nodes"][0]["id"] for found in (await kept.data(f"{{ {FIRST} }}")).values()]
    live = (await kept.ask(BY_IDS, {"Cache-Control": "no-cache"}, ids=ids))["data"]["nodes"]
    copied = await kept.ask(BY_IDS, {"Cache-Control": "only-if-cached"}, ids=ids)
    assert "errors" not in copied
    assert kept.calls.total() == 0
    assert copied["data"]["nodes"] == live
    assert {one["__typename"]: [each["field"] for each in one["provenance"]] for one in live} == {
        name: list(unified_fields(name)) for name in MODELS
    }


async def test_records_below_others_say_it_as_well(kept: World) -> None:
    """With what stands in the ATS's column, at no request more than without."""
    document = BELOW.replace("PROVENANCE", "")
    await kept.ask(document, {"Cache-Control": "no-cache"})
    await kept.ask(document, {"Cache-Control": "no-cache"})
    plain = kept.calls
    answer = await kept.ask(BELOW.replace("PROVENANCE", PROVENANCE), {"Cache-Control": "no-cache"})
    assert kept.calls == plain
    for job in answer["data"]["jobs"]["nodes"]:
        for application in job["applications"]["nodes"]:
            person = application["candidate"]
            name, url = person["provenance"]
            assert (name["raw"], url["column"]) == (person["firstName"], "Id")


@pytest.mark.parametrize("way", ["no-cache", "max-age=86400"])
async def test_what_stands_in_a_personal_field_is_withheld_with_it(kept: World, way: str) -> None:
    """By the one error of that field, at its first place; nothing of the record is in what remains."""
    document = BELOW.replace("PROVENANCE", PROVENANCE).replace("firstName provenance", "provenance")
    answer = await kept.ask(document, {"Cache-Control": way, "Authorization": f"Bearer {BLIND}"})
    (error,) = answer["errors"]
    assert error["extensions"]["code"] == "PERSONAL_DATA_WITHHELD"
    assert error["message"].startswith("Candidate.firstName ")
    assert error["path"][-3:] == ["provenance", 0, "raw"]
    people = [row["candidate"] for job in answer["data"]["jobs"]["nodes"] for row in job["applications"]["nodes"]]
    assert people
    for person in people:
        name, url = person["provenance"]
        assert name == {"field": "firstName", "column": None, "raw": None}
        assert url["raw"]


async def test_an_unknown_field_is_refused_by_name_of_the_argument(world: World) -> None:
    """And the rest is answered."""
    answer = await world.ask(ONE % '"salary"')
    (error,) = answer["errors"]
    assert (error["extensions"]["code"], error["extensions"]["argument"]) == ("BAD_USER_INPUT", "fields")
    (job,) = answer["data"]["jobs"]["nodes"]
    assert job["remoteId"]
    assert job["provenance"] is None


async def test_without_raw_records_copies_say_all_but_what_stands(tmp_path: Path) -> None:
    """The rule is the same."""
    simulator = create_simulator(SimulatorConfig(api_keys=(KEY,)))
    url = f"sqlite:///{tmp_path / 'gateway.sqlite'}"
    async with gateway_over(simulator, database_url=url, keep_remote_data=False, max_age=86400) as world:
        (job,) = (await world.data("{ jobs(first: 1) { nodes { id } } }"))["jobs"]["nodes"]
        document = BY_IDS.replace("nodes(", "jobs: nodes(")
        await world.data(document, ids=[job["id"]])
        found = await world.ask(document, {"Cache-Control": "only-if-cached"}, ids=[job["id"]])
        said = {each["field"]: each for each in found["data"]["jobs"][0]["provenance"]}
        assert said["name"]["rule"] == "Name ?? PortalTitle ?? JobTitleId"
        assert {each["raw"] for each in said.values()} == {None}
        assert world.calls.total() == 0


async def test_provenance_has_its_price(world: World) -> None:
    """One for each field that is asked about."""
    plain, one, all_of_it = [
        (await world.ask(f"{{ jobs(first: 10) {{ nodes {{ id {part} }} }} }}"))["extensions"]["cost"]["estimated"]
        for part in ("", 'provenance(fields: ["name"]) { raw }', "provenance { raw }")
    ]
    assert (one - plain, all_of_it - plain) == (10, 10 * len(unified_fields("Job")))


async def test_names_beside_ids_and_values_inside_objects_are_withheld_as_well(kept: World) -> None:
    """Of fields that are not personal themselves; each by an error of its own."""
    document = """{
        applications(first: 3) { nodes { provenance(fields: ["candidateId", "currentStageId"]) { field raw } } }
        candidates(first: 3) { nodes { provenance(fields: ["integrationFields", "remoteId"]) { field raw } } }
    }"""
    whole = await kept.data(document)
    blind = await kept.ask(document, {"Authorization": f"Bearer {BLIND}"})
    assert all("Title" in row["provenance"][0]["raw"] for row in whole["applications"]["nodes"])
    assert [error["path"] for error in blind["errors"]] == [
        [root, "nodes", 0, "provenance", 0, "raw"] for root in ("applications", "candidates")
    ]
    for root in ("applications", "candidates"):
        for seen, unseen in zip(whole[root]["nodes"], blind["data"][root]["nodes"], strict=True):
            assert unseen["provenance"][0]["raw"] is None
            assert unseen["provenance"][1] == seen["provenance"][1]
