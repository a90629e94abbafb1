"""A dry run, and the run it foretells."""

from dataclasses import replace
from typing import Any

import orjson
import pytest

from gateway.actions.actions import Actions
from gateway.simulator import Simulator
from resolvers.ports.actions import Asked, Result
from tests.gateway.actions.conftest import INTEGRATION
from tests.gateway.actions.inputs import attachment, create, file, note, open_job, person, writes
from tests.gateway.actions.test_create_candidate import COMPLETE, known

INPUTS = {
    "new candidate": {"candidate": person(**COMPLETE), "attachments": [attachment(), attachment("b.pdf", "OTHER")]},
    "defaults and drops": {
        "candidate": person(phone_number="+49 30 901820", location={"country": "AQ"}),
        "source": {"name": "nowhere"},
        "attachments": [attachment("../one.pdf"), attachment("two.pdf")],
    },
    "known candidate": {"candidate": person(email_address="known@example.com", **COMPLETE), "on_duplicate": "UPDATE"},
}


def sent(simulator: Simulator) -> list[tuple[str, str, Any]]:
    """Method, template and JSON body of each write."""
    return [
        (entry.method, entry.template, orjson.loads(entry.body) if entry.body.startswith(b"{") else None)
        for entry in simulator.log
        if entry.method != "GET"
    ]


def filled_in(result: Result, simulator: Simulator) -> list[tuple[str, str, Any]]:
    """The plan with the ids that the real run brought."""
    companies = {row["Name"]: row["Id"] for row in simulator.state["companies"].values()}
    company = companies.get("Fernhill Optics", "").encode()
    plan: list[tuple[str, str, Any]] = []
    for call in result.planned_calls or ():
        body: Any = orjson.loads(orjson.dumps(call.body).replace(b"{company}", company))
        plan.append((call.method, call.path, None if "file" in body else body))
    return plan


@pytest.mark.parametrize("given", INPUTS.values(), ids=INPUTS)
async def test_the_plan_is_what_is_done(given: dict[str, Any], actions: Actions, simulator: Simulator) -> None:
    """Call for call and body for body, with the same warnings; and planning writes nothing."""
    address = {"Id": simulator.state.new_id(), "Value": "known@example.com", "IsPrimary": True}
    known(simulator, EmailAddresses_Work=address)
    asked = create(open_job(simulator), **given)

    planned = await actions.of(INTEGRATION).perform(replace(asked, dry_run=True), None)
    assert writes(simulator) == []
    done = await actions.of(INTEGRATION).perform(asked, None)

    assert [*planned.user_errors, *done.user_errors] == []
    assert sent(simulator) == filled_in(planned, simulator)
    assert list(planned.warnings) == list(done.warnings)
    assert (planned.action_id, done.planned_calls) == (None, None)


@pytest.mark.parametrize("make", [note, file])
async def test_notes_and_files_are_planned_alike(make: Any, actions: Actions, simulator: Simulator) -> None:
    """The plan of an action on an application; only the note's time is of its own run."""
    applied = await actions.of(INTEGRATION).perform(create(open_job(simulator)), None)
    asked: Asked = make(str(applied.application_key))
    simulator.reset_log()

    planned = await actions.of(INTEGRATION).perform(replace(asked, dry_run=True), None)
    assert writes(simulator) == []
    await actions.of(INTEGRATION).perform(asked, None)

    (call,) = planned.planned_calls or ()
    ((method, template, body),) = sent(simulator)
    assert (call.method, call.path) == (method, template)
    if body is not None:
        assert {**body["entity"], "When": ""} == {**call.body["entity"], "When": ""}  # type: ignore[index]  # JSON


async def test_a_dry_run_finds_what_the_real_one_would(actions: Actions, simulator: Simulator) -> None:
    """Errors of the input that only the ATS knows of."""
    asked = create("00000000-0000-4000-8000-000000000000", dry_run=True)

    result = await actions.of(INTEGRATION).perform(asked, None)

    assert [each.code.name for each in result.user_errors] == ["JOB_NOT_FOUND"]
    assert (result.planned_calls, writes(simulator)) == (None, [])
