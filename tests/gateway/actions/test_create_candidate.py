"""Create candidate and create application, carried out."""

import asyncio
from dataclasses import replace
from typing import Any

import httpx
import pytest

from gateway.actions.actions import Actions
from gateway.simulator import DuplicateRule, FilterMode, Simulator, StageOrder
from gateway.simulator.table import Row
from resolvers.ports.actions import Result
from schema.actions.action import ActionOutcome
from schema.actions.problem import UserError, UserErrorCode
from tests.gateway.actions.conftest import INTEGRATION, KEY
from tests.gateway.actions.inputs import (
    EMAIL,
    attachment,
    contacts_of,
    create,
    first_stage,
    open_job,
    person,
    writes,
)
from tests.gateway.replica.records import value

COMPLETE: dict[str, Any] = {
    "additional_email_addresses": [{"email_address": "ingrid@work.example.com", "type": "WORK"}],
    "company": "Fernhill Optics",
    "title": "Optician",
    "phone_number": "(206) 555-0142",
    "location": {"city": "Seattle", "state": "WA", "zip_code": "98101", "country": "US"},
    "availability_date": "2026-09-01T00:00:00+00:00",
    "salary_expectations": {"period": "MONTH", "amount": 5000.0},
    "social_links": [{"url": "https://www.linkedin.com/in/ingrid"}],
}


def codes(result: Result) -> tuple[list[str], list[str]]:
    """Codes of errors and of warnings."""
    return [each.code.name for each in result.user_errors], [each.code.name for each in result.warnings]


async def perform(actions: Actions, *args: Any, **more: Any) -> Result:
    """Carry out an action."""
    return await actions.of(INTEGRATION).perform(create(*args, **more), None)


async def test_a_new_candidate_applies_with_a_cv(actions: Actions, simulator: Simulator) -> None:
    """Contact, pipeline entry and CV are there once, and the records come back."""
    job = open_job(simulator)

    result = await perform(actions, job, attachments=[attachment()])

    assert result.outcome is ActionOutcome.DONE
    assert codes(result) == ([], ["STAGE_DEFAULTED"])
    (contact,) = contacts_of(simulator)
    assert result.application_key == f"{job}:{contact['Id']}"
    item = simulator.state.pipeline.get(job, contact["Id"])
    assert item is not None
    assert item.stage_id == first_stage(simulator)
    assert contact["PrimaryDocumentAttachmentId"]["Title"] == "cv.pdf"
    assert [record.key for record in result.records["Candidate"]] == [result.candidate_key] == [contact["Id"]]
    assert [record.key for record in result.records["Application"]] == [result.application_key]


async def test_an_application_that_never_shows_is_no_success(actions: Actions, simulator: Simulator) -> None:
    """Crelate answers with a success, and the contact is not on the job: the candidate is named, and the error."""
    simulator.faults.add("empty", "/jobs/{id}/contacts", method="POST", times=None)

    result = await perform(actions, open_job(simulator), attachments=[attachment()])

    (contact,) = contacts_of(simulator)
    assert (result.outcome, result.candidate_key) == (ActionOutcome.FAILED, contact["Id"])
    assert [(each.code.name, each.field) for each in result.user_errors] == [("UPSTREAM_REJECTED", ["application"])]
    assert contact.get("PrimaryDocumentAttachmentId") is None


async def test_every_input_ends_where_it_belongs(actions: Actions, simulator: Simulator) -> None:
    """All of the table of inputs, as the ATS stored it."""
    user = next(iter(simulator.state["users"].values()))
    source = next(iter(simulator.state["contactsources"].values()))

    result = await perform(
        actions, None, person(**COMPLETE), source={"id": source["Id"]}, sourced_by={"user_key": user["Id"]}
    )

    assert codes(result) == ([], ["SALARY_CONVERTED"])
    (contact,) = contacts_of(simulator)
    assert (contact["FirstName"], contact["LastName"], contact["RecordType"]) == ("Ingrid", "Halvorsen", 1)
    assert (contact["EmailAddresses_Personal"]["Value"], contact["EmailAddresses_Personal"]["IsPrimary"]) == (
        EMAIL,
        True,
    )
    assert contact["EmailAddresses_Work"]["Value"] == "ingrid@work.example.com"
    assert contact["CurrentPosition"]["JobTitle"] == "Optician"
    assert contact["CurrentPosition"]["CompanyId"]["Title"] == "Fernhill Optics"
    assert contact["PhoneNumbers_Mobile"]["Value"] == "+12065550142"
    home = contact["Addresses_Home"]
    assert (home["City"], home["State"], home["ZipCode"]) == ("Seattle", "WA", "98101")
    assert home["CountryId"]["Title"] == "United States"
    assert contact["KeyDates_Other"]["Value"] == "2026-09-01T00:00:00"
    assert (contact["DesiredSalaryMin"], contact["DesiredSalaryMax"]) == (60000.0, 60000.0)
    assert contact["Websites_LinkedIn"]["Value"] == "https://www.linkedin.com/in/ingrid"
    assert contact["ContactSourceId"]["Id"] == source["Id"]
    assert [owner["Id"] for owner in contact["Owners"]] == [user["Id"]]


@pytest.mark.parametrize(
    ("source", "name", "warnings"),
    [
        ({"name": "linkedin"}, "LinkedIn", []),
        ({"unified_key": "LINKEDIN"}, "LinkedIn", []),
        ({"name": "Linked"}, None, ["SOURCE_SKIPPED"]),
        ({"unified_key": "CARRIER_PIGEON"}, None, ["SOURCE_SKIPPED"]),
    ],
)
async def test_a_source_is_written_when_its_name_is_exactly_known(
    source: dict[str, str], name: str | None, warnings: list[str], actions: Actions, simulator: Simulator
) -> None:
    """Case does not matter, parts of names do: a loose match would pick a wrong one."""
    result = await perform(actions, source=source)

    assert codes(result) == ([], warnings)
    (contact,) = contacts_of(simulator)
    assert (contact.get("ContactSourceId") or {}).get("Title") == name


async def test_a_company_that_exists_is_used(actions: Actions, simulator: Simulator) -> None:
    """By its exact name, in any case."""
    company = next(iter(simulator.state["companies"].values()))
    before = len(simulator.state["companies"])

    await perform(actions, None, person(company=company["Name"].upper()))

    (contact,) = contacts_of(simulator)
    assert contact["CurrentPosition"]["CompanyId"]["Id"] == company["Id"]
    assert len(simulator.state["companies"]) == before


async def test_a_part_that_the_ats_refuses_is_left_out_with_a_warning(actions: Actions, simulator: Simulator) -> None:
    """A column nobody has seen written must not cost the candidate."""
    simulator.faults.add("400", "/contacts", method="POST", times=2)

    result = await perform(actions, None, person(title="Optician", availability_date="2026-09-01T00:00:00+00:00"))

    (contact,) = contacts_of(simulator)
    assert codes(result) == ([], ["AVAILABILITY_SKIPPED"])
    assert contact["CurrentPosition"]["JobTitle"] == "Optician"
    assert contact.get("KeyDates_Other") is None


def known(simulator: Simulator, **columns: Any) -> Row:
    """Make a contact with the candidate's address."""
    row = next(iter(simulator.state["contacts"].values()))
    contact = {
        "Id": simulator.state.new_id(),
        "EntityStatus": 1,
        "RecordType": 1,
        "FirstName": "Ingrid",
        "LastName": "Halvorsen",
        "EmailAddresses_Work": {"Id": simulator.state.new_id(), "Value": EMAIL, "IsPrimary": True},
        "CreatedOn": row["CreatedOn"],
        "ModifiedOn": row["ModifiedOn"],
        **columns,
    }
    simulator.state["contacts"].insert(contact)
    return contact


async def test_attach_uses_a_known_candidate_as_it_is(actions: Actions, simulator: Simulator) -> None:
    """The default: nothing of the person is changed."""
    contact = known(simulator)
    job = open_job(simulator)

    result = await perform(actions, job, person(**COMPLETE))

    assert codes(result) == ([], ["STAGE_DEFAULTED", "CANDIDATE_MATCHED"])
    assert result.application_key == f"{job}:{contact['Id']}"
    assert writes(simulator) == [("POST", "/jobs/{id}/contacts")]


async def test_attach_makes_a_contact_of_another_kind_a_candidate(actions: Actions, simulator: Simulator) -> None:
    """A client stays one, and becomes a candidate as well."""
    contact = known(simulator, RecordType=2)

    await perform(actions)

    assert simulator.state["contacts"][contact["Id"]]["RecordType"] == 3


async def test_update_fills_in_only_what_is_empty(actions: Actions, simulator: Simulator) -> None:
    """What is there stays, and is named."""
    phone = {"Id": simulator.state.new_id(), "Value": "+12065550100", "IsPrimary": True}
    contact = known(simulator, PhoneNumbers_Mobile=phone, FirstName="Inga")

    result = await perform(actions, None, person(**COMPLETE), on_duplicate="UPDATE")

    row = simulator.state["contacts"][contact["Id"]]
    kept = [each.field for each in result.warnings if each.code.name == "FIELD_KEPT"]
    assert result.user_errors == []
    assert kept == [["candidate", "phoneNumber"]]
    assert (row["FirstName"], row["PhoneNumbers_Mobile"]["Value"]) == ("Inga", "+12065550100")
    assert (row["CurrentPosition"]["JobTitle"], row["DesiredSalaryMin"]) == ("Optician", 60000.0)
    assert row.get("EmailAddresses_Personal") is None


async def test_reject_writes_nothing_and_returns_the_candidate(actions: Actions, simulator: Simulator) -> None:
    """The caller learns who it is."""
    contact = known(simulator)

    result = await perform(actions, open_job(simulator), on_duplicate="REJECT")

    assert codes(result)[0] == ["CANDIDATE_ALREADY_EXISTS"]
    assert result.candidate_key == contact["Id"]
    assert writes(simulator) == []


async def test_create_makes_another_one_where_the_ats_takes_it(actions: Actions, simulator: Simulator) -> None:
    """Another name with the same address is no duplicate to the ATS."""
    known(simulator, FirstName="Olav")

    result = await perform(actions, on_duplicate="CREATE")

    assert codes(result) == ([], ["DUPLICATE_CREATED"])
    assert len(contacts_of(simulator)) == 2


async def test_create_says_so_where_the_ats_does_not(actions: Actions, simulator: Simulator) -> None:
    """Its 409 names the candidate, who is returned."""
    contact = known(simulator)

    result = await perform(actions, on_duplicate="CREATE")

    assert codes(result)[0] == ["CANDIDATE_ALREADY_EXISTS"]
    assert result.candidate_key == contact["Id"]


async def test_a_duplicate_that_only_the_ats_sees_is_used(actions: Actions, simulator: Simulator) -> None:
    """Where the filter by address is ignored, the 409 brings the key."""
    contact = known(simulator)
    simulator.knobs.filters["contacts.emails"] = "off"  # type: ignore[assignment]  # as JSON spells it

    result = await perform(actions, open_job(simulator))

    assert result.user_errors == []
    assert result.candidate_key == contact["Id"]
    assert "CANDIDATE_MATCHED" in codes(result)[1]


NAMED = {DuplicateRule.NAME, DuplicateRule.ANY}
"""Rules by which the name alone makes a duplicate."""


@pytest.mark.parametrize("rule", DuplicateRule)
async def test_a_namesake_is_nobody_else(rule: DuplicateRule, actions: Actions, simulator: Simulator) -> None:
    """Where the account goes by names nothing is written, and the namesake is returned; elsewhere it is no matter."""
    simulator.knobs.duplicate_rule = rule
    other = known(simulator, EmailAddresses_Work=None, EmailAddresses_Other={"Value": "other@example.com"})
    before = dict(other)

    result = await perform(actions, open_job(simulator), attachments=[attachment()])

    if rule in NAMED:
        assert codes(result)[0] == ["CANDIDATE_NAMESAKE"]
        assert (result.candidate_key, result.application_key) == (other["Id"], None)
        assert writes(simulator) == [("POST", "/contacts")]  # which was refused
    else:
        assert (codes(result)[0], result.candidate_key == other["Id"]) == ([], False)
        assert [contact["Id"] for contact in contacts_of(simulator)] == [result.candidate_key]
    assert simulator.state["contacts"][other["Id"]] == before


@pytest.mark.parametrize(
    ("policy", "errors", "warnings"),
    [
        ("ATTACH", [], ["STAGE_DEFAULTED", "CANDIDATE_MATCHED"]),
        ("UPDATE", [], ["STAGE_DEFAULTED", "CANDIDATE_MATCHED"]),
        ("REJECT", ["CANDIDATE_ALREADY_EXISTS"], ["STAGE_DEFAULTED"]),
        ("CREATE", ["CANDIDATE_ALREADY_EXISTS"], ["STAGE_DEFAULTED"]),
    ],
)
async def test_a_namesake_is_the_candidate_when_the_caller_says_so(
    policy: str, errors: list[str], warnings: list[str], actions: Actions, simulator: Simulator
) -> None:
    """Then `onDuplicate` says what to do."""
    simulator.knobs.duplicate_rule = DuplicateRule.NAME
    other = known(simulator, EmailAddresses_Work=None)
    job = open_job(simulator)

    result = await perform(actions, job, on_duplicate=policy, on_namesake="ATTACH")

    assert codes(result) == (errors, warnings)
    assert result.candidate_key == other["Id"]
    assert result.application_key == (None if errors else f"{job}:{other['Id']}")
    address = simulator.state["contacts"][other["Id"]].get("EmailAddresses_Personal")
    assert (address is not None) is (policy == "UPDATE")


async def test_a_namesake_is_not_taken_for_what_a_lost_answer_made(actions: Actions, simulator: Simulator) -> None:
    """The first try was not carried out, the second names somebody else."""
    simulator.knobs.duplicate_rule = DuplicateRule.NAME
    other = known(simulator, EmailAddresses_Work=None)
    simulator.faults.add("500", "/contacts", method="POST")

    result = await perform(actions, open_job(simulator))

    assert codes(result)[0] == ["CANDIDATE_NAMESAKE"]
    assert (result.candidate_key, result.application_key) == (other["Id"], None)


@pytest.mark.parametrize("rule", DuplicateRule)
@pytest.mark.parametrize(
    ("held", "given"),
    [
        ("ingrid@b\u00fccher.example", "ingrid@xn--bcher-kva.example"),
        ("ingrid@xn--bcher-kva.example", "Ingrid@B\u00fccher.example"),
        ("o'neil/x&y@example.com", "O'Neil/x&y@example.com"),
    ],
)
async def test_the_address_says_who_it_is(
    held: str, given: str, rule: DuplicateRule, actions: Actions, simulator: Simulator
) -> None:
    """In any spelling and category, and by any name."""
    simulator.knobs.duplicate_rule = rule
    contact = known(simulator, EmailAddresses_Work={"Value": held, "IsPrimary": True}, FirstName="Inga")
    count = len(simulator.state["contacts"])

    result = await perform(actions, None, person(email_address=given))

    assert (codes(result)[0], result.candidate_key) == ([], contact["Id"])
    assert len(simulator.state["contacts"]) == count


@pytest.mark.parametrize("mode", [FilterMode.REFUSE, FilterMode.OFF])
@pytest.mark.parametrize("rule", DuplicateRule)
async def test_without_the_address_filter_it_is_found_out_who_it_is(
    rule: DuplicateRule, mode: FilterMode, actions: Actions, simulator: Simulator
) -> None:
    """Contacts are looked through, and the one that a refusal names is read."""
    simulator.knobs.duplicate_rule = rule
    simulator.knobs.filters["contacts.emails"] = mode
    contact = known(simulator, CreatedOn="2026-06-01T00:00:00Z")  # on the last page

    result = await perform(actions, None, person(email_address=EMAIL.upper()))

    assert (codes(result)[0], result.candidate_key) == ([], contact["Id"])
    assert len(contacts_of(simulator)) == 1


async def test_where_not_all_could_be_looked_through_the_result_says_so(actions: Actions, simulator: Simulator) -> None:
    """There may be two of them then, and somebody has to know."""
    simulator.knobs.duplicate_rule = DuplicateRule.OFF
    simulator.knobs.filters["contacts.emails"] = FilterMode.OFF
    simulator.knobs.max_page = 1
    known(simulator, CreatedOn="2026-06-01T00:00:00Z")

    result = await perform(actions, None)

    assert codes(result) == ([], ["DUPLICATES_UNCHECKED"])
    assert len(contacts_of(simulator)) == 2


async def test_a_candidate_that_is_refused_leaves_no_company(actions: Actions, simulator: Simulator) -> None:
    """It is made when the candidate is there."""
    simulator.knobs.duplicate_rule = DuplicateRule.NAME
    known(simulator, EmailAddresses_Work=None)
    companies = len(simulator.state["companies"])

    result = await perform(actions, None, person(**COMPLETE))

    assert codes(result)[0] == ["CANDIDATE_NAMESAKE"]
    assert len(simulator.state["companies"]) == companies


@pytest.mark.parametrize("title", ["Optician", None])
async def test_a_company_that_is_refused_costs_no_title(
    title: str | None, actions: Actions, simulator: Simulator
) -> None:
    """Nor the candidate."""
    simulator.faults.add("400", "/companies", method="POST", times=None)

    result = await perform(actions, None, person(company="Fernhill Optics", title=title))

    assert codes(result) == ([], ["COMPANY_SKIPPED"])
    (contact,) = contacts_of(simulator)
    assert (contact.get("CurrentPosition") or {}).get("JobTitle") == title


async def test_an_address_is_filled_in_part_by_part(actions: Actions, simulator: Simulator) -> None:
    """What is there stays, and is named where something else was given."""
    held = {"Id": simulator.state.new_id(), "City": "Boston", "State": None, "Line1": "1 Main St", "IsPrimary": False}
    contact = known(simulator, Addresses_Home=held)

    result = await perform(actions, None, person(location=COMPLETE["location"]), on_duplicate="UPDATE")

    assert codes(result) == ([], ["CANDIDATE_MATCHED", "FIELD_KEPT"])
    assert result.warnings[1].field == ["candidate", "location", "city"]
    stored = simulator.state["contacts"][contact["Id"]]["Addresses_Home"]
    assert {name: stored[name] for name in held} == {**held, "State": "WA"}
    assert (stored["ZipCode"], stored["CountryId"]["Title"]) == ("98101", "United States")


@pytest.mark.parametrize("rule", DuplicateRule)
async def test_a_candidate_created_twice_at_once_is_one(
    rule: DuplicateRule, actions: Actions, simulator: Simulator
) -> None:
    """Whatever the account takes for a duplicate, and however the address is spelt."""
    simulator.knobs.duplicate_rule = rule
    asked = [create(None, person(email_address=address)) for address in (EMAIL, EMAIL.upper(), EMAIL, EMAIL)]

    results = await asyncio.gather(*(actions.of(INTEGRATION).perform(each, None) for each in asked))

    (contact,) = [row for row in simulator.state["contacts"].values() if row.get("LastName") == "Halvorsen"]
    assert {result.candidate_key for result in results} == {contact["Id"]}
    assert [codes(result)[0] for result in results] == [[]] * 4


async def test_applying_twice_returns_the_application(actions: Actions, simulator: Simulator) -> None:
    """As an error with its own code."""
    job = open_job(simulator)
    first = await perform(actions, job)

    second = await perform(actions, job)

    assert codes(second)[0] == ["APPLICATION_ALREADY_EXISTS"]
    assert second.application_key == first.application_key
    assert [record.key for record in second.records["Application"]] == [first.application_key]


async def test_all_that_the_ats_knows_to_be_wrong_comes_at_once(actions: Actions, simulator: Simulator) -> None:
    """Together with what can be seen without asking, each with its path."""
    nobody = "00000000-0000-4000-8000-000000000000"
    application = {"job_key": nobody, "stage_key": nobody}

    result = await perform(
        actions,
        None,
        person(first_name=" "),
        application=application,
        source={"id": nobody},
        sourced_by={"user_key": nobody},
    )

    assert [(each.code.name, each.field) for each in result.user_errors] == [
        ("REQUIRED", ["candidate", "firstName"]),
        ("JOB_NOT_FOUND", ["application", "jobId"]),
        ("STAGE_NOT_FOUND", ["application", "stageId"]),
        ("USER_NOT_FOUND", ["sourcedBy", "userId"]),
        ("SOURCE_NOT_FOUND", ["source", "id"]),
    ]
    assert writes(simulator) == []
    assert result.action_id is None


async def test_without_an_order_of_stages_none_is_the_first(actions: Actions, simulator: Simulator) -> None:
    """ASM-24: an application has to name its stage, and nothing is written before it does."""
    simulator.knobs.stage_order = StageOrder.ABSENT
    job = open_job(simulator)
    stage = next(row["Id"] for row in simulator.state["workflowstatuses"].values() if row["Name"] == "Phone Screen")

    refused = await perform(actions, job)
    made = await perform(actions, None, application={"job_key": job, "stage_key": stage})

    assert codes(refused) == (["STAGE_NOT_FOUND"], [])
    assert refused.user_errors[0].message == "The ATS does not say which stage is the first: name one."
    assert codes(made) == ([], [])


async def test_a_closed_job_takes_nobody(actions: Actions, simulator: Simulator) -> None:
    """By the time the action begins."""
    job = open_job(simulator)
    simulator.state["jobs"][job]["ClosedOn"] = "2025-01-01T00:00:00Z"

    result = await perform(actions, job)

    assert codes(result)[0] == ["JOB_CLOSED"]
    assert contacts_of(simulator) == []


async def test_a_refusal_of_the_application_leaves_the_candidate_and_says_so(
    actions: Actions, simulator: Simulator
) -> None:
    """What was made is returned with the error."""
    simulator.faults.add("400", "/jobs/{id}/contacts", method="POST", times=None)

    result = await perform(actions, open_job(simulator))

    assert codes(result)[0] == ["UPSTREAM_REJECTED"]
    assert [contact["Id"] for contact in contacts_of(simulator)] == [result.candidate_key]
    assert result.application_key is None


BLANK = " \u00a0\t\n\u2003"


@pytest.mark.parametrize("policy", ["ATTACH", "UPDATE", "CREATE"])
@pytest.mark.parametrize("company", [None, "", BLANK, "Fernhill Optics"])
@pytest.mark.parametrize("held", [None, {"JobTitle": "Cook"}, "company"])
async def test_no_placeholder_leaves_the_process(
    actions: Actions, simulator: Simulator, policy: str, company: str | None, held: Any
) -> None:
    """What stands in a plan for an id is never sent, whatever is given and whatever is there already."""
    position = {"CompanyId": {"Id": next(iter(simulator.state["companies"]))}} if held == "company" else held
    more = {} if position is None else {"CurrentPosition": position}
    existing = {"FirstName": "Ingrid", "LastName": "Halvorsen", "EmailAddresses_Personal": {"Value": EMAIL}, **more}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(simulator), base_url="https://sim/api3") as http:
        made = await http.post("/contacts", json={"entity": existing}, headers={"X-Api-Key": KEY})
    assert made.is_success
    simulator.reset_log()

    candidate = person(company=company, title="Optician", location={"city": BLANK, "country": BLANK})
    await perform(actions, open_job(simulator), candidate, on_duplicate=policy, attachments=[attachment()])

    for entry in simulator.log:
        sent = entry.body + entry.path.encode() + str(entry.query).encode()
        assert b"{company}" not in sent
        assert b"{candidate}" not in sent
        assert b"\\u00a0" not in sent
        assert BLANK.encode() not in sent


async def test_an_employer_is_filled_in_beside_the_title(actions: Actions, simulator: Simulator) -> None:
    """UPDATE goes field by field, and says nothing of what was not given."""
    first = await perform(actions, None, person(title="Optician"))
    result = await perform(actions, None, person(company="Fernhill Optics"), on_duplicate="UPDATE")

    (contact,) = contacts_of(simulator)
    assert contact["Id"] == first.candidate_key
    position = contact["CurrentPosition"]
    assert (position["JobTitle"], position["CompanyId"]["Title"]) == ("Optician", "Fernhill Optics")
    assert codes(result) == ([], ["CANDIDATE_MATCHED"])


async def test_an_extension_is_stored_and_shown(actions: Actions, simulator: Simulator) -> None:
    """Crelate keeps it in a field of its own."""
    result = await perform(actions, None, person(phone_number="(206) 555-0142 ext. 12"))

    (contact,) = contacts_of(simulator)
    phone = contact["PhoneNumbers_Mobile"]
    assert (phone["Value"], phone["Extension"]) == ("+12065550142", "12")
    (record,) = result.records["Candidate"]
    assert [each.phone_number for each in value(record, "phone_numbers")] == ["+12065550142 ext. 12"]
    assert codes(result) == ([], [])


@pytest.mark.parametrize("name", ["Half\ud83dPair", "Null\0Byte", "\u200b", " "])
async def test_an_odd_source_leaves_no_action_pending(actions: Actions, simulator: Simulator, name: str) -> None:
    """One source with such a name does not keep the others from being found."""
    rows = list(simulator.state["contactsources"].values())
    simulator.state["contactsources"].insert(rows[0] | {"Name": name})

    result = await perform(actions, None, source={"name": rows[1]["Name"]})

    assert result.outcome is ActionOutcome.DONE
    (contact,) = contacts_of(simulator)
    assert contact["ContactSourceId"]["Id"] == rows[1]["Id"]


async def test_problems_that_need_a_look_come_with_those_that_need_none(actions: Actions, simulator: Simulator) -> None:
    """The bad address, the unknown job, stage, user and source: one answer names them all, and nothing is written."""
    nobody = "00000000-0000-4000-8000-000000000000"
    more = {"sourced_by": {"user_key": nobody}, "source": {"id": nobody}}
    application = {"job_key": nobody, "stage_key": nobody}

    result = await perform(actions, None, person(email_address="ingrid@"), application=application, **more)

    assert [(each.code.name, ".".join(each.field or ())) for each in result.user_errors] == [
        ("INVALID_EMAIL", "candidate.emailAddress"),
        ("JOB_NOT_FOUND", "application.jobId"),
        ("STAGE_NOT_FOUND", "application.stageId"),
        ("USER_NOT_FOUND", "sourcedBy.userId"),
        ("SOURCE_NOT_FOUND", "source.id"),
    ]
    assert writes(simulator) == []


async def test_what_is_refused_is_not_asked_for(actions: Actions, simulator: Simulator) -> None:
    """Text that cannot be written does not leave the process, and a bad id is reported once."""
    bad_id = UserError(code=UserErrorCode.INVALID_ID, message="m", field=["application", "jobId"])
    asked = create("", person(company="Bad\x07Ltd", email_address="ingrid@"), source={"name": "Bad\x07Source"})

    result = await actions.of(INTEGRATION).perform(replace(asked, user_errors=[bad_id]), None)

    assert [each.code.name for each in result.user_errors] == [
        *("INVALID_ID", "INVALID_EMAIL", "INVALID_TEXT", "INVALID_TEXT")
    ]
    assert not any("Bad" in str(entry.query) for entry in simulator.log)
