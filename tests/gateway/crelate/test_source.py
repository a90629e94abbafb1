"""Every question a source can be asked, answered from Crelate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import httpx
import orjson
import pytest

from gateway.crelate.reading.questions import BY_IDS
from gateway.crelate.settings import web_url
from gateway.simulator import FilterMode, PipelineProfile
from resolvers.errors import FilterNeedsSync, UpstreamUnreadable
from resolvers.ports.source import Children, PageQuestion
from schema.model import MODELS
from tests.gateway.crelate.conftest import MakeWorld, World

STRANGER = "10000000-0000-4000-8000-000000000009"


async def everything(world: World, model: str) -> list[Any]:
    """All records of a model, by its list."""
    return list((await world.session().page(model, PageQuestion(size=10_000))).records)


async def children(world: World, model: str, attribute: str, keys: Sequence[str], limit: int | None = None) -> Any:
    """Keys of the records of each parent."""
    found = await world.session().by_parents(model, attribute, keys, limit)
    return {key: {record.key for record in kept.records} for key, kept in found.items() if isinstance(kept, Children)}


def test_every_model_can_be_asked_for() -> None:
    """By key, each by its own function."""
    assert BY_IDS.keys() == MODELS.keys()


@pytest.mark.parametrize("model", MODELS)
async def test_a_record_of_a_list_is_found_again_by_its_key(world: World, model: str) -> None:
    """The same record, also when the key is written in capitals."""
    listed = await everything(world, model)
    assert listed
    asked = [record.key for record in listed[:150]]
    found = await world.session().by_ids(model, asked)
    assert list(found) == asked
    for record in listed[:150]:
        assert repr(found[record.key]) == repr(record)
    shouted = [key.upper() if ":" not in key or model in {"Application", "UserRole"} else key for key in asked[:3]]
    assert list(await world.session().by_ids(model, shouted)) == shouted


@pytest.mark.parametrize("model", MODELS)
async def test_a_key_that_is_none_finds_nothing(world: World, model: str) -> None:
    """And nothing is asked with it: it could lead anywhere."""
    await world.prepared()
    strange = ["", "x", "..", "../users", ":", f"{STRANGER}:", f":{STRANGER}", "job:", "a:b:c", "%2e%2e"]
    assert await world.session().by_ids(model, strange) == {}
    assert not {logged.path for logged in world.simulator.log} - {
        "/api3/users",
        "/api3/workflowstatuses",
        "/api3/activitytypes",
    }


@pytest.mark.parametrize("model", MODELS)
async def test_a_key_of_nobody_finds_nothing(world: World, model: str) -> None:
    """Absent, not an error."""
    assert await world.session().by_ids(model, [STRANGER, f"{STRANGER}:{STRANGER}"]) == {}


RELATIONS = [
    ("Application", "job_key"),
    ("Application", "candidate_key"),
    ("Application", "current_stage_key"),
    ("Interview", "application_key"),
    ("JobHiringTeamMember", "job_key"),
    ("JobHiringTeamMember", "user_key"),
    ("JobUserRoleAssignment", "job_user_key"),
    ("JobUserRoleAssignment", "role_key"),
    ("UserRole", "user_key"),
    ("UserRole", "role_key"),
    ("InterviewingTeamMember", "interview_key"),
    ("InterviewingTeamMember", "user_key"),
]


@pytest.mark.parametrize(("model", "attribute"), RELATIONS)
@pytest.mark.parametrize("mode", [FilterMode.ON, FilterMode.OFF])
async def test_children_are_the_records_that_hold_the_parents_key(
    world: World, model: str, attribute: str, mode: FilterMode
) -> None:
    """As the whole list says, with filters and without."""
    listed = await everything(world, model)
    parents = list(dict.fromkeys(getattr(record, attribute) for record in listed if getattr(record, attribute)))[:12]
    world.switch(mode, "contacts.ids", "jobs.ids", "activities.ids", "activities.verb_ids")
    world.switch(mode, "activities.regarding_ids", "activities.parent_ids")
    expected = {parent: {record.key for record in listed if getattr(record, attribute) == parent} for parent in parents}
    assert await children(world, model, attribute, [*parents, STRANGER]) == expected


async def test_any_other_relation_is_refused_by_name(world: World) -> None:
    """Never answered with nothing."""
    with pytest.raises(FilterNeedsSync) as caught:
        await world.session().by_parents("Job", "name", ["x"], None)
    assert caught.value.argument == "name"


async def test_a_pipeline_is_read_no_further_than_asked(world: World) -> None:
    """One page serves the first hundred, and the total is known all the same."""
    long = max(world.jobs(), key=lambda job: len(world.application_keys(job)))
    found = (await world.session().by_parents("Application", "job_key", [long], 30))[long]
    assert isinstance(found, Children)
    assert len(found.records) == 30
    assert found.total == len(world.application_keys(long)) > 100
    assert world.counts == {"GET /jobs/{id}/contacts": 1}


async def test_applications_of_one_job_cost_one_pipeline(world: World) -> None:
    """However many keys."""
    job = world.jobs()[0]
    keys = sorted(world.application_keys(job))
    assert list(await world.session().by_ids("Application", keys)) == keys
    assert world.counts == {"GET /jobs/{id}/contacts": 1}


async def test_the_applications_of_a_candidate_cost_one_request(world: World) -> None:
    """Where Crelate lists the jobs of a contact (ASM-09)."""
    contact = next(item.contact_id for item in world.simulator.state.pipeline.of_job(world.jobs()[0]))
    await children(world, "Application", "candidate_key", [contact])
    world.simulator.reset_log()
    assert await children(world, "Application", "candidate_key", [contact])
    assert world.counts == {"GET /contacts/{id}/jobs": 1, "GET /jobs": 1}


@pytest.mark.parametrize("kind", ["404", "errors"])
async def test_without_that_list_pipelines_are_walked(world: World, kind: str) -> None:
    """With the same result."""
    contacts = [item.contact_id for item in world.simulator.state.pipeline.of_job(world.jobs()[0])][:3]
    expected = await children(world, "Application", "candidate_key", contacts)
    world.connector.account.canary._proofs._held.clear()  # noqa: SLF001 - as after a restart
    world.simulator.faults.add(kind, "/contacts/{id}/jobs", times=None)
    world.simulator.reset_log()
    assert await children(world, "Application", "candidate_key", contacts) == expected
    assert world.counts["GET /jobs/{id}/contacts"] >= len(world.jobs())


async def test_applications_of_a_stage_are_looked_for_no_further_than_needed(world: World) -> None:
    """Pipeline after pipeline."""
    stage = next(iter(await world.connector.account.tables.stages()))
    world.simulator.reset_log()
    found = (await world.session().by_parents("Application", "current_stage_key", [stage], 3))[stage]
    assert isinstance(found, Children)
    assert len(found.records) == 3
    assert found.total is None
    assert world.counts["GET /jobs/{id}/contacts"] < len(world.jobs())


@pytest.mark.parametrize("profile", PipelineProfile)
async def test_applications_are_the_same_whichever_way_they_are_found(world: World, profile: PipelineProfile) -> None:
    """By job, by candidate, by stage, by key (ASM-08)."""
    world.simulator.knobs.pipeline_profile = profile
    job = world.jobs()[0]
    by_job = (await world.session().by_parents("Application", "job_key", [job], None))[job]
    assert isinstance(by_job, Children)
    expected: Any = by_job.records[0]
    by_candidate = await world.session().by_parents("Application", "candidate_key", [expected.candidate_key], None)
    by_key = await world.session().by_ids("Application", [expected.key])
    found = by_candidate[expected.candidate_key]
    assert isinstance(found, Children)
    same = next(record for record in found.records if record.key == expected.key)
    others: list[Any] = [same, by_key[expected.key]]
    for other in others:
        assert other.current_stage_key == expected.current_stage_key
        assert other.remote_updated_at == expected.remote_updated_at
        assert other.job_key == job


class Silent(httpx.AsyncBaseTransport):
    """Takes the stage and the date from pipeline rows, as a shape nobody has seen might lack them."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The answer, with less in it."""
        response = await self._inner.handle_async_request(request)
        if not request.url.path.endswith("/contacts") or "/jobs/" not in request.url.path:
            return response
        answer = orjson.loads(await response.aread())
        for row in answer["Data"]:
            del row["Stage"], row["Date"]
        return httpx.Response(response.status_code, json=answer)


async def test_what_pipeline_rows_do_not_say_the_history_does(world: World, make_world: MakeWorld) -> None:
    """One request per application, for those that are wanted only (ASM-08)."""
    silent = make_world(around=Silent)
    job = world.jobs()[0]
    expected: Any = (await world.session().by_parents("Application", "job_key", [job], 3))[job]
    found: Any = (await silent.session().by_parents("Application", "job_key", [job], 3))[job]
    assert silent.counts == {"GET /jobs/{id}/contacts": 1, "GET /jobs/{id}/contacts/history": 3}
    for told, known in zip(found.records, expected.records, strict=True):
        assert told.current_stage_key == known.current_stage_key is not None
        assert told.remote_updated_at == known.remote_updated_at is not None


@pytest.mark.parametrize("asked", [True, False])
async def test_dates_are_looked_up_in_the_history_only_where_the_account_says_so(
    make_world: MakeWorld, asked: bool
) -> None:
    """A date alone is not worth a request per application (ASM-08)."""
    world = make_world(dates_from_history=asked)
    world.simulator.knobs.pipeline_profile = PipelineProfile.V1
    job = world.jobs()[0]
    found: Any = (await world.session().by_parents("Application", "job_key", [job], 3))[job]
    assert all((record.remote_updated_at is not None) is asked for record in found.records)
    assert ("GET /jobs/{id}/contacts/history" in world.counts) is asked


async def test_an_owner_who_is_no_user_any_more_is_known_by_name(world: World) -> None:
    """From the record that names them (crelate-api 5)."""
    source = world.session()
    page = await source.page("Job", PageQuestion(size=100))
    teams = await source.by_parents("JobHiringTeamMember", "job_key", [job.key for job in page.records], None)
    members: list[Any] = [member for team in teams.values() if isinstance(team, Children) for member in team.records]
    gone = {member.user_key for member in members} - set(world.keys("users"))
    assert gone
    world.simulator.reset_log()
    for user in (await source.by_ids("User", sorted(gone))).values():
        assert user.last_name
        assert user.status is None
        assert not user.is_listed
    assert "GET /users/{id}" not in world.counts


async def test_an_owner_without_a_name_is_shown_as_far_as_known(world: World) -> None:
    """A user by what users are, anybody else by the id alone; the neighbour is there, and nobody is asked for."""
    job = world.jobs()[0]
    user = world.keys("users")[0]
    world.simulator.state["jobs"][job]["Owners"] = [{"Id": user}, {"Id": STRANGER}, {"Id": None}, None, "x"]
    source = world.session()
    team: Any = (await source.by_parents("JobHiringTeamMember", "job_key", [job], None))[job]
    assert [member.user_key for member in team.records] == [user, STRANGER]
    found: Any = await source.by_ids("User", [user, STRANGER])
    assert found[user].last_name
    assert (found[STRANGER].remote_id, found[STRANGER].first_name, found[STRANGER].last_name) == (STRANGER, None, None)
    assert "GET /users/{id}" not in world.counts


async def test_a_user_who_joined_meanwhile_is_found(world: World) -> None:
    """Though the table is some minutes old."""
    await everything(world, "User")
    world.simulator.state["users"].insert({"Id": STRANGER, "FirstName": "New"})
    found = await world.session().by_ids("User", [STRANGER])
    assert found[STRANGER].first_name == "New"


async def test_a_stage_that_is_not_listed_is_known_by_its_name(world: World) -> None:
    """From the pipeline that uses it."""
    job = world.jobs()[0]
    source = world.session()
    found = (await source.by_parents("Application", "job_key", [job], None))[job]
    assert isinstance(found, Children)
    application: Any = found.records[0]
    stage = application.current_stage_key
    name = world.simulator.state["workflowstatuses"].pop(stage)["Name"]
    await world.session().by_parents("Application", "job_key", [job], None)
    world.simulator.state["workflowstatuses"].insert({"Id": stage, "Name": name, "WorkflowTypeId": {"Id": STRANGER}})
    assert (await source.by_ids("ApplicationStage", [stage]))[stage].name == name
    assert await world.session().by_ids("ApplicationStage", [stage]) == {}


async def test_leads_are_no_jobs(world: World) -> None:
    """Neither listed nor found, and nobody applies for them (ASM-35)."""
    leads = world.keys("jobs", IsLead=True)
    assert leads
    listed = await everything(world, "Job")
    assert {job.key for job in listed} == set(world.jobs())
    assert await world.session().by_ids("Job", leads) == {}


async def test_leads_are_jobs_where_the_account_says_so(make_world: MakeWorld) -> None:
    """ASM-35."""
    world = make_world(leads_are_jobs=True)
    assert {job.key for job in await everything(world, "Job")} == set(world.keys("jobs"))


async def test_candidates_are_contacts_with_that_bit(world: World) -> None:
    """Whatever else they are (crelate-api 4.4)."""
    contacts = world.simulator.state["contacts"].values()
    candidates = {row["Id"] for row in contacts if row["RecordType"] in {1, 3, 5, 7}}
    assert {candidate.key for candidate in await everything(world, "Candidate")} == candidates
    assert len(candidates) < len(contacts)


async def test_a_status_may_mean_that_a_record_is_gone(make_world: MakeWorld) -> None:
    """Where the account says so (ASM-20)."""
    world = make_world(deleted_statuses=frozenset({9}))
    gone, kept = world.keys("contacts", RecordType=1)[:2]
    world.simulator.state["contacts"][gone]["EntityStatus"] = 9
    assert list(await world.session().by_ids("Candidate", [gone, kept])) == [kept]
    assert gone not in {candidate.key for candidate in await everything(world, "Candidate")}


@pytest.mark.parametrize("status", [[], {}, [9], "9", None])
async def test_whatever_stands_as_a_status_costs_no_record(make_world: MakeWorld, status: Any) -> None:
    """Neither in a list, nor by itself, nor where a sync looks whether it is gone."""
    world = make_world(deleted_statuses=frozenset({9}))
    key = world.keys("contacts", RecordType=1)[0]
    world.simulator.state["contacts"][key]["EntityStatus"] = status
    assert key in {candidate.key for candidate in await everything(world, "Candidate")}
    assert list(await world.session().by_ids("Candidate", [key])) == [key]
    assert await world.connector.sync_source().gone("Candidate", [key]) == []


@pytest.mark.parametrize("data", [None, "text", [], {"Id": "another"}])
async def test_an_answer_about_another_record_does_not_mean_that_one_is_gone(make_world: MakeWorld, data: Any) -> None:
    """Nor that it is there."""
    body = orjson.dumps({"Data": data, "Metadata": {}, "Errors": []})
    world = make_world(around=lambda _: httpx.MockTransport(lambda _: httpx.Response(200, content=body)))
    with pytest.raises(UpstreamUnreadable):
        await world.connector.sync_source().gone("Candidate", [STRANGER])


async def test_interviews_are_activities_of_such_a_type_with_a_start(world: World) -> None:
    """ASM-27."""
    types = await world.connector.account.tables.interview_types()
    rows = world.simulator.state["activities"].values()
    expected = {row["Id"] for row in rows if row["VerbId"]["Id"] in types and row.get("When")}
    assert {interview.key for interview in await everything(world, "Interview")} == expected
    other = next(row["Id"] for row in rows if row["Id"] not in expected)
    assert await world.session().by_ids("Interview", [other]) == {}


async def test_an_interview_without_owners_is_held_by_its_maker_where_the_account_says_so(
    make_world: MakeWorld,
) -> None:
    """ASM-26."""
    for assumed, team in ((False, 0), (True, 1)):
        world = make_world(creator_interviews=assumed)
        interview = (await everything(world, "Interview"))[0].key
        world.simulator.state["activities"][interview]["Owners"] = []
        found = await children(world, "InterviewingTeamMember", "interview_key", [interview])
        assert len(found.get(interview, ())) == team


async def test_fields_of_the_account_have_its_labels(world: World) -> None:
    """Or their own names, where Crelate does not tell (ASM-14)."""
    job = next(row["Id"] for row in world.simulator.state["jobs"].values() if row.get("CustomField1"))
    found = (await world.session().by_ids("Job", [job]))[job]
    assert "Work Arrangement" in found.custom_fields
    assert {field.key for field in found.integration_fields} >= {"CustomField1"}


@pytest.mark.parametrize(
    ("base_url", "root"),
    [
        ("https://app.crelate.com/api3", "https://app.crelate.com"),
        ("https://sandbox.crelate.com/api3", "https://sandbox.crelate.com"),
        ("http://127.0.0.1:8001/api3", "https://app.crelate.com"),
    ],
)
def test_links_lead_to_crelates_own_pages(base_url: str, root: str) -> None:
    """Those of the host that is asked, if it has any."""
    assert web_url(base_url) == root
