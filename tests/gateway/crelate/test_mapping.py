"""The mapping tables: one whole record each, then the odd cases of their readers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Any

import pytest
from msgspec import convert

from gateway.crelate.assumptions import Assumptions
from gateway.crelate.entities import Entry, Lookup, Untouched, UserKind
from gateway.crelate.mapping import TABLES
from gateway.crelate.mapping.location import country_code
from gateway.crelate.mapping.table import Absent, Facts, Field, Table
from gateway.crelate.mapping.team import owned, owners
from gateway.crelate.mapping.user import role_rows, system_role
from gateway.crelate.readers import number
from schema.role import Role
from tests.gateway.crelate.rows import (
    ACTIVITY,
    ACTIVITY_ID,
    CONTACT,
    CONTACT_ID,
    JOB,
    JOB_ID,
    PIPELINE_ROWS,
    STAGE,
    STAGE_ID,
    TYPE_ID,
    USER,
    USER_ID,
    Row,
)

FACTS = Facts(labels={"CustomField1": "Work model", "CustomField2": "Notice"}, job_key=JOB_ID)
APPLICATION_ID = f"{JOB_ID}:{CONTACT_ID}"


def fit(model: str, row: Row) -> Any:
    """A row as the model's table reads it."""
    made = convert(row, TABLES[model].entity)
    if hasattr(made, "untouched"):
        made.untouched = Untouched({"Data": [row]})
    return made


def read(model: str, row: Any, facts: Facts = FACTS) -> Any:
    """The record of one row."""
    return TABLES[model].one(fit(model, row) if isinstance(row, dict) else row, facts)


def shown(value: Any) -> Any:
    """A record's values as plain data."""
    if is_dataclass(value):
        return {field.name: shown(getattr(value, field.name)) for field in fields(value) if field.init}
    if isinstance(value, list):
        return [shown(item) for item in value]
    if isinstance(value, Enum):
        return value.name
    return value.isoformat() if isinstance(value, datetime) else value


def custom(name: str, value: Any, label: str | None) -> Row:
    """An integration field as plain data."""
    return {"id": name, "key": name, "type": "CUSTOM", "value": value, "label": label}


STAMPS = {"changed_at": None, "remote_deleted_at": None}

WHOLE: dict[str, tuple[Any, Row]] = {
    "User": (
        USER,
        {
            "key": USER_ID,
            "remote_id": USER_ID,
            "first_name": "Sam",
            "last_name": "Reyes",
            "email": "sam@example.com",
            "status": "ACTIVE",
            "remote_data": {"/users": USER},
        },
    ),
    "Job": (
        JOB,
        {
            "key": JOB_ID,
            "remote_id": JOB_ID,
            "name": "Backend Engineer",
            "job_code": "00042",
            "description": "<p>Text</p>",
            "visibility": "PUBLIC",
            "salary_amount": 120000.0,
            "salary_currency": "USD",
            "location": {
                "city": "Austin",
                "country": "US",
                "raw": "1 Main St, Austin, TX 78701, United States",
                "state": "TX",
                "street_1": "1 Main St",
                "street_2": None,
                "zip_code": "78701",
            },
            "custom_fields": {"Work model": "Hybrid", "CustomField31": "Gold"},
            "integration_fields": [
                {
                    "id": "CustomField1",
                    "key": "CustomField1",
                    "type": "CUSTOM",
                    "value": "Hybrid",
                    "label": "Work model",
                },
                {"id": "CustomField31", "key": "CustomField31", "type": "CUSTOM", "value": "Gold", "label": None},
            ],
            "remote_url": f"https://app.crelate.com/go#stage/_Jobs/DefaultView/{JOB_ID.upper()}/summary",
            "opened_at": "2025-01-02T00:00:00+00:00",
            "closed_at": "2125-06-01T00:00:00+00:00",
            "remote_updated_at": "2025-02-01T09:00:00.123000+00:00",
        },
    ),
    "Candidate": (
        CONTACT,
        {
            "key": CONTACT_ID,
            "remote_id": CONTACT_ID,
            "first_name": "Ada",
            "last_name": "Okafor",
            "company": "New Corp",
            "title": "Engineer",
            "phone_numbers": [
                {"phone_number": "+12065550143", "type": "WORK"},
                {"phone_number": "+12065550142", "type": "MOBILE"},
                {"phone_number": "+12065550144", "type": "HOME"},
            ],
            "email_addresses": [
                {"email_address": "ada@example.com", "type": "PERSONAL"},
                {"email_address": "ada@work.example.com", "type": "WORK"},
            ],
            "location": {
                "city": "Tacoma",
                "country": None,
                "raw": "Tacoma, WA",
                "state": "WA",
                "street_1": None,
                "street_2": None,
                "zip_code": None,
            },
            "custom_fields": {"Notice": "1 month", "CustomField11": 0},
            "integration_fields": [
                custom("CustomField2", "1 month", "Notice"),
                custom("CustomField11", 0, None),
            ],
            "remote_url": f"https://app.crelate.com/go#stage/_Contacts/DefaultView/{CONTACT_ID.upper()}/summary",
            "remote_created_at": "2025-02-03T09:15:02.100000+00:00",
            "remote_updated_at": "2025-02-10T18:44:10.237123+00:00",
            "remote_data": {"/contacts": CONTACT},
        },
    ),
    "ApplicationStage": (
        STAGE,
        {
            "key": STAGE_ID,
            "remote_id": STAGE_ID,
            "name": "New Candidate",
            "remote_data": {"/workflowstatuses": STAGE},
        },
    ),
    "Application": (
        PIPELINE_ROWS["default"],
        {
            "key": APPLICATION_ID,
            "remote_id": APPLICATION_ID,
            "current_stage_key": STAGE_ID,
            "job_key": JOB_ID,
            "candidate_key": CONTACT_ID,
            "remote_updated_at": "2025-02-10T18:44:10.237123+00:00",
            "remote_data": {"/jobs/{id}/contacts": PIPELINE_ROWS["default"]},
        },
    ),
    "Interview": (
        ACTIVITY,
        {
            "key": ACTIVITY_ID,
            "remote_id": ACTIVITY_ID,
            "title": "Technical interview",
            "starting_at": "2025-02-14T15:00:00+00:00",
            "ending_at": "2025-02-14T16:00:00+00:00",
            "application_key": APPLICATION_ID,
            "remote_created_at": "2025-02-11T08:00:00+00:00",
            "remote_updated_at": "2025-02-12T08:00:00+00:00",
            "remote_data": {"/activities": ACTIVITY},
        },
    ),
    "Role": (
        {"Id": TYPE_ID, "Title": "Standard"},
        {
            "key": TYPE_ID,
            "remote_id": TYPE_ID,
            "remote_label": "Standard",
            "scope": "SYSTEM",
            "unified_type": None,
        },
    ),
    "UserRole": (USER, {"key": f"{USER_ID}:{TYPE_ID}", "user_key": USER_ID, "role_key": TYPE_ID}),
    "JobHiringTeamMember": (
        next(owned([fit("Job", JOB)])),
        {"key": f"{JOB_ID}:{USER_ID}", "job_key": JOB_ID, "user_key": USER_ID, "role_keys": ["job:owner"]},
    ),
    "JobUserRoleAssignment": (
        next(owned([fit("Job", JOB)])),
        {
            "key": f"{JOB_ID}:{USER_ID}:job:owner",
            "job_user_key": f"{JOB_ID}:{USER_ID}",
            "role_key": "job:owner",
        },
    ),
    "InterviewingTeamMember": (
        next(owned([fit("Interview", ACTIVITY)])),
        {"key": f"{ACTIVITY_ID}:{USER_ID}", "interview_key": ACTIVITY_ID, "user_key": USER_ID},
    ),
}
"""Model -> a row with everything in it, and the record it stands for."""


@pytest.mark.parametrize("model", TABLES)
def test_a_row_becomes_a_record(model: str) -> None:
    """Every field of every model (crelate-api 5)."""
    row, expected = WHOLE[model]
    assert shown(read(model, row)) == STAMPS | expected


@pytest.mark.parametrize("model", TABLES)
def test_a_record_is_of_the_models_own_type(model: str) -> None:
    """By name and by descent, so that the schema knows it."""
    record = read(model, WHOLE[model][0])
    assert type(record).__name__ == model
    assert isinstance(record, TABLES[model].record)


@pytest.mark.parametrize("model", ["User", "Job", "Candidate", "ApplicationStage", "Application", "Interview"])
def test_an_almost_empty_row_is_an_almost_empty_record(model: str) -> None:
    """Absent values are null or missing (crelate-api 2.2)."""
    values = shown(read(model, {"Id": CONTACT_ID}))
    given = {"key", "remote_id", "remote_url", "remote_data", "job_key", "candidate_key"}
    assert {name for name, value in values.items() if value not in (None, [], {})} <= given


@pytest.mark.parametrize("strange", [None, True, -1, 1.5, "x", [1], [{}], {"Value": 2}, {"Title": [], "Id": 3}])
@pytest.mark.parametrize("model", ["User", "Job", "Candidate", "ApplicationStage", "Application", "Interview"])
def test_no_row_is_too_strange(model: str, strange: Any) -> None:
    """Any JSON in any column gives a record all the same."""
    row = WHOLE[model][0]
    for name in row:
        shown(read(model, row | {name: strange}))
    shown(read(model, dict.fromkeys(row, strange)))


def test_a_field_is_read_when_it_is_asked_for() -> None:
    """And only once."""
    calls: list[object] = []

    def watched(value: Any) -> Any:
        calls.append(value)
        return value

    table = Table(Role, Lookup, "/users", Field("key", "Id"), Field("remote_label", "Title", watched))
    role = table.one(Lookup(Title="a"), FACTS)
    assert calls == []
    assert (role.remote_label, role.remote_label) == ("a", "a")
    assert calls == ["a"]


@pytest.mark.parametrize("strange", ["as it is", None, "", " ", "A b", 7, True, [], {"Id": "A", "Title": "B"}])
@pytest.mark.parametrize("model", ["User", "Job", "Candidate", "ApplicationStage", "Application", "Interview"])
def test_fields_read_at_once_are_those_read_one_by_one(model: str, strange: Any) -> None:
    """Whatever stands in the columns. Records of other tables are left alone."""
    row, table = WHOLE[model][0], TABLES[model]
    rows = [row] if strange == "as it is" else [row | {name: strange} for name in row]
    names = tuple(field.name for field in table.rows if not isinstance(field, Absent))
    other = TABLES["Role"].one(UserKind("a", "b"), FACTS)
    late, ready = ([read(model, each) for each in rows] for _ in range(2))
    type(ready[0]).prepare([*ready, other], ("changed_at", *names))
    assert "remote_id" not in other.__dict__
    for one, at_once in zip(late, ready, strict=True):
        assert at_once.__dict__.keys() >= set(names) - {"key", "candidate_key", "application_key"}
        assert shown(at_once) == shown(one)


def test_the_first_place_that_can_be_read_counts() -> None:
    """Zero can be read."""
    absent = Absent("scope", why="Only for the test.")
    table = Table(Role, Lookup, "/users", Field("remote_label", "Id ?? Title.Value ?? Name", number), absent)
    rows = [Lookup(0, Name=1), Lookup("x", Entry(2)), Lookup(Title=7, Name=3), Lookup()]
    labels: list[Any] = [role.remote_label for role in (table.one(row, FACTS) for row in rows)]
    assert labels == [0, 2, 3, None]
    assert table.one(Lookup(), FACTS).scope is None


@pytest.mark.parametrize("profile", PIPELINE_ROWS)
def test_all_shapes_of_pipeline_rows_are_read(profile: str) -> None:
    """Under the same key, whichever comes (ASM-08)."""
    application = read("Application", PIPELINE_ROWS[profile])
    assert (application.key, application.current_stage_key) == (APPLICATION_ID, STAGE_ID)
    assert application.candidate_key == CONTACT_ID


@pytest.mark.parametrize(
    ("changes", "visibility"),
    [
        ({}, "PUBLIC"),
        ({"PortalVisibility": None}, "PUBLIC"),
        ({"PortalVisibility": 1}, "UNLISTED"),
        ({"OnPortal": False}, "INTERNAL"),
        ({"IsOnHold": True}, "INTERNAL"),
        ({"PortalVisibility": "0"}, "PUBLIC"),
        ({"PortalVisibility": "Public"}, "PUBLIC"),
        ({"PortalVisibility": " "}, "PUBLIC"),
        ({"PortalVisibility": "Internal"}, "UNLISTED"),
        ({"PortalVisibility": 7}, "UNLISTED"),
        ({"ClosedOn": "2025-01-01T00:00:00Z"}, "INTERNAL"),
        ({"UserCloseDate": "2025-06-01T00:00:00"}, "INTERNAL"),
        ({"UserCloseDate": "2025-06-01T00:00:00", "IsHidden": True}, "CONFIDENTIAL"),
        ({"UserCloseDate": "some day"}, "PUBLIC"),
        ({"IsHidden": True}, "CONFIDENTIAL"),
        ({"OnPortal": None}, None),
    ],
)
def test_who_can_find_a_job(changes: Row, visibility: str | None) -> None:
    """ASM-17."""
    assert shown(read("Job", JOB | changes))["visibility"] == visibility


@pytest.mark.parametrize(
    ("changes", "attribute", "value"),
    [
        ({"Name": None, "PortalTitle": "Public name"}, "name", "Public name"),
        ({"Name": "", "JobTitleId": {"Title": "Engineer"}}, "name", "Engineer"),
        ({"JobCode": None, "JobNum": 42}, "job_code", "42"),
        ({"Description": None, "PortalDescription": "Public"}, "description", "Public"),
        ({"Salary": None, "Compensation": 9}, "salary_amount", 9.0),
        ({"Salary": None}, "salary_currency", None),
        ({"UserOpenDate": None}, "opened_at", datetime(2025, 1, 2, 9, tzinfo=UTC)),
        ({"ClosedOn": "2025-03-01T00:00:00Z"}, "closed_at", datetime(2025, 3, 1, tzinfo=UTC)),
    ],
)
def test_what_a_job_falls_back_to(changes: Row, attribute: str, value: object) -> None:
    """The places of crelate-api 5, in order."""
    assert getattr(read("Job", JOB | changes), attribute) == value


def test_a_job_without_an_address_is_where_its_portal_page_says() -> None:
    """ASM-18."""
    bare = {**JOB, "Locations_Business": None, "PortalCity": "Reno", "PortalCountryId": {"Title": "Narnia"}}
    location = read("Job", bare).location
    assert (location.city, location.country, location.raw) == ("Reno", "Narnia", "Reno, Narnia")
    older = {**JOB, "Locations_Business": None, "Addresses_Business": {"City": "Waco"}, "PortalCity": "Reno"}
    assert read("Job", older).location.city == "Waco"


def test_the_currency_is_the_accounts() -> None:
    """ASM-19."""
    assert read("Job", JOB, Facts(Assumptions(salary_currency="EUR"))).salary_currency == "EUR"


@pytest.mark.parametrize(
    ("changes", "first", "last"),
    [
        ({"FirstName": None, "LastName": None}, "Ada", "Okafor"),
        ({"FirstName": None, "LastName": None, "Name": "Cher"}, None, "Cher"),
        ({"FirstName": None, "LastName": None, "Name": None}, None, None),
    ],
)
def test_a_contact_without_parts_of_a_name_has_its_name_split(
    changes: Row, first: str | None, last: str | None
) -> None:
    """At the comma."""
    candidate = read("Candidate", CONTACT | changes)
    assert (candidate.first_name, candidate.last_name) == (first, last)


def test_a_position_may_have_its_title_as_a_lookup() -> None:
    """And the employer may be the contact's own (crelate-api 4.4)."""
    candidate = read("Candidate", CONTACT | {"CurrentPosition": {"JobTitle": {"Id": "t", "Title": "Lead"}}})
    assert (candidate.title, candidate.company) == ("Lead", "Old Corp")


@pytest.mark.parametrize(
    ("name", "code"),
    [("United States", "US"), ("usa", "US"), ("UK", "GB"), ("Germany", "DE"), ("de", "DE"), ("Atlantis", "Atlantis")],
)
def test_countries_are_codes_where_that_can_be_told(name: str, code: str) -> None:
    """Else they stay as they are (model 3)."""
    assert country_code(name) == code


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, "ACTIVE"),
        ({"UserState": {"Title": "Disabled"}}, "INACTIVE"),
        ({"EntityStatus": 2}, "INACTIVE"),
        ({"UserState": None}, None),
        ({"UserState": None, "UserStateId": {"Id": USER_ID, "Title": "Active"}}, "ACTIVE"),
        ({"UserState": None, "UserStateId": {"Id": USER_ID, "Title": "Disabled"}}, "INACTIVE"),
        ({"UserState": None, "UserStateId": USER_ID}, None),
    ],
)
def test_whether_a_user_works_there(changes: Row, status: str | None) -> None:
    """By state; a row without one does not say (ASM-15)."""
    assert shown(read("User", USER | changes))["status"] == status


def test_the_type_of_a_user_stands_under_either_name() -> None:
    """ASM-15."""
    kind = {"Id": USER_ID, "Title": "Standard"}
    old, new = fit("User", {"UserTypeId": kind}), fit("User", {"UserType": kind})
    (_, role) = role_rows([old])
    assert (role.Id, role.Title) == (USER_ID, "Standard")
    assert (system_role(old), system_role(new)) == (USER_ID, USER_ID)


@pytest.mark.parametrize(
    ("row", "names", "address"),
    [
        ({"FullName": "Sam J Reyes", "UserName": "sam@example.com"}, ("Sam J", "Reyes"), "sam@example.com"),
        ({"Title": "Reyes, Sam", "EmailAddress": "S@Example.com"}, ("Sam", "Reyes"), "s@example.com"),
        ({"UserName": "sam"}, (None, None), None),
    ],
)
def test_a_user_may_have_other_columns(row: Row, names: tuple[Any, Any], address: str | None) -> None:
    """ASM-15."""
    user = read("User", row)
    assert ((user.first_name, user.last_name), user.email) == (names, address)


def test_roles_are_the_owner_and_one_per_user_type() -> None:
    """A type without an id is known by its title."""
    users = [USER, USER, {"UserType": {"Title": "Client Portal User"}}, {"UserType": None}]
    rows = role_rows([fit("User", user) for user in users])
    roles = [TABLES["Role"].one(row, FACTS) for row in rows]
    assert [(role.key, role.remote_label, role.scope.name) for role in roles] == [
        ("job:owner", "Owner", "JOB"),
        (TYPE_ID, "Standard", "SYSTEM"),
        ("system:Client Portal User", "Client Portal User", "SYSTEM"),
    ]
    assert [role.unified_type and role.unified_type.name for role in roles] == ["HIRING_MANAGER", None, None]


@pytest.mark.parametrize(
    ("changes", "title"),
    [
        ({"Subject": None, "Display": "First line\nsecond"}, "First line"),
        ({"Subject": "First line\r\nsecond"}, "First line"),
        ({"Subject": "One\u2028and\x0bthe\x85same"}, "One\u2028and\x0bthe\x85same"),
        ({"Subject": " ", "Display": None}, "Interview"),
        ({"Subject": None, "Display": None, "VerbId": None}, None),
    ],
)
def test_what_an_interview_is_called(changes: Row, title: str | None) -> None:
    """Its subject, else its text, else its type."""
    assert read("Interview", ACTIVITY | changes).title == title


@pytest.mark.parametrize(
    ("changes", "about"),
    [
        ({"RegardingId": None}, None),
        ({"ParentId": None}, None),
        ({"RegardingId": {"Id": JOB_ID, "EntityName": "Accounts"}}, None),
        ({"ParentId": {"Id": CONTACT_ID, "EntityName": "Users"}}, None),
        ({"RegardingId": {"Id": JOB_ID}, "ParentId": {"Id": CONTACT_ID}}, APPLICATION_ID),
    ],
)
def test_an_interview_is_about_an_application_when_it_names_both_ends(changes: Row, about: str | None) -> None:
    """ASM-27."""
    assert read("Interview", ACTIVITY | changes).application_key == about


def test_owners_are_counted_once() -> None:
    """And entries that name nobody are none."""
    owner = JOB["Owners"][0]
    assert list(owners(fit("Interview", {"Owners": [owner, owner, None, {"Title": "x"}]}))) == [USER_ID]
    assert owners(fit("Interview", {"Owners": None})) == {}
    assert list(owners(fit("Interview", {"Owners": []}), "CreatedById")) == []
    assert list(owners(fit("Interview", {"CreatedById": owner}), "CreatedById")) == [USER_ID]


def test_every_field_of_every_model_has_a_row() -> None:
    """What Crelate cannot give would be a row too, so that silence is never an accident."""
    made_here = {"changed_at", "remote_deleted_at"}
    for name, table in TABLES.items():
        rows = {row.name for row in table.rows}
        assert rows == set(_stored(table)) - made_here, name


def _stored(table: Table[Any]) -> Iterator[str]:
    for field in fields(table.record):
        if field.init:
            yield field.name
