"""The container file and the compose example, as far as linters can tell: nothing is built here."""

import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from gateway.connectors import CONNECTORS
from gateway.settings import PREFIX, Settings

CONTAINER = Path(__file__).parents[2] / ".container"
SCRIPTS = Path(sysconfig.get_path("scripts"))

LINTERS = {
    "Containerfile": [str(SCRIPTS / "hadolint"), "--failure-threshold", "style"],
    "compose.yaml": [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"],
}


@pytest.mark.parametrize("name", LINTERS)
def test_the_linter_has_nothing_to_say(name: str) -> None:
    """Neither about form nor about habit."""
    done = subprocess.run([*LINTERS[name], str(CONTAINER / name)], capture_output=True, text=True, check=False)  # noqa: S603  our own file
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_example_sets_what_there_is() -> None:
    """Every variable of the gateway in the example is a setting, of the gateway or of an ATS."""
    words = (CONTAINER / "compose.yaml").read_text("utf-8").split()
    named = {word.strip(":").removeprefix(PREFIX).lower() for word in words if word.startswith(PREFIX)}
    assert named
    assert named <= set(Settings.model_fields).union(*(each.settings.model_fields for each in CONNECTORS.values()))
