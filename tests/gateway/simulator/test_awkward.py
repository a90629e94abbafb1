"""The records that a connector stumbles over: they are there when asked for, and each is what its name says."""

import json
from collections.abc import Callable, Iterator
from dataclasses import fields
from datetime import datetime
from enum import StrEnum
from typing import Any

import orjson
import pytest

from gateway.simulator import Account, DuplicateRule, Knobs, Simulator, SimulatorConfig, Size, create_simulator
from gateway.simulator.columns import COLUMNS, Kind
from gateway.simulator.filters import FILTERS
from gateway.simulator.seed.odd_values import DATES, EMAILS, PHONES, TEXTS
from tests.gateway.simulator.conftest import KEYS, Clock, Crelate

Row = dict[str, Any]

ENTITIES = {
    "activity": "activities",
    "activitytypes": "activitytypes",
    "artifacts": "artifacts",
    "company": "companies",
    "contact": "contacts",
    "job": "jobs",
    "source": "contactsources",
    "stage": "workflowstatuses",
    "user": "users",
}
NOT_THERE = "contact: deleted"
CONTROL = "https://sim/_simulator"


@pytest.fixture
def simulator(clock: Clock) -> Simulator:
    """Two accounts with awkward records on top of the ordinary ones."""
    return create_simulator(SimulatorConfig(KEYS, size=Size(awkward=True), clock=clock, sleep=clock.sleep))


def kept(account: Account, name: str) -> Row:
    """The record of that name."""
    return account[ENTITIES[name.partition(":")[0]]][account.awkward[name]]


def test_ordinary_records_stay_as_they_are(simulator: Simulator, clock: Clock) -> None:
    """With awkward ones there is more, and nothing else; without there is no name."""
    plain = create_simulator(SimulatorConfig(clock=clock)).state

    assert plain.awkward == {}
    assert plain.hidden == set()
    for entity, table in plain.tables.items():
        more = simulator.state[entity]
        assert {key: more[key] for key in table} == dict(table)
        named = {guid for guid in simulator.state.awkward.values() if guid in more}
        assert len(more) == len(table) + len(named)


async def test_every_record_can_be_read(simulator: Simulator, crelate: Crelate) -> None:
    """By its id, under its own name, unless it was deleted."""
    for name, guid in simulator.state.awkward.items():
        answer = await crelate.call("GET", f"/{ENTITIES[name.partition(':')[0]]}/{guid}")
        assert answer.status_code == (404 if name == NOT_THERE else 200), name
        assert name == NOT_THERE or answer.json()["Data"]["Id"] == guid


async def test_the_names_can_be_read_from_outside(simulator: Simulator, crelate: Crelate) -> None:
    """One object per account."""
    first, second = (await crelate.call("GET", f"{CONTROL}/awkward")).json()

    assert first == simulator.state.awkward
    assert second.keys() == first.keys()
    assert not set(second.values()) & set(first.values())


def test_ids_have_any_variant(simulator: Simulator) -> None:
    """Most digits occur where the variant stands."""
    assert len({guid[19] for guid in simulator.state.awkward.values()}) > 12


NOON = datetime(2025, 6, 2, 12)  # noqa: DTZ001 - a day without a zone is compared with it

JOBS: dict[str, Callable[[Row], bool]] = {
    "no owners": lambda row: row["Owners"] == [],
    "two owners": lambda row: len({owner["Id"] for owner in row["Owners"]}) == 2,
    "same owner twice": lambda row: len(row["Owners"]) == 2 and len({owner["Id"] for owner in row["Owners"]}) == 1,
    "hidden from the portal": lambda row: row["IsHidden"] and row["OnPortal"],
    "lost": lambda row: not row["ClosedOn"] and row["OnPortal"] and datetime.fromisoformat(row["UserCloseDate"]) < NOON,
    "closes tomorrow": lambda row: datetime.fromisoformat(row["UserCloseDate"]) > NOON,
    "won": lambda row: bool(row["ClosedOn"]),
    "visibility in words": lambda row: isinstance(row["PortalVisibility"], str),
    "no name": lambda row: row["Name"] is None and row["PortalTitle"],
    "long description": lambda row: len(row["Description"]) >= 300_000,
    "lead with a pipeline": lambda row: row["IsLead"],
    "owner missing from users": lambda row: bool(row["Owners"][0]["Title"]),
    "owner without a title": lambda row: row["Owners"][0]["Title"] == "",
}


@pytest.mark.parametrize(("what", "holds"), JOBS.items())
def test_a_job_is_what_its_name_says(simulator: Simulator, what: str, holds: Callable[[Row], bool]) -> None:
    """Every kind of crelate-api 8.13."""
    assert holds(kept(simulator.state, f"job: {what}"))


def test_owners_of_jobs_may_be_unknown(simulator: Simulator) -> None:
    """With and without a title."""
    for what in ("owner missing from users", "owner without a title", "owner null"):
        (owner,) = kept(simulator.state, f"job: {what}")["Owners"]
        assert owner["Id"] not in simulator.state["users"]


def test_pipelines_hold_what_they_hardly_should(simulator: Simulator) -> None:
    """A lead's, and one with contacts of every type, one hidden and one deleted."""
    state = simulator.state
    (on_lead,) = state.pipeline.of_job(state.awkward["job: lead with a pipeline"])
    present = {item.contact_id for item in state.pipeline.of_job(state.awkward["job: pipeline of every kind"])}

    assert on_lead.contact_id == state.awkward["contact: on a lead"]
    assert {state["contacts"][each]["RecordType"] for each in present if each in state["contacts"]} >= {
        *(0, 1, 2, 3, 4, 7, None)
    }
    assert present >= {state.awkward["contact: hidden from lists"], state.awkward[NOT_THERE]}


async def test_a_hidden_contact_is_in_no_list(simulator: Simulator, crelate: Crelate) -> None:
    """Neither in the list, by whatever filter, nor in the count or a search; its job's pipeline names it."""
    state = simulator.state
    guid, job = state.awkward["contact: hidden from lists"], state.awkward["job: pipeline of every kind"]

    assert await crelate.ids("/contacts", ids=guid) == []
    assert guid not in await crelate.ids("/contacts", job_ids=job)
    assert await crelate.data("/contacts/count") == len(state["contacts"]) - 1
    assert await crelate.data("/contacts/search", query="Hidden From Lists") == []
    assert (await crelate.data(f"/contacts/{guid}"))["Id"] == guid
    assert guid in {row["ContactId"]["Id"] for row in await crelate.data(f"/jobs/{job}/contacts")}


async def test_records_can_be_hidden_from_outside(simulator: Simulator, crelate: Crelate) -> None:
    """And shown again; an unknown one changes nothing."""
    job = next(iter(simulator.state["jobs"]))
    tables = set(simulator.state.tables)

    await crelate.call("POST", f"{CONTROL}/hidden", json={"entity": "jobs", "id": job})
    await crelate.call("POST", f"{CONTROL}/hidden", json={"entity": "people", "id": job})
    assert await crelate.ids("/jobs", ids=job) == []
    assert ["jobs", job] in (await crelate.call("GET", f"{CONTROL}/hidden")).json()[0]
    assert set(simulator.state.tables) == tables
    assert (await crelate.call("DELETE", f"{CONTROL}/hidden")).json() == [[], []]
    assert await crelate.ids("/jobs", ids=job) == [job]


def test_both_workflows_begin_at_zero(simulator: Simulator) -> None:
    """A stage with `SortOrder` 0 each."""
    for workflow in ("Recruiting", "Sales"):
        row = kept(simulator.state, f"stage: order 0 in {workflow}")
        assert (row["SortOrder"], row["WorkflowTypeId"]["Title"]) == (0, workflow)


def test_interviews_are_about_the_right_people(simulator: Simulator) -> None:
    """Two owners; somebody who is not on that job; somebody deleted; no job; no time."""
    state = simulator.state

    assert len(kept(state, "activity: two owners")["Owners"]) == 2
    assert "Title" not in kept(state, "activity: owner without a title")["Owners"][0]
    elsewhere = kept(state, "activity: not on that job")
    assert elsewhere["ParentId"]["Id"] in state["contacts"]
    assert state.pipeline.get(elsewhere["RegardingId"]["Id"], elsewhere["ParentId"]["Id"]) is None
    assert kept(state, "activity: deleted contact")["ParentId"]["Id"] not in state["contacts"]
    assert kept(state, "activity: no job")["RegardingId"] is None
    assert kept(state, "activity: no start")["When"] is None


def test_namesakes_have_an_address_each(simulator: Simulator) -> None:
    """One name, two people."""
    first, second = (kept(simulator.state, f"contact: {what}") for what in ("namesake", "other namesake"))

    assert first["Name"] == second["Name"]
    assert first["EmailAddresses_Personal"]["Value"] != second["EmailAddresses_Personal"]["Value"]


@pytest.mark.parametrize("what", TEXTS)
@pytest.mark.parametrize("entity", ["contact", "job", "activity", "company"])
def test_a_text_stands_in_every_column_of_text(simulator: Simulator, entity: str, what: str) -> None:
    """No text column of the entity is left out, nor the names of what the record points to."""
    row = kept(simulator.state, f"{entity}: text with {what}")
    names = [name for name, kind in COLUMNS[ENTITIES[entity]].items() if kind is Kind.TEXT]

    assert {row[name] for name in names} == {TEXTS[what]}
    for column in row.keys() & {"AccountId", "ContactSourceId", "VerbId"}:
        assert TEXTS[what] in row[column]["Title"]


@pytest.mark.parametrize("what", TEXTS)
async def test_a_text_comes_through_as_it_is(simulator: Simulator, crelate: Crelate, what: str) -> None:
    """In a list that holds it, of each entity that has it."""
    for name, column in (("job", "Name"), ("user", "FirstName"), ("source", "Name"), ("stage", "Name")):
        guid = simulator.state.awkward[f"{name}: text with {what}"]
        simulator.knobs.max_page = 1000
        rows = await crelate.data(f"/{ENTITIES[name]}", limit=1000)
        assert next(row for row in rows if row["Id"] == guid)[column] == TEXTS[what]


async def test_a_lone_surrogate_is_an_escape(simulator: Simulator, crelate: Crelate) -> None:
    """ASCII on the wire, which a strict reader of JSON refuses and a lenient one reads."""
    guid = simulator.state.awkward["contact: text with lone surrogate"]

    content = (await crelate.call("GET", f"/contacts/{guid}")).content

    assert b"Half\\ud83dPair" in content
    with pytest.raises(orjson.JSONDecodeError):
        orjson.loads(content)
    assert json.loads(content)["Data"]["FirstName"] == "Half\ud83dPair"


def test_odd_values_are_all_there(simulator: Simulator) -> None:
    """Each address, number and date has a record of its own."""
    for what, address in EMAILS.items():
        assert kept(simulator.state, f"contact: e-mail with {what}")["EmailAddresses_Personal"]["Value"] == address
    for what, (number, extension) in PHONES.items():
        phone = kept(simulator.state, f"contact: phone with {what}")["PhoneNumbers_Mobile"]
        assert (phone["Value"], phone["Extension"]) == (number, extension)
    for what, date in DATES.items():
        assert kept(simulator.state, f"job: date with {what}")["UserOpenDate"] == date
        assert kept(simulator.state, f"activity: date with {what}")["When"] == date
        assert kept(simulator.state, f"contact: date with {what}")["KeyDates_Other"]["Value"] == date


async def test_filters_and_searches_survive_them(simulator: Simulator, crelate: Crelate) -> None:
    """No filter, count, search or description of columns stumbles."""
    for entity, filters in FILTERS.items():
        for name in filters:
            value = {"record_types": "1", "modified_after": "2025-01-01T00:00:00Z"}.get(name, "x")
            await crelate.data(f"/{entity}", **{name: value})
        await crelate.data(f"/{entity}/count")
    for entity in ("contacts", "jobs", "companies"):
        await crelate.data(f"/{entity}/search", query="a")
    await crelate.data("/activities/info")


def alternatives() -> Iterator[tuple[str, Any]]:
    """Every knob with each value that it does not have by default; free text and numbers with one."""
    others = {str: "Other", int: 7, float: 5.0}
    for name, value in vars_of(Knobs()).items():
        if isinstance(value, bool):
            yield name, not value
        elif isinstance(value, StrEnum):
            yield from ((name, other) for other in type(value) if other is not value)
        elif type(value) in others:
            yield name, others[type(value)]
    yield "recruiting_workflow", "0f0f0f0f-1111-4222-0333-444444444444"


def vars_of(knobs: Knobs) -> dict[str, Any]:
    """The fields of the knobs by name."""
    return {field.name: getattr(knobs, field.name) for field in fields(knobs)}


@pytest.mark.parametrize(("name", "value"), list(alternatives()))
async def test_lists_survive_them_whatever_the_knobs(
    simulator: Simulator, crelate: Crelate, name: str, value: Any
) -> None:
    """Every record of every table, every description of columns and a pipeline of all kinds of people."""
    setattr(simulator.knobs, name, value)
    simulator.knobs.max_page = 1000

    for entity in {*ENTITIES.values(), *FILTERS}:
        assert await crelate.data(f"/{entity}", limit=1000)
    await crelate.data(f"/jobs/{simulator.state.awkward['job: pipeline of every kind']}/contacts")
    await crelate.call("GET", "/contacts/info")


@pytest.mark.parametrize("rule", DuplicateRule)
async def test_writes_survive_them(simulator: Simulator, crelate: Crelate, rule: DuplicateRule) -> None:
    """Under every rule for duplicates."""
    simulator.knobs.duplicate_rule = rule

    await crelate.make(
        "contacts", FirstName="Grace", LastName="Unheard", EmailAddresses_Work={"Value": "g@example.com"}
    )
    await crelate.make("companies", Name="Unheard Of")
    await crelate.make("jobs", Name="Cook")


async def test_a_record_may_go_from_a_list_of_any_text(simulator: Simulator, crelate: Crelate) -> None:
    """The fault reads its own answer, surrogates included."""
    guid = simulator.state.awkward["contact: text with lone surrogate"]
    simulator.faults.add("delete-record", "/contacts")

    await crelate.ids("/contacts", ids=guid)

    assert (await crelate.refusal("GET", f"/contacts/{guid}"))[0] == 404
