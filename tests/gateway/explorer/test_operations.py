"""The example operations: what the explorer opens with."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from graphql import GraphQLSchema, OperationDefinitionNode, OperationType, build_schema, parse, validate
from starlette.types import ASGIApp

from gateway.explorer.routes import DIST

ROOT = Path(__file__).parents[3]
OPERATIONS = sorted((ROOT / "gateway/explorer/operations").glob("*.graphql"))


@pytest.fixture(scope="module")
def sdl() -> GraphQLSchema:
    """The schema as it is published."""
    return build_schema((ROOT / "schema/schema.graphql").read_text("utf-8"))


def text_of(path: Path) -> str:
    """What stands in a file."""
    return path.read_text("utf-8")


def operation_of(path: Path) -> OperationDefinitionNode:
    """The one operation of a file."""
    (definition,) = parse(text_of(path)).definitions
    assert isinstance(definition, OperationDefinitionNode)
    return definition


async def answer_to(query: str, app: ASGIApp) -> dict[str, Any]:
    """What a gateway answers."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway.test") as client:
        answer: dict[str, Any] = (await client.post("/graphql", json={"query": query})).json()
        return answer


def test_the_six_tabs() -> None:
    """The tabs come in the order of the files' numbers and show six sides of the product."""
    assert [path.stem for path in OPERATIONS] == [
        "1-nested-read",
        "2-candidate-story",
        "3-hiring-team",
        "4-look-up-by-remote-id",
        "5-link-models",
        "6-coverage",
    ]


@pytest.mark.parametrize("path", OPERATIONS, ids=lambda path: path.stem)
def test_an_example_is_valid(path: Path, sdl: GraphQLSchema) -> None:
    """Every example fits the published schema."""
    assert validate(sdl, parse(text_of(path))) == []


@pytest.mark.parametrize("path", OPERATIONS, ids=lambda path: path.stem)
def test_an_example_explains_itself_and_runs_as_it_stands(path: Path) -> None:
    """It starts by saying what it shows, only reads, and needs no variable to be filled in."""
    operation = operation_of(path)
    assert text_of(path).startswith("# ")
    assert operation.operation is OperationType.QUERY
    for variable in operation.variable_definitions or ():
        assert variable.default_value is not None or variable.type.kind != "non_null_type"


@pytest.mark.parametrize("path", OPERATIONS, ids=lambda path: path.stem)
async def test_an_example_shows_something_of_the_demo(path: Path, app: ASGIApp) -> None:
    """In the demo it answers as it stands, without an error, and nothing it looks up or lists first is missing."""
    answer = await answer_to(text_of(path), app)
    assert "errors" not in answer
    for value in answer["data"].values():
        assert value
        assert value.get("nodes") != []


async def test_the_candidate_of_the_story_has_one(app: ASGIApp) -> None:
    """The demo's first candidate applied for jobs, stands somewhere, and met somebody."""
    answer = await answer_to(text_of(OPERATIONS[1]), app)
    applications = answer["data"]["candidates"]["nodes"][0]["applications"]["nodes"]
    assert [each for each in applications if each["job"] and each["currentStage"]]
    assert [meeting for each in applications for meeting in each["interviews"] if meeting["interviewingTeam"]]


def test_every_tab_has_a_title_of_its_own() -> None:
    """A tab is titled by its operation's name."""
    names = [operation.name.value for operation in map(operation_of, OPERATIONS) if operation.name]
    assert len(set(names)) == len(OPERATIONS)


def test_the_explorer_opens_with_these_very_operations() -> None:
    """The bundle holds each example as it stands in its file."""
    bundle = "".join(text_of(path) for path in (DIST / "assets").glob("index-*.js"))
    for path in OPERATIONS:
        assert text_of(path).splitlines()[0] in bundle
