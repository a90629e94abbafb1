"""Whatever goes wrong: the right answer after asking again, or a coded error for just the keys it concerns."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from gateway.simulator import FaultKind, FilterMode
from resolvers.errors import AtsError, UpstreamRateLimited
from resolvers.ports.source import Children, PageQuestion
from tests.gateway.crelate.conftest import KEY, World
from tests.gateway.crelate.story import told

PASSING = [
    ("429", {"times": 2}),
    ("429", {"times": 1, "retry_after": 7}),
    ("500", {"times": 2}),
    ("502", {"times": 2}),
    ("503", {"times": 1}),
    ("504", {"times": 1}),
    ("drop", {"times": 2}),
    ("truncated", {"times": 2}),
    ("empty", {"times": 1}),
    ("slow", {"times": 3, "seconds": 20.0}),
]
LASTING = {
    "400": "UPSTREAM_REJECTED",
    "401": "UPSTREAM_UNAUTHORIZED",
    "403": "UPSTREAM_UNAUTHORIZED",
    "422": "UPSTREAM_REJECTED",
    "429": "UPSTREAM_RATE_LIMITED",
    "500": "UPSTREAM_UNAVAILABLE",
    "502": "UPSTREAM_UNAVAILABLE",
    "drop": "UPSTREAM_UNAVAILABLE",
    "truncated": "UPSTREAM_UNREADABLE",
    "empty": "UPSTREAM_UNREADABLE",
    "errors": "UPSTREAM_REJECTED",
}
EVERYWHERE = "/(jobs|contacts|activities|users|workflowstatuses|activitytypes).*"
NOBODY = "10000000-0000-4000-8000-000000000001"


@pytest.mark.parametrize(("kind", "details"), PASSING)
async def test_what_passes_is_waited_out(world: World, kind: str, details: dict[str, Any]) -> None:
    """The answer is as if nothing had happened."""
    await world.prepared()
    expected = await told(world.session(), 4)
    world.simulator.faults.add(kind, EVERYWHERE, **details)
    assert await told(world.session(), 4) == expected


@pytest.mark.parametrize("kind", LASTING)
async def test_a_pipeline_that_cannot_be_read_concerns_its_job_only(world: World, kind: str) -> None:
    """The others are answered, with everything that hangs on them."""
    await world.prepared()
    expected = await told(world.session(), 4)
    broken = expected["jobs"][1][0]
    world.simulator.faults.add(kind, f"/jobs/{broken}/contacts", times=None)
    story = await told(world.session(), 4)
    assert story["applications"] == expected["applications"] | {broken: LASTING[kind]}
    assert story["teams"] == expected["teams"]
    kept = set(story["candidates"])
    assert story["candidates"] == {key: name for key, name in expected["candidates"].items() if key in kept}


@pytest.mark.parametrize("kind", LASTING)
async def test_contacts_that_cannot_be_read_leave_the_rest(world: World, kind: str) -> None:
    """Each key has the error, unless the list was refused and they are read one by one; the others are there."""
    await world.prepared()
    expected = await told(world.session(), 4)
    world.simulator.faults.add(kind, "/contacts", times=None)
    story = await told(world.session(), 4)
    if LASTING[kind] != "UPSTREAM_REJECTED":
        assert set(story.pop("candidates").values()) == {LASTING[kind]}
        expected.pop("candidates")
    assert story == expected


@pytest.mark.parametrize("kind", ["401", "500", "truncated"])
async def test_one_contact_that_cannot_be_read_concerns_itself_only(world: World, kind: str) -> None:
    """Where contacts are fetched one by one."""
    world.switch(FilterMode.OFF, "contacts.ids")
    await world.prepared()
    broken, *others = world.keys("contacts")[:4]
    world.simulator.faults.add(kind, f"/contacts/{broken}", times=None)
    found = await world.session().by_ids("Candidate", [broken, *others])
    assert isinstance(found[broken], AtsError)
    assert [found[key].key for key in others] == others


@pytest.mark.parametrize("template", ["/users", "/workflowstatuses", "/activities", "/activitytypes", "/jobs"])
@pytest.mark.parametrize("kind", ["403", "502", "errors"])
async def test_a_level_that_cannot_be_read_says_so(world: World, template: str, kind: str) -> None:
    """With the code and the call, without the key, and without hiding it in an empty answer."""
    await world.prepared()
    world.simulator.faults.add(kind, template, times=None)
    with pytest.raises(AtsError) as caught:
        await told(world.session(), 4)
    assert caught.value.code == LASTING[kind]
    assert caught.value.extensions["upstream"]["path"] == template
    assert KEY not in f"{caught.value!r} {caught.value.extensions}"


async def test_a_failed_table_is_asked_for_again(world: World) -> None:
    """A failure is not kept."""
    world.simulator.faults.add("403", "/users")
    with pytest.raises(AtsError):
        await world.session().page("User", PageQuestion(size=1))
    assert (await world.session().page("User", PageQuestion(size=1))).records


@pytest.mark.parametrize("mode", [FilterMode.ON, FilterMode.OFF])
async def test_a_record_that_is_gone_is_absent(world: World, mode: FilterMode) -> None:
    """Between the list that named it and the question for it."""
    world.switch(mode, "contacts.ids", "jobs.ids", "activities.ids")
    await world.prepared()
    gone, kept = world.keys("contacts")[:2]
    world.simulator.state.remove("contacts", gone)
    found = await world.session().by_ids("Candidate", [gone, kept])
    assert list(found) == [kept]
    assert await world.session().by_ids("Job", [NOBODY]) == {}
    assert await world.session().by_ids("Interview", [NOBODY]) == {}


async def test_a_job_that_is_gone_has_no_applications(world: World) -> None:
    """404 is an answer."""
    job = world.jobs()[0]
    world.simulator.state.remove("jobs", job)
    assert await world.session().by_parents("Application", "job_key", [job], 10) == {}


@pytest.mark.parametrize("kind", [FaultKind.INSERT_ROW, FaultKind.DELETE_RECORD])
async def test_a_pipeline_that_shifts_while_it_is_paged_is_whole(world: World, kind: FaultKind) -> None:
    """Nobody who was there all the time is missing, nobody is there twice."""
    long = max(world.jobs(), key=lambda job: len(world.application_keys(job)))
    before = world.application_keys(long)
    world.simulator.faults.add(kind, f"/jobs/{long}/contacts")
    found = (await world.session().by_parents("Application", "job_key", [long], 110))[long]
    assert isinstance(found, Children)
    keys = [record.key for record in found.records]
    assert len(keys) == len(set(keys)) >= 110
    everybody = (await world.session().by_parents("Application", "job_key", [long], None))[long]
    assert isinstance(everybody, Children)
    assert {record.key for record in everybody.records} == world.application_keys(long)
    assert before & world.application_keys(long) <= {record.key for record in everybody.records}


async def test_a_quota_that_is_spent_fails_what_would_come_too_late(world: World) -> None:
    """And only that: the jobs that still had their turn are answered."""
    await world.prepared()
    quota = world.connector.account.client.quota
    left = 5
    for _ in range(quota.state().remaining - left):
        await quota.acquire(None)
    world.time.deadline = world.time.seconds + 25
    jobs = world.jobs()[:8]
    found = await world.session().by_parents("Application", "job_key", jobs, 50)
    errors = [answer for answer in found.values() if isinstance(answer, AtsError)]
    assert len(errors) == len(jobs) - left
    for error in errors:
        assert isinstance(error, UpstreamRateLimited)
        assert error.retry_after is not None
        assert 0 < error.retry_after <= 60
    assert world.time.waits == []


async def test_nothing_waits_beyond_the_deadline(world: World) -> None:
    """An outage is told as soon as another attempt would come too late."""
    await world.prepared()
    world.time.deadline = world.time.seconds + 1
    world.simulator.faults.add("429", "/jobs", times=None)
    with pytest.raises(UpstreamRateLimited):
        await world.session().page("Job", PageQuestion(size=1))
    assert world.time.waits == []


async def test_a_request_that_is_given_up_asks_no_more(world: World) -> None:
    """What it had not asked yet is not charged to the quota."""
    world.switch(FilterMode.OFF, "contacts.ids")
    await world.prepared()
    world.simulator.faults.add("slow", "/contacts/{id}", times=None, seconds=1.0)
    contacts = world.keys("contacts")
    asking = asyncio.create_task(world.session().by_ids("Candidate", contacts))
    for _ in range(20):
        await asyncio.sleep(0)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    asked = world.counts["GET /contacts/{id}"]
    for _ in range(100):
        await asyncio.sleep(0)
    assert 0 < asked == world.counts["GET /contacts/{id}"] < len(contacts)
