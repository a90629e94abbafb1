"""Lock files: exact versions, from whichever registry the builder uses; those of npm also checked by content."""

import json
import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import requires
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
FOLDERS = ("gateway/explorer/ui", "tests/clients/node", "tests/gateway/http/audits")
UNFROZEN = {"pip", "setuptools"}
"""Packages that every environment brings along."""

FOR_PEOPLE = {"funding", "deprecated"}
"""Where maintainers ask for money, or say what to use instead. Nothing is fetched from there."""

each_folder = pytest.mark.parametrize("folder", [ROOT / name for name in FOLDERS], ids=FOLDERS)


def lock_of(folder: Path) -> dict[str, Any]:
    """The whole lock file."""
    lock: dict[str, Any] = json.loads((folder / "package-lock.json").read_text("utf-8"))
    return lock


def packages_of(folder: Path) -> dict[str, dict[str, Any]]:
    """The locked packages by where they are installed."""
    return {name: entry for name, entry in lock_of(folder)["packages"].items() if name}


def addresses(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The path of every web address in a JSON value."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from addresses(inner, (*path, key))
    elif isinstance(value, list):
        for inner in value:
            yield from addresses(inner, path)
    elif isinstance(value, str) and "://" in value:
        yield path


@each_folder
def test_no_registry_is_named(folder: Path) -> None:
    """The only web addresses are meant for people, so a builder's own registry is used."""
    assert [path for path in addresses(lock_of(folder)) if not FOR_PEOPLE & set(path)] == []
    assert [name for name, entry in packages_of(folder).items() if "resolved" in entry] == []
    for path in filter(Path.is_file, folder.iterdir()):
        assert re.search(r"registry\.[a-z]", path.read_text("utf-8")) is None, path.name


@each_folder
def test_every_package_is_pinned_by_content(folder: Path) -> None:
    """Whatever the registry, the bytes are the ones that were locked."""
    packages = packages_of(folder)
    assert packages
    assert [name for name, entry in packages.items() if not entry["integrity"].startswith("sha512-")] == []


@each_folder
def test_the_lock_file_belongs_to_the_package_file(folder: Path) -> None:
    """What is asked for directly is asked for exactly, and locked at that version."""
    asked = json.loads((folder / "package.json").read_text("utf-8"))
    for name, version in (asked["dependencies"] | asked.get("devDependencies", {})).items():
        assert packages_of(folder)[f"node_modules/{name}"]["version"] == version


def python_locks(name: str = ".ci/constraints.txt") -> dict[str, str]:
    """The locked Python packages and their versions."""
    lines = (ROOT / name).read_text("utf-8").splitlines()
    return dict(line.split("==") for line in lines if not line.startswith("#"))


def python_requirements() -> list[Requirement]:
    """Everything that pyproject.toml asks for, to run and to test."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    asked = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    asked += [each for extra in project["project"]["optional-dependencies"].values() for each in extra]
    return [Requirement(each) for each in asked]


@pytest.mark.parametrize(
    ("lock", "least"), [(".ci/constraints.txt", 100), ("tests/clients/python/requirements.txt", 10)]
)
def test_python_packages_are_locked_without_addresses(lock: str, least: int) -> None:
    """A name and a version on each line, nothing else."""
    locks = python_locks(lock)
    assert len(locks) > least
    for name, version in locks.items():
        assert re.fullmatch(r"[\w.-]+", name), name
        assert re.fullmatch(r"\d+(\.\w+)*", version), name


def test_python_locks_belong_to_the_project() -> None:
    """What is asked for directly is locked, at a version that is allowed: `make constraints` writes them anew."""
    locks = {canonicalize_name(name): version for name, version in python_locks().items()}
    for asked in python_requirements():
        assert asked.specifier.contains(locks[canonicalize_name(asked.name)]), asked


def test_what_a_locked_python_package_needs_is_locked_too() -> None:
    """Otherwise the next release of a package that nobody asked for would be installed."""
    locked = {canonicalize_name(name) for name in python_locks()}
    needed = {
        canonicalize_name(need.name)
        for name in locked
        for need in map(Requirement, requires(name) or ())
        if need.marker is None or need.marker.evaluate({"extra": ""})
    }
    assert needed - locked <= UNFROZEN
