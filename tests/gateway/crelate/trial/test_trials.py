"""What a trial sees of an account, and that it leaves it as it was, whatever happens on the way."""

from __future__ import annotations

import asyncio
import copy
from functools import partial
from typing import Any

import httpx
import pytest

from gateway.crelate.register import BELIEFS
from gateway.crelate.trial.trials import TRIED
from gateway.simulator import (
    ArtifactRows,
    ColumnMode,
    CountryIds,
    DuplicateRule,
    FaultKind,
    FirstVersionKey,
    NoteRegarding,
    SecondPost,
    SimulatorConfig,
    Size,
    create_simulator,
)
from resolvers.ports.trial import Trial
from tests.gateway.crelate.conftest import KEY, FakeTime
from tests.gateway.crelate.trial.conftest import Sandbox

MOST_CALLS = 60


def states(trial: Trial) -> dict[str, str]:
    """Assumption -> what was seen of it."""
    return {one.number: one.state.value for one in trial.assumptions}


def details(trial: Trial) -> dict[str, str]:
    """Assumption -> the sentence."""
    return {one.number: one.detail for one in trial.assumptions}


async def test_what_the_register_leaves_to_a_trial_is_tried(sandbox: Sandbox) -> None:
    """Every such entry, and no other, with a sentence; nothing fails where the register is right."""
    before = copy.deepcopy(sandbox.state())
    trial = await sandbox.tried()
    assert {belief.number for belief in BELIEFS if "doctor --write" in belief.check} == TRIED == states(trial).keys()
    wrong = {number for number, state in states(trial).items() if state == "does not hold"}
    assert wrong == {"ASM-33"}
    assert {number for number, state in states(trial).items() if state == "undecided"} == {"ASM-13", "ASM-22"}
    assert {one.verdict.value for one in trial.findings} == {"ok"}
    assert {one.topic for one in trial.findings} == {
        "create",
        "source",
        "application",
        "note",
        "CV",
        "document",
        "delete",
    }
    assert (trial.remnants, sandbox.notebook.traces) == ([], [])
    assert sandbox.state() == before
    assert len(sandbox.heard) <= MOST_CALLS


async def test_calls_are_heard_without_keys_and_values(sandbox: Sandbox) -> None:
    """Each one that the simulator has seen, as method and template."""
    sandbox.simulator.reset_log()
    await sandbox.tried()
    assert len(sandbox.heard) == len(sandbox.simulator.log)
    assert [call.status for call in sandbox.heard] == [entry.status for entry in sandbox.simulator.log]
    assert not {path for call in sandbox.heard if any(map(str.isdigit, path := call.path.replace("/v1/", "/")))}


async def test_what_is_made_is_marked_as_a_test(sandbox: Sandbox) -> None:
    """By name, and by an address that no mail can be sent to; another one each time."""
    names = set()
    for _ in range(2):
        sandbox.simulator.reset_log()
        await sandbox.tried()
        log = sandbox.simulator.log
        made = next(entry.body for entry in log if (entry.method, entry.template) == ("POST", "/contacts"))
        assert b"Gateway-Test-" in made
        assert b"@example.com" in made
        names.add(made)
    assert len(names) == 2


OFF, REFUSE = ColumnMode.OFF, ColumnMode.REFUSE

FALSE: list[tuple[str, dict[str, Any], str]] = [
    ("ASM-09", {"contact_jobs": False}, "no such list"),
    ("ASM-10", {"artifact_rows": ArtifactRows.BARE}, "not found by the contact"),
    ("ASM-11", {"duplicate_rule": DuplicateRule.OFF}, "taken: the same name and address"),
    ("ASM-13", {"warnings_in_success": True}, "errors_refuse = false"),
    ("ASM-21", {"columns": {"contacts.CurrentPosition": OFF}}, "is not kept"),
    ("ASM-21", {"columns": {"contacts.CurrentPosition": REFUSE}}, "was refused"),
    ("ASM-21", {"columns": {"contacts.CurrentPosition.CompanyId": OFF}}, "the company was taken and is not kept"),
    ("ASM-22", {"columns": {"contacts.DesiredSalaryMin": OFF}}, "is not kept"),
    ("ASM-23", {"columns": {"contacts.KeyDates_Other": REFUSE}}, "was refused"),
    ("ASM-25", {"second_post": SecondPost.STAYS}, "moves nothing; the first API moves it"),
    ("ASM-25", {"second_post": SecondPost.REFUSED}, "is refused; the first API moves it"),
    (
        "ASM-25",
        {"second_post": SecondPost.REFUSED, "v1_key": FirstVersionKey.NOWHERE},
        "is refused; the first API refuses it, too",
    ),
    ("ASM-28", {"note_regarding": NoteRegarding.NEITHER}, "on the contact alone"),
    ("ASM-29", {"artifact_upload": False}, "the first API takes it"),
    ("ASM-30", {"country_ids": CountryIds.RECORDS}, "no country"),
    ("ASM-31", {"columns": {"contacts.Owners": OFF}}, "is not kept"),
]


@pytest.mark.parametrize(
    ("number", "knobs", "words"), FALSE, ids=[f"{number}-{place}" for place, (number, *_) in enumerate(FALSE)]
)
async def test_an_assumption_that_is_false_is_seen(
    sandbox: Sandbox, number: str, knobs: dict[str, Any], words: str
) -> None:
    """With what was seen; the account is left as it was."""
    before = copy.deepcopy(sandbox.state())
    sandbox.turn(**knobs)
    trial = await sandbox.tried()
    assert states(trial)[number] == "does not hold"
    assert words in details(trial)[number]
    assert (trial.remnants, sandbox.notebook.traces, sandbox.state()) == ([], [], before)


async def test_a_deleted_record_that_stays_is_seen_with_the_setting_that_helps(shared: Sandbox) -> None:
    """ASM-20; a contact is all that is left of it."""
    shared.turn(deleted_status=3)
    trial = await shared.tried()
    shared.turn()
    kept = [row for row in shared.simulator.state["contacts"].values() if row["EntityStatus"] == 3]
    for row in kept:
        shared.simulator.state.remove("contacts", row["Id"])
    assert states(trial)["ASM-20"] == "does not hold"
    assert "deleted_statuses = [3]" in details(trial)["ASM-20"]
    assert kept


@pytest.mark.parametrize(
    ("knobs", "number", "words"),
    [
        ({"refusals_in_success": True}, "ASM-13", "did not happen"),
        ({"note_regarding": NoteRegarding.NAMED}, "ASM-28", "by its id and kind"),
        ({"duplicate_rule": DuplicateRule.ANY}, "ASM-11", "the same name, the same address"),
    ],
)
async def test_what_holds_in_another_way_says_which(
    sandbox: Sandbox, knobs: dict[str, Any], number: str, words: str
) -> None:
    """Where an account has a choice."""
    sandbox.turn(**knobs)
    trial = await sandbox.tried()
    assert states(trial)[number] == "holds"
    assert words in details(trial)[number]


async def test_a_source_named_by_the_first_api_proves_no_more_than_that(sandbox: Sandbox) -> None:
    """ASM-33: none is made, since none could be deleted."""
    before = copy.deepcopy(sandbox.state())
    sandbox.turn(v1_new_sources=True)
    trial = await sandbox.tried()
    assert states(trial)["ASM-33"] == "undecided"
    assert "by its name" in details(trial)["ASM-33"]
    assert sandbox.state() == before
    assert "switched off" in details(await sandbox.tried(first_version=False))["ASM-33"]


async def test_a_cv_is_waited_for_half_a_minute(sandbox: Sandbox) -> None:
    """It appears late, or not at all; an unread one is gone with its contact."""
    before = copy.deepcopy(sandbox.state())
    for seconds, verdict in ((20, "ok"), (300, "warning")):
        sandbox.turn(document_delay_seconds=seconds)
        trial = await sandbox.tried()
        assert {one.topic: one.verdict.value for one in trial.findings}["CV"] == verdict
        sandbox.time.let_pass(400)
        sandbox.simulator.state.settle(sandbox.time.now())
        assert sandbox.state() == before


async def test_without_a_job_the_rest_is_tried(sandbox: Sandbox) -> None:
    """What takes a job is undecided."""
    trial = await sandbox.trials().run(None)
    assert {number for number, text in details(trial).items() if "no job" in text} == {"ASM-09", "ASM-25", "ASM-28"}
    assert states(trial)["ASM-29"] == "holds"


@pytest.mark.parametrize(
    ("path", "numbers"),
    [("/notes", {"ASM-28"}), ("/artifacts", {"ASM-10", "ASM-29"}), ("/jobs/{id}/contacts", {"ASM-09", "ASM-25"})],
)
async def test_a_missing_right_leaves_open_what_needs_it(sandbox: Sandbox, path: str, numbers: set[str]) -> None:
    """The other steps go on."""
    before = copy.deepcopy(sandbox.state())
    sandbox.simulator.faults.add(FaultKind.FORBIDDEN, path, method="POST", times=None)
    trial = await sandbox.tried()
    assert {number for number, text in details(trial).items() if "UPSTREAM_UNAUTHORIZED" in text} == numbers
    assert any(one.verdict.value == "failed" for one in trial.findings)
    assert (trial.remnants, sandbox.state()) == ([], before)


async def test_a_contact_that_cannot_be_made_ends_the_trial(sandbox: Sandbox) -> None:
    """Everything is undecided, with the reason."""
    sandbox.simulator.faults.add(FaultKind.FORBIDDEN, "/contacts", method="POST", times=None)
    trial = await sandbox.tried()
    assert set(states(trial).values()) == {"undecided"}
    assert {call.method for call in sandbox.heard} == {"GET", "POST"}


async def test_what_cannot_be_deleted_is_named_and_offered_again(sandbox: Sandbox) -> None:
    """By its id, with the reason; when it can be, it is gone."""
    before = copy.deepcopy(sandbox.state())
    fault = sandbox.simulator.faults.add(FaultKind.FORBIDDEN, "/contacts/{id}", method="DELETE", times=None)
    trial = await sandbox.tried()
    left = sandbox.state()["tables"]["contacts"].keys() - before["tables"]["contacts"].keys()
    assert {one.key for one in trial.remnants} == left == {trace["id"] for trace in sandbox.notebook.traces}
    assert all("UPSTREAM_UNAUTHORIZED, status 403" in one.why for one in trial.remnants)
    sandbox.simulator.faults.rules.remove(fault)
    assert await sandbox.trials().clear() == []
    assert sandbox.state() == before


async def test_an_answer_that_is_lost_is_looked_for(sandbox: Sandbox) -> None:
    """Whatever was made by the call is removed, and the trial goes on with it where it is found."""
    before = copy.deepcopy(sandbox.state())
    for path in ("/contacts", "/jobs/{id}/contacts", "/notes", "/artifacts", "/artifacts/primary"):
        sandbox.simulator.faults.add(FaultKind.DROP, path, method="POST", after_write=True)
        trial = await sandbox.tried()
        assert (trial.remnants, sandbox.state()) == ([], before)
        assert states(trial)["ASM-29"] == "holds"


async def test_a_write_of_which_nothing_is_seen_is_looked_for_by_the_next_run(sandbox: Sandbox) -> None:
    """It may still be under way, so it is named, and not forgotten before."""
    sandbox.simulator.faults.add(FaultKind.ERROR_TEXT, "/contacts", method="POST")
    trial = await sandbox.tried()
    assert [one.key for one in trial.remnants] == [None]
    assert "the next run looks again" in trial.remnants[0].why
    assert len(sandbox.notebook.traces) == 1
    assert await sandbox.trials().clear() == []
    assert sandbox.notebook.traces == []


class Killed(BaseException):
    """The process ends at once."""


class Mortal(httpx.AsyncBaseTransport):
    """A way to Crelate on which the process is killed at one call, before or after it takes effect."""

    def __init__(self, core: httpx.AsyncBaseTransport, calls: int, *, after: bool) -> None:
        self._core = core
        self._left = calls
        self._after = after

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Hand it on while the process lives."""
        self._left -= 1
        if self._left == 0 and self._after:
            await self._core.handle_async_request(request)
        if self._left <= 0:
            raise Killed
        return await self._core.handle_async_request(request)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_whenever_it_is_killed_the_next_run_removes_everything(sandbox: Sandbox, *, after: bool) -> None:
    """At every call; a call that only reads leaves the same before and after."""
    await sandbox.tried()
    before, calls = copy.deepcopy(sandbox.state()), list(sandbox.heard)
    for place, call in enumerate(calls, start=1):
        if after and call.method == "GET":
            continue
        with pytest.raises(Killed):
            await sandbox.tried(partial(Mortal, calls=place, after=after))
        assert sandbox.state() == before or sandbox.notebook.traces
        assert await sandbox.trials().clear() == []
        assert (sandbox.state(), sandbox.notebook.traces) == (before, []), f"{call} at {place}"


@pytest.mark.parametrize("filters", ["off", "refuse"])
async def test_it_is_found_again_where_contacts_cannot_be_asked_by_address(sandbox: Sandbox, filters: str) -> None:
    """By the words of its name."""
    before = copy.deepcopy(sandbox.state())
    sandbox.turn(filters={"contacts.emails": filters})
    with pytest.raises(Killed):
        await sandbox.tried(lambda core: Mortal(core, 11 if filters == "refuse" else 13, after=True))
    assert sandbox.state() != before
    await sandbox.trials().clear()
    assert sandbox.state() == before


class Stopping(httpx.AsyncBaseTransport):
    """A way to Crelate on which somebody stops the trial at one call."""

    def __init__(self, core: httpx.AsyncBaseTransport, calls: int) -> None:
        self._core = core
        self._left = calls

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Hand it on, and stop the trial when its time has come."""
        answer = await self._core.handle_async_request(request)
        self._left -= 1
        if self._left == 0:
            raise asyncio.CancelledError
        return answer


@pytest.mark.parametrize("place", [5, 11, 16, 21, 27, 31, 36, 45])
async def test_a_trial_that_is_stopped_cleans_up_before_it_ends(sandbox: Sandbox, place: int) -> None:
    """Also where the answer to a write was on its way."""
    before = copy.deepcopy(sandbox.state())
    with pytest.raises(asyncio.CancelledError):
        await sandbox.tried(lambda core: Stopping(core, place))
    assert (sandbox.state(), sandbox.notebook.traces) == (before, [])


async def test_jobs_to_choose_from_are_open_and_no_leads(sandbox: Sandbox) -> None:
    """By what Crelate calls them; another one can be named."""
    trials = sandbox.trials()
    rows = sandbox.simulator.state["jobs"]
    choices = await trials.jobs()
    assert choices
    assert not any(rows[choice.key]["IsLead"] or rows[choice.key].get("ClosedOn") for choice in choices)
    assert await trials.job(choices[0].key.upper()) == choices[0]
    assert await trials.job("0f0f0f0f-1111-4222-8333-444444444444") is None


def verdicts(trial: Trial) -> dict[str, str]:
    """Topic -> what was found, the last one of each."""
    return {one.topic: f"{one.verdict.value}: {one.text}" for one in trial.findings}


FIRST = "/.*/attachments"
"""Where the first API takes files."""

REFUSALS = [
    ({"/contacts": 0}, "create", "failed: refused with status 400", "ASM-21", "undecided"),
    ({"/jobs/{id}/contacts": 0}, "application", "failed: refused with status 400", "ASM-25", "undecided"),
    ({"/notes": 0}, "note", "failed: refused with status 400", "ASM-28", "undecided"),
    ({"/artifacts/primary": 0, FIRST: 0}, "CV", "failed: refused with status 400", "ASM-29", "holds"),
    ({"/artifacts": 0, FIRST: 0}, "CV", "ok: read back", "ASM-29", "does not hold"),
    ({"/contacts": 1}, "create", "ok: a contact was made and is found", "ASM-11", "does not hold"),
]


@pytest.mark.parametrize(("paths", "topic", "words", "number", "state"), REFUSALS, ids=map(str, range(6)))
async def test_what_is_refused_in_every_shape_is_said(
    sandbox: Sandbox, paths: dict[str, int], topic: str, words: str, number: str, state: str
) -> None:
    """With its status; nothing is left of it."""
    before = copy.deepcopy(sandbox.state())
    for path, skip in paths.items():
        sandbox.simulator.faults.add(FaultKind.BAD_REQUEST, path, method="POST", times=None, skip=skip)
    trial = await sandbox.tried()
    assert (verdicts(trial)[topic], states(trial)[number]) == (words, state)
    assert (trial.remnants, sandbox.state()) == ([], before)


async def test_content_that_is_not_given_is_said(sandbox: Sandbox) -> None:
    """The files are there all the same."""
    sandbox.simulator.faults.add(FaultKind.NOT_FOUND, "/artifacts/{id}/content", times=None)
    found = verdicts(await sandbox.tried())
    assert found["CV"] == found["document"] == "warning: kept, and its content is not given"


async def test_a_note_that_does_not_keep_its_job_is_seen(sandbox: Sandbox) -> None:
    """ASM-28: it was taken with one."""
    sandbox.turn(columns={"notes.RegardingId": OFF})
    trial = await sandbox.tried()
    assert (states(trial)["ASM-28"], details(trial)["ASM-28"]) == (
        "does not hold",
        "it was taken with a job, and does not name it",
    )


class Answering(httpx.AsyncBaseTransport):
    """A way to Crelate on which one method to one place is answered by somebody else."""

    def __init__(self, core: httpx.AsyncBaseTransport, method: str, ending: str, data: object) -> None:
        self._core = core
        self._asked = (method, ending)
        self._data = data

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Hand it on, or answer it."""
        method, ending = self._asked
        if request.method == method and request.url.path.endswith(ending):
            return httpx.Response(200, json={"Data": self._data, "Metadata": {}, "Errors": []}, request=request)
        return await self._core.handle_async_request(request)


async def test_an_account_that_takes_foreign_numbers_is_said_to(sandbox: Sandbox) -> None:
    """ASM-13 is open then: there was no refusal."""
    trial = await sandbox.tried(partial(Answering, method="PATCH", ending="", data=True))
    assert "takes them" in verdicts(trial)["foreign numbers"]
    assert states(trial)["ASM-13"] == "undecided"


async def test_a_list_of_jobs_without_the_job_is_seen(sandbox: Sandbox) -> None:
    """ASM-09."""
    trial = await sandbox.tried(partial(Answering, method="GET", ending="/jobs", data=[]))
    assert details(trial)["ASM-09"] == "the job is not listed"


async def test_a_contact_that_is_said_to_be_deleted_and_is_there_is_named(sandbox: Sandbox) -> None:
    """As a remnant, until it is gone."""
    before = copy.deepcopy(sandbox.state())
    trial = await sandbox.tried(partial(Answering, method="DELETE", ending="", data=True))
    assert trial.remnants
    assert await sandbox.trials().clear() == []
    assert sandbox.state() == before


async def test_an_account_with_next_to_nothing_is_tried_as_far_as_it_goes() -> None:
    """No company, no source, no other user, one stage: nothing is made in their place."""
    time = FakeTime()
    config = SimulatorConfig(
        api_keys=(KEY,), clock=time.now, sleep=time.sleep, size=Size(contacts=150, jobs=12, activities=20)
    )
    sandbox = Sandbox(create_simulator(config), time)
    state = sandbox.simulator.state
    for entity, kept in (("companies", 0), ("contactsources", 0), ("workflowstatuses", 1)):
        for row in state[entity].ordered()[kept:]:
            del state[entity][row["Id"]]
    for user in [user for user in state["users"] if user != state.user_id]:
        del state["users"][user]
    before = copy.deepcopy(sandbox.state())
    trial = await sandbox.tried()
    open_ones = {number: text for number, text in details(trial).items() if states(trial)[number] == "undecided"}
    assert "no company" in open_ones["ASM-21"]
    assert "no other user" in open_ones["ASM-31"]
    assert "one stage" in open_ones["ASM-25"]
    assert "no source" in open_ones["ASM-33"]
    assert verdicts(trial)["source"].startswith("warning")
    assert sandbox.state() == before
    state["workflowstatuses"].clear()
    assert verdicts(await sandbox.tried())["application"] == "failed: there are no stages"
