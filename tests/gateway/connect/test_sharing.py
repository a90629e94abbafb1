"""A report that can be shown to anybody."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from gateway.connect import Exit, Visit, Wish, doctor
from gateway.connect.sharing import WITHHELD
from gateway.settings import read_settings
from gateway.simulator import FaultKind
from tests.gateway.connect.conftest import KEY, OTHER_KEY, Desk
from tests.gateway.crelate.openapi.description import describing

GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}")


def shared(desk: Desk, folder: Path, name: str = "default", *, write: bool = True) -> str:
    """The report on an account, with a trial and a description."""
    description, report = folder / "openapi.json", folder / "report.md"
    description.write_text(json.dumps(describing()))
    visit = Visit(
        read_settings(),
        desk.account,
        desk.time.now,
        account=name,
        wish=Wish(agreed=True) if write else None,
        openapi=str(description),
        report=report,
    )
    doctor(desk.console, desk.talk, desk.person, visit)
    return report.read_text()


@pytest.fixture(autouse=True)
def connected(desk: Desk) -> None:
    """Two accounts with nothing in common but what they are like."""
    assert desk.connect("acme-secret") == Exit.DONE
    desk.person.key = OTHER_KEY
    assert desk.connect("other-name") == Exit.DONE


def test_two_accounts_of_different_data_have_the_same_report(desk: Desk, tmp_path: Path) -> None:
    """So that nothing of the data can be in it; it has what was found all the same."""
    one, other = shared(desk, tmp_path, "acme-secret"), shared(desk, tmp_path, "other-name")
    assert one == other
    for words in (
        "## OpenAPI file",
        "## Account 1 (crelate)",
        "| ASM-28 |",
        "/contacts?ids",
        "a second POST moves",
        "| clock | ok |",
    ):
        assert words in one


def test_nothing_in_it_leads_to_the_account(desk: Desk, tmp_path: Path) -> None:
    """No key, host, path, id, name of an account, of its user, its stages or its types of interviews."""
    report = shared(desk, tmp_path, "acme-secret")
    state = desk.simulator.state
    owner = state["users"][state.user_id]
    stages = [row["Name"] for row in state["workflowstatuses"].values()]
    secrets = [KEY, "crelate.test", str(tmp_path), "acme-secret", owner["FirstName"], owner["LastName"], owner["Email"]]
    assert [secret for secret in (*secrets, *stages, "Phone Interview") if secret in report] == []
    assert GUID.search(report) is None
    assert WITHHELD in report


@pytest.mark.parametrize("fault", [FaultKind.UNAUTHORIZED, FaultKind.FORBIDDEN, FaultKind.NOT_FOUND])
def test_nor_when_the_account_does_not_work(desk: Desk, tmp_path: Path, fault: FaultKind) -> None:
    """The sentences that say why have its address in them, and are not shown."""
    desk.simulator.faults.add(fault, "/.*", times=None)
    report = shared(desk, tmp_path, "acme-secret", write=False)
    assert "failed" in report
    assert [secret for secret in (KEY, "crelate.test", "acme-secret") if secret in report] == []


def test_nor_what_a_trial_could_not_remove(desk: Desk, tmp_path: Path) -> None:
    """It has an id and the name of the made-up person."""
    desk.simulator.faults.add(FaultKind.FORBIDDEN, "/contacts/{id}", method="DELETE", times=None)
    report = shared(desk, tmp_path, "acme-secret")
    assert "| left behind | failed |" in report
    assert GUID.search(report) is None
    assert "Gateway-Test" not in report


def test_a_file_that_cannot_be_written_is_said_in_a_sentence(desk: Desk, tmp_path: Path) -> None:
    """After everything was found."""
    visit = Visit(read_settings(), desk.account, desk.time.now, report=tmp_path / "no" / "report.md")
    assert doctor(desk.console, desk.talk, desk.person, visit) == Exit.NOT_WRITTEN
    assert "cannot be written" in desk.aside.getvalue()
