"""The explorer's lock file: exact versions, checked by content, from whichever registry the builder uses."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

UI = Path(__file__).parents[3] / "gateway/explorer/ui"
LOCK = json.loads((UI / "package-lock.json").read_text("utf-8"))
PACKAGES: dict[str, dict[str, Any]] = {name: entry for name, entry in LOCK["packages"].items() if name}


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


def test_no_registry_is_named() -> None:
    """The only web addresses are those where maintainers ask for funding, so a builder's own registry is used."""
    assert [path for path in addresses(LOCK) if "funding" not in path] == []
    assert [name for name, entry in PACKAGES.items() if "resolved" in entry] == []
    for path in UI.iterdir():
        assert re.search(r"registry\.[a-z]", path.read_text("utf-8")) is None, path.name


def test_every_package_is_pinned_by_content() -> None:
    """Whatever the registry, the bytes are the ones that were locked."""
    assert len(PACKAGES) > 50
    assert [name for name, entry in PACKAGES.items() if not entry["integrity"].startswith("sha512-")] == []


def test_the_lock_file_belongs_to_the_package_file() -> None:
    """What is asked for directly is asked for exactly, and locked at that version."""
    asked = json.loads((UI / "package.json").read_text("utf-8"))
    for name, version in (asked["dependencies"] | asked["devDependencies"]).items():
        assert PACKAGES[f"node_modules/{name}"]["version"] == version
