"""Node programs for tests, with their packages installed as the lock file beside them says."""

import shutil
import subprocess
from pathlib import Path

from filelock import FileLock

INSTALL = ("ci", "--ignore-scripts", "--no-audit", "--no-fund")
RUN_SECONDS = 120


def install(folder: Path) -> None:
    """Install the folder's packages, unless these very ones are there already. Test processes take turns."""
    installed, lock = folder / "node_modules/.package-lock.json", folder / "package-lock.json"
    with FileLock(folder / ".installing"):
        if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
            subprocess.run([_program("npm"), *INSTALL], cwd=folder, check=True, capture_output=True)  # noqa: S603 - fixed


def run(*arguments: str | Path, folder: Path) -> str:
    """What Node prints about these arguments, the first of which is a program, when it is run in the folder.

    Raises:
        AssertionError: it failed; with everything it said.
    """
    command = [_program("node"), *map(str, arguments)]
    ended = subprocess.run(  # noqa: S603 - programs of the lock file
        command, cwd=folder, check=False, capture_output=True, text=True, timeout=RUN_SECONDS
    )
    assert ended.returncode == 0, f"{ended.stdout}\n{ended.stderr}"
    return ended.stdout


def _program(name: str) -> str:
    found = shutil.which(name)
    assert found, f"{name} is needed, of Node 20 or newer"
    return found
