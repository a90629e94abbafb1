"""How many requests a question costs, and that the answer does not depend on how it was found."""

from __future__ import annotations

import math
from typing import Any

import pytest

from gateway.simulator import FaultKind, FilterMode, PipelineProfile
from resolvers.errors import AtsError, UpstreamUnavailable
from resolvers.ports.source import Children
from tests.gateway.crelate.conftest import MakeWorld, World
from tests.gateway.crelate.story import told


def pages(rows: int) -> int:
    """Requests that so many rows take."""
    return math.ceil(rows / 100)


async def test_the_nested_question_costs_what_it_must(world: World) -> None:
    """One page of jobs, the pipelines, contacts and interviews by the hundred, each small table once."""
    await world.prepared()
    story = await told(world.session())
    assert len(story["jobs"]) == 20
    assert len(story["interviews"]) > 10
    pipelines = [pages(len(applications)) for applications in story["applications"].values()]
    assert max(pipelines) == 2
    assert world.counts == {
        "GET /jobs": 1,
        "GET /jobs/{id}/contacts": sum(pipelines) + 2,  # of leads among the jobs, which might be jobs too
        "GET /contacts": pages(len(story["candidates"])),
        "GET /activities": pages(interviews_about(world, story)),
        "GET /workflowstatuses": 1,
        "GET /activitytypes": 1,
        "GET /users": 1,
    }


def interviews_about(world: World, story: dict[str, Any]) -> int:
    """Activities of an interview type about the story's jobs."""
    jobs = {key for key, _ in story["jobs"]}
    types = {row["Id"] for row in world.simulator.state["activitytypes"].values() if "Interview" in row["Name"]}
    rows = world.simulator.state["activities"].values()
    return sum(row["VerbId"]["Id"] in types and (row.get("RegardingId") or {}).get("Id") in jobs for row in rows)


async def test_the_same_question_again_spares_the_small_tables(world: World) -> None:
    """They are kept between requests; nothing else is."""
    await told((await world.prepared()).session())
    world.simulator.reset_log()
    await told(world.session())
    assert world.counts.keys() == {"GET /jobs", "GET /jobs/{id}/contacts", "GET /contacts", "GET /activities"}


@pytest.mark.parametrize("mode", [FilterMode.OFF, FilterMode.REFUSE, FilterMode.SINGLE])
@pytest.mark.parametrize(
    "off",
    [
        ("contacts.ids",),
        ("activities.verb_ids",),
        ("activities.regarding_ids",),
        ("activities.regarding_ids", "activities.parent_ids"),
        ("activities.regarding_ids", "activities.parent_ids", "activities.verb_ids", "contacts.ids", "jobs.ids"),
    ],
    ids="+".join,
)
async def test_without_a_filter_the_answer_is_the_same(
    make_world: MakeWorld, off: tuple[str, ...], mode: FilterMode
) -> None:
    """It only costs more requests."""
    expected = await told(make_world().session(), 6)
    world = make_world()
    world.switch(mode, *off)
    assert await told((await world.prepared()).session(), 6) == expected


async def test_without_the_ids_filter_each_contact_is_fetched(world: World) -> None:
    """The fallback's cost (crelate-api 2.6)."""
    world.switch(FilterMode.OFF, "contacts.ids")
    story = await told((await world.prepared()).session(), 3)
    assert world.counts["GET /contacts/{id}"] == len(story["candidates"])
    assert "GET /contacts" not in world.counts


async def test_without_any_filter_all_activities_are_read(world: World) -> None:
    """And looked through here."""
    world.switch(FilterMode.OFF, "activities.regarding_ids", "activities.parent_ids", "activities.verb_ids")
    await told((await world.prepared()).session(), 3)
    assert world.counts["GET /activities"] == pages(len(world.simulator.state["activities"]))


async def test_a_filter_for_one_value_is_used_where_it_costs_less(world: World) -> None:
    """Two jobs are two requests, the whole list would be three; twenty jobs are not asked for one by one."""
    world.switch(FilterMode.SINGLE, "activities.regarding_ids", "activities.parent_ids")
    await told((await world.prepared()).session(), 2)
    assert world.counts["GET /activities"] == 2
    world.simulator.reset_log()
    await told(world.session(), 20)
    assert world.counts["GET /activities"] < 20


@pytest.mark.parametrize("profile", [PipelineProfile.V1, PipelineProfile.ITEM])
async def test_the_shape_of_pipeline_rows_does_not_matter(make_world: MakeWorld, profile: PipelineProfile) -> None:
    """Neither to the answer nor to its cost (ASM-08)."""
    default, other = make_world(), make_world()
    other.simulator.knobs.pipeline_profile = profile
    expected = await told((await default.prepared()).session())
    assert await told((await other.prepared()).session()) == expected
    assert other.counts == default.counts


async def test_a_filter_that_stops_working_is_found_out_by_its_strays(world: World) -> None:
    """The right answer all the same, and the filter is not used any more."""
    expected = await told((await world.prepared()).session(), 6)
    world.switch(FilterMode.OFF, "contacts.ids", "activities.regarding_ids", "activities.verb_ids")
    assert await told(world.session(), 6) == expected
    world.simulator.reset_log()
    await told(world.session(), 6)
    ids = [logged.query.get("ids") for logged in world.simulator.log if logged.template == "/contacts"]
    assert ids == []


async def test_what_a_request_has_read_it_does_not_read_again(world: World) -> None:
    """Rows of a page answer what is asked about them afterwards."""
    await world.prepared()
    source = world.session()
    await told(source, 5)
    world.simulator.reset_log()
    await told(source, 5)
    assert world.counts.keys() == {"GET /jobs", "GET /activities"}


INTERVIEWS = ("Interview", "application_key")


@pytest.mark.parametrize(
    ("number", "mode"),
    [(6, FilterMode.ON), (1, FilterMode.ON), (6, FilterMode.SINGLE), (6, FilterMode.OFF)],
)
async def test_interviews_are_read_beside_the_pipelines(world: World, number: int, mode: FilterMode) -> None:
    """With the same calls and answers, for all jobs together or not at all."""
    world.switch(mode, "activities.regarding_ids")
    jobs = (await world.prepared()).jobs()[:number]
    asked = sorted(world.application_keys(*jobs))
    expected = await world.session().by_parents(*INTERVIEWS, asked, None)
    world.simulator.reset_log()
    await world.session().by_parents(*INTERVIEWS, asked, None)
    calls = dict(world.counts)
    world.simulator.reset_log()
    ahead = world.session()
    await ahead.read_ahead("Application", "job_key", jobs, INTERVIEWS)
    assert world.counts == (calls if mode is FilterMode.ON else {})
    found = await ahead.by_parents(*INTERVIEWS, asked, None)
    assert {name: keys(children) for name, children in found.items()} == {
        name: keys(children) for name, children in expected.items()
    }
    assert world.counts == calls


async def test_interviews_that_cannot_be_read_ahead_are_an_error_for_who_asks(world: World) -> None:
    """And for nobody else."""
    jobs = (await world.prepared()).jobs()[:2]
    world.simulator.faults.add(FaultKind.UNAVAILABLE, "/activities", times=None)
    source = world.session()
    await source.read_ahead("Application", "job_key", jobs, INTERVIEWS)
    assert await source.by_parents("Application", "job_key", jobs, None)
    with pytest.raises(UpstreamUnavailable):
        await source.by_parents(*INTERVIEWS, sorted(world.application_keys(*jobs)), None)


async def test_a_filter_that_stops_holding_ahead_costs_no_more_than_it_does_later(world: World) -> None:
    """Who asks then gets all, by the next best filter."""
    jobs = (await world.prepared()).jobs()[:2]
    asked = sorted(world.application_keys(*jobs))
    expected = await world.session().by_parents(*INTERVIEWS, asked, None)
    world.switch(FilterMode.OFF, "activities.regarding_ids")
    source = world.session()
    await source.read_ahead("Application", "job_key", jobs, INTERVIEWS)
    world.simulator.reset_log()
    found = await source.by_parents(*INTERVIEWS, asked, None)
    assert {name: keys(it) for name, it in found.items()} == {name: keys(it) for name, it in expected.items()}
    assert {name for request in world.simulator.log for name in request.query} >= {"parent_ids"}


async def test_nothing_else_is_read_ahead(world: World) -> None:
    """Of no other question."""
    jobs = (await world.prepared()).jobs()[:2]
    await world.session().read_ahead("JobHiringTeamMember", "job_key", jobs, ("JobUserRoleAssignment", "job_user_key"))
    assert world.counts == {}


def keys(children: Children | AtsError) -> list[str]:
    """Of the records."""
    assert isinstance(children, Children)
    return [record.key for record in children.records]
