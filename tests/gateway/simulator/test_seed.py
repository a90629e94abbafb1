import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from gateway.simulator import Simulator, SimulatorConfig, Size, create_simulator
from gateway.simulator.assumptions import RECRUITING_WORKFLOW
from tests.gateway.simulator.conftest import Clock

Row = dict[str, Any]


def owners(row: Row) -> list[str]:
    """The ids of a record's owners."""
    return [owner["Id"] for owner in row["Owners"]]


def test_the_same_start_gives_the_same_data(simulator: Simulator, clock: Clock) -> None:
    """Rows, pipelines and files agree to the last byte."""
    again = create_simulator(SimulatorConfig(clock=clock)).state

    assert {name: dict(table) for name, table in again.tables.items()} == {
        name: dict(table) for name, table in simulator.state.tables.items()
    }
    assert again.contents == simulator.state.contents
    assert all(again.pipeline.of_job(job) == simulator.state.pipeline.of_job(job) for job in again["jobs"])


def test_simulators_share_nothing(simulator: Simulator, clock: Clock) -> None:
    """What is changed in one is untouched in another that started alike."""
    again = create_simulator(SimulatorConfig(clock=clock)).state
    job_id = next(iter(again["jobs"]))

    simulator.state["jobs"][job_id]["Name"] = "Changed"
    simulator.state.remove("users", simulator.state.user_id)

    assert again["jobs"][job_id]["Name"] != "Changed"
    assert again.user_id in again["users"]


def test_the_data_is_as_large_as_asked(clock: Clock) -> None:
    """Jobs, contacts and activities are counted; pipelines follow the average that is asked."""
    size = Size(jobs=60, contacts=500, activities=300, contacts_per_job=30)
    state = create_simulator(SimulatorConfig(size=size, clock=clock)).state

    assert {name: len(state[name]) for name in ("jobs", "contacts", "activities")} == {
        "jobs": 60,
        "contacts": 500,
        "activities": 300,
    }
    working = [job for job, row in state["jobs"].items() if not row["IsLead"]]
    assert 25 <= len(state.pipeline) / len(working) <= 40


def test_everything_happened_before_now(simulator: Simulator, clock: Clock) -> None:
    """Nothing was created or changed after the clock's first time, and nothing changed before it was created."""
    for table in simulator.state.tables.values():
        for row in table.values():
            if "CreatedOn" in row:
                created = datetime.fromisoformat(row["CreatedOn"])
                modified = datetime.fromisoformat(row.get("ModifiedOn") or row["CreatedOn"])
                assert created.replace(microsecond=0) <= modified <= clock.now + timedelta(seconds=1)


def test_jobs_come_in_every_kind(simulator: Simulator) -> None:
    """Without owners, with two, a lead, hidden, on hold, closed, on the portal, and reachable by link only."""
    jobs = list(simulator.state["jobs"].values())

    assert {len(row["Owners"]) for row in jobs} == {0, 1, 2}
    for flag in ("IsLead", "IsHidden", "IsOnHold", "OnPortal"):
        assert {row[flag] for row in jobs} == {True, False}
    assert any(row.get("ClosedOn") for row in jobs)
    assert {row["PortalVisibility"] for row in jobs if row["OnPortal"]} == {0, 1}
    assert any("<p>" in row["Description"] for row in jobs)


def test_an_owner_is_missing_from_the_users(simulator: Simulator) -> None:
    """Somebody who left still owns a job, a contact and an interview."""
    users = simulator.state["users"]

    for entity in ("jobs", "contacts", "activities"):
        assert any(owner not in users for row in simulator.state[entity].values() for owner in owners(row))


def test_users_come_in_every_kind(simulator: Simulator) -> None:
    """Administrator, standard and portal users, one of them disabled."""
    users = list(simulator.state["users"].values())

    assert {row["UserType"]["Title"] for row in users} == {"Administrator", "Standard", "Client Portal User"}
    assert {row["UserState"]["Title"] for row in users} == {"Active", "Disabled"}
    assert 8 <= len(users) <= 12


def test_contacts_come_in_every_type(simulator: Simulator) -> None:
    """Types 1, 2, 3, 4 and 7; only candidates stand on pipelines."""
    contacts = simulator.state["contacts"]

    assert {row["RecordType"] for row in contacts.values()} >= {1, 2, 3, 4, 7}
    for job_id in simulator.state["jobs"]:
        for item in simulator.state.pipeline.of_job(job_id):
            assert contacts[item.contact_id]["RecordType"] & 1


def test_pipelines_come_in_every_size(simulator: Simulator) -> None:
    """A job with over a hundred people, a lead with none, and a candidate on three jobs."""
    state = simulator.state
    sizes = {job: len(state.pipeline.of_job(job)) for job in state["jobs"]}

    assert max(sizes.values()) > 100
    assert all(sizes[job] == 0 for job, row in state["jobs"].items() if row["IsLead"])
    assert max(len(state.pipeline.of_contact(contact)) for contact in state["contacts"]) >= 3


def test_stages_belong_to_two_workflows(simulator: Simulator) -> None:
    """Recruiting stages carry people; Sales stages stand in the same table and carry jobs."""
    stages = simulator.state["workflowstatuses"]
    workflows = {row["WorkflowTypeId"]["Title"]: row["WorkflowTypeId"]["Id"] for row in stages.values()}

    assert workflows.keys() == {"Recruiting", "Sales"}
    assert workflows["Recruiting"] == RECRUITING_WORKFLOW
    for row in simulator.state["jobs"].values():
        status = stages[row["SalesWorkflowItemStatusId"]["Id"]]
        assert status["WorkflowTypeId"]["Title"] == "Sales"
    for job_id in simulator.state["jobs"]:
        for item in simulator.state.pipeline.of_job(job_id):
            assert stages[item.stage_id]["WorkflowTypeId"]["Title"] == "Recruiting"


def test_interviews_come_in_every_kind(simulator: Simulator) -> None:
    """With one owner and two, without a job, without a time, past and to come; other activities beside them."""
    activities = list(simulator.state["activities"].values())
    interviews = [row for row in activities if "interview" in row["VerbId"]["Title"].lower()]

    assert 0 < len(interviews) < len(activities)
    assert {len(row["Owners"]) for row in interviews} == {1, 2}
    assert any(not row.get("RegardingId") for row in interviews)
    assert any(not row.get("When") for row in interviews)
    assert all(row["WhenEnd"] > row["When"] for row in interviews if row.get("When"))


def test_activities_are_about_people_on_jobs(simulator: Simulator) -> None:
    """An activity that names a job and a person names a pair that stands on a pipeline."""
    for row in simulator.state["activities"].values():
        if row.get("RegardingId"):
            assert simulator.state.pipeline.get(row["RegardingId"]["Id"], row["ParentId"]["Id"])


def test_moves_are_in_order(simulator: Simulator) -> None:
    """Everybody began at the first stage and moved forward in time."""
    first = next(row["Id"] for row in simulator.state["workflowstatuses"].values() if row["Name"] == "New Candidate")
    for job_id in simulator.state["jobs"]:
        for item in simulator.state.pipeline.of_job(job_id):
            seconds = [move.date[:19] for move in item.moves]
            assert item.moves[0].stage_id == first
            assert seconds == sorted(seconds)


def values(state: Any) -> Iterator[tuple[str, Any]]:
    """Every name and value of every row, nested ones too."""
    stack: list[Any] = [row for table in state.tables.values() for row in table.values()]
    while stack:
        row = stack.pop()
        for name, value in row.items():
            yield name, value
            inner = value if isinstance(value, list) else [value]
            stack += [each for each in inner if isinstance(each, dict)]


def test_absent_values_are_null_or_missing(simulator: Simulator) -> None:
    """Both forms occur in the same column."""
    contacts = list(simulator.state["contacts"].values())

    forms = {row.get("Tags", "missing") is None for row in contacts if not row.get("Tags")}
    assert forms == {True, False}


def test_times_have_any_number_of_digits(simulator: Simulator) -> None:
    """From none to seven in the fraction, never a trailing zero, and some dates without a zone."""
    times = [value for name, value in values(simulator.state) if name in {"CreatedOn", "ModifiedOn"} and value]
    matches = [re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.(\d*[1-9]))?Z", each) for each in times]

    assert {len(match[1] or "") for match in matches if match} == set(range(8))
    assert all(matches)
    days = [row["UserOpenDate"] for row in simulator.state["jobs"].values()]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00", each) for each in days)


def test_values_have_their_shapes(simulator: Simulator) -> None:
    """Category values are single objects, owners a list of titled lookups, tags a map of lists."""
    contacts = list(simulator.state["contacts"].values())
    for row in contacts:
        assert row["EmailAddresses_Personal"].keys() >= {"Id", "Value", "IsPrimary"}
        assert all(owner.keys() == {"Id", "Title", "IsPrimary"} for owner in row["Owners"])
        for tags in (row.get("Tags") or {}).values():
            assert all(tag.keys() == {"Id", "Title"} for tag in tags)
    categories = {category for row in contacts for category in row.get("Tags") or {}}
    assert "00000000-0000-0000-0000-000000000000" in categories


@pytest.mark.parametrize("entity", ["jobs", "contacts", "activities", "artifacts", "users"])
def test_ids_are_lower_case_guids(simulator: Simulator, entity: str) -> None:
    """Every record's id is a GUID of its own."""
    found = [row["Id"] for row in simulator.state[entity].values()]

    assert all(re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", each) for each in found)
    assert len(set(found)) == len(found)


def test_nothing_invented_can_be_reached(simulator: Simulator) -> None:
    """Addresses end in reserved names, numbers lie in the block kept for fiction."""
    for name, value in values(simulator.state):
        if name.startswith("EmailAddresses_") and value:
            assert re.search(r"@(example\.com|\w+\.example)$", value["Value"])
        if name.startswith("PhoneNumbers_") and value:
            assert re.fullmatch(r"\+1\d{3}55501\d\d", value["Value"])
