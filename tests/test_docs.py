"""The manual under test: its tables are the code's own, its links lead somewhere, and what the code cites is there."""

from __future__ import annotations

import ast
import inspect
import json
import re
import tomllib
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

import pytest
import typer
from graphql import GraphQLObjectType, parse, validate
from pydantic import BaseModel
from pydantic_core import to_jsonable_python

import gateway.integration
import gateway.settings
from gateway.commands import app as command_line
from gateway.connectors import CONNECTORS
from gateway.docs.rendering import PAGES, page_names
from gateway.integration import WebhookSettings
from gateway.settings import PREFIX, IntegrationSettings, Settings, TokenSettings
from gateway.sync.failure import DATABASE_UNAVAILABLE, INCOMPLETE
from resolvers.errors import AtsError, StorageUnavailable
from resolvers.root import build_schema
from schema.actions.problem import UserErrorCode, WarningCode
from schema.criterion import meanings
from schema.model import MODELS
from schema.record import RecordFilter
from schema.strawberry_bridge import executable
from tests.markdown import CAPITALS, COMMAND, DOCS, MANUAL, ROOT, Document, rows_as_markdown

SETTINGS: dict[str, tuple[type[BaseModel], type[BaseModel] | None]] = {
    "Setting": (Settings, None),
    "Account setting": (IntegrationSettings, None),
    **{f"{ats.product} setting": (ats.settings, IntegrationSettings) for ats in CONNECTORS.values()},
    "Key of a token": (TokenSettings, None),
    "Key of a webhook": (WebhookSettings, None),
}
"""First head of a table -> the settings in it, less those that stand in another table."""

WORDS: dict[str, type[Enum]] = {"User error": UserErrorCode, "Warning": WarningCode}
"""First head of a table -> the enum whose values it explains."""

OF_THE_ENDPOINT = {
    "GRAPHQL_PARSE_FAILED",
    "GRAPHQL_VALIDATION_FAILED",
    "OPERATION_RESOLUTION_FAILURE",
    "PERSISTED_QUERY_NOT_FOUND",
    "PERSISTED_QUERY_NOT_IN_LIST",
    "PERSISTED_QUERY_NOT_SUPPORTED",
}
"""Codes of requests that are refused before anything is resolved: GraphQL over HTTP's, not the graph's."""

ENVIRONMENT = {"OTEL_EXPORTER_OTLP_ENDPOINT", "CUSTOM_FIELD"}
"""Words in capitals that belong to others."""

IN_SECTION_2 = {"id", "remoteId", "changedAt", "remoteDeletedAt", "provenance"}
"""Fields that model.md explains once for all models."""

METRICS = {"Counter", "Histogram", "GaugeMetricFamily"}
"""What a metric is made with."""

CITED = ("gateway", "resolvers", "schema", "tests")
"""Folders whose files cite the manual."""

NUMBERS = r"(\d+(?:\.\d+)?(?:(?:,\s| and\s| to |-)\d+(?:\.\d+)?)*)"
CITATIONS = {
    "crelate": re.compile(rf"\bcrelate-api\s+{NUMBERS}"),
    "model": re.compile(rf"(?:\(|\"\"\")[mM]odel\s+{NUMBERS}"),
}
"""Page -> how its sections are cited."""

ASSUMPTIONS = re.compile(r"\bASM-(\d\d(?:(?:, | to | and )\d\d)*)\b")


def default_of(model: type[BaseModel], name: str) -> str:
    """The default of a setting, as one would write it."""
    field = model.model_fields[name]
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    if value in (None, ""):
        return "none"
    plain = to_jsonable_python(value)
    plain = sorted(plain) if isinstance(value, frozenset) else plain
    return f"`{plain if isinstance(plain, str) else json.dumps(plain)}`"


def settings_rows(head: str) -> list[list[str]]:
    """The rows of a table of settings: name, default, meaning; those of the environment in capitals."""
    model, less = SETTINGS[head]
    names = [name for name in model.model_fields if less is None or name not in less.model_fields]
    spelled = {name: name.upper() if issubclass(model, (Settings, IntegrationSettings)) else name for name in names}
    return [
        [f"`{spelled[name]}`", default_of(model, name), model.model_fields[name].description or ""] for name in names
    ]


def enum_rows(head: str) -> list[list[str]]:
    """The rows of a table of words: word and meaning."""
    enum = executable(build_schema()).type_map[WORDS[head].__name__]
    return [[f"`{name}`", value.description] for name, value in enum.values.items()]  # type: ignore[attr-defined]  # an enum


def codes() -> set[str]:
    """Every code an entry of `errors` can have."""
    kinds: list[type[AtsError]] = [AtsError]
    for kind in kinds:
        kinds.extend(kind.__subclasses__())
    return {kind.code for kind in kinds} | {StorageUnavailable.EXTENSIONS["code"]} | OF_THE_ENDPOINT


def codes_in(folder: Path) -> set[str]:
    """Every code that stands in the source below a folder."""
    nodes = (node for module in folder.rglob("*.py") for node in ast.walk(ast.parse(module.read_text("utf-8"))))
    texts = (node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return {text for text in texts if CAPITALS.fullmatch(text)}


def known_words() -> set[str]:
    """Every word in capitals that means something: settings, codes and the graph's enums."""
    names = {name.upper() for model, _ in SETTINGS.values() for name in model.model_fields}
    names |= {"CONFIG", "SKIP_EXPLORER"}
    graph = executable(build_schema())
    values = {name for kind in graph.type_map.values() for name in getattr(kind, "values", ())}
    return (
        names
        | {f"{PREFIX}{name}" for name in names}
        | codes()
        | values
        | ENVIRONMENT
        | {INCOMPLETE, DATABASE_UNAVAILABLE}
    )


def commands() -> set[str]:
    """Every command of `ats-gateway`."""
    return set(getattr(typer.main.get_command(command_line), "commands", ()))


def metric_rows() -> list[list[str]]:
    """The rows of the table of metrics: name, labels, meaning."""
    module = ROOT / "gateway/observability/metrics.py"
    calls = [node for node in ast.walk(ast.parse(module.read_text("utf-8"))) if isinstance(node, ast.Call)]
    made = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id in METRICS]
    return [_metric_row(call) for call in sorted(made, key=lambda call: call.lineno)]


def _metric_row(call: ast.Call) -> list[str]:
    given = [*call.args, *(keyword.value for keyword in call.keywords if keyword.arg == "labels")]
    name, meaning, labels = (ast.literal_eval(value) for value in given[:3])
    return [f"`{name}`", ", ".join(f"`{label}`" for label in labels), meaning]


def model_rows(name: str) -> list[list[str]]:
    """The rows of a model's table: field, type, meaning."""
    kind = executable(build_schema()).type_map[name]
    assert isinstance(kind, GraphQLObjectType)
    own = {field: value for field, value in kind.fields.items() if field not in IN_SECTION_2}
    return [[f"`{field}`", f"`{value.type}`", value.description or ""] for field, value in own.items()]


def cited_files() -> Iterator[Path]:
    """The files that may cite the manual, itself included."""
    for folder in CITED:
        found = (path for kind in ("*.py", "*.graphql", "*.md", "*.jsx") for path in (ROOT / folder).rglob(kind))
        yield from (path for path in found if not {"node_modules", "dist"} & set(path.parts))
    yield from ROOT.glob("*.md")


def sections(document: Document) -> set[str]:
    """The numbers of its headings and numbered rows."""
    headings = re.findall(r"^#+ (\d+(?:\.\d+)?)\.? ", document.text, re.MULTILINE)
    return {*headings, *re.findall(r"^\| (\d+\.\d+) \|", document.text, re.MULTILINE)}


def test_the_changelog_begins_with_this_version() -> None:
    """The one that the package has."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert newest
    assert newest[1] == project["version"]


def test_every_page_is_rendered() -> None:
    """None is missing, and those of no ATS have a place in the navigation."""
    assert page_names(DOCS) == sorted(MANUAL, key=page_names(DOCS).index)
    assert set(MANUAL) - set(PAGES) == set(CONNECTORS)


def test_every_kind_of_setting_has_a_table() -> None:
    """Also those to come."""
    places = (gateway.settings, gateway.integration)
    declared = {kind for place in places for _, kind in inspect.getmembers(place, inspect.isclass)}
    names = {place.__name__ for place in places}
    ours = {kind for kind in declared if kind.__module__ in names and issubclass(kind, BaseModel)}
    assert ours | {ats.settings for ats in CONNECTORS.values()} == {model for model, _ in SETTINGS.values()}


@pytest.mark.parametrize("head", SETTINGS)
def test_settings_stand_there_with_default_and_meaning(head: str) -> None:
    """All of them, in the code's order and words, and no others."""
    expected = settings_rows(head)
    found = MANUAL["settings"].tables.get(head)
    assert found == expected, f"the table under `{head}` should be\n{rows_as_markdown(expected)}"


@pytest.mark.parametrize("head", WORDS)
def test_what_an_action_may_say_stands_there(head: str) -> None:
    """All of it, in the words of the schema, and nothing else."""
    expected = enum_rows(head)
    found = MANUAL["errors"].tables.get(head)
    assert found == expected, f"the table under `{head}` should be\n{rows_as_markdown(expected)}"


def test_codes_of_errors_stand_there() -> None:
    """All of them with a meaning, and no others."""
    rows = MANUAL["errors"].tables.get("Code", [])
    assert {row[0].strip("`") for row in rows} == codes()
    assert all(meaning for row in rows for meaning in row[1:])


def test_codes_of_the_endpoint_are_known() -> None:
    """What it says of itself beside the graph's own errors is in the list above."""
    assert codes_in(ROOT / "gateway/http") <= codes()
    assert codes_in(ROOT / "gateway/http") >= OF_THE_ENDPOINT


@pytest.mark.parametrize("name", MANUAL)
def test_words_in_capitals_mean_something(name: str) -> None:
    """A word that was renamed in the code does not live on in the manual."""
    words = {span for span in MANUAL[name].code_spans() if CAPITALS.fullmatch(span)}
    assert words - known_words() == set()


def test_commands_stand_there() -> None:
    """All of them, and no others."""
    rows = MANUAL["operations"].tables["Command"]
    assert {found for row in rows for found in COMMAND.findall(row[0])} == commands()
    for document in MANUAL.values():
        assert set(COMMAND.findall(document.text)) <= commands(), document.path.name


def test_metrics_stand_there() -> None:
    """All of them, with their labels, in the code's words, and no others."""
    expected = metric_rows()
    assert len(expected) > 1
    found = MANUAL["operations"].tables["Metric"]
    assert found == expected, f"the table should be\n{rows_as_markdown(expected)}"


def test_arrows_between_rooms_stand_there() -> None:
    """As in the gateway's docstring, which the imports are held to."""
    table = re.search(r"may import\n((?:    .+\n)+)", gateway.__doc__ or "")
    assert table
    rooms = [line.split() for line in table[1].splitlines()]
    expected = [[f"`{room}`", ", ".join(allowed).replace("-", "nothing")] for room, *allowed in rooms]
    found = MANUAL["architecture"].tables["Room of `gateway`"]
    assert found == expected, f"the table should be\n{rows_as_markdown(expected)}"


def test_rooms_and_modules_that_are_named_are_there() -> None:
    """A path in the manual is a file or folder of the repository."""
    for document in [*MANUAL.values(), Document(ROOT / "CONTRIBUTING.md")]:
        paths = {span for span in document.code_spans() if re.match(r"(gateway|resolvers|schema|tests|\.ci)/", span)}
        assert [path for path in paths if not (ROOT / path).exists() and "<" not in path] == [], document.path.name


@pytest.mark.parametrize("name", MODELS)
def test_a_model_stands_there_field_by_field(name: str) -> None:
    """In the words of the schema; those fields that all have are told once."""
    words = re.sub("(?<!^)([A-Z])", r" \1", name)
    (heading,) = re.findall(rf"^### (4\.\d+ {words})$", MANUAL["model"].text, re.MULTILINE | re.IGNORECASE)
    expected = model_rows(name)
    rows = MANUAL["model"].section(heading).tables["Field"]
    assert rows == expected, f"the table of {name} should be\n{rows_as_markdown(expected)}"


def test_filters_of_models_stand_there() -> None:
    """Those that a model has beside those of all lists."""
    rows = {
        row[0]: set(re.findall(r"`(\w+)`", row[1]))
        for row in MANUAL["model"].section("5.2 Filters by model").tables["Model"]
    }
    graph = executable(build_schema())
    everywhere = set(meanings(RecordFilter)) | {"ids", "remoteIds", "updatedAfter", "includeDeleted"}
    for name, model in MODELS.items():
        fields = set(graph.type_map[model.filter.__name__].fields)  # type: ignore[attr-defined]  # an input type
        assert rows.pop(name) == fields - everywhere, name
    assert rows == {}


@pytest.mark.parametrize("name", MANUAL)
def test_links_lead_somewhere(name: str) -> None:
    """To a page of the manual, and to a heading or numbered row in it."""
    for link in MANUAL[name].links():
        if "://" in link:
            continue
        page, _, anchor = link.partition("#")
        target = MANUAL[{"": name, "./": "index"}.get(page, page)]
        assert not anchor or anchor in target.anchors, f"{name}: {link}"


@pytest.mark.parametrize("name", MANUAL)
def test_examples_are_valid(name: str) -> None:
    """They fit the schema."""
    for example in MANUAL[name].examples():
        assert validate(executable(build_schema()), parse(example.document)) == []


@pytest.mark.parametrize("name", CITATIONS)
def test_a_section_that_is_cited_is_there(name: str) -> None:
    """`crelate-api 4.10` is a heading or a numbered row of crelate.md, `model 6.3` of model.md."""
    there = sections(MANUAL[name])
    found = 0
    for path in cited_files():
        for numbers in CITATIONS[name].findall(path.read_text("utf-8")):
            cited = set(re.findall(r"\d+(?:\.\d+)?", numbers))
            found += len(cited)
            assert cited <= there, f"{path.relative_to(ROOT)} cites {sorted(cited - there)}"
    assert found > 50


def test_an_assumption_that_is_cited_is_there() -> None:
    """Every `ASM-08` is a row of the register."""
    there = {row[0].removeprefix("ASM-") for row in MANUAL["crelate"].section("7. Assumptions").tables["Number"]}
    for path in cited_files():
        for numbers in ASSUMPTIONS.findall(path.read_text("utf-8")):
            cited = set(re.findall(r"\d\d", numbers))
            assert cited <= there, f"{path.relative_to(ROOT)} cites {sorted(cited - there)}"
