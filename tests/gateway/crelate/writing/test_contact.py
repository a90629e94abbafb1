"""From the input of create candidate to Crelate's columns."""

from typing import Any

import pytest

from gateway.crelate.phone import shown, us_phone
from gateway.crelate.writing.contact import (
    ASSUMED,
    CONTACT,
    PATHS,
    POSITION,
    LookedUp,
    at,
    missing_columns,
    new_columns,
    yearly,
)
from schema.actions.create_candidate import CandidateInput, SalaryPeriod

COMPANY = {"Id": "co-1"}
KNOWN = LookedUp(company=COMPANY, country_id="us-1", source_id="src-1")

ROWS: list[tuple[str, Any, dict[str, Any], list[str]]] = [
    ("candidate.first_name", " Ada ", {"FirstName": "Ada"}, []),
    ("candidate.last_name", "Okafor", {"LastName": "Okafor"}, []),
    ("candidate.email_address", "a@x.org", {"EmailAddresses_Personal": {"Value": "a@x.org", "IsPrimary": True}}, []),
    (
        "candidate.additional_email_addresses",
        [
            {"email_address": "b@x.org", "type": "PERSONAL"},
            {"email_address": "c@x.org", "type": "WORK"},
            {"email_address": "B@x.org", "type": "OTHER"},
        ],
        {
            "EmailAddresses_Personal_Other": {"Value": "b@x.org", "IsPrimary": False},
            "EmailAddresses_Work": {"Value": "c@x.org", "IsPrimary": False},
        },
        ["EMAIL_SKIPPED candidate.additional_email_addresses.2.email_address"],
    ),
    (
        "candidate",
        {"company": "Acme", "title": "CTO"},
        {"CurrentPosition": {"JobTitle": "CTO", "CompanyId": COMPANY, "IsPrimary": True}},
        [],
    ),
    ("candidate", {"title": "CTO"}, {"CurrentPosition": {"JobTitle": "CTO", "IsPrimary": True}}, []),
    (
        "candidate.phone_number",
        "206 555 0142",
        {"PhoneNumbers_Mobile": {"Value": "+12065550142", "IsPrimary": True}},
        [],
    ),
    ("candidate.phone_number", "+44 20 7946 0018", {}, ["PHONE_SKIPPED candidate.phone_number"]),
    (
        "candidate.location",
        {"city": "Austin", "state": "TX", "zip_code": "78701", "country": "US"},
        {
            "Addresses_Home": {
                "City": "Austin",
                "State": "TX",
                "ZipCode": "78701",
                "CountryId": {"Id": "us-1"},
                "IsPrimary": True,
            }
        },
        [],
    ),
    (
        "candidate.availability_date",
        "2026-09-01T00:00:00+00:00",
        {"KeyDates_Other": {"Value": "2026-09-01T00:00:00", "IsPrimary": True}},
        [],
    ),
    (
        "candidate.availability_date",
        "2026-09-01T09:30:00+00:00",
        {"KeyDates_Other": {"Value": "2026-09-01T00:00:00", "IsPrimary": True}},
        ["TIME_DROPPED candidate.availability_date"],
    ),
    (
        "candidate.salary_expectations",
        {"period": "YEAR", "amount": 9.5},
        {"DesiredSalaryMin": 9.5, "DesiredSalaryMax": 9.5},
        [],
    ),
    (
        "candidate.salary_expectations",
        {"period": "HOUR", "amount": 10},
        {"DesiredSalaryMin": 20800, "DesiredSalaryMax": 20800},
        ["SALARY_CONVERTED candidate.salary_expectations.period"],
    ),
    (
        "candidate.social_links",
        [{"url": f"https://{host}/a"} for host in ("www.linkedin.com", "x.com", "a.org", "b.org", "c.org", "d.org")],
        {
            column: {"Value": f"https://{host}/a", "IsPrimary": False}
            for column, host in {
                "Websites_LinkedIn": "www.linkedin.com",
                "InstantAddresses_Twitter": "x.com",
                "Websites_Personal": "a.org",
                "Websites_Other": "b.org",
                "Websites_Other_Alternate": "c.org",
            }.items()
        },
        ["LINK_SKIPPED candidate.social_links.5.url"],
    ),
    ("source", {"name": "LinkedIn"}, {"ContactSourceId": {"Id": "src-1"}}, []),
    ("sourced_by", {"user_key": "u-1"}, {"Owners": [{"Id": "u-1", "IsPrimary": True}]}, []),
]


def document(path: str, value: Any) -> dict[str, Any]:
    """A document with a value at a path."""
    made = value
    for name in reversed(path.split(".")):
        made = {name: made}
    return made  # type: ignore[no-any-return]  # a path has at least one name


def codes(left: list[Any]) -> list[str]:
    """What was left out, and where."""
    return [f"{each.code.name} {'.'.join(each.path)}" for each in left]


@pytest.mark.parametrize(("path", "value", "columns", "left"), ROWS)
def test_each_input_fills_its_columns(path: str, value: Any, columns: dict[str, Any], left: list[str]) -> None:
    """And what does not fit is named by its path."""
    filled_columns, skipped = new_columns(document(path, value), KNOWN)
    assert filled_columns == {**columns, "RecordType": 1}
    assert codes(skipped) == left


def test_every_input_of_the_candidate_has_a_row() -> None:
    """What the schema takes is written somewhere."""
    fields = {field.name for field in CandidateInput.__dataclass_fields__.values()}
    rows = {row.path.removeprefix("candidate.") for row in CONTACT if row.path.startswith("candidate.")}
    assert rows | {"company", "title"} == fields
    assert set(ASSUMED) <= {*PATHS, POSITION}


def test_what_could_not_be_looked_up_is_left_out() -> None:
    """Company and country need an id, each with a warning."""
    given = {"candidate": {"company": "Acme", "title": "CTO", "location": {"city": "Oslo", "country": "NO"}}}
    columns, left = new_columns(given, LookedUp())
    assert columns["CurrentPosition"] == {"JobTitle": "CTO", "IsPrimary": True}
    assert columns["Addresses_Home"] == {"City": "Oslo", "IsPrimary": True}
    assert codes(left) == ["COMPANY_SKIPPED candidate.company", "COUNTRY_SKIPPED candidate.location.country"]


def test_filling_in_leaves_names_and_whatever_is_there() -> None:
    """Equal values are no reason for a warning."""
    existing = {
        "FirstName": "Adaeze",
        "RecordType": 2,
        "EmailAddresses_Work": {"Id": "e", "Value": "A@x.org", "IsPrimary": True},
        "PhoneNumbers_Mobile": {"Id": "p", "Value": "+12065550142", "IsPrimary": True},
        "DesiredSalaryMin": 5,
        "Owners": [{"Id": "u-9"}],
    }
    given = {
        "candidate": {
            "first_name": "Ada",
            "email_address": "a@x.org",
            "phone_number": "206 555 0142",
            "additional_email_addresses": [{"email_address": "b@x.org", "type": "WORK"}],
            "salary_expectations": {"period": "YEAR", "amount": 7},
        },
        "sourced_by": {"user_key": "u-1"},
    }

    columns, left = missing_columns(given, LookedUp(existing=existing))

    assert columns == {
        "EmailAddresses_Work_Other": {"Value": "b@x.org", "IsPrimary": False},
        "DesiredSalaryMax": 7,
        "RecordType": 3,
    }
    assert codes(left) == ["FIELD_KEPT candidate.salary_expectations", "OWNER_SKIPPED sourced_by.user_key"]


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("+12065550142", "+12065550142"),
        ("(206) 555-0142", "+12065550142"),
        ("1 206 555 0142", "+12065550142"),
        ("tel:+1-206-555-0142", "+12065550142"),
        ("+1 416 555 0123", None),  # Canada
        ("+49 30 901820", None),
        ("555-0142", None),
        ("123", None),
        ("call me", None),
        ("", None),
    ],
)
def test_only_us_numbers_are_phone_numbers(given: str, stored: str | None) -> None:
    """Any other would cost the whole record."""
    assert us_phone(given) == (None if stored is None else (stored, None))


@pytest.mark.parametrize(
    "spelt",
    [
        "ext. 7",
        "ext 7",
        "ext.: 7",
        "Ext.7",
        "x7",
        "x 7",
        "extension 7",
        "#7",
        "# 7",
        ", 7",
        ";ext=7",
        "(ext. 7)",
        "dw 7",
    ],
)
def test_extensions_are_kept_apart_and_shown(spelt: str) -> None:
    """Every spelling of them, and none is shown twice."""
    for plain in ("206 555 0142", "+1-206-555-0142", "(206) 555-0142"):
        assert us_phone(f"{plain} {spelt}") == ("+12065550142", "7")
    assert us_phone(f"(206) 555-0142{spelt}") == ("+12065550142", "7")
    assert us_phone(str(shown("+12065550142", "7"))) == ("+12065550142", "7")
    assert shown(f"+12065550142 {spelt}", "7") == f"+12065550142 {spelt}"


def test_a_number_without_an_extension_is_shown_as_it_is() -> None:
    """And no number at all is none."""
    assert [shown("+44 20 7946 0958", blank) for blank in (None, "", " ")] == ["+44 20 7946 0958"] * 3
    assert [shown(blank, "7") for blank in (None, "", " ")] == [None] * 3


def test_every_period_can_be_made_a_year() -> None:
    """The schema offers no other."""
    assert all(yearly(1, period.name) >= 1 for period in SalaryPeriod)


def test_a_path_that_leads_nowhere_is_null() -> None:
    """However far it goes."""
    assert at({"a": {"b": 1}}, "a.b.c") is None


def test_blank_values_are_absent() -> None:
    """Whatever white space they are made of."""
    blank = " \u00a0\t\n\u2003"
    candidate = dict.fromkeys(("company", "title", "phone_number"), blank)
    location = dict.fromkeys(("city", "state", "zip_code", "country"), blank)
    items = {"additional_email_addresses": [{"email_address": blank, "type": "WORK"}], "social_links": [{"url": blank}]}
    assert new_columns({"candidate": {**candidate, "location": location, **items}}, KNOWN) == ({"RecordType": 1}, [])


def test_a_known_or_repeated_link_takes_no_room() -> None:
    """Neither scheme nor `www.` nor a slash at the end makes it another."""
    existing: dict[str, Any] = {
        "Websites_LinkedIn": {"Value": "linkedin.com/in/ada"},
        "Websites_Personal": {"Value": "http://a.org"},
    }
    urls = ["https://www.linkedin.com/in/ada/", "https://a.org/", "https://B.org/x", "http://b.org/x", "https://c.org"]
    document = {"candidate": {"social_links": [{"url": url} for url in urls]}}
    columns, left = missing_columns(document, LookedUp(existing={**existing, "RecordType": 1}))
    assert {name: value["Value"] for name, value in columns.items()} == {
        "Websites_Other": "https://B.org/x",
        "Websites_Other_Alternate": "https://c.org",
    }
    assert left == []


HELD_TITLE = {"Id": "p-1", "JobTitle": "CTO", "CompanyId": None, "IsPrimary": True}
HELD_COMPANY = {"Id": "p-1", "JobTitle": None, "CompanyId": {"Id": "co-9", "Title": "Old Ltd"}, "IsPrimary": True}


@pytest.mark.parametrize(
    ("position", "given", "written", "left"),
    [
        (HELD_TITLE, {"company": "Acme"}, {**HELD_TITLE, "CompanyId": COMPANY}, []),
        (HELD_TITLE, {"company": "Acme", "title": "cto"}, {**HELD_TITLE, "CompanyId": COMPANY}, []),
        (HELD_TITLE, {"title": "CEO"}, None, ["FIELD_KEPT candidate.title"]),
        (HELD_COMPANY, {"title": "CEO"}, {**HELD_COMPANY, "JobTitle": "CEO"}, []),
        (HELD_COMPANY, {"company": "Acme"}, None, ["FIELD_KEPT candidate.company"]),
        (HELD_COMPANY, {"company": "old ltd"}, None, []),
        (None, {"company": "Acme"}, {"CompanyId": COMPANY, "IsPrimary": True}, []),
    ],
)
def test_a_position_is_filled_in_part_by_part(
    position: dict[str, Any] | None, given: dict[str, str], written: dict[str, Any] | None, left: list[str]
) -> None:
    """The company without touching the title, and the other way round; nothing is said of what was not given."""
    existing = {"RecordType": 1, "CurrentPosition": position}
    columns, omissions = missing_columns({"candidate": given}, LookedUp(company=COMPANY, existing=existing))
    assert columns == ({} if written is None else {"CurrentPosition": written})
    assert codes(omissions) == left
