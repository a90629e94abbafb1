"""A lead with somebody on its pipeline is a job, one without is none (ASM-35); finding out costs little."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.crelate.reading.leads import CONTACTS_OF_JOBS
from gateway.simulator import FilterMode
from resolvers.errors import AtsError
from resolvers.ports.source import Children, PageQuestion
from tests.gateway.crelate.conftest import MakeWorld, World

LEADS = 12


async def leading(world: World) -> tuple[str, list[str]]:
    """Many leads, all but one with nobody on their pipelines: that one, and the others; nothing else is a lead."""
    jobs, pipeline = world.simulator.state["jobs"], world.simulator.state.pipeline
    for name in world.keys("jobs", IsLead=True):
        del jobs[name]
    empty = [row["Id"] for row in jobs.ordered()[:LEADS]]
    for name in empty:
        jobs[name]["IsLead"] = True
        for item in list(pipeline.of_job(name)):
            pipeline.remove(item)
    on_job = pipeline.of_job(jobs.ordered()[LEADS]["Id"])[0]
    peopled = empty.pop(5)
    pipeline.put(replace(on_job, id=world.simulator.state.new_id(), job_id=peopled))
    await world.prepared()
    return peopled, empty


async def listed(world: World) -> set[str]:
    """Keys of the jobs of one page."""
    return {job.key for job in (await world.session().page("Job", PageQuestion(size=100))).records}


async def test_a_lead_with_a_pipeline_is_a_job_wherever_jobs_are_asked_for(world: World) -> None:
    """In lists of jobs and of their teams, by id, by those who applied; a lead without one is nowhere."""
    peopled, empty = await leading(world)
    source = world.session()
    assert await listed(world) == {*world.jobs(), peopled}
    assert list(await source.by_ids("Job", [peopled, *empty])) == [peopled]
    teams = (await source.page("JobHiringTeamMember", PageQuestion(size=1000))).records
    assert {member.key.partition(":")[0] for member in teams} & {peopled, *empty} <= {peopled}
    (application,) = world.application_keys(peopled)
    contact = application.partition(":")[2]
    applied = (await source.page("Application", PageQuestion(size=10_000))).records
    assert application in {record.key for record in applied}
    theirs = (await source.by_parents("Application", "candidate_key", [contact], None))[contact]
    assert isinstance(theirs, Children)
    assert application in {record.key for record in theirs.records}


async def test_an_account_without_leads_pays_nothing(world: World) -> None:
    """Not even a proof."""
    for row in world.simulator.state["jobs"].values():
        row["IsLead"] = False
    await world.prepared()
    assert await listed(world) == set(world.jobs())
    assert world.counts == {"GET /jobs": 1}


async def test_a_page_of_leads_costs_one_request(world: World) -> None:
    """Where nobody is on any of them, once the filter has been proved: with a pipeline that is not empty."""
    peopled, _ = await leading(world)
    for item in list(world.simulator.state.pipeline.of_job(peopled)):
        world.simulator.state.pipeline.remove(item)
    assert await listed(world) == set(world.jobs())
    world.simulator.reset_log()
    assert await listed(world) == set(world.jobs())
    assert world.counts == {"GET /jobs": 1, "GET /contacts": 1}


async def test_one_among_many_leads_is_found_by_halves(world: World) -> None:
    """And remembered, as long as the request lasts."""
    peopled, _ = await leading(world)
    await listed(world)
    world.simulator.reset_log()
    source = world.session()
    for _ in range(2):
        assert peopled in {job.key for job in (await source.page("Job", PageQuestion(size=100))).records}
    assert world.counts == {"GET /jobs": 2, "GET /contacts": 3, "GET /jobs/{id}/contacts": 6}


async def test_few_leads_are_asked_about_one_by_one(world: World) -> None:
    """Their pipelines are read, and not again for those who applied."""
    peopled, empty = await leading(world)
    source = world.session()
    assert list(await source.by_ids("Job", [peopled, *empty[:2]])) == [peopled]
    await source.by_parents("Application", "job_key", [peopled], None)
    assert world.counts == {"GET /jobs": 1, "GET /jobs/{id}/contacts": 3}


@pytest.mark.parametrize("mode", [FilterMode.OFF, FilterMode.REFUSE, FilterMode.SINGLE])
async def test_without_the_filter_the_answer_is_the_same(world: World, mode: FilterMode) -> None:
    """Each pipeline is looked at."""
    peopled, _ = await leading(world)
    world.switch(mode, "contacts.job_ids")
    await listed(world)
    world.simulator.reset_log()
    assert await listed(world) == {*world.jobs(), peopled}
    assert world.counts == {"GET /jobs": 1, "GET /jobs/{id}/contacts": LEADS}


async def test_a_filter_that_stops_working_is_noticed(world: World) -> None:
    """One that finds everybody says nothing: pipelines decide."""
    peopled, _ = await leading(world)
    await listed(world)
    world.switch(FilterMode.OFF, "contacts.job_ids")
    assert await listed(world) == {*world.jobs(), peopled}


async def test_the_filter_can_be_distrusted(make_world: MakeWorld) -> None:
    """By the account's settings, as any other (ASM-04)."""
    world = make_world(distrusted_filters=frozenset({CONTACTS_OF_JOBS}))
    peopled, _ = await leading(world)
    assert await listed(world) == {*world.jobs(), peopled}
    assert "GET /contacts" not in world.counts


async def test_what_cannot_be_found_out_is_an_error_of_that_lead_alone(world: World) -> None:
    """Among records asked for by id: the others are there."""
    peopled, _ = await leading(world)
    world.simulator.faults.add("403", f"/jobs/{peopled}/contacts", times=None)
    job = world.jobs()[0]
    found = await world.session().by_ids("Job", [peopled, job])
    assert isinstance(found[peopled], AtsError)
    assert found[job].key == job
