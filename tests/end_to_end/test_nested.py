"""One nested question over jobs, applications, candidates, stages, interviews and people, and what it costs."""

import gc

import pytest

from gateway.request import Request
from gateway.simulator import FilterMode, PipelineProfile
from tests.end_to_end.conftest import World, gateway_over, pages

NESTED = """{
  jobs(first: 20) { nodes { remoteId name
    applications(first: 250) { totalCount nodes { remoteId
      candidate { remoteId lastName }
      currentStage { name }
      interviews { remoteId title interviewingTeam { user { lastName } } }
    } }
    hiringTeam { user { lastName } roles { unifiedType } }
  } }
}"""

LEADS = 2
"""Sales leads among the first jobs: whether they are jobs too is seen on their pipelines."""

FILTERS = (
    "contacts.ids",
    "activities.regarding_ids",
    "activities.parent_ids",
    "activities.verb_ids",
    "workflowstatuses.workflow_type_ids",
)
SHAPES = [profile for profile in PipelineProfile if profile is not PipelineProfile.DEFAULT]


async def test_the_nested_question_costs_its_minimum(world: World) -> None:
    """A page of jobs, a pipeline call per job and hundred rows, contacts and activities by the hundred, no more."""
    await world.prepare()
    jobs = (await world.data(NESTED))["jobs"]["nodes"]
    rows = [application for job in jobs for application in job["applications"]["nodes"]]
    contacts = {application["candidate"]["remoteId"] for application in rows}
    interviews = {interview["remoteId"] for application in rows for interview in application["interviews"]}
    assert len(jobs) == 20
    assert any(job["applications"]["totalCount"] > 100 for job in jobs)
    pipelines = sum(pages(job["applications"]["totalCount"]) for job in jobs)
    assert world.calls == {
        "GET /jobs": 1,
        "GET /jobs/{id}/contacts": pipelines + LEADS,
        "GET /contacts": pages(len(contacts)),
        "GET /activities": pages(len(interviews)),
    }


async def test_nothing_of_a_request_waits_for_the_garbage_collector(world: World) -> None:
    """Its container goes when the answer is out: no cycle holds on to what was read for it."""
    await world.ask(NESTED)
    gc.collect()
    gc.disable()
    try:
        await world.ask(NESTED)
        assert not [held for held in gc.get_objects() if isinstance(held, Request)]
    finally:
        gc.enable()


async def test_small_tables_are_read_once(world: World) -> None:
    """Users, stages and activity types cost one request each, and none the next time."""
    small = "{ users { nodes { lastName } } applicationStages { nodes { name } } interviews { nodes { title } } }"
    await world.ask(small)
    first = world.calls
    assert (first["GET /users"], first["GET /workflowstatuses"], first["GET /activitytypes"]) == (1, 1, 1)
    await world.ask(small)
    assert set(world.calls) == {"GET /activities"}


async def test_the_answer_says_what_it_cost(world: World) -> None:
    """`extensions.cost.upstreamRequests` is what Crelate has counted."""
    answer = await world.ask(NESTED)
    assert answer["extensions"]["cost"]["upstreamRequests"] == world.calls.total()
    assert answer["extensions"]["cost"]["estimated"] > 0


@pytest.mark.parametrize("mode", [FilterMode.OFF, FilterMode.REFUSE, FilterMode.SINGLE])
@pytest.mark.parametrize("name", FILTERS)
async def test_a_filter_that_does_not_work_changes_the_cost_only(world: World, name: str, mode: FilterMode) -> None:
    """Whatever a filter does instead of filtering, the answer is the same."""
    expected = await world.data(NESTED)
    world.simulator.knobs.filters[name] = mode
    async with gateway_over(world.simulator) as other:
        assert await other.data(NESTED) == expected
        await other.data(NESTED)
        cost = other.calls.total()
        world.simulator.knobs.filters.clear()
        async with gateway_over(world.simulator) as usual:
            await usual.data(NESTED)
            await usual.data(NESTED)
            assert cost >= usual.calls.total()


@pytest.mark.parametrize("profile", SHAPES)
async def test_every_shape_of_a_pipeline_row_is_read(world: World, profile: PipelineProfile) -> None:
    """Whichever way Crelate spells a pipeline row, the answer is the same."""
    expected = await world.data(NESTED)
    world.simulator.knobs.pipeline_profile = profile
    assert await world.data(NESTED) == expected
