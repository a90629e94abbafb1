"""The page about clients, followed to the letter: its files are written and its commands run, in order.

Packages are not installed by the commands but before, once and at locked versions; that the commands name them is
checked.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from filelock import FileLock
from typer.testing import CliRunner

from gateway.commands import app
from gateway.explorer.examples import OPERATIONS, write_examples
from tests import node
from tests.clients.server import environment
from tests.markdown import MANUAL

LOCK = Path(__file__).parent / "python/requirements.txt"
RUN_SECONDS = 120
ADDRESS = "127.0.0.1:8000"
BEGIN = shlex.split("ats-gateway schema --operations operations > schema.graphql")
PROGRAMS = ("@graphql-codegen/cli/cjs/bin.js", "typescript/bin/tsc")
SDL = Path(__file__).parents[2] / "schema/schema.graphql"


def blocks(heading: str) -> tuple[dict[str, str], list[list[str]]]:
    """The files and the commands of a section."""
    page = MANUAL["clients"].section(heading)
    fences = [token.content for token in page.tokens if token.type == "fence"]
    names = [name for name in page.text.split("`") if Path(name).suffix in {".toml", ".json", ".py", ".mts"}]
    *files, commands = fences
    return dict(zip(names, files, strict=False)), [shlex.split(line) for line in commands.splitlines()]


def run(program: list[str], *arguments: str, folder: Path, path: str) -> str:
    """What a Python program prints that is run in the folder, with packages from this path."""
    command, settings = [*program, *arguments], {**environment(), "PYTHONPATH": path}
    ended = subprocess.run(  # noqa: S603  the manual's own
        command, cwd=folder, env=settings, capture_output=True, text=True, check=False, timeout=RUN_SECONDS
    )
    assert ended.returncode == 0, f"{ended.stdout}\n{ended.stderr}"
    return ended.stdout


def prepared(heading: str, folder: Path, begun: Path, address: str) -> list[list[str]]:
    """Write the files of a section, with the address of a gateway that runs; the commands after the first."""
    files, (first, *commands) = blocks(heading)
    assert (first, len(commands)) == (BEGIN, 4)
    shutil.copytree(begun, folder, dirs_exist_ok=True)
    for name, content in files.items():
        (folder / name).write_text(content.replace(ADDRESS, address))
    return commands


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the first command was run, which is the same in both sections."""
    folder = tmp_path_factory.mktemp("begun")
    program, *arguments, _, target = BEGIN
    assert program == "ats-gateway"
    gateway = [sys.executable, "-c", "from gateway.cli import main; main()"]
    (folder / target).write_text(run(gateway, *arguments, folder=folder, path=os.pathsep.join(sys.path)))
    return folder


@pytest.fixture(scope="session")
def python_packages(pytestconfig: pytest.Config) -> Path:
    """The folder with what the Python client needs, installed once. Test processes take turns."""
    folder = pytestconfig.cache.mkdir("python-client")
    installed = folder / sha256(LOCK.read_bytes()).hexdigest()
    with FileLock(folder / "installing"):
        if not installed.exists():
            pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--requirement", str(LOCK)]
            subprocess.run([*pip, "--target", f"{installed}.new"], check=True, capture_output=True)  # noqa: S603  fixed
            Path(f"{installed}.new").rename(installed)
    return installed


def test_the_first_command_writes_what_there_is_to_begin_with(begun: Path) -> None:
    """The schema as it is published, every example, and variables that each of them takes."""
    assert (begun / "schema.graphql").read_text() == SDL.read_text("utf-8")
    examples = {path.name: path.read_text("utf-8") for path in OPERATIONS.glob("*.graphql")}
    written = {path.name: path.read_text("utf-8") for path in (begun / "operations").iterdir()}
    assert written.items() >= examples.items()
    for name in written.keys() - examples.keys():
        text = examples[f"{name.partition('.')[0]}.graphql"]
        assert set(json.loads(written[name])) == set(re.findall(r"\$(\w+):", text))


def test_files_that_are_there_stay(tmp_path: Path) -> None:
    """Somebody may have changed them."""
    mine = tmp_path / "01-nested-read.graphql"
    mine.write_text("query Mine { __typename }")
    write_examples(tmp_path)
    assert mine.read_text() == "query Mine { __typename }"
    assert (tmp_path / "07-coverage.graphql").exists()


def test_a_folder_that_cannot_be_written_is_said_in_one_sentence(tmp_path: Path) -> None:
    """With its name."""
    (tmp_path / "file").touch()
    result = CliRunner().invoke(app, ["schema", "--operations", str(tmp_path / "file")], env={"COLUMNS": "500"})
    assert result.exit_code == 1
    assert " ".join(result.output.split()).startswith("The operations cannot be written to ")


def test_a_typed_client_in_python(address: str, tmp_path: Path, begun: Path, python_packages: Path) -> None:
    """It prints two jobs, each with those who applied."""
    venv, install, generate, start = prepared("Python", tmp_path, begun, address)
    assert venv[1:3] == ["-m", "venv"]
    locked = {line.partition("==")[0] for line in LOCK.read_text("utf-8").splitlines()}
    assert set(install[2:]) <= locked
    assert generate == ["client/bin/ariadne-codegen"]
    generator = [sys.executable, "-c", "from ariadne_codegen.main import main; main()"]
    run(generator, folder=tmp_path, path=str(python_packages))
    jobs = run([sys.executable], *start[1:], folder=tmp_path, path=str(python_packages)).splitlines()
    assert len(jobs) == 2
    assert all("[" in job for job in jobs)


def test_a_typed_client_in_typescript(address: str, tmp_path: Path, begun: Path, packages: Path) -> None:
    """The same, once `tsc --strict` has found nothing wrong."""
    install, generate, compile_, start = prepared("TypeScript", tmp_path, begun, address)
    assert all((packages / "node_modules" / name).is_dir() for name in install[2:])
    (tmp_path / "node_modules").symlink_to(packages / "node_modules")
    for program, command in zip(PROGRAMS, (generate, compile_), strict=True):
        node.run(packages / "node_modules" / program, *command[2:], folder=tmp_path)
    jobs = node.run(*start[1:], folder=tmp_path).splitlines()
    assert len(jobs) >= 2
    assert "[" in jobs[0]
