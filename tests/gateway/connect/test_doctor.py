"""Looking over what is connected."""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from typing import Any

import httpx
import pytest

from gateway.connect import Exit
from gateway.simulator import FaultKind, FilterMode, FirstVersionKey
from tests.gateway.connect.conftest import ADDRESS, FAULTS, KEY, OTHER_KEY, Desk


@pytest.fixture(autouse=True)
def connected(desk: Desk) -> None:
    """One account, and a clean screen and log."""
    assert desk.connect() == Exit.DONE
    clear(desk)


def clear(desk: Desk) -> None:
    """Forget what was shown and asked."""
    desk.screen.truncate(0)
    desk.screen.seek(0)
    desk.simulator.reset_log()


def report(desk: Desk, name: str = "default") -> dict[str, Any]:
    """What is found of an account, its findings by topic, and filters and assumptions by name."""
    clear(desk)
    code = desk.doctor(as_json=True)
    found = json.loads(desk.shown)
    assert found["ok"] is (code == Exit.DONE)
    account = next(account for account in found["accounts"] if account["name"] == name)
    return {
        **account,
        "findings": {one["topic"]: one for one in account["findings"]},
        "filters": {one["filter"]: one for one in account["filters"]},
        "assumptions": {one["number"]: one for one in account["assumptions"]},
    }


def verdicts(desk: Desk) -> dict[str, str]:
    """Topic -> verdict."""
    return {topic: one["verdict"] for topic, one in report(desk)["findings"].items()}


def add_setting(desk: Desk, line: str) -> None:
    """Put one more line into the settings file."""
    desk.config.write_text(f"{desk.config.read_text()}{line}\n")


def test_a_good_account_is_well_in_every_point(desk: Desk) -> None:
    """Settings, connection, key, rights, clock, quota, stages and interviews."""
    found = verdicts(desk)
    assert set(found.values()) == {"ok"}
    assert {"settings", "quota", "connection", "key", "clock", "application stages", "interview types"} < found.keys()
    assert sum(topic.startswith("right to") for topic in found) == 5


def test_tables_tell_the_same_as_json(desk: Desk) -> None:
    """Every finding, filter and assumption of the one is in the other."""
    assert desk.doctor() == Exit.DONE
    tables = desk.shown
    found = report(desk)
    assert str(desk.config) in tables
    for one in found["findings"].values():
        assert one["topic"] in tables
        assert one["text"] in tables
    for name in (*found["filters"], *found["assumptions"]):
        assert name in tables
    for one in found["assumptions"].values():
        assert one["says"] in tables
        assert one["check"] in tables


def test_the_owner_the_stages_and_the_interviews_are_named(desk: Desk) -> None:
    """As Crelate calls them."""
    found = report(desk)["findings"]
    state = desk.simulator.state
    assert state["users"][state.user_id]["FullName"] in found["key"]["text"]
    assert "New Candidate, Phone Screen" in found["application stages"]["text"]
    assert "f6ef012f-998d-4132-b38b-a17a00b2b958" in found["application stages"]["text"]
    assert "Phone Interview" in found["interview types"]["text"]


def test_it_only_reads_and_stays_far_within_the_quota(desk: Desk) -> None:
    """It may be run at any time."""
    desk.doctor()
    assert {entry.method for entry in desk.simulator.log} == {"GET"}
    assert len(desk.simulator.log) <= 60
    assert desk.time.waits == []


@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize("fault", [None, *FAULTS], ids=str)
def test_the_key_is_never_shown(
    desk: Desk, caplog: pytest.LogCaptureFixture, fault: FaultKind | None, *, as_json: bool
) -> None:
    """However the account is."""
    caplog.set_level(logging.DEBUG)
    if fault:
        desk.simulator.faults.add(fault, "/[a-z]+(/self)?", times=None, seconds=1)
    desk.doctor(as_json=as_json)
    assert desk.shown
    assert KEY not in desk.shown + caplog.text


def test_a_refused_key_is_wrong_and_ends_the_questions(desk: Desk) -> None:
    """One request is enough to know."""
    desk.key_file().write_text("some-other-key")
    found = report(desk)
    assert found["findings"]["key"]["verdict"] == "failed"
    assert "refused the key" in found["findings"]["key"]["text"]
    assert (found["filters"], found["assumptions"]) == ({}, {})
    assert desk.simulator.counts == {"GET /users/self": 1}


def test_a_wrong_host_is_wrong(desk: Desk) -> None:
    """As in the guide."""
    desk.answer_with(lambda _: httpx.Response(200, html="<h1>Welcome</h1>"))
    assert report(desk)["findings"]["connection"]["verdict"] == "failed"
    assert desk.doctor() == Exit.FAILED


def test_an_account_without_a_key_is_wrong(desk: Desk) -> None:
    """As is one whose key cannot be read."""
    desk.config.write_text("[integrations.empty]\n[integrations.lost]\ncrelate_api_key_file = '/nowhere/key'\n")
    for name in ("empty", "lost"):
        assert report(desk, name)["findings"]["settings"]["verdict"] == "failed"


def test_a_missing_right_is_wrong_and_says_what_is_missing_for_it(desk: Desk) -> None:
    """The rest is looked over all the same."""
    desk.simulator.faults.add(FaultKind.FORBIDDEN, "/activities", times=None)
    found = report(desk)
    assert found["ok"] is False
    assert found["findings"]["right to /activities"]["verdict"] == "failed"
    assert "interviews" in found["findings"]["right to /activities"]["text"]
    assert "cannot be read" in found["filters"]["/activities?ids"]["proof"]
    assert found["filters"]["/contacts?ids"]["proof"] == "proven"
    assert found["assumptions"]["ASM-07"]["state"] == "undecided"


def test_no_right_at_all_ends_the_questions(desk: Desk) -> None:
    """Every list is named, and nothing else is tried."""
    desk.simulator.faults.add(FaultKind.FORBIDDEN, "/.*", times=None)
    found = report(desk)
    assert sum(one["verdict"] == "failed" for one in found["findings"].values()) == 5
    assert found["filters"] == {}


@pytest.mark.parametrize(
    ("mode", "name", "proof", "fallback"),
    [
        (FilterMode.OFF, "contacts.ids", "refused, ignored or switched off", "one request per record"),
        (FilterMode.REFUSE, "jobs.modified_after", "refused, ignored or switched off", "whole lists are read again"),
        (FilterMode.SINGLE, "jobs.ids", "proven", "one request per record"),
        (FilterMode.SINGLE, "contacts.emails", "proven", "one request per value"),
        (FilterMode.ON, "activities.verb_ids", "proven", None),
        (FilterMode.ON, "activities.modified_after", "proven", None),
    ],
)
def test_each_filter_is_shown_with_what_is_done_instead(
    desk: Desk, mode: FilterMode, name: str, proof: str, fallback: str | None
) -> None:
    """A filter that does not work costs time and is not wrong."""
    desk.simulator.knobs.filters[name] = mode
    found = report(desk)
    shown = found["filters"]["/" + name.replace(".", "?")]
    assert (shown["proof"], shown["fallback"]) == (proof, fallback)
    assert found["ok"] is True


def test_a_filter_without_rows_is_undecidable(desk: Desk) -> None:
    """And so is what rests on it."""
    for row in desk.simulator.state["jobs"].ordered():
        desk.simulator.state.remove("jobs", row["Id"])
    found = report(desk)
    assert found["filters"]["/jobs?ids"]["proof"] == "undecidable: too few rows"
    assert found["assumptions"]["ASM-05"]["state"] == "undecided"
    assert found["assumptions"]["ASM-08"]["state"] == "undecided"


def test_clocks_that_differ_are_worth_a_word(desk: Desk) -> None:
    """In either direction, by how much."""
    for seconds, words in ((120, "120.0 s ahead"), (-90, "90.0 s behind")):
        clear(desk)

        def skewed(by: int = seconds) -> Any:
            return desk.time.now() + timedelta(seconds=by)

        desk.doctor_at(skewed, as_json=True)
        (account,) = json.loads(desk.shown)["accounts"]
        (clock,) = [one for one in account["findings"] if one["topic"] == "clock"]
        assert clock["verdict"] == "warning"
        assert words in clock["text"]


def test_a_key_that_others_can_read_is_worth_a_word(desk: Desk) -> None:
    """With the order that puts it right."""
    desk.key_file().chmod(0o640)
    found = report(desk)["findings"]["settings"]
    assert found["verdict"] == "warning"
    assert f"chmod 600 {desk.key_file()}" in found["text"]


def test_a_quota_beyond_crelates_is_worth_a_word(desk: Desk) -> None:
    """It is shown in any case."""
    assert "100 requests per minute" in report(desk)["findings"]["quota"]["text"]
    add_setting(desk, "crelate_requests_per_minute = 500")
    assert report(desk)["findings"]["quota"]["verdict"] == "warning"


def test_beliefs_that_can_be_read_off_hold_or_fail(desk: Desk) -> None:
    """With what was seen of them."""
    desk.simulator.knobs.filters["jobs.ids"] = FilterMode.OFF
    desk.simulator.faults.add(FaultKind.FORBIDDEN, r"/api/pub/v1/.*|/domain/.*", times=None)
    for row in desk.simulator.state["activitytypes"].ordered():
        row["Name"] = f"Talk {row['Id']}"
    found = report(desk)["assumptions"]
    assert (found["ASM-05"]["state"], found["ASM-05"]["detail"]) == ("does not hold", "/jobs?ids")
    assert found["ASM-27"]["state"] == "does not hold"
    assert found["ASM-32"]["state"] == "does not hold"
    assert found["ASM-04"]["state"] == "holds"
    assert found["ASM-21"]["state"] == "not checked"


def test_a_first_api_that_takes_the_key_as_a_parameter_is_open(desk: Desk) -> None:
    """It is not known to take it in any other way (ASM-32)."""
    desk.simulator.knobs.v1_key = FirstVersionKey.QUERY
    assert report(desk)["assumptions"]["ASM-32"]["state"] == "holds"
    desk.simulator.knobs.v1_key = FirstVersionKey.NOWHERE
    assert report(desk)["assumptions"]["ASM-32"]["state"] == "does not hold"


@pytest.mark.parametrize(("column", "number"), [("Email", "ASM-15"), ("UserState", "ASM-15")])
def test_a_user_without_what_is_assumed_of_users_is_seen(desk: Desk, column: str, number: str) -> None:
    """By the column that nobody has."""
    for row in desk.simulator.state["users"].ordered():
        row.pop(column)
    found = report(desk)["assumptions"][number]
    assert (found["state"], found["detail"]) == ("does not hold", f"no {column}")


def test_what_is_set_against_the_register_is_shown(desk: Desk) -> None:
    """For beliefs that nothing can be read off about."""
    add_setting(desk, 'crelate_assumptions = { salary_currency = "EUR", deleted_statuses = [3, 2] }')
    found = report(desk)["assumptions"]
    assert (found["ASM-19"]["state"], found["ASM-19"]["detail"]) == ("set", "salary_currency = EUR")
    assert found["ASM-20"]["detail"] == "deleted_statuses = 2, 3"


def test_no_interview_types_and_no_recruiting_workflow_are_worth_a_word(desk: Desk) -> None:
    """With the setting that helps."""
    state = desk.simulator.state
    for row in state["activitytypes"].ordered():
        row["Name"] = f"Talk {row['Id']}"
    for row in state["workflowtypes"].ordered():
        row["Name"] = "Something else"
    for number, row in enumerate(state["workflowstatuses"].ordered()):
        row["WorkflowTypeId"] = {"Id": f"10000000-0000-4000-8000-{number:012}", "Title": "Something else"}
    found = report(desk)["findings"]
    assert found["interview types"]["verdict"] == found["application stages"]["verdict"] == "warning"
    assert "interview_types" in found["interview types"]["text"]
    assert "recruiting_workflow_type" in found["application stages"]["text"]


def test_every_account_is_looked_over_whatever_the_others_are_like(desk: Desk) -> None:
    """One that is wrong makes the whole wrong."""
    desk.person.key = OTHER_KEY
    assert desk.connect(name="second", base_url=ADDRESS) == Exit.DONE
    assert report(desk, "second")["ok"] is True
    desk.key_file().write_text("some-other-key")
    assert report(desk, "default")["ok"] is False
    assert report(desk, "second")["ok"] is True
    assert desk.doctor() == Exit.FAILED
