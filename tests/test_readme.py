"""The README under test: its tables are the code's own, its examples run and answer what stands there."""

from __future__ import annotations

import ast
import inspect
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import typer
from graphql import parse, validate
from markdown_it import MarkdownIt
from markdown_it.token import Token
from pydantic import BaseModel
from pydantic_core import to_jsonable_python

import gateway.settings
from gateway.cli import app as command_line
from gateway.settings import PREFIX, IntegrationSettings, Settings, TokenSettings, WebhookSettings
from gateway.simulator import SimulatorConfig, create_simulator
from resolvers.errors import AtsError
from resolvers.root import build_schema
from schema.actions.problem import UserErrorCode, WarningCode
from schema.strawberry_bridge import executable
from tests.end_to_end.conftest import KEY, World, gateway_over

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
TOKENS = MarkdownIt().enable("table").parse(README)

SETTINGS: dict[str, tuple[type[BaseModel], type[BaseModel] | None]] = {
    "Setting": (Settings, IntegrationSettings),
    "Account setting": (IntegrationSettings, None),
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

INSTANTS = (datetime(2026, 3, 4, 9, 30, tzinfo=UTC), datetime(2027, 8, 15, 22, 5, tzinfo=UTC))
"""Two starts of the demo: what it answers in the README must not depend on the day."""


CODE = re.compile(r"[A-Z]+(_[A-Z]+)+")


@dataclass(frozen=True, slots=True)
class Example:
    """A code block in GraphQL.

    Attributes:
        line: Where it stands.
        document: What it asks.
        answer: The JSON that stands next, or null when nothing of the kind does.
    """

    line: int
    document: str
    answer: str | None


def _examples() -> Iterator[Example]:
    """Those of the README; an answer belongs to the block before it unless a heading stands between."""
    blocks = [token for token in TOKENS if token.type in {"fence", "heading_open"}]
    for token, following in zip(blocks, [*blocks[1:], None], strict=True):
        if token.info == "graphql" and token.map:
            answer = following.content if following is not None and following.info == "json" else None
            yield Example(token.map[0] + 1, token.content, answer)


EXAMPLES = list(_examples())


def tables() -> dict[str, list[list[str]]]:
    """First head of each table -> its rows, cell by cell."""
    found: dict[str, list[list[str]]] = {}
    rows: list[list[str]] = []
    for token, following in pairwise(TOKENS):
        if token.type == "table_open":
            rows = []
        elif token.type == "tr_open":
            rows.append([])
        elif token.type in {"th_open", "td_open"}:
            rows[-1].append(following.content)
        elif token.type == "table_close":
            found[rows[0][0]] = rows[1:]
    return found


def code_spans() -> set[str]:
    """What is set in code inside the text."""
    inline: list[Token] = [child for token in TOKENS for child in token.children or ()]
    return {token.content for token in inline if token.type == "code_inline"}


def default_of(model: type[BaseModel], name: str) -> str:
    """The default of a setting, as one would write it."""
    field = model.model_fields[name]
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    if value is None:
        return "none"
    plain = to_jsonable_python(value)
    plain = sorted(plain) if isinstance(value, frozenset) else plain
    return f"`{plain if isinstance(plain, str) else json.dumps(plain)}`"


def settings_rows(head: str) -> list[list[str]]:
    """The rows of a table of settings: name, default, meaning; those of the environment in capitals."""
    model, less = SETTINGS[head]
    names = [name for name in model.model_fields if less is None or name not in less.model_fields]
    spelled = {name: name.upper() if issubclass(model, IntegrationSettings) else name for name in names}
    return [
        [f"`{spelled[name]}`", default_of(model, name), model.model_fields[name].description or ""] for name in names
    ]


def enum_rows(head: str) -> list[list[str]]:
    """The rows of a table of words: word and meaning."""
    enum = executable(build_schema()).type_map[WORDS[head].__name__]
    return [[f"`{name}`", value.description] for name, value in enum.values.items()]  # type: ignore[attr-defined]  # an enum


def markdown(rows: list[list[str]]) -> str:
    """Rows as they would stand in the README."""
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def codes() -> set[str]:
    """Every code an entry of `errors` can have."""
    kinds: list[type[AtsError]] = [AtsError]
    for kind in kinds:
        kinds.extend(kind.__subclasses__())
    return {kind.code for kind in kinds} | OF_THE_ENDPOINT


def codes_in(folder: Path) -> set[str]:
    """Every code that stands in the source below a folder."""
    nodes = (node for module in folder.rglob("*.py") for node in ast.walk(ast.parse(module.read_text("utf-8"))))
    texts = (node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return {text for text in texts if CODE.fullmatch(text)}


def known_words() -> set[str]:
    """Every word in capitals that means something: settings, codes and the graph's enums."""
    names = {name.upper() for model, _ in SETTINGS.values() for name in model.model_fields} | {"CONFIG"}
    graph = executable(build_schema())
    values = {name for kind in graph.type_map.values() for name in getattr(kind, "values", ())}
    return names | {f"{PREFIX}{name}" for name in names} | codes() | values


def test_every_kind_of_setting_has_a_table() -> None:
    """Also those to come."""
    declared = {kind for _, kind in inspect.getmembers(gateway.settings, inspect.isclass)}
    ours = {kind for kind in declared if kind.__module__ == "gateway.settings" and issubclass(kind, BaseModel)}
    assert ours == {model for model, _ in SETTINGS.values()}


@pytest.mark.parametrize("head", SETTINGS)
def test_settings_stand_there_with_default_and_meaning(head: str) -> None:
    """All of them, in the code's order and words, and no others."""
    expected = settings_rows(head)
    assert tables().get(head) == expected, f"the table under `{head}` should be\n{markdown(expected)}"


@pytest.mark.parametrize("head", WORDS)
def test_what_an_action_may_say_stands_there(head: str) -> None:
    """All of it, in the words of the schema, and nothing else."""
    expected = enum_rows(head)
    assert tables().get(head) == expected, f"the table under `{head}` should be\n{markdown(expected)}"


def test_codes_of_errors_stand_there() -> None:
    """All of them with a meaning, and no others."""
    rows = tables().get("Code", [])
    assert {row[0].strip("`") for row in rows} == codes()
    assert all(meaning for row in rows for meaning in row[1:])


def test_codes_of_the_endpoint_are_known() -> None:
    """What it says of itself beside the graph's own errors is in the list above."""
    assert codes_in(ROOT / "gateway/http") <= codes()
    assert codes_in(ROOT / "gateway/http") >= OF_THE_ENDPOINT


def test_words_in_capitals_mean_something() -> None:
    """A word that was renamed in the code does not live on in the README."""
    words = {span for span in code_spans() if CODE.fullmatch(span)}
    assert words - known_words() == set()


def test_commands_stand_there() -> None:
    """All of them, and no others."""
    commands = typer.main.get_command(command_line)
    assert set(re.findall(r"ats-gateway ([a-z]+)\b", README)) == set(getattr(commands, "commands", ()))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: f"line {each.line}")
def test_an_example_is_valid(example: Example) -> None:
    """It fits the schema."""
    assert validate(executable(build_schema()), parse(example.document)) == []


@pytest.fixture(params=INSTANTS, ids=lambda instant: str(instant.date()))
async def demo(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """The demo, started at some time."""
    config = SimulatorConfig(api_keys=(KEY,), clock=lambda: request.param)
    async with gateway_over(create_simulator(config), database_url=f"sqlite:///{tmp_path}/gateway.sqlite") as world:
        yield world


@pytest.mark.parametrize("example", [each for each in EXAMPLES if each.answer], ids=lambda each: f"line {each.line}")
async def test_an_example_answers_what_stands_there(example: Example, demo: World) -> None:
    """Exactly that, whenever the demo was started; the extensions only as far as they are shown."""
    shown = json.loads(example.answer or "")
    answer = await demo.ask(example.document)
    assert {name: value for name, value in answer.items() if name in shown or name != "extensions"} == shown


def test_there_are_examples_with_answers() -> None:
    """The first thing a reader sees is a question and what comes of it."""
    assert [each for each in EXAMPLES if each.answer]
