"""The way from nothing to a connected account."""

from __future__ import annotations

import logging
import socket
import stat
import tomllib
from typing import Any

import httpx
import pytest
from _pytest.capture import CaptureResult

from gateway.connect import Exit
from gateway.crelate.ats import CRELATE
from gateway.settings import read_settings
from gateway.simulator import FaultKind
from tests.gateway.connect.conftest import ADDRESS, FAULTS, KEY, OTHER_KEY, Desk

LISTS = ("/users", "/jobs", "/contacts", "/workflowstatuses", "/activities")


def written(desk: Desk) -> dict[str, Any]:
    """The settings file."""
    return tomllib.loads(desk.config.read_text())


def assert_nothing_written(desk: Desk) -> None:
    """Neither file is there."""
    assert not desk.config.exists()
    assert not desk.key_file().exists()


def test_a_good_key_ends_in_settings_that_the_gateway_reads(desk: Desk) -> None:
    """The file points to the key, and both can be used at once."""
    assert desk.connect() == Exit.DONE
    accounts = read_settings().accounts()
    assert accounts.keys() == {"default"}
    assert accounts["default"].api_key == KEY
    assert accounts["default"].address == ADDRESS


def test_the_usual_address_is_left_to_the_gateway(desk: Desk) -> None:
    """The file says only what differs from the defaults."""
    assert desk.connect(base_url=CRELATE.settings().address) == Exit.DONE
    assert written(desk) == {"crelate_api_key_file": str(desk.key_file())}


def test_only_its_owner_can_read_the_key(desk: Desk) -> None:
    """Neither file has rights for anybody else, and the folder is closed too."""
    desk.connect()
    assert desk.key_file().read_text() == f"{KEY}\n"
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (desk.key_file(), desk.config, desk.keys)}
    assert modes == {desk.key_file(): 0o600, desk.config: 0o600, desk.keys: 0o700}


def test_a_key_file_with_wide_rights_is_narrowed(desk: Desk) -> None:
    """Whoever made it before."""
    desk.keys.mkdir(parents=True)
    desk.key_file().write_text("old")
    desk.key_file().chmod(0o644)
    assert desk.connect() == Exit.DONE
    assert stat.S_IMODE(desk.key_file().stat().st_mode) == 0o600


def test_no_draft_is_left_behind(desk: Desk) -> None:
    """Only the two files are there in the end."""
    desk.connect()
    assert list(desk.keys.iterdir()) == [desk.key_file()]
    assert {path.name for path in desk.config.parent.iterdir()} == {"ats-gateway.toml", "home"}


def test_the_person_learns_whose_key_it_is_and_what_it_opens(desk: Desk) -> None:
    """By name, and list by list with the number of records."""
    desk.connect()
    state = desk.simulator.state
    assert state["users"][state.user_id]["FullName"] in desk.shown
    for path in LISTS:
        row = next(line for line in desk.shown.splitlines() if f" {path} " in line)
        assert f"yes, {len(state[path.removeprefix('/')].ordered())} rows" in row


def test_the_guide_says_how_a_key_is_made(desk: Desk) -> None:
    """Where to sign in, which right it takes, and where the key stands."""
    desk.connect(base_url="https://sandbox.crelate.com/api3")
    for words in ("https://sandbox.crelate.com", "'API access'", "own settings"):
        assert words in desk.shown


def test_without_the_path_of_its_own_a_key_is_tried_on_the_users(desk: Desk) -> None:
    """It counts as good, though its owner is not known by name."""
    desk.simulator.faults.add(FaultKind.NOT_FOUND, "/users/self", times=None)
    assert desk.connect() == Exit.DONE
    assert "whose name Crelate does not say" in desk.shown


def test_a_refused_key_is_told_so_and_leaves_nothing(desk: Desk) -> None:
    """With an exit code of its own."""
    desk.person.key = "not-the-right-key"
    assert desk.connect() == Exit.REFUSED_KEY
    assert "Crelate refused the key" in desk.shown
    assert_nothing_written(desk)


def test_a_key_without_any_right_is_told_so(desk: Desk) -> None:
    """It is another matter than a refused key, and one for an administrator."""
    desk.simulator.faults.add(FaultKind.FORBIDDEN, "/.*", times=None)
    assert desk.connect() == Exit.NO_RIGHTS
    assert "its owner may read nothing" in desk.shown
    assert "administrator" in desk.shown
    assert_nothing_written(desk)


def test_a_missing_right_is_shown_and_does_not_hinder(desk: Desk) -> None:
    """The list stands with a no; the others can be read."""
    desk.simulator.faults.add(FaultKind.FORBIDDEN, "/activities", times=None)
    assert desk.connect() == Exit.DONE
    row = next(line for line in desk.shown.splitlines() if " /activities " in line)
    assert " no " in row
    assert "user role" in desk.shown


def test_a_page_of_something_else_is_the_wrong_host(desk: Desk) -> None:
    """Whatever answers at the address, it is not Crelate."""
    desk.answer_with(lambda _: httpx.Response(200, html="<h1>Welcome</h1>"))
    assert desk.connect() == Exit.WRONG_HOST
    assert "it is not Crelate's API" in desk.shown
    assert_nothing_written(desk)


@pytest.mark.parametrize(
    "response",
    [httpx.Response(404, text="not here"), httpx.Response(302, headers={"Location": "/login"}), httpx.Response(200)],
    ids=["not found", "elsewhere", "nothing"],
)
def test_so_is_whatever_else_crelate_would_not_say(desk: Desk, response: httpx.Response) -> None:
    """A path that is not there, a way to somewhere else, an empty page."""
    desk.answer_with(lambda _: httpx.Response(response.status_code, headers=response.headers, content=response.content))
    assert desk.connect() == Exit.WRONG_HOST


def test_so_is_one_where_nobody_listens(desk: Desk) -> None:
    """Over a real socket that refuses the connection."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        desk.transport = None
        assert desk.connect(base_url=f"http://127.0.0.1:{port}/api3") == Exit.WRONG_HOST
    assert "Nothing answers at" in desk.shown


def test_so_is_one_that_nobody_knows(desk: Desk) -> None:
    """A name without an address."""

    def unknown(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("Name or service not known", request=request)

    desk.answer_with(unknown)
    assert desk.connect() == Exit.WRONG_HOST
    assert "Nothing answers at" in desk.shown


@pytest.mark.parametrize(
    "address",
    ["http://crelate.test/api3", "crelate.test", "", "https://", "https://me:secret@crelate.test/api3", "https://[/"],
)
def test_a_key_is_not_asked_for_where_it_could_not_be_sent_safely(desk: Desk, address: str) -> None:
    """The address has to be a whole one, encrypted, and without credentials of its own."""
    assert desk.connect(base_url=address) == Exit.WRONG_HOST
    assert desk.person.asked == []
    assert "secret" not in desk.shown


@pytest.mark.parametrize("kind", [FaultKind.ERROR_TEXT, FaultKind.UNAVAILABLE, FaultKind.TOO_MANY])
def test_a_crelate_that_cannot_answer_now_is_no_wrong_host(desk: Desk, kind: FaultKind) -> None:
    """Trying again later may help."""
    desk.simulator.faults.add(kind, "/.*", times=None)
    assert desk.connect() == Exit.TRY_AGAIN
    assert_nothing_written(desk)


def test_all_endings_have_codes_of_their_own() -> None:
    """And none of them is that of a wrongly called command."""
    assert len({ending.value for ending in Exit}) == len(Exit.__members__)
    assert 2 not in {ending.value for ending in Exit}


@pytest.mark.parametrize("key", ["", "  \n", "short", "two words of it", "schl\u00fcssel-eins"])
def test_what_is_no_key_is_not_sent(desk: Desk, key: str) -> None:
    """Nor is nothing."""
    desk.person.key = key
    assert desk.connect() == Exit.NO_KEY
    assert desk.simulator.counts == {}
    assert_nothing_written(desk)


def everything(desk: Desk, caplog: pytest.LogCaptureFixture, captured: CaptureResult[str]) -> str:
    """All that anybody could have seen."""
    questions = " ".join(question for question, _ in desk.person.asked)
    return desk.shown + questions + caplog.text + captured.out + captured.err


@pytest.mark.parametrize("fault", [None, *FAULTS], ids=str)
def test_the_key_is_never_shown(
    desk: Desk, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str], fault: FaultKind | None
) -> None:
    """However it ends: it is asked for hidden, and is in no line, question, log record or file but its own."""
    caplog.set_level(logging.DEBUG)
    if fault:
        desk.simulator.faults.add(fault, "/.*", times=None, seconds=1)
    desk.connect()
    assert KEY not in everything(desk, caplog, capsys.readouterr())
    assert [hidden for _, hidden in desk.person.asked] == [True]
    assert not desk.config.exists() or KEY not in desk.config.read_text()


def test_the_key_travels_in_a_header(desk: Desk) -> None:
    """Addresses are echoed and logged on the way."""
    desk.connect()
    assert {entry.key_in for entry in desk.simulator.log} == {"header"}


def test_what_is_there_is_not_changed_without_leave(desk: Desk) -> None:
    """A no, or silence, leaves the file as it is; nobody is asked for the key then."""
    desk.config.write_text("port = 9000\n")
    desk.person.leave = ""
    assert desk.connect() == Exit.SETTINGS
    assert desk.config.read_text() == "port = 9000\n"
    assert [hidden for _, hidden in desk.person.asked] == [False]
    assert desk.simulator.counts == {}


def test_with_leave_everything_else_stays(desk: Desk) -> None:
    """Comments too; a key in the file itself gives way to the one in a file of its own."""
    desk.config.write_text(
        '# ours\nport = 9000  # free here\ncrelate_api_key = "old-key"\n\n[max_age_by_model]\nUser = 1\n'
    )
    assert desk.connect() == Exit.DONE
    text = desk.config.read_text()
    assert "# ours\nport = 9000  # free here\n" in text
    assert written(desk) == {
        "port": 9000,
        "crelate_api_key_file": str(desk.key_file()),
        "crelate_base_url": ADDRESS,
        "max_age_by_model": {"User": 1},
    }


def test_leave_can_be_given_beforehand(desk: Desk) -> None:
    """Then only the key is asked for."""
    desk.config.write_text("port = 9000\n")
    assert desk.connect(replace=True) == Exit.DONE
    assert [hidden for _, hidden in desk.person.asked] == [True]


def test_a_key_of_the_same_name_is_not_lost_without_leave(desk: Desk) -> None:
    """Another folder's settings may point to it."""
    desk.keys.mkdir(parents=True)
    desk.key_file().write_text("old")
    desk.person.leave = "n"
    assert desk.connect() == Exit.SETTINGS
    assert desk.key_file().read_text() == "old"


def test_a_second_account_makes_two_tables_of_them(desk: Desk) -> None:
    """The first keeps its settings under the name it had; each has a key of its own."""
    desk.connect()
    desk.config.write_text(desk.config.read_text() + "crelate_concurrency = 2\n")
    desk.person.key = OTHER_KEY
    assert desk.connect(name="sandbox") == Exit.DONE
    accounts = read_settings().accounts()
    assert {name: account.api_key for name, account in accounts.items()} == {"default": KEY, "sandbox": OTHER_KEY}
    assert accounts["default"].model_dump()["crelate_concurrency"] == 2
    assert "crelate:sandbox" in desk.shown


@pytest.mark.parametrize("start", ["", "port = 9000\n", "[integrations]\n", "integrations = {}\n"])
def test_named_accounts_join_whatever_is_there(desk: Desk, start: str) -> None:
    """One after the other, and once more over itself."""
    desk.config.write_text(start)
    for name in ("north", "south", "north", "default"):
        assert desk.connect(name=name) == Exit.DONE
    assert list(read_settings().accounts()) == ["north", "south", "default"]
    assert written(desk).get("port", 9000) == 9000


@pytest.mark.parametrize("text", ["port = = 9000", "integrations = 3", "[integrations]\ndefault = 3"])
def test_a_file_that_makes_no_sense_is_left_alone(desk: Desk, text: str) -> None:
    """It is not this guide's to repair."""
    desk.config.write_text(text)
    assert desk.connect() == Exit.SETTINGS
    assert desk.config.read_text() == text
    assert desk.person.asked == []


@pytest.mark.parametrize("name", ["", "../away", "a b", "n" * 65])
def test_a_name_has_to_be_one(desk: Desk, name: str) -> None:
    """It becomes a part of a path and of a header."""
    assert desk.connect(name=name) == Exit.SETTINGS
    assert desk.person.asked == []


def test_a_key_goes_beside_the_settings_where_there_is_no_folder_for_it(desk: Desk) -> None:
    """A file stands in its place."""
    desk.keys.parent.write_text("in the way")
    assert desk.connect() == Exit.DONE
    beside = desk.config.parent / "ats-gateway-default.key"
    assert stat.S_IMODE(beside.stat().st_mode) == 0o600
    assert read_settings().accounts()["default"].api_key == KEY


def test_files_that_cannot_be_written_are_told_so(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither folder is one."""
    desk.keys.parent.write_text("in the way")
    monkeypatch.setenv("ATS_GATEWAY_CONFIG", str(desk.keys.parent / "ats-gateway.toml"))
    assert desk.connect() == Exit.NOT_WRITTEN
    assert "cannot be written" in desk.shown


def test_an_environment_that_says_otherwise_is_pointed_out(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the variable's name, without its value."""
    monkeypatch.setenv("ATS_GATEWAY_CRELATE_API_KEY", "key-of-the-environment")
    assert desk.connect() == Exit.DONE
    assert "ATS_GATEWAY_CRELATE_API_KEY is set" in desk.shown
    assert "key-of-the-environment" not in desk.shown


def test_a_name_cannot_steer_the_terminal(desk: Desk) -> None:
    """Neither by its own control characters nor as markup."""
    state = desk.simulator.state
    state["users"][state.user_id].update(FirstName="\x1b[2JMax[bold]", LastName="Reyes")
    assert desk.connect() == Exit.DONE
    assert "\x1b" not in desk.shown
    assert "[2JMax[bold] Reyes" in desk.shown


def test_answers_with_nothing_crelate_would_send_are_the_wrong_host(desk: Desk) -> None:
    """Even in an envelope such as Crelate's."""
    desk.answer_with(lambda _: httpx.Response(200, json={"Data": "no rows"}))
    assert desk.connect() == Exit.WRONG_HOST
    assert_nothing_written(desk)
