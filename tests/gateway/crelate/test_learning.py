"""What is found out about an account is found out once, by whichever process, and again when it stops holding."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from gateway.crelate.canary import DISTRUSTED_SECONDS, Proof
from gateway.crelate.filters import CONTACT_EMAILS, CONTACT_IDS, FILTERS
from gateway.crelate.protocol import Request, Version, get
from gateway.crelate.reading.application import JOBS_OF_CONTACT
from gateway.crelate.reading.pipelines import SHAPE_ROWS
from gateway.crelate.transport.keying import TURN_SECONDS
from gateway.crelate.transport.signing import KeyForm
from gateway.database.engine import Database
from gateway.database.profile import DatabaseProfile
from gateway.profile import AccountProfile
from gateway.simulator import FaultKind, FilterMode, FirstVersionKey, PipelineProfile
from resolvers.errors import UpstreamRateLimited, UpstreamUnauthorized
from resolvers.ports.profile import TRUSTED_FOR, Fact, of_either, united
from resolvers.ports.source import PageQuestion
from tests.gateway.crelate.conftest import MakeWorld, World, until

NAME = "crelate:default"


@pytest.fixture
def learning(make_world: MakeWorld, profile: AccountProfile) -> World:
    """A world that learns it."""
    return make_world(profile=profile)


def kept(database: Database) -> AccountProfile:
    """The account's profile in a process of its own."""
    return AccountProfile(NAME, "https://crelate.test/api3", DatabaseProfile(database, NAME))


async def known(profile: AccountProfile) -> dict[str, Any]:
    """Fact -> its value."""
    return {fact.name: fact.value for fact in await profile.current()}


async def drift(profile: AccountProfile) -> dict[str, tuple[Any, Any]]:
    """Fact that drifted -> what it was and is."""
    return {fact.name: (fact.before, fact.value) for fact in await profile.drifted()}


async def ask(world: World) -> Any:
    """The same question in each process: some candidates by key, and some by address."""
    source = world.session()
    contacts = world.keys("contacts")[:5]
    await source.by_parents("Application", "candidate_key", contacts[:2], None)
    return await source.by_ids("Candidate", contacts)


async def test_no_filter_is_proved_by_two_processes(make_world: MakeWorld, database: Database) -> None:
    """Neither by one that starts later nor by one that runs already, on either database."""
    profiles = [kept(database) for _ in range(3)]
    first = make_world(profile=profiles[0])
    running = make_world(beside=first, profile=profiles[1])
    await profiles[1].read()
    await ask(first)
    await first.prepared()
    await profiles[0].settle()
    later = make_world(beside=first, profile=profiles[2])
    for other in (running, later):
        proofs = [await other.connector.account.canary.proof(judged) for judged in FILTERS]
        assert Proof.UNDECIDED not in proofs
        assert other.counts == {}
    found = await ask(later)
    assert {key: record.key for key, record in found.items()} == dict(zip(found, found, strict=True))
    assert later.counts == {
        "GET /contacts": 1,
        "GET /contacts/info": 1,
        "GET /contacts/{id}/jobs": 2,
        "GET /jobs": 2,
    }


async def test_what_cannot_be_told_is_not_kept(learning: World, profile: AccountProfile) -> None:
    """An account that is empty today may not be tomorrow."""
    for key in learning.keys("contacts"):
        learning.simulator.state.remove("contacts", key)
    assert await learning.connector.account.canary.proof(CONTACT_IDS) is Proof.UNDECIDED
    assert set(await known(profile)) == {"key form /api3"}


async def test_an_old_proof_holds_while_it_is_found_anew(make_world: MakeWorld) -> None:
    """Nobody waits for that."""
    world = make_world()
    profile = AccountProfile(clock=world.time.now)
    world = make_world(beside=world, profile=profile)
    await world.prepared()
    world.time.seconds += TRUSTED_FOR.total_seconds() + 1
    assert await world.connector.account.canary.proof(CONTACT_EMAILS) is Proof.MANY
    assert profile.trusted("filter /contacts?emails") is None
    await until(lambda: profile.trusted("filter /contacts?emails"))
    assert world.counts == {"GET /contacts": 4}


async def test_an_old_proof_that_cannot_be_found_anew_is_tried_later(make_world: MakeWorld) -> None:
    """It goes on holding meanwhile, and then it is what it is found to be."""
    world = make_world()
    profile = AccountProfile(clock=world.time.now)
    world = make_world(beside=world, profile=profile)
    await world.prepared()
    world.time.seconds += TRUSTED_FOR.total_seconds() + 1
    world.simulator.faults.add(FaultKind.UNAUTHORIZED, "/contacts", times=None)
    canary = world.connector.account.canary
    assert await canary.proof(CONTACT_EMAILS) is Proof.MANY
    await until(lambda: not canary._judging)  # noqa: SLF001  nothing tells from outside
    world.simulator.faults.clear()
    world.switch(FilterMode.OFF, "contacts.emails")
    assert await canary.proof(CONTACT_EMAILS) is Proof.MANY
    world.time.seconds += DISTRUSTED_SECONDS
    await canary.proof(CONTACT_EMAILS)
    await until(lambda: profile.trusted("filter /contacts?emails"))
    assert await canary.proof(CONTACT_EMAILS) is Proof.NONE
    assert await drift(profile) == {"filter /contacts?emails": ("many", "none")}


@pytest.mark.parametrize("mode", [FilterMode.OFF, FilterMode.REFUSE, FilterMode.SINGLE])
async def test_a_filter_that_stops_working_is_dropped_and_the_answer_is_right(
    learning: World, profile: AccountProfile, mode: FilterMode
) -> None:
    """It is proved again after a while, and used again once it works."""
    await learning.prepared()
    contacts = learning.keys("contacts")[:5]
    learning.switch(mode, "contacts.ids")
    noticed: list[Fact] = []
    profile.noticed = noticed.append
    found = await learning.session().by_ids("Candidate", contacts)
    if mode is FilterMode.SINGLE:  # rows that are missing may be gone: that shows when it is proved the next time
        return
    assert list(found) == contacts
    assert [fact.name for fact in noticed] == ["filter /contacts?ids"]
    assert await drift(profile) == {"filter /contacts?ids": ("many", None)}
    canary = learning.connector.account.canary
    assert await canary.proof(CONTACT_IDS) is Proof.NONE
    learning.time.seconds += DISTRUSTED_SECONDS
    assert await canary.proof(CONTACT_IDS) is Proof.NONE
    assert await drift(profile) == {"filter /contacts?ids": ("many", "none")}


async def test_a_filter_that_works_again_has_drifted_no_more(learning: World, profile: AccountProfile) -> None:
    """After an hour at most."""
    await learning.prepared()
    learning.switch(FilterMode.OFF, "contacts.ids")
    await learning.session().by_ids("Candidate", learning.keys("contacts")[:5])
    learning.switch(FilterMode.ON, "contacts.ids")
    learning.time.seconds += DISTRUSTED_SECONDS
    assert await learning.connector.account.canary.proof(CONTACT_IDS) is Proof.MANY
    assert await drift(profile) == {}


async def test_a_refusal_for_another_reason_says_nothing_of_the_filter(
    learning: World, profile: AccountProfile
) -> None:
    """It is proved once more, and holds."""
    await learning.prepared()
    learning.simulator.faults.add("400", "/contacts", times=1)
    await learning.session().by_ids("Candidate", learning.keys("contacts")[:5])
    assert learning.counts == {"GET /contacts": 4}
    assert await drift(profile) == {}
    assert await learning.connector.account.canary.proof(CONTACT_IDS) is Proof.MANY


async def test_a_walk_goes_on_without_a_filter_that_is_refused_now(learning: World, profile: AccountProfile) -> None:
    """With the same records."""
    await learning.prepared()
    question = PageQuestion(size=50)
    expected = await learning.session().page("Interview", question)
    learning.switch(FilterMode.REFUSE, "activities.verb_ids")
    found = await learning.session().page("Interview", question)
    assert [record.key for record in found.records] == [record.key for record in expected.records]
    assert await drift(profile) == {"filter /activities?verb_ids": ("many", None)}


async def test_a_list_that_is_gone_is_not_taken_for_nothing(learning: World, profile: AccountProfile) -> None:
    """Candidates have the applications they had, found otherwise."""
    contacts = [item.contact_id for item in learning.simulator.state.pipeline.of_job(learning.jobs()[0])][:2]

    async def applications() -> dict[str, set[str]]:
        found = await learning.session().by_parents("Application", "candidate_key", contacts, None)
        return {key: {record.key for record in children.records} for key, children in found.items()}  # type: ignore[union-attr]  # no errors

    expected = await applications()
    learning.simulator.knobs.contact_jobs = False
    assert await applications() == expected
    assert await drift(profile) == {f"filter {JOBS_OF_CONTACT}": ("many", None)}


class Doorkeeper(httpx.AsyncBaseTransport):
    """Takes the key in one form only, where it is told to.

    Attributes:
        form: That form; null for either.
        refuses: How many requests are refused whatever form they have.
        together: How many have to be there before the first one is refused.
    """

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self._transport = transport
        self.form: KeyForm | None = None
        self.refuses = 0
        self.together = 0
        self._waiting = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Let it pass, or not."""
        form = KeyForm.HEADER if "x-api-key" in request.headers else KeyForm.QUERY
        self.refuses -= 1
        if self.refuses >= 0 or self.form not in {None, form}:
            self._waiting += 1
            await until(lambda: self._waiting >= self.together)
            return httpx.Response(401, json={"Errors": []})
        return await self._transport.handle_async_request(request)


@pytest.fixture
def door() -> list[Doorkeeper]:
    """The doorkeepers of the worlds made `guarded`."""
    return []


@pytest.fixture
def guarded(make_world: MakeWorld, door: list[Doorkeeper]) -> Callable[[AccountProfile], World]:
    """Makes worlds with a doorkeeper."""

    def around(transport: httpx.AsyncBaseTransport) -> httpx.AsyncBaseTransport:
        door.append(Doorkeeper(transport))
        return door[-1]

    return lambda profile: make_world(profile=profile, around=around)


USERS = get("/users", {"limit": "1"})


async def test_a_key_that_is_refused_in_the_form_it_was_taken_in_is_sent_in_the_other(
    guarded: Callable[[AccountProfile], World], profile: AccountProfile, door: list[Doorkeeper]
) -> None:
    """Nobody sees an error, the next process begins with it, and calls at the same time find out once."""
    client = guarded(profile).connector.account.client
    await client.send(USERS)
    door[0].form, door[0].together = KeyForm.QUERY, 3
    answers = await asyncio.gather(*(client.send(USERS) for _ in range(3)))
    assert [bool(answer.data) for answer in answers] == [True] * 3
    assert await drift(profile) == {"key form /api3": ("header", "query")}
    following = guarded(profile)
    door[1].form = KeyForm.QUERY
    await following.connector.account.client.send(USERS)
    assert following.counts == {"GET /users": 1}


async def test_a_moment_of_refusal_changes_nothing(
    guarded: Callable[[AccountProfile], World], profile: AccountProfile, door: list[Doorkeeper]
) -> None:
    """The form is kept to where it works the next time."""
    client = guarded(profile).connector.account.client
    await client.send(USERS)
    door[0].refuses = 1
    assert (await client.send(USERS)).data
    assert await drift(profile) == {}
    assert (await known(profile))["key form /api3"] == "header"


async def test_a_key_that_is_refused_in_both_forms_is_refused(
    guarded: Callable[[AccountProfile], World], profile: AccountProfile, door: list[Doorkeeper]
) -> None:
    """Which is tried once an hour."""
    world = guarded(profile)
    client = world.connector.account.client
    await client.send(USERS)
    door[0].refuses = 1_000_000
    for tries in (2, 1):
        before = door[0].refuses
        with pytest.raises(UpstreamUnauthorized):
            await client.send(USERS)
        assert before - door[0].refuses == tries
    world.time.seconds += TURN_SECONDS
    with pytest.raises(UpstreamUnauthorized):
        await client.send(USERS)
    assert await drift(profile) == {}


async def test_the_first_version_is_told_the_key_as_it_takes_it(make_world: MakeWorld) -> None:
    """Whatever is set, and only one process finds out."""
    profile = AccountProfile()
    world = make_world(profile=profile, first_version_key=KeyForm.HEADER)
    world.simulator.knobs.v1_key = FirstVersionKey.QUERY
    request = Request(method="GET", template="/domain/workflowTypes", version=Version.V1, idempotent=True)
    assert (await world.connector.account.client.send(request)).data
    assert len(world.simulator.log) == 3
    other = make_world(beside=world, profile=profile, first_version_key=KeyForm.HEADER)
    other.simulator.reset_log()
    await other.connector.account.client.send(request)
    assert len(other.simulator.log) == 1
    assert (await known(profile))["key form /api/pub/v1"] == "query"


async def test_the_size_of_pages_is_seen(learning: World, profile: AccountProfile) -> None:
    """And that it changes."""
    await learning.connector.account.canary.sample("/contacts")
    assert (await known(profile))["page size /contacts"] == 100
    learning.simulator.knobs.max_page = 20
    await learning.session().by_parents("Application", "job_key", learning.jobs(), None)
    learning.time.seconds += 1000
    await learning.connector.account.canary.sample("/contacts")
    assert await drift(profile) == {"page size /contacts": (100, 20)}


async def test_the_shape_of_pipeline_rows_is_seen(learning: World, profile: AccountProfile) -> None:
    """And that it changes, once; a few rows without a date say nothing."""
    pipeline, knobs = learning.simulator.state.pipeline, learning.simulator.knobs
    jobs = sorted(learning.jobs(), key=lambda job: len(pipeline.of_job(job)))
    few = next(job for job in jobs if pipeline.of_job(job))
    assert len(pipeline.of_job(few)) < SHAPE_ROWS

    async def read(*wanted: str) -> Any:
        await learning.session().by_parents("Application", "job_key", wanted, None)
        return (await known(profile))["pipeline rows"]

    dated, mixed = {"stage": True, "date": True}, {"stage": True, "date": "some"}
    assert await read(*jobs) == dated
    knobs.pipeline_profile = PipelineProfile.V1
    assert await read(few) == dated
    assert await read(*jobs) == mixed
    knobs.pipeline_profile = PipelineProfile.DEFAULT
    assert await read(*jobs) == mixed
    assert await drift(profile) == {"pipeline rows": (dated, mixed)}


async def test_the_type_of_the_stages_is_looked_for_once(make_world: MakeWorld, profile: AccountProfile) -> None:
    """By the first process; when it has no stages any more, they are found anew and the order has drifted."""
    world = make_world(profile=profile)
    world.simulator.knobs.recruiting_workflow = "10000000-0000-4000-8000-00000000000f"
    stages = list(await world.connector.account.tables.stages())
    assert len(world.simulator.log) == 3
    other = make_world(beside=world, profile=profile)
    other.simulator.reset_log()
    assert list(await other.connector.account.tables.stages()) == stages
    assert other.counts == {"GET /workflowstatuses": 1}
    assert (await known(profile))["stage order"] == stages
    other.simulator.knobs.recruiting_workflow = "10000000-0000-4000-8000-00000000000e"
    other.time.seconds += 1000
    await other.connector.account.tables.stages()
    assert set(await drift(profile)) == {"stages found by"}


async def test_stages_in_use_are_remembered(make_world: MakeWorld, profile: AccountProfile) -> None:
    """Where nothing else tells them from other statuses, a process that has read no pipeline knows them."""
    world = make_world(profile=profile)
    for number, row in enumerate(world.simulator.state["workflowstatuses"].ordered()):
        row["WorkflowTypeId"] = {"Id": f"10000000-0000-4000-8000-{number:012}", "Title": "Something"}
    await world.session().by_parents("Application", "job_key", world.jobs(), None)
    used = set((await known(profile))["stages in use"])
    other = make_world(beside=world, profile=profile, first_version=False)
    assert set(await other.connector.account.tables.stages()) == used
    assert "stage order" not in await known(profile)


async def test_what_a_refusal_shows_of_the_quota_is_kept(learning: World, profile: AccountProfile) -> None:
    """The least number of calls after which one was refused."""
    learning.simulator.knobs.requests_per_minute = 3
    learning.time.deadline = 1.0
    for _ in range(3):
        await learning.connector.account.client.send(USERS)
    with pytest.raises(UpstreamRateLimited):
        await learning.connector.account.client.send(USERS)
    assert (await known(profile))["quota refused after"] == 4


async def test_a_limit_that_answers_name_is_kept(make_world: MakeWorld, profile: AccountProfile) -> None:
    """It is not known whether Crelate's do."""

    class Naming(httpx.AsyncBaseTransport):
        def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
            self._transport = transport

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            response = await self._transport.handle_async_request(request)
            response.headers["X-RateLimit-Limit"] = "120"
            return response

    world = make_world(profile=profile, around=Naming)
    await world.connector.account.client.send(USERS)
    assert (await known(profile))["quota limit"] == 120


async def test_no_fact_holds_a_key_or_a_name(learning: World, profile: AccountProfile) -> None:
    """After everything has been asked."""
    await learning.prepared()
    await ask(learning)
    await learning.connector.examine(learning.time.now)
    facts = str(await known(profile))
    assert "simulated-key" not in facts
    people = [row["LastName"] for row in learning.simulator.state["contacts"].ordered()]
    assert not [name for name in people if name in facts]


def test_sights_are_joined() -> None:
    """What is true of some is neither true nor false."""
    assert of_either({"date": True}, {"date": True}) == {"date": True}
    assert of_either({"date": "some"}, {"date": True}) == {"date": "some"}
    assert united(["a"], ["b", "a"]) == ["a", "b"]
