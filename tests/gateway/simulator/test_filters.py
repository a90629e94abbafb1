from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from gateway.simulator import FilterMode, Simulator
from gateway.simulator.filters import FILTERS
from gateway.simulator.timestamps import record_time
from tests.gateway.simulator.conftest import Clock, Crelate

Row = dict[str, Any]

LOOKUPS = [
    ("workflowstatuses", "workflow_type_ids", "WorkflowTypeId"),
    ("artifacts", "parent_ids", "ParentId"),
    ("activities", "parent_ids", "ParentId"),
    ("activities", "regarding_ids", "RegardingId"),
    ("activities", "verb_ids", "VerbId"),
]

FILTERED = [(entity, name) for entity, filters in FILTERS.items() for name in ("ids", *filters)]


def some(simulator: Simulator, entity: str, column: str) -> list[str]:
    """Two different values of a lookup column."""
    values = {row[column]["Id"]: None for row in simulator.state[entity].ordered() if row.get(column)}
    return list(values)[:2]


def matching(simulator: Simulator, entity: str, test: Callable[[Row], bool]) -> list[str]:
    """The ids of the first hundred rows that pass the test, in listing order."""
    return [row["Id"] for row in simulator.state[entity].ordered() if test(row)][:100]


def pointing(simulator: Simulator, entity: str, column: str, values: list[str]) -> list[str]:
    """The ids of the first hundred rows whose lookup is one of the values."""
    return matching(simulator, entity, lambda row: (row.get(column) or {}).get("Id") in values)


@pytest.mark.parametrize("entity", FILTERS)
async def test_ids_fetch_exactly_the_rows_they_name(simulator: Simulator, crelate: Crelate, entity: str) -> None:
    """Known ids in any order and case come back once each; an unknown one is nothing."""
    known = list(simulator.state[entity])[:5]
    asked = [known[3].upper(), known[1], known[1], str(uuid4())]

    assert set(await crelate.ids(f"/{entity}", ids=",".join(asked))) == {known[1], known[3]}
    assert await crelate.ids(f"/{entity}", ids=str(uuid4())) == []


@pytest.mark.parametrize(("entity", "parameter", "column"), LOOKUPS)
async def test_a_lookup_filter_takes_a_list(
    simulator: Simulator, crelate: Crelate, entity: str, parameter: str, column: str
) -> None:
    """Rows that point at any of the values come back, and no others."""
    values = some(simulator, entity, column)

    for asked in (values[:1], values):
        expected = pointing(simulator, entity, column, asked)
        assert await crelate.ids(f"/{entity}", **{parameter: ",".join(asked)}) == expected
    assert await crelate.ids(f"/{entity}", **{parameter: str(uuid4())}) == []


async def test_emails_are_looked_for_in_every_category(simulator: Simulator, crelate: Crelate) -> None:
    """A work address finds its contact as a personal one does, in any case, and a list finds the union."""
    contacts = simulator.state["contacts"].ordered()
    working = next(row for row in contacts if row.get("EmailAddresses_Work"))
    private = next(row for row in contacts if row is not working)
    work, home = working["EmailAddresses_Work"]["Value"], private["EmailAddresses_Personal"]["Value"]

    assert await crelate.ids("/contacts", emails=work.upper()) == [working["Id"]]
    assert set(await crelate.ids("/contacts", emails=f"{work},{home}")) == {working["Id"], private["Id"]}
    assert await crelate.ids("/contacts", emails="nobody@example.com") == []


@pytest.mark.parametrize(("asked", "bits"), [("1", 1), ("2", 2), ("4", 4), ("2,4", 6), ("7", 7)])
async def test_record_types_match_by_bit(simulator: Simulator, crelate: Crelate, asked: str, bits: int) -> None:
    """A contact matches when it shares a bit with any value."""
    expected = matching(simulator, "contacts", lambda row: bool(row["RecordType"] & bits))

    assert await crelate.ids("/contacts", record_types=asked) == expected


async def test_job_ids_find_the_contacts_on_those_pipelines(simulator: Simulator, crelate: Crelate) -> None:
    """The union of the pipelines, as whole contacts that do not say which job they are on."""
    pipelines = {job_id: simulator.state.pipeline.of_job(job_id) for job_id in simulator.state["jobs"]}
    small = [job_id for job_id, items in pipelines.items() if 0 < len(items) < 20][:2]
    expected = {item.contact_id for job_id in small for item in pipelines[job_id]}

    rows = await crelate.data("/contacts", job_ids=",".join(small), limit=100)

    assert {row["Id"] for row in rows} == expected
    assert all("JobId" not in row and "Stage" not in row for row in rows)


async def test_tag_names_find_tagged_contacts(simulator: Simulator, crelate: Crelate) -> None:
    """A tag of any category, in any case."""

    def tagged(row: Row) -> bool:
        return any(tag["Title"] == "Python" for tags in (row.get("Tags") or {}).values() for tag in tags)

    expected = matching(simulator, "contacts", tagged)

    assert expected
    assert await crelate.ids("/contacts", tag_names="python") == expected


@pytest.mark.parametrize("wanted", ["true", "false"])
async def test_is_document_tells_documents_from_the_rest(simulator: Simulator, crelate: Crelate, wanted: str) -> None:
    """Pictures are no documents."""
    simulator.state["artifacts"].ordered()[0]["IsDocument"] = False

    rows = await crelate.data("/artifacts", is_document=wanted)

    assert rows
    assert all(row["IsDocument"] is (wanted == "true") for row in rows)


@pytest.mark.parametrize("said", [None, "", 20260302, ["2026-03-02"]])
async def test_a_record_without_a_moment_is_listed_and_never_later(
    simulator: Simulator, crelate: Crelate, said: object
) -> None:
    """Awkward data is served as it is."""
    row = next(iter(simulator.state["contacts"].ordered()))
    row.update(ModifiedOn=said, CreatedOn=said)
    assert row["Id"] in await crelate.ids("/contacts")
    assert row["Id"] not in await crelate.ids("/contacts", modified_after="1990-01-01T00:00:00Z")


@pytest.mark.parametrize("entity", ["contacts", "jobs", "users", "activities", "artifacts"])
async def test_modified_after_is_later_than(simulator: Simulator, crelate: Crelate, entity: str) -> None:
    """The row of that very moment is left out, whatever its number of digits."""
    times = sorted((row.get("ModifiedOn") or row["CreatedOn"], row["Id"]) for row in simulator.state[entity].values())
    moment, last = times[-2][0], times[-1][1]

    assert await crelate.ids(f"/{entity}", modified_after=moment) == [last]


async def test_a_moment_of_fewer_digits_is_earlier(simulator: Simulator, crelate: Crelate, clock: Clock) -> None:
    """`...00Z` lies before `...00.5Z`, though it does not sort so as text."""
    later = record_time((clock.now + timedelta(days=1)).replace(microsecond=500_000))
    row = simulator.state["jobs"].ordered()[0]
    row["ModifiedOn"] = later

    assert await crelate.ids("/jobs", modified_after=later.replace(".5Z", "Z")) == [row["Id"]]
    assert await crelate.ids("/jobs", modified_after=later.replace(".5Z", ".50Z")) == []


async def test_a_moment_that_is_none_is_refused(crelate: Crelate) -> None:
    """400, not the whole table."""
    assert (await crelate.refusal("GET", "/contacts", params={"modified_after": "yesterday"}))[0] == 400
    assert (await crelate.refusal("GET", "/contacts", params={"record_types": "Candidate"}))[0] == 400


async def test_filters_add_up(simulator: Simulator, crelate: Crelate) -> None:
    """A row must pass all of them."""
    activity = next(row for row in simulator.state["activities"].ordered() if row.get("RegardingId"))
    parent, job, verb = (activity[column]["Id"] for column in ("ParentId", "RegardingId", "VerbId"))

    rows = await crelate.data("/activities", parent_ids=parent, regarding_ids=job, verb_ids=verb)

    assert activity in rows
    found = {(row["ParentId"]["Id"], row["RegardingId"]["Id"], row["VerbId"]["Id"]) for row in rows}
    assert found == {(parent, job, verb)}
    assert await crelate.ids("/activities", ids=activity["Id"], parent_ids=str(uuid4())) == []


async def test_a_blank_filter_is_none(crelate: Crelate) -> None:
    """`ids=` gives the whole table: a client must not send it."""
    assert len(await crelate.data("/jobs", ids="")) > 0


@pytest.mark.parametrize(("entity", "parameter"), FILTERED)
async def test_a_filter_that_is_off_is_ignored_in_silence(
    simulator: Simulator, crelate: Crelate, entity: str, parameter: str
) -> None:
    """The whole first page comes back."""
    simulator.knobs.filters[f"{entity}.{parameter}"] = FilterMode.OFF

    assert await crelate.ids(f"/{entity}", **{parameter: str(uuid4())}) == await crelate.ids(f"/{entity}")


@pytest.mark.parametrize(("entity", "parameter"), FILTERED)
async def test_a_filter_can_be_refused(simulator: Simulator, crelate: Crelate, entity: str, parameter: str) -> None:
    """400, naming the parameter; the other filters still work."""
    simulator.knobs.filters[f"{entity}.{parameter}"] = FilterMode.REFUSE

    status, message = await crelate.refusal("GET", f"/{entity}", params={parameter: "1"})

    assert status == 400
    assert parameter in message


async def test_a_filter_may_know_its_first_value_only(simulator: Simulator, crelate: Crelate) -> None:
    """A list that is not understood is cut after its first value."""
    simulator.knobs.filters["jobs.ids"] = FilterMode.SINGLE
    first, second = list(simulator.state["jobs"])[:2]

    assert await crelate.ids("/jobs", ids=f"{second},{first}") == [second]


async def test_search_gives_slim_rows(simulator: Simulator, crelate: Crelate) -> None:
    """Four columns; jobs are titled with their company, contacts with a middle initial."""
    job = simulator.state["jobs"].ordered()[0]
    person = next(row for row in simulator.state["contacts"].ordered() if row.get("MiddleName") == "Lee")

    jobs = await crelate.data("/jobs/search", query=f"{job['Name']} {job['AccountId']['Title']}")
    people = await crelate.data("/contacts/search", query=person["Name"].replace(",", ""), limit=100)

    title = f"{job['Name']} - {job['AccountId']['Title']}"
    assert {"Id": job["Id"], "EntityStatus": 1, "EntityName": "Jobs", "Title": title} in jobs
    assert f"{person['Name']} L." in {row["Title"] for row in people}
    assert (await crelate.refusal("GET", "/jobtitles/search", params={"query": "Engineer"}))[0] == 404
