"""Custom fields that are written with a candidate: found, checked against their type, written, and read back."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from gateway.actions.actions import Actions
from gateway.actions.validation import CREATE_RULES, validate
from gateway.crelate.account import Account
from gateway.crelate.mapping.custom_columns import read_custom_columns
from gateway.database.engine import Database
from gateway.simulator import Simulator
from gateway.simulator.columns import OPTIONS
from resolvers.ports.actions import Result
from schema.actions.action import ActionOutcome
from tests.gateway.actions.conftest import INTEGRATION, running
from tests.gateway.actions.inputs import contacts_of, create, person, writes
from tests.gateway.actions.test_create_candidate import codes, known
from tests.gateway.simulator.conftest import Clock

SENIOR = next(key for key, title in OPTIONS["contacts"]["CustomField31"].items() if title == "Senior")

TAKEN: list[tuple[str, Any, str, Any]] = [
    ("CustomField2", " 2 weeks ", "CustomField2", "2 weeks"),
    ("Notice Period", "1 month", "CustomField2", "1 month"),
    ("Years of Experience", 7, "CustomField11", 7),
    ("CustomField11", 2.5, "CustomField11", 2.5),
    ("Available From", "2026-09-01", "CustomField21", "2026-09-01T00:00:00"),
    ("Seniority", "senior", "CustomField31", {"Id": SENIOR, "Title": "Senior"}),
    ("CustomField31", SENIOR.upper(), "CustomField31", {"Id": SENIOR, "Title": "Senior"}),
]

REFUSED: list[tuple[str, Any, str, str]] = [
    ("Shoe Size", 43, "CUSTOM_FIELD_NOT_FOUND", "key"),
    ("FirstName", "x", "CUSTOM_FIELD_NOT_FOUND", "key"),
    ("CustomField2", 4, "INVALID_CUSTOM_FIELD", "value"),
    ("CustomField11", "many", "INVALID_CUSTOM_FIELD", "value"),
    ("CustomField11", True, "INVALID_CUSTOM_FIELD", "value"),
    ("CustomField21", "soon", "INVALID_CUSTOM_FIELD", "value"),
    ("CustomField31", "Intern", "INVALID_CUSTOM_FIELD", "value"),
    ("CustomField31", 1, "INVALID_CUSTOM_FIELD", "value"),
]


def fields(*pairs: tuple[str, Any]) -> list[dict[str, Any]]:
    """Them as an input has them."""
    return [{"key": key, "value": value} for key, value in pairs]


async def perform(actions: Actions, *pairs: tuple[str, Any], **more: Any) -> Result:
    """Create a candidate with these custom fields."""
    candidate = person(custom_fields=fields(*pairs), **more.pop("candidate", {}))
    return await actions.of(INTEGRATION).perform(create(None, candidate, **more), None)


@pytest.mark.parametrize(
    ("key", "value", "column", "held"), TAKEN, ids=[f"{key}-{at}" for at, (key, *_) in enumerate(TAKEN)]
)
async def test_a_field_is_written_and_read_back(
    actions: Actions, simulator: Simulator, key: str, value: Any, column: str, held: Any
) -> None:
    """Whether it is called by its name or by its label."""
    result = await perform(actions, (key, value))
    assert (result.outcome, codes(result)) == (ActionOutcome.DONE, ([], []))
    (contact,) = contacts_of(simulator)
    assert contact[column] == held
    (candidate,) = result.records["Candidate"]
    read = {field.key: field.value for field in candidate.integration_fields}  # type: ignore[attr-defined]  # a candidate
    assert read == {column: held["Title"] if isinstance(held, dict) else held}


async def test_what_cannot_be_written_is_refused_before_anything_is(actions: Actions, simulator: Simulator) -> None:
    """All of it at once, each by its place; the key stays free for a better input."""
    result = await perform(actions, *((key, value) for key, value, _, _ in REFUSED), idempotency_key="one")
    assert [(each.code.name, each.field) for each in result.user_errors] == [
        (code, ["candidate", "customFields", str(index), part]) for index, (_, _, code, part) in enumerate(REFUSED)
    ]
    assert writes(simulator) == []
    assert not any(word in each.message for each in result.user_errors for word in ("Shoe", "many", "soon", "Intern"))
    again = await perform(actions, ("CustomField11", 3), idempotency_key="one")
    assert (again.outcome, contacts_of(simulator)[0]["CustomField11"]) == (ActionOutcome.DONE, 3)


async def test_the_same_field_twice_is_refused(actions: Actions, simulator: Simulator) -> None:
    """By whichever names."""
    result = await perform(actions, ("CustomField2", "a"), ("Notice Period", "b"))
    assert [(each.code.name, each.field) for each in result.user_errors] == [
        ("INVALID_CUSTOM_FIELD", ["candidate", "customFields", "1", "value"])
    ]
    assert writes(simulator) == []


async def test_a_dry_run_shows_the_columns(actions: Actions, simulator: Simulator) -> None:
    """And that of an instant only the date is kept; nothing is written."""
    given = (("Available From", "2026-09-01T08:30:00Z"), ("Seniority", "Lead"))
    result = await perform(actions, *given, dry_run=True)
    assert result.planned_calls
    body: Any = result.planned_calls[0].body
    assert body["entity"]["CustomField21"] == "2026-09-01T00:00:00"
    assert body["entity"]["CustomField31"]["Id"] in OPTIONS["contacts"]["CustomField31"]
    assert [(each.code.name, each.field) for each in result.warnings] == [
        ("TIME_DROPPED", ["candidate", "customFields", "0", "value"])
    ]
    assert writes(simulator) == []


async def test_a_key_holds_for_its_custom_fields(actions: Actions) -> None:
    """Another value makes another input; the same ones are carried out once."""
    first, again, other = [
        await perform(actions, ("CustomField11", number), idempotency_key="k") for number in (1, 1, 2)
    ]
    assert (first.outcome, again.replayed) == (ActionOutcome.DONE, True)
    assert codes(other)[0] == ["IDEMPOTENCY_KEY_REUSED"]


async def test_a_known_candidate_keeps_what_it_has(actions: Actions, simulator: Simulator) -> None:
    """What is empty is filled in, where the input says so."""
    contact = known(simulator, CustomField2="held")
    given = (("CustomField2", "new"), ("CustomField11", 4))
    result = await perform(actions, *given, on_duplicate="UPDATE")
    assert ("FIELD_KEPT", ["candidate", "customFields"]) in [(each.code.name, each.field) for each in result.warnings]
    row = simulator.state["contacts"][contact["Id"]]
    assert (row["CustomField2"], row["CustomField11"]) == ("held", 4)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (" ", "REQUIRED"),
        ("a\0", "INVALID_TEXT"),
        ("x" * 100_001, "TOO_LONG"),
        ([], "INVALID_CUSTOM_FIELD"),
        ({"a": 1}, "INVALID_CUSTOM_FIELD"),
        (float("nan"), "INVALID_CUSTOM_FIELD"),
        (2**60, "INVALID_CUSTOM_FIELD"),
    ],
    ids=["blank", "control", "long", "list", "object", "no number", "large"],
)
def test_what_no_field_takes_is_refused_at_once(value: Any, code: str) -> None:
    """Without a look at the fields there are."""
    document = {"candidate": person(custom_fields=fields(("CustomField1", 1), ("CustomField2", value)))}
    (found,) = validate(CREATE_RULES, document, None, 1000)
    assert (found.code.name, found.field) == (code, ["candidate", "customFields", "1", "value"])


@pytest.fixture
async def dated(sqlite: Database, account: Account, clock: Clock) -> AsyncIterator[Actions]:
    """The actions of an account whose settings name custom fields for what is written of a candidate."""
    columns = {"availability_date": "CustomField21", "company": "CustomField4", "title": "CustomField5"}
    custom = read_custom_columns({"candidate": columns})
    async with running(sqlite, replace(account, custom=custom), clock) as actions:
        yield actions


async def test_a_custom_field_may_stand_for_the_date_of_availability(dated: Actions, simulator: Simulator) -> None:
    """It is written in place of the usual column, once, and kept by whoever has one."""
    when = {"availability_date": "2026-09-01T00:00:00+00:00"}
    assert codes(await perform(dated, ("CustomField11", 1), candidate=when)) == ([], [])
    (contact,) = contacts_of(simulator)
    assert (contact["CustomField21"], contact.get("KeyDates_Other")) == ("2026-09-01T00:00:00", None)
    twice = await perform(dated, ("Available From", "2026-10-01"), candidate=when)
    assert codes(twice)[0] == ["INVALID_CUSTOM_FIELD"]
    later = {"availability_date": "2026-10-01T00:00:00+00:00"}
    kept = await perform(dated, ("CustomField11", 1), candidate=later, on_duplicate="UPDATE")
    assert ("FIELD_KEPT", ["candidate", "availabilityDate"]) in [(each.code.name, each.field) for each in kept.warnings]


async def test_employer_and_title_are_written_where_they_are_read(dated: Actions, simulator: Simulator) -> None:
    """No company is made for them."""
    companies = len(simulator.state["companies"])
    result = await perform(dated, ("CustomField11", 1), candidate={"company": "Fernhill Optics", "title": "Optician"})
    assert codes(result) == ([], [])
    (contact,) = contacts_of(simulator)
    assert (contact["CustomField4"], contact["CustomField5"]) == ("Fernhill Optics", "Optician")
    assert contact.get("CurrentPosition") is None
    assert len(simulator.state["companies"]) == companies


async def test_where_fields_are_not_described_they_go_by_name(
    sqlite: Database, account: Account, clock: Clock, simulator: Simulator
) -> None:
    """The type is told by the number, and an option is written by any id."""
    simulator.faults.add("404", "/contacts/info", times=None)
    async with running(sqlite, account, clock) as actions:
        refused = await perform(actions, ("Seniority", "Senior"), ("CustomField31", "Senior"))
        assert codes(refused)[0] == ["CUSTOM_FIELD_NOT_FOUND", "INVALID_CUSTOM_FIELD"]
        done = await perform(actions, ("CustomField31", SENIOR), ("CustomField11", 3))
        assert codes(done) == ([], [])
    (contact,) = contacts_of(simulator)
    assert (contact["CustomField31"]["Title"], contact["CustomField11"]) == ("Senior", 3)
