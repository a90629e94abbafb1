"""The small tables."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

import pytest

from gateway.crelate.reading.tables import KEEP_SECONDS
from gateway.simulator import FaultKind, FilterMode
from resolvers.errors import UpstreamUnavailable
from tests.gateway.crelate.conftest import MakeWorld, World

RECRUITING = "F6EF012F-998D-4132-B38B-A17A00B2B958"
OTHER_TYPE = "0f0f0f0f-0000-4000-8000-000000000001"


def recruiting(world: World) -> list[str]:
    """Keys of the recruiting stages, as the pipeline runs."""
    rows = [row for row in stages(world) if row["WorkflowTypeId"]["Title"] == "Recruiting"]
    return [row["Id"] for row in sorted(rows, key=lambda row: row["SortOrder"])]


def stages(world: World) -> Iterable[dict[str, Any]]:
    """Rows of all stages."""
    return world.simulator.state["workflowstatuses"].values()


async def test_tables_are_kept_for_ten_minutes(world: World) -> None:
    """And asked for once, however many want them."""
    tables = world.connector.account.tables
    await asyncio.gather(tables.users(), tables.users(), tables.stages(), tables.activity_types())
    await tables.users()
    once = {"GET /users": 1, "GET /workflowstatuses": 1, "GET /activitytypes": 1}
    assert world.counts == once
    world.time.seconds += KEEP_SECONDS
    await tables.users()
    assert world.counts == once | {"GET /users": 2}


async def test_each_table_is_all_of_it(world: World) -> None:
    """By key."""
    tables = world.connector.account.tables
    assert (await tables.users()).keys() == set(world.keys("users"))
    assert (await tables.contact_sources()).keys() == set(world.keys("contactsources"))
    assert (await tables.activity_types()).keys() == set(world.keys("activitytypes"))


async def test_stages_are_those_of_recruiting(world: World) -> None:
    """In the order of the pipeline; sales has stages of its own."""
    found = await world.connector.account.tables.stages()
    assert list(found) == recruiting(world)
    assert len(found) < len(world.simulator.state["workflowstatuses"])


@pytest.mark.parametrize("mode", [FilterMode.OFF, FilterMode.REFUSE])
async def test_stages_are_those_of_recruiting_without_the_filter(world: World, mode: FilterMode) -> None:
    """Rows of other types are dropped."""
    world.switch(mode, "workflowstatuses.workflow_type_ids")
    assert list(await world.connector.account.tables.stages()) == recruiting(world)


def rename_type(world: World, name: str = "Recruiting") -> None:
    """Give the account a recruiting type of its own."""
    types = world.simulator.state["workflowtypes"]
    types.insert({"Id": OTHER_TYPE, "Name": types.pop(RECRUITING)["Name"]})
    for row in world.simulator.state["workflowstatuses"].values():
        if row["WorkflowTypeId"]["Id"] == RECRUITING:
            row["WorkflowTypeId"] = {"Id": OTHER_TYPE, "Title": name}


async def test_an_account_may_have_a_recruiting_type_of_its_own(world: World) -> None:
    """The first API knows it by name (ASM-16)."""
    rename_type(world)
    assert list(await world.connector.account.tables.stages()) == recruiting(world)


async def test_the_recruiting_type_can_be_told(make_world: MakeWorld) -> None:
    """Then nothing is guessed."""
    world = make_world(recruiting_workflow_type=OTHER_TYPE.upper())
    rename_type(world)
    assert list(await world.connector.account.tables.stages()) == recruiting(world)
    assert world.counts == {"GET /workflowstatuses": 1}


async def test_without_the_first_api_stages_name_their_type(make_world: MakeWorld) -> None:
    """Else an application without a stage would begin in the sales workflow (ASM-16)."""
    world = make_world(first_version=False)
    rename_type(world)
    assert list(await world.connector.account.tables.stages()) == recruiting(world)


async def test_without_any_hint_stages_are_those_seen_on_pipelines(make_world: MakeWorld) -> None:
    """Else all there are (ASM-16)."""
    world = make_world(first_version=False)
    seen = recruiting(world)[:2]
    rename_type(world, "Hiring")
    tables = world.connector.account.tables
    assert set(await tables.stages()) == set(world.keys("workflowstatuses"))
    for stage in seen:
        tables.stages_used([stage])
    world.time.seconds += KEEP_SECONDS
    assert list(await tables.stages()) == seen


async def test_interview_types_go_by_their_name(world: World) -> None:
    """ASM-27."""
    types = await world.connector.account.tables.interview_types()
    named = {row["Id"] for row in world.simulator.state["activitytypes"].values() if "interview" in row["Name"].lower()}
    assert types == named != set()


async def test_interview_types_can_be_told(make_world: MakeWorld) -> None:
    """Without a look at the table."""
    world = make_world(interview_types=frozenset({OTHER_TYPE.upper()}))
    assert await world.connector.account.tables.interview_types() == {OTHER_TYPE}
    assert world.counts == {}


async def test_custom_fields_have_labels(world: World) -> None:
    """ASM-14; asked for once a day."""
    tables = world.connector.account.tables
    labels = await tables.labels("/jobs")
    assert labels["CustomField1"] == "Work Arrangement"
    assert "Name" not in labels
    world.time.seconds += KEEP_SECONDS
    assert await tables.labels("/jobs") == labels
    assert world.counts == {"GET /jobs/info": 1}


@pytest.mark.parametrize("kind", [FaultKind.NOT_FOUND, FaultKind.FORBIDDEN, FaultKind.EMPTY, FaultKind.BAD_REQUEST])
async def test_without_labels_fields_go_by_their_own_names(world: World, kind: FaultKind) -> None:
    """Crelate need not tell them."""
    world.simulator.faults.add(kind, "/jobs/info", times=None)
    assert await world.connector.account.tables.labels("/jobs") == {}


async def test_labels_that_cannot_be_had_just_now_are_an_error(world: World) -> None:
    """Guessing would rename the fields of every record for as long as it lasts."""
    world.simulator.faults.add("503", "/jobs/info", times=None)
    with pytest.raises(UpstreamUnavailable):
        await world.connector.account.tables.labels("/jobs")


async def test_labels_can_be_done_without(make_world: MakeWorld) -> None:
    """Then nothing is asked."""
    world = make_world(labels=False)
    assert await world.connector.account.tables.labels("/jobs") == {}
    assert world.counts == {}
