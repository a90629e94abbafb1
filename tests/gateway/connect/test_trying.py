"""A trial by writing, as somebody at a terminal sees it."""

from __future__ import annotations

import asyncio
import copy
import json
import os
import shutil
import signal
import stat
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from gateway.commands import app
from gateway.connect import Exit, Wish
from gateway.connect.exits import Stop
from gateway.connect.journal import TrialJournal
from gateway.simulator import FaultKind
from tests.gateway.connect.conftest import ADDRESS, KEY, OTHER_KEY, Desk

YES = Wish(agreed=True)
WRITES = {"POST", "PATCH", "PUT", "DELETE"}


@pytest.fixture(autouse=True)
def connected(desk: Desk) -> None:
    """One account, and a clean screen and log."""
    assert desk.connect() == Exit.DONE
    desk.person.asked.clear()
    desk.screen.truncate(0)
    desk.screen.seek(0)
    desk.simulator.reset_log()


def journal() -> Path:
    """The file of what a trial makes."""
    return Path(os.environ["XDG_DATA_HOME"]) / "ats-gateway" / "trial-default.json"


def contacts(desk: Desk) -> set[str]:
    """Those there are."""
    return set(desk.simulator.state["contacts"])


def written(desk: Desk) -> list[str]:
    """The methods of the calls that write, so far."""
    return [entry.method for entry in desk.simulator.log if entry.method in WRITES]


def test_it_is_asked_about_and_shown_call_by_call(desk: Desk) -> None:
    """Method, path template and status; then the report, with what was seen in place of what is not checked."""
    before = contacts(desk)
    desk.person.answers = ["2", "y"]
    assert desk.try_out() == Exit.DONE
    (which, _), (begin, _) = desk.person.asked
    assert which.startswith("Which job")
    job = desk.simulator.state["jobs"].ordered()
    assert "at https://crelate.test/api3" in begin
    assert any(f"'{row['Name']}'" in begin for row in job)
    assert "  POST /contacts: 201\n" in desk.aside.getvalue()
    assert "  DELETE /contacts/{id}: 200\n" in desk.aside.getvalue()
    assert "a second POST moves to the stage that is sent" in desk.shown
    assert contacts(desk) == before
    assert not journal().exists()


@pytest.mark.parametrize("answers", [["1", "n"], ["1", ""], ["seven"], ["0"]])
def test_nothing_is_written_unless_somebody_agrees(desk: Desk, answers: list[str]) -> None:
    """Nor when the job that is picked is none of those."""
    desk.person.answers = answers
    assert desk.try_out() == Exit.DECLINED
    assert "othing has been written" in desk.aside.getvalue()
    assert written(desk) == []


def test_without_a_terminal_it_refuses_in_a_sentence(desk: Desk) -> None:
    """Which names the option that helps, before anything is read."""
    answer = CliRunner().invoke(app, ["doctor", "--write"])
    assert answer.exit_code == Exit.DECLINED
    assert "--yes" in answer.output
    assert desk.simulator.log == []


def test_json_is_all_there_is_on_the_standard_output(desk: Desk) -> None:
    """The calls are shown beside it; neither has the key, nor the made-up person."""
    assert desk.try_out(YES, as_json=True) == Exit.DONE
    (account,) = json.loads(desk.shown)["accounts"]
    states = {one["number"]: one["state"] for one in account["assumptions"]}
    assert (states["ASM-28"], states["ASM-20"], states["ASM-12"]) == ("holds", "holds", "not checked")
    assert desk.person.asked == []
    for text in (KEY, "Gateway-Test", "example.com"):
        assert text not in desk.shown + desk.aside.getvalue()


def test_the_job_may_be_named(desk: Desk) -> None:
    """By its remote id, also as the graph spells it; one that is not there ends it."""
    job = desk.simulator.state["jobs"].ordered()[-1]["Id"]
    assert desk.try_out(Wish(f"remote:{job}", agreed=True)) == Exit.DONE
    assert f"/api3/jobs/{job}/contacts" in {entry.path for entry in desk.simulator.log if entry.method == "POST"}
    desk.simulator.reset_log()
    assert desk.try_out(Wish("0f0f0f0f-1111-4222-8333-444444444444", agreed=True)) == Exit.SETTINGS
    assert written(desk) == []


def test_a_trial_is_of_one_account(desk: Desk) -> None:
    """Which is named when there are several."""
    desk.person.key = OTHER_KEY
    assert desk.connect(name="second", base_url=ADDRESS) == Exit.DONE
    desk.simulator.reset_log()
    assert desk.try_out(YES) == Exit.SETTINGS
    assert "--integration" in desk.aside.getvalue()
    assert desk.try_out(YES, account="third") == Exit.SETTINGS
    assert written(desk) == []
    assert desk.try_out(YES, account="second") == Exit.DONE
    assert desk.try_out(YES, account="crelate:default") == Exit.DONE


def test_two_trials_of_one_account_do_not_meet(desk: Desk) -> None:
    """The second one ends in a sentence, and writes nothing; another account's is its own."""
    with TrialJournal.of("default", ADDRESS).held():
        assert desk.try_out(YES) == Exit.TRY_AGAIN
        assert "is under way on this account" in desk.aside.getvalue()
        assert written(desk) == []
        with TrialJournal.of("second", ADDRESS).held():
            pass
    assert desk.try_out(YES) == Exit.DONE


def test_an_account_that_cannot_be_read_is_not_written_to(desk: Desk) -> None:
    """The report says why."""
    desk.key_file().write_text("some-other-key")
    assert desk.try_out(YES) == Exit.FAILED
    assert "refused the key" in desk.shown
    assert written(desk) == []


def test_what_a_trial_makes_is_in_a_private_file_while_it_is_there(desk: Desk) -> None:
    """With the address it is at, and by then on disk."""
    seen: list[tuple[int, dict[str, Any]]] = []
    core = httpx.ASGITransport(desk.simulator)

    async def looking(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            seen.append((stat.S_IMODE(journal().stat().st_mode), json.loads(journal().read_text())))
        return await core.handle_async_request(request)

    desk.transport = _Around(looking)
    assert desk.try_out(YES) == Exit.DONE
    assert {mode for mode, _ in seen} == {0o600}
    assert {kept["address"] for _, kept in seen} == {ADDRESS}
    assert all("id" not in seen[0][1]["traces"][0] for _ in seen[:1])
    assert "id" in seen[-1][1]["traces"][0]


class _Around(httpx.AsyncBaseTransport):
    def __init__(self, answer: Callable[[httpx.Request], Awaitable[httpx.Response]]) -> None:
        self._answer = answer

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Whatever the function answers."""
        return await self._answer(request)


def stopping_at(desk: Desk, path: str, *, dead: bool) -> httpx.AsyncBaseTransport:
    """A way on which somebody presses Ctrl-C at the first POST to a path; dead, nothing is sent after it."""
    core, stopped = httpx.ASGITransport(desk.simulator), False

    async def answer(request: httpx.Request) -> httpx.Response:
        nonlocal stopped
        if stopped and dead:
            raise KeyboardInterrupt
        reply = await core.handle_async_request(request)
        if request.method == "POST" and request.url.path.endswith(path) and not stopped:
            stopped = True
            raise KeyboardInterrupt
        return reply

    return _Around(answer)


def test_what_a_killed_trial_left_is_offered_to_be_removed(desk: Desk) -> None:
    """Before anything else is written; whoever declines keeps it, and is asked again."""
    before = contacts(desk)
    desk.transport = stopping_at(desk, "/contacts", dead=True)
    assert desk.try_out(YES) == Exit.STOPPED
    assert "offers to" in desk.aside.getvalue()
    assert len(contacts(desk) - before) == 1
    desk.transport = httpx.ASGITransport(desk.simulator)
    desk.simulator.reset_log()
    desk.person.answers = ["n"]
    assert desk.try_out() == Exit.DECLINED
    assert desk.person.asked[-1][0].startswith("An earlier trial left 1 record")
    assert written(desk) == []
    desk.person.answers = ["y", "1", "n"]
    assert desk.try_out() == Exit.DECLINED
    assert contacts(desk) == before
    assert not journal().exists()


@pytest.fixture
def keyboard() -> Iterator[None]:
    """A process that a keyboard interrupts, which one that was started in the background is not."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("keyboard")
def test_a_trial_that_is_stopped_from_the_keyboard_cleans_up(desk: Desk) -> None:
    """And says so."""
    before = contacts(desk)
    core = httpx.ASGITransport(desk.simulator)

    async def answer(request: httpx.Request) -> httpx.Response:
        reply = await core.handle_async_request(request)
        if request.method == "POST" and request.url.path.endswith("/notes"):
            signal.raise_signal(signal.SIGINT)
            await asyncio.sleep(0)
        return reply

    desk.transport = _Around(answer)
    assert desk.try_out(YES) == Exit.STOPPED
    assert "everything that was made has been removed" in desk.aside.getvalue()
    assert contacts(desk) == before
    assert not journal().exists()


def test_what_cannot_be_removed_ends_the_command_and_is_named(desk: Desk) -> None:
    """Neither a trial nor the removal of an older one is a success then."""
    before = contacts(desk)
    desk.simulator.faults.add(FaultKind.FORBIDDEN, "/contacts/{id}", method="DELETE", times=None)
    for _ in range(2):
        desk.screen.truncate(0)
        assert desk.try_out(YES) == Exit.FAILED
        (left, *_) = contacts(desk) - before
        assert "left behind" in desk.shown
        assert left in desk.shown
    desk.simulator.faults.clear()
    assert desk.try_out(YES) == Exit.DONE
    assert contacts(desk) == before


def test_a_journal_that_cannot_be_used_stops_it_before_anything_is_written(desk: Desk) -> None:
    """One that is no journal, one of another address, one that cannot be written."""
    state = copy.deepcopy(dict(desk.simulator.state["contacts"]))
    journal().parent.mkdir(parents=True)
    for text, words in (
        ("not JSON", "cannot be read"),
        (json.dumps({"address": "https://elsewhere.test/api3", "traces": [{"kind": "note"}]}), "elsewhere.test"),
    ):
        journal().write_text(text)
        assert desk.try_out(YES) == Exit.SETTINGS
        assert words in desk.aside.getvalue()
    shutil.rmtree(journal().parent)
    journal().parent.write_text("no folder")
    assert desk.try_out(YES) == Exit.NOT_WRITTEN
    with pytest.raises(Stop) as stop:
        TrialJournal.of("default", ADDRESS).write([{"kind": "note"}])
    assert stop.value.exit == Exit.NOT_WRITTEN
    assert written(desk) == []
    assert dict(desk.simulator.state["contacts"]) == state
