"""Every knob, turned: what an account that does otherwise answers."""

import re
from dataclasses import fields
from typing import Any

import pytest

from gateway.simulator import (
    ArtifactRows,
    ColumnMode,
    CountryIds,
    DuplicateRule,
    FirstVersionKey,
    InfoProfile,
    JobCode,
    JobLocation,
    Knobs,
    LargeLimit,
    ListOrder,
    LookupColumn,
    NoteRegarding,
    PortalVisibility,
    RecordTypeMatch,
    SecondPost,
    Simulator,
    SimulatorConfig,
    StageOrder,
    UserEmail,
    create_simulator,
)
from gateway.simulator.falsehoods import FALSE, KNOBS_BESIDES, WITHOUT_KNOB
from tests.gateway.simulator.conftest import KEYS, Clock, Crelate

V1 = "https://sim/api/pub/v1"
WORKFLOW = "0f0f0f0f-1111-4222-0333-444444444444"


def test_every_assumption_has_a_knob_or_a_reason() -> None:
    """ASM-01 to ASM-36, each in exactly one of the two tables."""
    register = [f"ASM-{number:02d}" for number in range(1, 37)]

    assert sorted([*FALSE, *WITHOUT_KNOB]) == register
    assert all(WITHOUT_KNOB.values())


def test_every_knob_says_what_it_is_for() -> None:
    """An assumption, or a section of the reference; and the tables name no knob that does not exist."""
    named = {name for worlds in FALSE.values() for world in worlds for name in world}

    assert named | KNOBS_BESIDES.keys() == {field.name for field in fields(Knobs)}
    assert not named & KNOBS_BESIDES.keys()


@pytest.mark.parametrize("number", FALSE)
def test_every_world_can_be_set_and_is_another_one(number: str) -> None:
    """Each as the control interface takes it, and none twice."""
    worlds = [Knobs().changed(dict(world)) for world in FALSE[number]]

    assert len({str(world.to_json()) for world in worlds}) == len(worlds)
    assert all(world != Knobs() for world in worlds[number == "ASM-33" :])


async def metadata(crelate: Crelate, path: str, **params: str | int) -> dict[str, Any]:
    """`Metadata` of a list."""
    found: dict[str, Any] = (await crelate.call("GET", path, params=params)).json()["Metadata"]
    return found


async def test_a_large_limit_may_be_refused(simulator: Simulator, crelate: Crelate) -> None:
    """ASM-01: over the largest page 400, up to it as before, and the default is never too large."""
    simulator.knobs.large_limit = LargeLimit.REFUSE

    assert (await crelate.refusal("GET", "/contacts", params={"limit": 101}))[0] == 400
    assert len(await crelate.data("/contacts", limit=100)) == 100
    simulator.knobs.max_page = 10
    assert len(await crelate.data("/contacts")) == 10


@pytest.mark.parametrize("path", ["/contacts", "/jobs/{job}/contacts"])
async def test_lists_may_come_in_another_order(simulator: Simulator, crelate: Crelate, path: str) -> None:
    """ASM-02: always the same rows; newest first is the reverse, shuffled differs from request to request."""
    state = simulator.state
    job = max(state["jobs"], key=lambda job_id: len(state.pipeline.of_job(job_id)))
    simulator.knobs.max_page = 1000

    async def read(order: ListOrder) -> list[str]:
        simulator.knobs.list_order = order
        return [str(row) for row in await crelate.data(path.format(job=job), limit=1000)]

    oldest_first = await read(ListOrder.OLDEST_FIRST)
    shuffled = [await read(ListOrder.SHUFFLED) for _ in range(3)]

    assert await read(ListOrder.NEWEST_FIRST) == oldest_first[::-1]
    assert all(sorted(each) == sorted(oldest_first) for each in shuffled)
    assert len({tuple(each) for each in shuffled}) == 3


async def test_a_changed_record_may_come_first(simulator: Simulator, crelate: Crelate, clock: Clock) -> None:
    """ASM-02: whatever was last in the list."""
    simulator.knobs.list_order = ListOrder.LAST_CHANGED_FIRST
    last = (await crelate.ids("/contacts", offset=250))[-1]
    clock.advance(60)

    await crelate.call("PATCH", f"/contacts/{last}", json={"entity": {"Description": "Changed"}})

    assert (await crelate.ids("/contacts", limit=1)) == [last]


@pytest.mark.parametrize("name", ["total_records", "more_records"])
async def test_lists_may_keep_their_length_to_themselves(simulator: Simulator, crelate: Crelate, name: str) -> None:
    """Null instead of a number or a flag; the rows are the same."""
    column = {"total_records": "TotalRecords", "more_records": "MoreRecords"}[name]
    before = await metadata(crelate, "/jobs", limit=5)

    setattr(simulator.knobs, name, False)

    after = await metadata(crelate, "/jobs", limit=5)
    assert {each for each in before if type(before[each]) is not type(after[each])} == {column}
    assert after[column] is None


@pytest.mark.parametrize("inclusive", [True, False])
async def test_modified_after_may_include_its_moment(simulator: Simulator, crelate: Crelate, inclusive: bool) -> None:
    """ASM-06: a record changed at that very moment is found or not."""
    simulator.knobs.modified_after_inclusive = inclusive
    row = max(simulator.state["jobs"].values(), key=lambda row: row["ModifiedOn"])

    assert (row["Id"] in await crelate.ids("/jobs", modified_after=row["ModifiedOn"])) is inclusive


MATCHES = {
    RecordTypeMatch.ANY_BIT: {"1": {1, 3, 5, 7}, "3": {1, 2, 3, 5, 7}},
    RecordTypeMatch.ALL_BITS: {"1": {1, 3, 5, 7}, "3": {3, 7}},
    RecordTypeMatch.EXACT: {"1": {1}, "3": {3}},
}


@pytest.mark.parametrize(("match", "found"), MATCHES.items())
async def test_record_types_match_in_three_ways(
    simulator: Simulator, crelate: Crelate, match: RecordTypeMatch, found: dict[str, set[int]]
) -> None:
    """ASM-34: a bit in common, all bits, or the same number."""
    simulator.knobs.record_types = match
    simulator.knobs.max_page = 1000

    for value, types in found.items():
        rows = await crelate.data("/contacts", record_types=value, limit=1000)
        assert {row["RecordType"] for row in rows} == types


async def test_a_contact_may_have_no_list_of_jobs(simulator: Simulator, crelate: Crelate) -> None:
    """ASM-09: 404, though the contact is there."""
    simulator.knobs.contact_jobs = False
    contact = next(iter(simulator.state["contacts"]))

    assert (await crelate.refusal("GET", f"/contacts/{contact}/jobs"))[0] == 404


async def test_files_may_not_say_whose_they_are(simulator: Simulator, crelate: Crelate) -> None:
    """ASM-10: the name under `Name`, and neither parent nor type; filtering by parent still works."""
    simulator.knobs.artifact_rows = ArtifactRows.BARE
    artifact = simulator.state["artifacts"].ordered()[0]

    (row,) = await crelate.data("/artifacts", parent_ids=artifact["ParentId"]["Id"])

    assert row["Name"] == artifact["FileName"]
    assert not row.keys() & {"FileName", "ParentId", "ArtifactTypeId"}


ADA = {"FirstName": "Ada", "LastName": "Okafor", "EmailAddresses_Personal": {"Value": "ada@example.com"}}
SAME_NAME = {**ADA, "EmailAddresses_Personal": {"Value": "other@example.com"}}
SAME_EMAIL = {"FirstName": "Adaeze", "LastName": "Bell", "EmailAddresses_Work": {"Value": "ADA@example.com"}}
OTHER = {"FirstName": "Adaeze", "LastName": "Bell"}

REFUSED: dict[DuplicateRule, list[dict[str, Any]]] = {
    DuplicateRule.NAME_AND_EMAIL: [ADA],
    DuplicateRule.EMAIL: [ADA, SAME_EMAIL],
    DuplicateRule.NAME: [ADA, SAME_NAME],
    DuplicateRule.ANY: [ADA, SAME_NAME, SAME_EMAIL],
    DuplicateRule.OFF: [],
}


@pytest.mark.parametrize("rule", DuplicateRule)
@pytest.mark.parametrize("sent", [ADA, SAME_NAME, SAME_EMAIL, OTHER])
async def test_an_account_has_a_rule_for_duplicates(
    simulator: Simulator, crelate: Crelate, rule: DuplicateRule, sent: dict[str, Any]
) -> None:
    """ASM-11: 409 with the id of the record that is there, exactly where the rule says so."""
    first = await crelate.make("contacts", **ADA)
    simulator.knobs.duplicate_rule = rule

    answer = await crelate.call("POST", "/contacts", json={"entity": sent})

    assert answer.status_code == (409 if sent in REFUSED[rule] else 201)
    assert (first in answer.text) is (sent in REFUSED[rule])


@pytest.mark.parametrize("rule", DuplicateRule)
async def test_a_changed_address_may_be_a_duplicate(
    simulator: Simulator, crelate: Crelate, rule: DuplicateRule
) -> None:
    """ASM-11: a PATCH of an address is refused where addresses count alone."""
    await crelate.make("contacts", **ADA)
    other = await crelate.make("contacts", **OTHER)
    simulator.knobs.duplicate_rule = rule

    answer = await crelate.call(
        "PATCH", f"/contacts/{other}", json={"entity": {"EmailAddresses_Work": {"Value": "ada@example.com"}}}
    )

    assert answer.status_code == (400 if rule in {DuplicateRule.EMAIL, DuplicateRule.ANY} else 200)


async def test_keys_may_share_a_quota(simulator: Simulator, crelate: Crelate) -> None:
    """ASM-12: what one key has used is gone for the other."""
    simulator.knobs.requests_per_minute = 2
    other = Crelate(simulator, KEYS[1])

    async def statuses() -> list[int]:
        return [(await each.call("GET", "/jobs")).status_code for each in (crelate, other, crelate)]

    assert await statuses() == [200, 200, 200]
    simulator.knobs.shared_quota = True
    assert await statuses() == [200, 200, 429]


async def test_a_success_may_list_errors(simulator: Simulator, crelate: Crelate) -> None:
    """ASM-13: the record is made and its id comes, with a message beside it; reads are as ever."""
    simulator.knobs.warnings_in_success = True

    body = (await crelate.call("POST", "/contacts", json={"entity": ADA})).json()

    assert body["Data"] in simulator.state["contacts"]
    assert body["Errors"][0]["Message"]
    assert (await crelate.call("GET", "/jobs")).json()["Errors"] == []


async def test_a_refusal_may_come_as_a_success(simulator: Simulator, crelate: Crelate) -> None:
    """ASM-13: 200 with `Errors` and no data, and nothing is made; a bad key or an unknown record is refused as ever."""
    simulator.knobs.refusals_in_success = True
    before = len(simulator.state["contacts"])

    status, message = await crelate.refusal("POST", "/contacts", json={"entity": {"FirstName": "Ada"}})

    assert (status, message) == (200, "LastName is required.")
    assert len(simulator.state["contacts"]) == before
    assert (await crelate.refusal("GET", f"/jobs/{WORKFLOW}"))[0] == 404


async def test_labels_come_in_several_shapes(simulator: Simulator, crelate: Crelate) -> None:
    """ASM-14: under `DisplayName`, by name in an object, or not at all."""
    labels = {field["Name"]: field["Label"] for field in await crelate.data("/jobs/info")}

    simulator.knobs.info_profile = InfoProfile.DISPLAY_NAME
    assert {field["Name"]: field["DisplayName"] for field in await crelate.data("/jobs/info")} == labels
    simulator.knobs.info_profile = InfoProfile.BY_NAME
    by_name = (await crelate.data("/jobs/info"))["Fields"]
    assert {name: field["Label"] for name, field in by_name.items()} == labels
    simulator.knobs.info_profile = InfoProfile.ABSENT
    assert (await crelate.refusal("GET", "/jobs/info"))[0] == 404


@pytest.mark.parametrize(("knob", "column"), [("user_state", "UserState"), ("user_type", "UserType")])
async def test_lookups_of_users_may_be_called_otherwise(
    simulator: Simulator, crelate: Crelate, knob: str, column: str
) -> None:
    """ASM-15: `UserStateId` or nothing in place of `UserState`, in lists, by id and for oneself."""
    user = simulator.state["users"][simulator.state.user_id]
    for value, name in ((LookupColumn.SUFFIXED, f"{column}Id"), (LookupColumn.ABSENT, None)):
        setattr(simulator.knobs, knob, value)
        listed = next(row for row in await crelate.data("/users") if row["Id"] == user["Id"])
        for row in (listed, await crelate.data(f"/users/{user['Id']}"), await crelate.data("/users/self")):
            assert row.keys() & {column, f"{column}Id"} == ({name} if name else set())
            assert name is None or row[name] == user[column]


@pytest.mark.parametrize("value", [UserEmail.EMAIL_ADDRESS, UserEmail.USER_NAME, UserEmail.ABSENT])
async def test_addresses_of_users_may_stand_elsewhere(simulator: Simulator, crelate: Crelate, value: UserEmail) -> None:
    """ASM-15: in `EmailAddress`, in `UserName`, or nowhere."""
    simulator.knobs.user_email = value

    for row in await crelate.data("/users"):
        assert "Email" not in row
        assert row.get(value) == (None if value is UserEmail.ABSENT else simulator.state["users"][row["Id"]]["Email"])


async def test_the_recruiting_workflow_may_have_another_id(simulator: Simulator, crelate: Crelate) -> None:
    """ASM-16: everywhere it is shown, in both versions, and it filters by that id in any case."""
    simulator.knobs.recruiting_workflow = WORKFLOW
    simulator.knobs.recruiting_name = 'Talent "A"'

    types = (await crelate.call("GET", f"{V1}/domain/workflowTypes")).json()["Results"]
    stages = await crelate.data("/workflowstatuses", workflow_type_ids=WORKFLOW.upper())

    assert {"Id": WORKFLOW, "Name": 'Talent "A"'} in types
    assert {row["WorkflowTypeId"]["Id"] for row in stages} == {WORKFLOW}
    assert {row["WorkflowTypeId"]["Title"] for row in await crelate.data("/jobs")} == {'Talent "A"'}
    job = await crelate.make("jobs", Name="Cook", WorkflowTypeId={"Id": WORKFLOW})
    assert (await crelate.data(f"/jobs/{job}"))["WorkflowTypeId"]["Id"] == WORKFLOW


async def test_portal_visibility_may_be_a_word(simulator: Simulator, crelate: Crelate) -> None:
    """ASM-17: `Public` for 0, `Private` for anything else."""
    simulator.knobs.portal_visibility = PortalVisibility.TEXT

    for row in await crelate.data("/jobs"):
        number = simulator.state["jobs"][row["Id"]]["PortalVisibility"]
        assert row["PortalVisibility"] == ("Private" if number else "Public")


@pytest.mark.parametrize("value", [JobLocation.ADDRESSES, JobLocation.PORTAL])
async def test_the_place_of_a_job_may_stand_elsewhere(
    simulator: Simulator, crelate: Crelate, value: JobLocation
) -> None:
    """ASM-18: the same city, in another column."""
    simulator.knobs.job_location = value

    for row in await crelate.data("/jobs"):
        city = simulator.state["jobs"][row["Id"]]["Locations_Business"]["City"]
        shown = row["PortalCity"] if value is JobLocation.PORTAL else row["Addresses_Business"]["City"]
        assert (shown, "Locations_Business" in row) == (city, False)


async def test_a_deleted_record_may_stay(simulator: Simulator, crelate: Crelate) -> None:
    """ASM-20: listed and found as before, with another status."""
    simulator.knobs.deleted_status = 3
    contact = await crelate.make("contacts", **ADA)

    assert (await crelate.call("DELETE", f"/contacts/{contact}")).status_code == 200

    assert (await crelate.data(f"/contacts/{contact}"))["EntityStatus"] == 3
    assert contact in await crelate.ids("/contacts", ids=contact)


FULL_WRITES = [
    ("contacts.CurrentPosition", "CurrentPosition", {"JobTitle": "Cook", "IsPrimary": True}),
    ("contacts.CurrentPosition.JobTitle", "CurrentPosition", {"JobTitle": "Cook", "IsPrimary": True}),
    ("contacts.DesiredSalaryMin", "DesiredSalaryMin", 120_000),
    ("contacts.KeyDates_Other", "KeyDates_Other", {"Value": "2025-07-01T00:00:00"}),
    ("contacts.Description", "Description", "Tall"),
]


@pytest.mark.parametrize(("path", "column", "value"), FULL_WRITES)
async def test_columns_may_not_be_writable(
    simulator: Simulator, crelate: Crelate, path: str, column: str, value: Any
) -> None:
    """ASM-21, ASM-23, ASM-31: dropped in silence, or the whole record is refused; other columns are kept."""
    entity = {**ADA, "Salutation": "Dr", column: value}
    *_, last = path.split(".")

    simulator.knobs.columns = {path: ColumnMode.OFF}
    row = await crelate.data(f"/contacts/{await crelate.make('contacts', **entity)}")
    assert row["Salutation"] == "Dr"
    assert last not in (row[column] if last != column else row)
    simulator.knobs.columns = {path: ColumnMode.REFUSE}
    assert (await crelate.refusal("POST", "/contacts", json={"entity": entity}))[0] == 400
    assert (await crelate.refusal("PATCH", f"/contacts/{row['Id']}", json={"entity": {column: value}}))[0] == 400
    assert (await crelate.call("PATCH", f"/contacts/{row['Id']}", json={"entity": {"Salutation": "Ms"}})).is_success


async def test_an_owner_may_not_be_writable(simulator: Simulator, crelate: Crelate) -> None:
    """ASM-31: the key's user owns the contact, whoever was sent."""
    simulator.knobs.columns = {"contacts.Owners": ColumnMode.OFF}
    other = next(user for user in simulator.state["users"] if user != simulator.state.user_id)

    row = await crelate.data(f"/contacts/{await crelate.make('contacts', **ADA, Owners=[{'Id': other}])}")

    assert [owner["Id"] for owner in row["Owners"]] == [simulator.state.user_id]


def test_a_column_that_does_not_exist_has_no_mode() -> None:
    """A misspelt column would otherwise change nothing in silence."""
    for path in ("contacts.Owner", "people.Owners", "contacts"):
        with pytest.raises(ValueError, match="no column"):
            Knobs(columns={path: ColumnMode.OFF})


async def test_positions_may_carry_a_lookup(simulator: Simulator, crelate: Crelate) -> None:
    """ASM-21: `{Title}` with the same words."""
    simulator.knobs.position_lookup = True

    for row in await crelate.data("/contacts"):
        if row.get("CurrentPosition"):
            kept = simulator.state["contacts"][row["Id"]]["CurrentPosition"]["JobTitle"]
            assert row["CurrentPosition"]["JobTitle"] == {"Title": kept}


async def test_stages_may_be_ordered_otherwise(simulator: Simulator, crelate: Crelate) -> None:
    """ASM-24: from zero in the same order, or without an order."""
    stages = simulator.state["workflowstatuses"]

    simulator.knobs.stage_order = StageOrder.FROM_ZERO
    rows = await crelate.data("/workflowstatuses")
    assert all(row["SortOrder"] == stages[row["Id"]]["SortOrder"] - 1 for row in rows)
    assert [row["WorkflowTypeId"]["Title"] for row in rows if row["SortOrder"] == 0] != []
    simulator.knobs.stage_order = StageOrder.ABSENT
    assert not any("SortOrder" in row for row in await crelate.data("/workflowstatuses"))


async def test_stages_may_say_of_which_kind_they_are(simulator: Simulator, crelate: Crelate) -> None:
    """ASM-24: exactly one is new and one placed, and a kind has one id."""
    simulator.knobs.stage_meaning = True

    kinds = [row["MeaningId"] for row in await crelate.data("/workflowstatuses")]

    titles = [kind["Title"] for kind in kinds]
    assert (titles.count("New"), titles.count("Done positive")) == (1, 1)
    assert len({kind["Id"] for kind in kinds}) == len(set(titles))


@pytest.mark.parametrize(
    ("value", "status", "moved"), [("moves", 200, True), ("stays", 200, False), ("refused", 400, False)]
)
async def test_a_second_post_may_not_move(
    simulator: Simulator, crelate: Crelate, value: str, status: int, moved: bool
) -> None:
    """ASM-25: it moves the contact, does nothing, or is refused; a first one always adds."""
    simulator.knobs.second_post = SecondPost(value)
    first, second, *_ = await crelate.ids("/workflowstatuses", workflow_type_ids="F6EF012F-998D-4132-B38B-A17A00B2B958")
    job, contact = await crelate.make("jobs", Name="Cook"), await crelate.make("contacts", **ADA)

    async def post(stage: str) -> int:
        path = f"/jobs/{job}/contacts"
        return (await crelate.call("POST", path, params={"contact_ids": contact}, json={"statusId": stage})).status_code

    assert await post(first) == 201
    assert await post(second) == status
    item = simulator.state.pipeline.get(job, contact)
    assert item is not None
    assert item.stage_id == (second if moved else first)


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_a_pipeline_may_not_take_a_put(simulator: Simulator, crelate: Crelate, method: str) -> None:
    """ASM-25: 405 on both paths."""
    simulator.knobs.pipeline_put = False
    item = next(item for job in simulator.state["jobs"] for item in simulator.state.pipeline.of_job(job))

    for path in (
        f"/jobs/{item.job_id}/contacts?contact_ids={item.contact_id}",
        f"/jobs/{item.job_id}/contacts/{item.contact_id}",
    ):
        assert (await crelate.refusal(method, path, json={"statusId": item.stage_id}))[0] == 405


@pytest.mark.parametrize("required", [True, False])
async def test_a_pipeline_may_need_no_status(simulator: Simulator, crelate: Crelate, required: bool) -> None:
    """ASM-25: without one it is refused, or the first stage is taken; an unknown one is always refused."""
    simulator.knobs.status_required = required
    job, contact = await crelate.make("jobs", Name="Cook"), await crelate.make("contacts", **ADA)
    path = f"/jobs/{job}/contacts?contact_ids={contact}"

    assert (await crelate.refusal("POST", path, json={"statusId": WORKFLOW}))[0] == 400
    assert (await crelate.call("POST", path, json={})).status_code == (400 if required else 201)
    items = simulator.state.pipeline.of_job(job)
    assert [simulator.state["workflowstatuses"][item.stage_id]["Name"] for item in items] == (
        [] if required else ["New Candidate"]
    )


async def test_activities_may_have_no_owners(simulator: Simulator, crelate: Crelate) -> None:
    """ASM-26: the column is gone."""
    simulator.knobs.activity_owners = False

    assert not any("Owners" in row for row in await crelate.data("/activities"))


async def test_interviews_may_be_called_otherwise(simulator: Simulator, crelate: Crelate) -> None:
    """ASM-27: in the table of types, on activities and among the options; stages keep their names."""
    simulator.knobs.interview_word = "Gespräch"

    types = {row["Name"] for row in await crelate.data("/activitytypes")}
    options = next(field for field in await crelate.data("/activities/info") if field["Name"] == "VerbId")["Options"]

    assert {"Gespräch", "Phone Gespräch", "Client Gespräch"} <= types
    assert {option["Title"] for option in options} == types
    assert {row["VerbId"]["Title"] for row in await crelate.data("/activities", limit=100)} <= types
    assert "Final Interview" in {row["Name"] for row in await crelate.data("/workflowstatuses")}


FORMS = {"bare": {}, "named": {"EntityName": "Jobs"}}


@pytest.mark.parametrize("value", NoteRegarding)
@pytest.mark.parametrize(("form", "extra"), FORMS.items())
async def test_notes_may_refuse_a_job(
    simulator: Simulator, crelate: Crelate, value: NoteRegarding, form: str, extra: dict[str, str]
) -> None:
    """ASM-28: one form, or both; a note without a job is always taken."""
    simulator.knobs.note_regarding = value
    contact, job = next(iter(simulator.state["contacts"])), next(iter(simulator.state["jobs"]))
    note = {"Display": "Called", "ParentId": {"Id": contact, "EntityName": "Contacts"}}

    sent = {"entity": {**note, "RegardingId": {"Id": job, **extra}}}

    assert (await crelate.call("POST", "/notes", json=sent)).status_code == (201 if value in {"both", form} else 400)
    assert await crelate.make("notes", **note)


async def test_the_general_upload_may_not_exist(simulator: Simulator, crelate: Crelate) -> None:
    """ASM-29: 405, while a CV can still be sent."""
    simulator.knobs.artifact_upload = False
    contact = next(iter(simulator.state["contacts"]))
    options: dict[str, Any] = {
        "params": {"target_entity_name": "Contacts", "target_record_id": contact},
        "files": {"file": ("letter.pdf", b"%PDF", "application/pdf")},
    }

    assert (await crelate.refusal("POST", "/artifacts", **options))[0] == 405
    assert (await crelate.call("POST", "/artifacts/primary", **options)).status_code == 201


@pytest.mark.parametrize("value", CountryIds)
async def test_countries_can_be_learnt_in_two_places(simulator: Simulator, crelate: Crelate, value: CountryIds) -> None:
    """ASM-30: on records, among the options, in both or in neither."""
    simulator.knobs.country_ids = value

    rows = await crelate.data("/contacts", limit=100)
    field = next(field for field in await crelate.data("/contacts/info") if field["Name"] == "Addresses_Home")

    assert any("CountryId" in (row.get("Addresses_Home") or {}) for row in rows) is (value in {"both", "records"})
    assert bool(field["Options"]) is (value in {"both", "info"})


@pytest.mark.parametrize(
    ("value", "statuses"), [("anywhere", (200, 200)), ("query", (401, 200)), ("nowhere", (401, 401))]
)
async def test_the_first_version_may_look_for_the_key_elsewhere(
    simulator: Simulator, crelate: Crelate, value: str, statuses: tuple[int, int]
) -> None:
    """ASM-32: with the key in the header, then in the query; the third version takes both."""
    simulator.knobs.v1_key = FirstVersionKey(value)
    path = f"{V1}/domain/workflowTypes"

    assert (await crelate.call("GET", path)).status_code == statuses[0]
    assert (await crelate.call("GET", "/jobs")).status_code == 200
    del crelate.http.headers["X-Api-Key"]
    assert (await crelate.call("GET", path, params={"api_key": KEYS[0]})).status_code == statuses[1]
    assert (await crelate.call("GET", "/jobs", params={"api_key": KEYS[0]})).status_code == 200


async def test_the_first_version_may_have_ids_of_its_own(simulator: Simulator, crelate: Crelate) -> None:
    """ASM-32: those of the third version are unknown to it, its own work."""
    simulator.knobs.v1_same_ids = False
    item = next(item for job in simulator.state["jobs"] for item in simulator.state.pipeline.of_job(job))

    assert (await crelate.call("GET", f"{V1}/jobs/{item.job_id}/contacts")).status_code == 404
    stages = (await crelate.call("GET", f"{V1}/domain/workflowStatuses")).json()["Results"]
    assert not {row["Id"] for row in stages} & set(await crelate.ids("/workflowstatuses"))
    own = f"{15 - int(item.contact_id[0], 16):x}{item.contact_id[1:]}"
    jobs = (await crelate.call("GET", f"{V1}/contacts/{own}/jobs")).json()["Results"]
    assert len(jobs) == len(simulator.state.pipeline.of_contact(item.contact_id))


@pytest.mark.parametrize("on", [True, False])
async def test_a_source_may_be_made_by_name(simulator: Simulator, crelate: Crelate, on: bool) -> None:
    """ASM-33: through the first version, once; unless it is on there is no such path."""
    simulator.knobs.v1_new_sources = on
    contact = await crelate.make("contacts", **ADA)
    before = len(simulator.state["contactsources"])

    answers = [
        await crelate.call("PUT", f"{V1}/contacts/{contact}", json={"Source_Name": name}) for name in ("Radio", "radio")
    ]

    assert [answer.status_code for answer in answers] == [200 if on else 404] * 2
    assert len(simulator.state["contactsources"]) == before + on
    source = (await crelate.data(f"/contacts/{contact}")).get("ContactSourceId")
    assert (source and source["Title"]) == ("Radio" if on else None)


async def test_a_lead_may_not_be_marked(simulator: Simulator, crelate: Crelate) -> None:
    """ASM-35: no job carries the flag."""
    simulator.knobs.lead_flag = False

    assert not any("IsLead" in row for row in await crelate.data("/jobs"))


@pytest.mark.parametrize("value", [JobCode.OPAQUE, JobCode.ABSENT])
async def test_job_codes_may_be_opaque_or_absent(simulator: Simulator, crelate: Crelate, value: JobCode) -> None:
    """ASM-36: 26 lower-case characters, one per job and always the same, or none; the number stays."""
    simulator.knobs.job_code = value

    rows = await crelate.data("/jobs")

    codes = {row.get("JobCode") for row in rows}
    assert codes == {row.get("JobCode") for row in await crelate.data("/jobs")}
    assert len(codes) == (1 if value is JobCode.ABSENT else len(rows))
    assert all(code is None or re.fullmatch("[a-z2-7]{26}", code) for code in codes)
    assert all(row["JobNum"] for row in rows)


async def test_ids_may_have_any_variant(simulator: Simulator, crelate: Crelate, clock: Clock) -> None:
    """New ones once it is turned, seeded ones as well when it is set at the start; version 4 and lower case always."""
    simulator.knobs.guid_variants = True
    made = [await crelate.make("companies", Name=f"Firm {number}") for number in range(30)]
    seeded = create_simulator(SimulatorConfig(knobs=Knobs(guid_variants=True), clock=clock)).state["contacts"]

    for ids in (made, list(seeded)):
        assert all(re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", each) for each in ids)
        assert len({each[19] for each in ids}) > 8
