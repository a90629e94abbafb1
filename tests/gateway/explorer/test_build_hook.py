"""The build step: when it builds, what it asks for, what it says when it cannot, and what ends up in the wheel."""

import os
import shutil
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.wheel import WheelBuilder

from gateway.explorer import build_hook
from gateway.explorer.build_hook import ExplorerBuildHook, build, built_from, digest, fits
from tests.markdown import MANUAL

ROOT = Path(__file__).parents[3]
PROJECT = ("pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", ".gitignore", "gateway/__init__.py")

# Stands in for npm: `ci` leaves a folder behind, `run build` writes a page and two files, one of them a script.
BUILDING_NPM = """#!/bin/sh
if [ "$1" = ci ]; then mkdir node_modules; exit; fi
mkdir -p dist/assets
echo page > dist/index.html
echo script > dist/assets/index-1.js
echo font > dist/assets/icons-1.ttf
"""
FAILING_NPM = """#!/bin/sh
echo "npm error network request to the registry failed" >&2
exit 1
"""


@pytest.fixture(autouse=True)
def _not_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(build_hook.SKIP_VARIABLE, raising=False)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of what the build reads, with neither explorer nor manual built."""
    root = tmp_path / "project"
    for folder, made in (("gateway/explorer", "dist"), ("gateway/docs", "pages")):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns(made))
    for package in ("resolvers", "schema"):
        (root / package).mkdir()
        (root / package / "__init__.py").touch()
    for name in PROJECT:
        shutil.copyfile(ROOT / name, root / name)
    return root


@pytest.fixture
def built(project: Path) -> Path:
    """The same project with the explorer that stands in this tree."""
    shutil.copytree(ROOT / "gateway/explorer/dist", project / "gateway/explorer/dist")
    return project


def hook_of(root: Path) -> ExplorerBuildHook:
    """The hook as hatchling makes it."""
    config: Any = None
    return ExplorerBuildHook(str(root), {}, config, config, str(root / "dist"), "wheel")


def use_programs(monkeypatch: pytest.MonkeyPatch, folder: Path, **scripts: str) -> None:
    """Let the machine have these programs, and otherwise nothing but the shell's own."""
    folder.mkdir()
    for name, script in scripts.items():
        (folder / name).write_text(script)
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}/usr/bin{os.pathsep}/bin" if scripts else str(folder))


def test_the_explorer_in_the_tree_is_built_from_the_sources_beside_it() -> None:
    """What the other tests look at is what the sources say. After a change to them: pip install -e ."""
    explorer = ROOT / "gateway/explorer"
    assert built_from(explorer / "dist") == digest(explorer)


@pytest.mark.parametrize(
    ("version", "fit"),
    [
        ("v20.18.3", False),
        ("v20.19.0", True),
        ("v21.7.0", False),
        ("v22.11.0", False),
        ("v22.12.0", True),
        ("v24.0.0", True),
        ("", False),
        ("Python 3.11.7", False),
    ],
)
def test_only_a_node_that_vite_runs_on_is_used(version: str, fit: bool) -> None:
    """The ranges are those vite declares."""
    assert fits(f"{version}\n") is fit


def test_node_is_asked_for_when_the_machine_has_none(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without Node, or with one too old, the build environment gets its own."""
    use_programs(monkeypatch, tmp_path / "none")
    assert hook_of(project).dependencies() == [build_hook.NODE_FROM_PYPI]
    use_programs(monkeypatch, tmp_path / "old", node="#!/bin/sh\necho v18.20.0\n", npm="#!/bin/sh\n")
    assert hook_of(project).dependencies() == [build_hook.NODE_FROM_PYPI]
    use_programs(monkeypatch, tmp_path / "fit", node="#!/bin/sh\necho v22.20.0\n", npm="#!/bin/sh\n")
    assert hook_of(project).dependencies() == []


def test_a_build_leaves_the_page_its_twins_and_nothing_else(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The result stands beside the sources, compressed and signed by them; what npm fetched does not."""
    use_programs(monkeypatch, tmp_path / "bin", npm=BUILDING_NPM)
    explorer = project / "gateway/explorer"
    (explorer / "dist").mkdir()
    (explorer / "dist" / "left-over.js").touch()
    build(explorer)
    assert sorted(path.relative_to(explorer / "dist").as_posix() for path in (explorer / "dist").rglob("*.*")) == [
        "assets/icons-1.ttf",
        "assets/icons-1.ttf.gz",
        "assets/index-1.js",
        "assets/index-1.js.gz",
        "index.html",
        "sources.sha256",
    ]
    assert built_from(explorer / "dist") == digest(explorer)
    assert not (explorer / "ui" / "node_modules").exists()


def test_a_built_explorer_is_used_again(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With nothing changed neither Node nor a registry is needed, and the result is among the wheel's files."""
    use_programs(monkeypatch, tmp_path / "none")
    hook, data = hook_of(built), {"artifacts": list[str]()}
    assert hook.dependencies() == []
    hook.initialize("standard", data)
    assert data == {"artifacts": ["/gateway/docs/pages", "/gateway/explorer/dist"]}


@pytest.mark.parametrize("source", ["ui/main.jsx", "ui/package-lock.json", "operations/07-coverage.graphql"])
def test_a_change_of_any_source_makes_a_build_due(built: Path, source: str) -> None:
    """The page never lags behind what it is made of."""
    explorer = built / "gateway/explorer"
    with (explorer / source).open("a") as file:
        file.write("\n")
    assert built_from(explorer / "dist") != digest(explorer)


def test_what_npm_leaves_in_the_sources_is_no_source(built: Path) -> None:
    """Somebody who works on the page by hand does not make a build due by it."""
    explorer = built / "gateway/explorer"
    for folder in ("node_modules/react", "dist"):
        (explorer / "ui" / folder).mkdir(parents=True)
        (explorer / "ui" / folder / "index.js").touch()
    assert built_from(explorer / "dist") == digest(explorer)


def test_the_explorer_can_be_left_out(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the variable set, an install needs neither Node nor a registry."""
    use_programs(monkeypatch, tmp_path / "none")
    monkeypatch.setenv("ATS_GATEWAY_SKIP_EXPLORER", "1")
    hook, data = hook_of(project), {"artifacts": list[str]()}
    assert hook.dependencies() == []
    hook.initialize("standard", data)
    assert data == {"artifacts": ["/gateway/docs/pages"]}
    assert not (project / "gateway/explorer/dist").exists()


@pytest.mark.parametrize(
    ("programs", "cause"),
    [({"npm": FAILING_NPM}, "network request to the registry failed"), ({}, "npm is not on PATH")],
)
def test_a_build_that_fails_says_what_is_needed(
    project: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    programs: dict[str, str],
    cause: str,
) -> None:
    """One sentence names what is needed and how to do without, then comes the cause. No half-built page is left."""
    use_programs(monkeypatch, tmp_path / "bin", **programs)
    with pytest.raises(SystemExit) as stopped:
        hook_of(project).initialize("standard", {"artifacts": []})
    said = capsys.readouterr().err
    assert stopped.value.code == 1
    assert "needs Node 20.19 or newer with npm, and access to an npm registry" in said
    assert "ATS_GATEWAY_SKIP_EXPLORER=1" in said
    assert cause in said
    assert not (project / "gateway/explorer/dist").exists()


def test_the_wheel_holds_the_built_explorer(built: Path, tmp_path: Path) -> None:
    """Page, files, twins, examples and the licences of what is bundled; not the sources, which would be dead weight."""
    (wheel,) = WheelBuilder(str(built)).build(directory=str(tmp_path / "out"), versions=["standard"])
    names = set(zipfile.ZipFile(wheel).namelist())
    dist = built / "gateway/explorer/dist"
    expected = {path.relative_to(built).as_posix() for path in dist.rglob("*") if path.is_file()}
    assert {"gateway/explorer/dist/index.html", "gateway/explorer/dist/third-party-licenses.md"} < expected
    assert expected <= names
    assert "gateway/explorer/operations/01-nested-read.graphql" in names
    assert [name for name in names if "/ui/" in name or name.endswith("build_hook.py")] == []


def test_the_wheel_holds_the_rendered_manual(built: Path, tmp_path: Path) -> None:
    """Pages and stylesheet; not what they were rendered from."""
    (wheel,) = WheelBuilder(str(built)).build(directory=str(tmp_path / "out"), versions=["standard"])
    names = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("gateway/docs/")}
    pages = {f"gateway/docs/pages/{name}.html" for name in MANUAL}
    assert names == {"gateway/docs/__init__.py", "gateway/docs/pages/style.css", *pages}


def test_the_source_distribution_holds_what_a_wheel_is_built_from(built: Path, tmp_path: Path) -> None:
    """A wheel can be built from it; the built page is not in it."""
    (sdist,) = SdistBuilder(str(built)).build(directory=str(tmp_path / "out"), versions=["standard"])
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    for source in build_hook.sources(built / "gateway/explorer"):
        assert source.relative_to(built).as_posix() in names
    assert "gateway/explorer/build_hook.py" in names
    assert [name for name in names if name.startswith("gateway/explorer/dist")] == []


def test_the_licences_of_what_is_bundled_are_shipped() -> None:
    """Everything the browser runs is named with its licence."""
    text = (ROOT / "gateway/explorer/dist/third-party-licenses.md").read_text("utf-8")
    for name in ("graphiql", "@graphiql/plugin-explorer", "graphql-ws", "monaco-editor", "react", "react-dom"):
        assert name in text
    assert "MIT" in text
