"""The README under test: short, its examples run and answer what stands there, its picture and links are there."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from graphql import parse, validate

from gateway.simulator import SimulatorConfig, create_simulator
from resolvers.root import build_schema
from schema.strawberry_bridge import executable
from tests.end_to_end.conftest import KEY, World, gateway_over
from tests.markdown import CAPITALS, COMMAND, README, ROOT, Document, Example
from tests.test_docs import commands, known_words

INSTANTS = (datetime(2026, 3, 4, 9, 30, tzinfo=UTC), datetime(2027, 8, 15, 22, 5, tzinfo=UTC))
"""Two starts of the demo: what it answers in the README must not depend on the day."""

EXAMPLES = list(README.examples())
MAX_LINES = 199
MAX_PICTURE = 150_000


def test_it_is_short() -> None:
    """What does not fit belongs into the manual."""
    assert len(README.text.splitlines()) <= MAX_LINES


def test_words_in_capitals_mean_something() -> None:
    """A word that was renamed in the code does not live on in the README."""
    words = {span for span in README.code_spans() if CAPITALS.fullmatch(span)}
    assert words - known_words() == set()


def test_its_commands_exist() -> None:
    """Of the command line, and of make."""
    assert set(COMMAND.findall(README.text)) <= commands()
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert {"demo", "test"} <= set(re.findall(r"^make ([a-z-]+)", README.text, re.MULTILINE)) <= targets


def test_its_links_lead_somewhere() -> None:
    """Each names a file that is here, and a heading in it where it says so."""
    for link in README.links():
        if "://" not in link:
            path, _, anchor = link.partition("#")
            assert (ROOT / path).is_file(), link
            assert not anchor or anchor in Document(ROOT / path).anchors, link


def test_its_picture_is_small() -> None:
    """A clone stays light."""
    pictures = [link for link in README.links() if link.endswith(".png")]
    assert pictures
    assert all((ROOT / picture).stat().st_size < MAX_PICTURE for picture in pictures)


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
