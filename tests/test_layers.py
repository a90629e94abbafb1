"""Who knows whom: the arrow between the layers, and whose words are spoken where."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LAYERS = ("schema", "resolvers", "gateway", "tests")

MAY_IMPORT = {
    "schema": {"schema"},
    "resolvers": {"schema", "resolvers"},
    "gateway/simulator": {"gateway.simulator"},
    "gateway": {"schema", "resolvers", "gateway"},
}
"""Folder -> packages of ours it may import."""

CRELATE_ROOMS = ("gateway/crelate", "gateway/simulator")
"""Where Crelate's own words are at home."""

CRELATE_WORDS = re.compile(
    r"""
    \b (
        ActivityTypeId | AddressTypeId | ClosedOn | ContactSourceId | CreatedOn | CurrentPosition | CustomField\d+
      | DesiredSalary(Min|Max) | EntityName | IsLead | JobTitleId | ModifiedOn | OnPortal | Owners | ParentId
      | PrimaryDocumentAttachmentId | RecordType | RegardingId | UserCloseDate | UserOpenDate | UserState | UserType
      | VerbId | WhenEnd | WorkflowItemStatusId
    ) \b
  | \b ( Addresses | EmailAddresses | InstantAddresses | KeyDates | PhoneNumbers | Websites ) _
  | \b ( contact_ids | modified_after | parent_ids | target_entity_name | workflow_type_ids ) \b
  | \b ( activitytypes | contactsources | workflowstatuses | workflowtypes ) \b
  | / ( activities | artifacts | companies ) \b
    """,
    re.VERBOSE,
)
"""Columns, parameters and paths of Crelate's that no other ATS would have; its name may be spoken anywhere."""

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


def folder_of(module: Path) -> str:
    """The folder whose rule a module is under: the longest one it is in."""
    return max((folder for folder in MAY_IMPORT if module.is_relative_to(folder)), key=len)


@pytest.mark.parametrize("layer", ["schema", "resolvers", "gateway"])
def test_a_layer_knows_only_those_below_it(layer: str) -> None:
    """Schema <- resolvers <- gateway; the simulator knows nobody, so it cannot agree with the client by accident."""
    found = modules(layer)
    assert found
    wrong = [
        f"{module} imports {name}"
        for module in found
        for name in imports(module)
        if not is_within(name, MAY_IMPORT[folder_of(module)])
    ]
    assert wrong == []


def test_only_the_connector_and_the_simulator_speak_crelate() -> None:
    """Another ATS must find the rest of the gateway ready for it."""
    elsewhere = [
        path
        for layer in ("schema", "resolvers", "gateway")
        for path in [*modules(layer), *(each.relative_to(ROOT) for each in (ROOT / layer).rglob("*.graphql"))]
        if not any(path.is_relative_to(room) for room in CRELATE_ROOMS)
    ]
    elsewhere += [*modules("tests/schema"), *modules("tests/resolvers")]
    said = {str(path): CRELATE_WORDS.search((ROOT / path).read_text("utf-8")) for path in elsewhere}
    assert {path: found[0] for path, found in said.items() if found} == {}


def test_the_words_looked_for_are_crelates() -> None:
    """The connector and the simulator speak them, or the list would prove nothing."""
    for room in CRELATE_ROOMS:
        spoken = {found[0] for path in modules(room) for found in CRELATE_WORDS.finditer((ROOT / path).read_text())}
        assert len(spoken) > 20, room


def test_modules_are_called_after_what_they_hold() -> None:
    """A vague name gathers whatever fits nowhere else."""
    vague = [path for layer in LAYERS for path in modules(layer) if VAGUE & {*path.parts[:-1], path.stem}]
    assert vague == []
