"""The public audits of GraphQL over HTTP, against a running server."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gateway.graphql_http import Endpoint
from tests.gateway.graphql_http.conftest import serving

FOLDER = Path(__file__).parent / "audits"


@pytest.fixture(scope="module")
def node() -> str:
    """Node, with the audits installed as their lock file says."""
    found, npm = shutil.which("node"), shutil.which("npm")
    assert found, "the audits need Node 20 or newer"
    assert npm, "the audits need npm"
    installed, lock = FOLDER / "node_modules" / ".package-lock.json", FOLDER / "package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        subprocess.run(command, cwd=FOLDER, check=True, capture_output=True)  # noqa: S603 - a fixed command
    return found


def test_all_audits_pass(build: Callable[..., Endpoint], node: str) -> None:
    """Every MUST, SHOULD and MAY of the reference suite holds."""
    with serving(build()) as address:
        command = [node, str(FOLDER / "audit.mjs"), f"http://{address}/graphql"]
        run = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - a fixed command
    audits: list[dict[str, Any]] = [json.loads(line) for line in run.stdout.splitlines()]
    assert [audit for audit in audits if audit["status"] != "ok"] == []
    assert len(audits) == 61


def test_the_lock_file_names_no_registry() -> None:
    """Packages come from whatever registry npm is set up with."""
    assert "resolved" not in (FOLDER / "package-lock.json").read_text()
