"""Who imports whom: the arrows between the layers and between the gateway's rooms, and where Crelate's words stand."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import gateway
from gateway.connectors import CONNECTORS
from gateway.integration import IntegrationSettings
from tests.crelate_words import ANYBODYS, IN_PROSE, LIMITS, CrelateWords

ROOT = Path(__file__).parents[1]
LAYERS = ("schema", "resolvers", "gateway", "tests")

PORTS = {"resolvers.ports", "resolvers.errors", "resolvers.ids", "schema"}
RESOLVERS = {"resolvers", "schema"}

LAYER_RULES = {
    "schema": {"schema"},
    "resolvers": RESOLVERS,
    "resolvers/ports": PORTS,
    "gateway": {*RESOLVERS, "gateway"},
}
"""Folder -> packages of ours it may import. The rooms of the gateway are in its docstring."""

ONLY_IMPORTED_BY = {
    **{f"gateway.{tool}": "gateway/connectors.py" for tool in CONNECTORS},
    "gateway.simulator": "gateway/demo.py",
}
"""Room -> the one module outside of it that may import it."""

CRELATE_ROOMS = ("gateway/crelate", "gateway/simulator")
"""Where Crelate's own words are at home; its name may be spoken anywhere."""

OTHER_MEANINGS = {
    ("gateway/explorer/build_hook.py", "artifacts"): "what Hatch calls files that a build makes",
    ("gateway/http/connection.py", "pipeline"): "what uvicorn calls requests that came before their turn",
    ("gateway/rest/records.py", "contact_id"): "what Kombo calls the user to ask about a job",
}
"""Module and word of Crelate's that stands there -> what it means there instead."""

VAGUE = {"utils", "util", "helpers", "helper", "common", "base", "manager", "managers", "misc"}
"""Names that say nothing about what is inside."""


def modules(folder: str) -> list[Path]:
    """The Python files below a folder, as paths from the root."""
    return sorted(path.relative_to(ROOT) for path in (ROOT / folder).rglob("*.py"))


def imports(module: Path) -> Iterator[str]:
    """What of ours a module imports, wherever in it, by full name."""
    for node in ast.walk(ast.parse((ROOT / module).read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] in LAYERS)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports by relative path"
            name = node.module or ""
            if name.split(".")[0] in LAYERS:
                yield from (f"{name}.{alias.name}" for alias in node.names)


def is_within(name: str, packages: set[str]) -> bool:
    """Whether a name belongs to one of the packages."""
    return any(f"{name}.".startswith(f"{package}.") for package in packages)


def room_rules() -> dict[str, set[str]]:
    """Room of the gateway -> packages of ours it may import, as the table in the gateway's docstring says."""
    table = re.search(r"may import\n((?:    .+\n)+)", gateway.__doc__ or "")
    assert table
    rules = {}
    for room, *allowed in map(str.split, table[1].splitlines()):
        packages = {f"gateway.{room}"}
        for name in allowed:
            packages |= {"ports": PORTS, "resolvers": RESOLVERS, "-": set()}.get(name, {f"gateway.{name}"})
        rules[f"gateway/{room}"] = packages
    return rules


RULES = {**LAYER_RULES, **room_rules()}


def folder_of(module: Path) -> str:
    """The room or folder whose rule a module is under: the longest one it is in."""
    named = module.with_suffix("")
    return max((folder for folder in RULES if named.is_relative_to(folder)), key=len)


@pytest.mark.parametrize("layer", ["schema", "resolvers", "gateway"])
def test_a_room_imports_only_those_below_it(layer: str) -> None:
    """Schema <- resolvers <- gateway, and the arrows inside of the gateway.

    The simulator imports nothing of ours, so it cannot agree with the connector by accident.
    """
    found = modules(layer)
    assert found
    wrong = [
        f"{module} imports {name}"
        for module in found
        for name in imports(module)
        if not is_within(name, RULES[folder_of(module)])
    ]
    assert wrong == []


def test_every_room_has_its_arrows() -> None:
    """A new folder must say what it may import."""
    folders = {f"gateway/{path.name}" for path in (ROOT / "gateway").iterdir() if (path / "__init__.py").exists()}
    assert folders <= RULES.keys()
    assert all((ROOT / room).exists() or (ROOT / f"{room}.py").exists() for room in RULES)


@pytest.mark.parametrize("room", ONLY_IMPORTED_BY)
def test_one_module_knows_which_ats_there_is(room: str) -> None:
    """Another ATS is another folder and a line in that module."""
    outside = {
        str(module)
        for layer in ("schema", "resolvers", "gateway")
        for module in modules(layer)
        if not is_within(".".join(module.with_suffix("").parts), {room})
        and any(is_within(name, {room}) for name in imports(module))
    }
    assert outside == {ONLY_IMPORTED_BY[room]}


@pytest.mark.parametrize("tool", CONNECTORS)
def test_settings_of_an_ats_are_named_in_its_folder_alone(tool: str) -> None:
    """They begin with its slug, so they can be told from all others; the demo sets those of its own account."""
    own = CONNECTORS[tool].settings.model_fields.keys() - IntegrationSettings.model_fields.keys()
    assert own
    assert all(name.startswith(f"{tool}_") for name in own)
    spoken = {
        str(module)
        for layer in ("schema", "resolvers", "gateway")
        for module in modules(layer)
        if not module.is_relative_to(f"gateway/{tool}")
        and any(name in (ROOT / module).read_text("utf-8") for name in own)
    }
    assert spoken <= {"gateway/demo.py"}


def test_only_the_connector_and_the_simulator_speak_crelate() -> None:
    """Another ATS must find the rest of the gateway ready for it. Tests that import the connector belong to it."""
    words = CrelateWords()
    elsewhere = [
        path
        for layer in ("schema", "resolvers", "gateway", "tests/schema", "tests/resolvers")
        for path in modules(layer)
        if not any(path.is_relative_to(room) for room in CRELATE_ROOMS)
        and not (layer.startswith("tests") and any(is_within(name, {"gateway.crelate"}) for name in imports(path)))
    ]
    spoken = {(str(path), word) for path in elsewhere for word in words.in_module(ROOT / path)}
    spoken |= {("schema.graphql", word) for word in words.in_text((ROOT / "schema/schema.graphql").read_text("utf-8"))}
    assert spoken - OTHER_MEANINGS.keys() == set()
    assert OTHER_MEANINGS.keys() <= spoken


def test_the_words_are_read_off_the_connector() -> None:
    """Enough of each kind, most of them spoken by the simulator too, and no exception that excepts nothing."""
    words = CrelateWords()
    assert {"ModifiedOn", "CorrelationId", "WorkflowItemStatusId"} <= words.compound
    assert {"When", "Metadata", "Owners"} <= words.single
    assert {"contact", "artifact", "workflowstatus"} <= words.lists
    assert {"modified_after", "contact_ids"} <= words.parameters
    simulator, connector = (
        "\n".join((ROOT / path).read_text("utf-8") for path in modules(room))
        for room in ("gateway/simulator", "gateway/crelate")
    )
    columns = words.compound | words.single
    assert len([word for word in columns if word in simulator]) > len(columns) * 0.8
    assert all(re.search(rf"(?i)\b{word}", connector) for word in IN_PROSE | ANYBODYS.keys())
    assert all(words in connector for words in LIMITS)


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("Phone number. Only US ones can be stored.", {"Only US"}),
        ("Whether it counts is not known (crelate-api 2.4).", {"crelate-api 2.4"}),
        ("The ATS does not say (ASM-12).", {"ASM-12"}),
        ("Number of the assumption it rests on, such as `ASM-15`.", set()),
    ],
)
def test_what_crelate_cannot_do_is_not_said_of_every_ats(text: str, spoken: set[str]) -> None:
    """Nor is what is known of Crelate cited elsewhere; a number may be an example."""
    assert CrelateWords().in_text(text) == spoken


def test_modules_are_called_after_what_they_hold() -> None:
    """A vague name gathers whatever fits nowhere else."""
    vague = [path for layer in LAYERS for path in modules(layer) if VAGUE & {*path.parts[:-1], path.stem}]
    assert vague == []
