import re
from typing import Any

import pytest

from gateway.simulator import Simulator
from tests.gateway.simulator.conftest import Clock, Crelate

GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

ADA = {
    "FirstName": "Ada",
    "LastName": "Lovelace",
    "EmailAddresses_Personal": {"Value": "ada@example.com", "IsPrimary": True},
}

CREATABLE: dict[str, dict[str, Any]] = {
    "contacts": {"FirstName": "Ada", "LastName": "Lovelace"},
    "companies": {"Name": "Fernhill Optics"},
    "jobs": {"Name": "Optical Engineer", "NumberOfOpenings": 2},
    "tags": {"Name": "Optics"},
}


@pytest.mark.parametrize(("entity", "columns"), CREATABLE.items())
async def test_a_create_answers_the_guid_of_what_can_be_read_back(
    crelate: Crelate, entity: str, columns: dict[str, Any]
) -> None:
    """201, `Data` is a GUID string, and the record stands under it with what was sent."""
    response = await crelate.call("POST", f"/{entity}", json={"entity": columns})
    guid = response.json()["Data"]

    assert response.status_code == 201
    assert GUID.fullmatch(guid)
    assert (await crelate.data(f"/{entity}/{guid}")).items() >= {**columns, "EntityStatus": 1}.items()


async def test_creating_an_activity_answers_200(simulator: Simulator, crelate: Crelate) -> None:
    """Some creates are not 201; the record is there all the same, owned by the key's user."""
    verb = simulator.state["activitytypes"].ordered()[0]
    person = next(iter(simulator.state["contacts"]))
    parent = {"Id": person, "EntityName": "Contacts"}

    response = await crelate.call("POST", "/activities", json={"entity": {"VerbId": verb, "ParentId": parent}})
    activity = await crelate.data(f"/activities/{response.json()['Data']}")

    assert response.status_code == 200
    assert activity["ParentId"]["Title"] == simulator.state["contacts"][person]["Name"]
    assert [owner["Id"] for owner in activity["Owners"]] == [simulator.state.user_id]


@pytest.mark.parametrize("body", [ADA, {}, {"entity": None}, {"Entity": ADA}, [ADA]])
@pytest.mark.parametrize("method", ["POST", "PATCH"])
async def test_the_wrapper_is_required(simulator: Simulator, crelate: Crelate, method: str, body: Any) -> None:
    """Without `{"entity": {...}}` nothing is written: 400."""
    person = next(iter(simulator.state["contacts"]))
    before = len(simulator.state["contacts"])
    path = "/contacts" if method == "POST" else f"/contacts/{person}"

    assert (await crelate.refusal(method, path, json=body))[0] == 400
    assert len(simulator.state["contacts"]) == before


@pytest.mark.parametrize("entity", ["contacts", "companies", "jobs", "activities", "notes", "tags"])
async def test_each_entity_has_a_column_it_needs(crelate: Crelate, entity: str) -> None:
    """A record without it is refused by name."""
    status, message = await crelate.refusal("POST", f"/{entity}", json={"entity": {"EntityStatus": 1}})

    assert status == 400
    assert "required" in message


async def test_a_patch_changes_what_it_names(simulator: Simulator, crelate: Crelate, clock: Clock) -> None:
    """Other columns stay, `ModifiedOn` moves, and the derived name follows."""
    person = await crelate.make("contacts", **ADA, Salary=90_000)
    created = await crelate.data(f"/contacts/{person}")
    clock.advance(60)

    response = await crelate.call("PATCH", f"/contacts/{person}", json={"entity": {"LastName": "King", "Salary": None}})
    changed = await crelate.data(f"/contacts/{person}")

    assert response.status_code == 200
    assert changed["Name"] == "King, Ada"
    assert changed["Salary"] is None
    assert changed["EmailAddresses_Personal"] == created["EmailAddresses_Personal"]
    assert changed["CreatedOn"] == created["CreatedOn"] < changed["ModifiedOn"]


async def test_an_empty_patch_is_refused(simulator: Simulator, crelate: Crelate) -> None:
    """400."""
    person = next(iter(simulator.state["contacts"]))

    assert (await crelate.refusal("PATCH", f"/contacts/{person}", json={"entity": {}}))[0] == 400


async def test_a_value_that_is_there_is_replaced_only_with_its_id(crelate: Crelate) -> None:
    """A category object without the id of the one it replaces is refused, with it it is taken."""
    person = await crelate.make("contacts", **ADA)
    held = (await crelate.data(f"/contacts/{person}"))["EmailAddresses_Personal"]
    new = {"Value": "ada@example.org", "IsPrimary": True}

    refused = await crelate.refusal("PATCH", f"/contacts/{person}", json={"entity": {"EmailAddresses_Personal": new}})
    body = {"entity": {"EmailAddresses_Personal": {**new, "Id": held["Id"]}}}
    taken = await crelate.call("PATCH", f"/contacts/{person}", json=body)

    assert refused[0] == 422
    assert taken.status_code == 200
    assert (await crelate.data(f"/contacts/{person}"))["EmailAddresses_Personal"]["Value"] == "ada@example.org"


async def test_deleting_a_contact_takes_its_place_on_pipelines(simulator: Simulator, crelate: Crelate) -> None:
    """The record is 404, missing from lists, and off every job; its CV is gone with it."""
    pipeline = simulator.state.pipeline
    with_cv = [row for row in simulator.state["contacts"].ordered() if row.get("PrimaryDocumentAttachmentId")]
    person = next(row for row in with_cv if pipeline.of_contact(row["Id"]))
    job_id = pipeline.of_contact(person["Id"])[0].job_id

    assert (await crelate.call("DELETE", f"/contacts/{person['Id']}")).json()["Data"] is True

    present = {row["ContactId"]["Id"] for row in await crelate.data(f"/jobs/{job_id}/contacts", limit=100)}
    assert person["Id"] not in present
    assert (await crelate.refusal("GET", f"/contacts/{person['Id']}"))[0] == 404
    assert await crelate.ids("/contacts", ids=person["Id"]) == []
    assert (await crelate.refusal("GET", f"/artifacts/{person['PrimaryDocumentAttachmentId']['Id']}/content"))[0] == 404
    assert (await crelate.refusal("DELETE", f"/contacts/{person['Id']}"))[0] == 404


@pytest.mark.parametrize("column", ["AccountId", "ContactSourceId"])
@pytest.mark.parametrize("lookup", [{"Title": "LinkedIn"}, {"Id": None}, {"Id": ""}, "LinkedIn"])
async def test_a_lookup_needs_an_id(crelate: Crelate, column: str, lookup: Any) -> None:
    """A title alone is refused, in the words Crelate has for it."""
    status, message = await crelate.refusal("POST", "/contacts", json={"entity": {**ADA, column: lookup}})

    assert status == 400
    assert "target entity Id cannot be null" in message


async def test_a_lookup_gets_the_title_of_its_target(simulator: Simulator, crelate: Crelate) -> None:
    """What is read back carries the name that the other record has, whatever was sent."""
    source = simulator.state["contactsources"].ordered()[0]
    company = simulator.state["companies"].ordered()[0]
    position = {"JobTitle": "Engineer", "CompanyId": {"Id": company["Id"]}, "IsPrimary": True}

    sent = {"ContactSourceId": {"Id": source["Id"], "Title": "wrong"}, "CurrentPosition": position}
    person = await crelate.data(f"/contacts/{await crelate.make('contacts', **ADA, **sent)}")

    assert person["ContactSourceId"] == {"Id": source["Id"], "Title": source["Name"]}
    assert person["CurrentPosition"]["CompanyId"] == {"Id": company["Id"], "Title": company["Name"]}
    assert person["CurrentPosition"]["JobTitle"] == "Engineer"


async def test_a_company_is_never_made_from_a_name(simulator: Simulator, crelate: Crelate) -> None:
    """A position whose company has no id is refused."""
    before = len(simulator.state["companies"])
    position = {"JobTitle": "Engineer", "CompanyId": {"Title": "Fernhill Optics"}}

    assert (await crelate.refusal("POST", "/contacts", json={"entity": {**ADA, "CurrentPosition": position}}))[0] == 400
    assert len(simulator.state["companies"]) == before


@pytest.mark.parametrize("pool", ["contactsources", "jobtitles"])
async def test_lookup_pools_cannot_be_added_to(crelate: Crelate, pool: str) -> None:
    """403."""
    assert (await crelate.refusal("POST", f"/{pool}", json={"entity": {"Name": "TikTok"}}))[0] == 403


async def test_the_same_person_twice_is_a_duplicate(simulator: Simulator, crelate: Crelate) -> None:
    """409 with the GUID of the first, whatever the case and the category of the address."""
    first = await crelate.make("contacts", **ADA)
    again = {"FirstName": "ADA", "LastName": "lovelace", "EmailAddresses_Work": {"Value": "Ada@Example.com"}}

    status, message = await crelate.refusal("POST", "/contacts", json={"entity": again})

    assert status == 409
    assert message == f"A duplicate record of type Contacts with ID '{first}' was found."


async def test_a_namesake_with_another_address_is_somebody_else(crelate: Crelate) -> None:
    """Name and address must both agree, so a shared address alone is no duplicate either."""
    await crelate.make("contacts", **ADA)

    await crelate.make("contacts", **{**ADA, "EmailAddresses_Personal": {"Value": "other@example.com"}})
    await crelate.make("contacts", **{**ADA, "FirstName": "Augusta"})


async def test_names_in_a_patch_can_trip_the_duplicate_check(crelate: Crelate) -> None:
    """Becoming somebody else is refused, without an id this time; other columns are free."""
    await crelate.make("contacts", **ADA)
    other = await crelate.make("contacts", **{**ADA, "FirstName": "Augusta"})

    status, message = await crelate.refusal("PATCH", f"/contacts/{other}", json={"entity": {"FirstName": "Ada"}})
    free = await crelate.call("PATCH", f"/contacts/{other}", json={"entity": {"NickName": "Ada"}})

    assert status == 400
    assert message == "Duplicate entities found for entity of type _Contacts"
    assert free.status_code == 200


async def test_a_company_of_the_same_name_is_a_duplicate(crelate: Crelate) -> None:
    """Companies are `Accounts` in the message."""
    first = await crelate.make("companies", Name="Fernhill Optics")

    status, message = await crelate.refusal("POST", "/companies", json={"entity": {"Name": "fernhill optics"}})

    assert status == 409
    assert message == f"A duplicate record of type Accounts with ID '{first}' was found."


@pytest.mark.parametrize("number", ["+442079460000", "2065550142", "+1206555014", "+1 206 555 0142", "+120655501421"])
async def test_one_foreign_or_malformed_phone_refuses_the_whole_contact(
    simulator: Simulator, crelate: Crelate, number: str
) -> None:
    """400, and nobody is made, though the rest is right."""
    before = len(simulator.state["contacts"])
    phones = {"PhoneNumbers_Mobile": {"Value": "+12065550142"}, "PhoneNumbers_Home": {"Value": number}}

    status, message = await crelate.refusal("POST", "/contacts", json={"entity": {**ADA, **phones}})

    assert status == 400
    assert "PhoneNumbers_Home" in message
    assert len(simulator.state["contacts"]) == before


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("Salary", "90k"),
        ("FirstName", 7),
        ("SpokenTo", "yes"),
        ("CustomField21", "soon"),
        ("Owners", {"Id": "x"}),
        ("EmailAddresses_Work", "ada@example.com"),
        ("EmailAddresses_Work", {"Value": "nobody"}),
        ("Websites_GitHub", {"Value": ""}),
        ("Tags", ["Python"]),
    ],
)
async def test_a_value_of_the_wrong_kind_is_refused(crelate: Crelate, column: str, value: Any) -> None:
    """400, naming the column."""
    status, message = await crelate.refusal("POST", "/contacts", json={"entity": {**ADA, column: value}})

    assert status == 400
    assert column in message


async def test_columns_nobody_knows_are_dropped(crelate: Crelate) -> None:
    """`PhoneNumbers_Work` is no category: it is lost without a word."""
    sent = {"PhoneNumbers_Work": {"Value": "+12065550142"}, "FavouriteColour": "green", "CustomField3": "kept"}

    person = await crelate.data(f"/contacts/{await crelate.make('contacts', **ADA, **sent)}")

    assert not {"PhoneNumbers_Work", "FavouriteColour"} & person.keys()
    assert person["CustomField3"] == "kept"


async def test_a_contact_belongs_to_the_user_of_the_key_unless_it_names_owners(
    simulator: Simulator, crelate: Crelate
) -> None:
    """The first owner named is the primary one if none is marked."""
    first, second = list(simulator.state["users"])[2:4]
    mine = await crelate.data(f"/contacts/{await crelate.make('contacts', **ADA)}")
    owners = [{"Id": first}, {"Id": second}]

    theirs = await crelate.data(f"/contacts/{await crelate.make('contacts', LastName='King', Owners=owners)}")

    assert [owner["Id"] for owner in mine["Owners"]] == [simulator.state.user_id]
    assert [(owner["Id"], owner["IsPrimary"]) for owner in theirs["Owners"]] == [(first, True), (second, False)]


async def test_writing_tags_replaces_the_whole_map(simulator: Simulator, crelate: Crelate) -> None:
    """Categories that are not sent are gone."""
    tag, other = simulator.state["tags"].ordered()[:2]
    person = await crelate.make("contacts", **ADA, Tags={tag["TagCategoryId"]["Id"]: [{"Id": tag["Id"]}]})

    tags = {other["TagCategoryId"]["Id"]: [{"Id": other["Id"]}]}
    await crelate.call("PATCH", f"/contacts/{person}", json={"entity": {"Tags": tags}})

    found = (await crelate.data(f"/contacts/{person}"))["Tags"]
    assert [each["Title"] for each in found[other["TagCategoryId"]["Id"]]] == [other["Name"]]
    assert sum(map(len, found.values())) == 1


async def test_a_bulk_create_makes_all_or_none(simulator: Simulator, crelate: Crelate) -> None:
    """GUIDs in the order sent; one bad record and nobody is made, not even those before it."""
    people = [{"LastName": "Byron"}, {"LastName": "King"}]
    made = (await crelate.call("POST", "/contacts/bulk", json={"entities": people})).json()["Data"]
    before = len(simulator.state["contacts"])

    bad = [{"LastName": "Noel"}, {"FirstName": "Nameless"}]
    status, _ = await crelate.refusal("POST", "/contacts/bulk", json={"entities": bad})

    assert [simulator.state["contacts"][guid]["LastName"] for guid in made] == ["Byron", "King"]
    assert status == 400
    assert len(simulator.state["contacts"]) == before


async def test_a_note_is_about_a_contact_and_regards_a_job(simulator: Simulator, crelate: Crelate) -> None:
    """`RegardingId` with an id alone means a job; the note can be listed, read and deleted."""
    person, job = next(iter(simulator.state["contacts"])), next(iter(simulator.state["jobs"]))
    parent = {"Id": person, "EntityName": "Contacts"}

    guid = await crelate.make("notes", Display="Called, keen.", ParentId=parent, RegardingId={"Id": job})
    note = await crelate.data(f"/notes/{guid}")

    assert note["Display"] == "Called, keen."
    assert note["ParentId"]["EntityName"] == "Contacts"
    assert (note["RegardingId"]["Id"], note["RegardingId"]["EntityName"]) == (job, "Jobs")
    assert guid in await crelate.ids("/notes")
    assert (await crelate.call("DELETE", f"/notes/{guid}")).json()["Data"] is True
    assert (await crelate.refusal("GET", f"/notes/{guid}"))[0] == 404


async def test_jobs_and_activities_can_be_changed_and_deleted(simulator: Simulator, crelate: Crelate) -> None:
    """PATCH, then DELETE; a deleted job has no pipeline any more."""
    job = simulator.state["jobs"].ordered()[0]["Id"]
    activity = next(iter(simulator.state["activities"]))

    for path, columns in ((f"/jobs/{job}", {"IsOnHold": True}), (f"/activities/{activity}", {"Subject": "Moved"})):
        assert (await crelate.call("PATCH", path, json={"entity": columns})).status_code == 200
        assert (await crelate.data(path)).items() >= columns.items()
        assert (await crelate.call("DELETE", path)).status_code == 200
        assert (await crelate.refusal("GET", path))[0] == 404
    assert simulator.state.pipeline.of_job(job) == []


async def test_a_body_that_is_no_json_is_refused(crelate: Crelate) -> None:
    """400."""
    assert (await crelate.refusal("POST", "/contacts", content=b"FirstName=Ada"))[0] == 400
