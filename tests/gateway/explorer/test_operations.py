"""The example operations: what the explorer opens with."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from graphql import GraphQLSchema, OperationDefinitionNode, OperationType, build_schema, parse, validate
from starlette.types import ASGIApp

from gateway.explorer.routes import DIST
from gateway.simulator import SimulatorConfig, create_simulator
from tests.end_to_end.conftest import KEY, gateway_over

ROOT = Path(__file__).parents[3]
OPERATIONS = sorted((ROOT / "gateway/explorer/operations").glob("*.graphql"))
WRITING = [path for path in OPERATIONS if "\nmutation " in path.read_text("utf-8")]
READING = [path for path in OPERATIONS if path not in WRITING]


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


def test_the_tabs() -> None:
    """The tabs come in the order of the files' numbers: seven sides of what can be read, then the actions."""
    assert [path.stem for path in OPERATIONS] == [
        "01-nested-read",
        "02-candidate-story",
        "03-hiring-team",
        "04-look-up-by-remote-id",
        "05-link-models",
        "06-several-accounts",
        "07-coverage",
        "08-create-candidate",
        "09-create-application",
        "10-move-note-and-file",
    ]


@pytest.mark.parametrize("path", OPERATIONS, ids=lambda path: path.stem)
def test_an_example_is_valid(path: Path, sdl: GraphQLSchema) -> None:
    """Every example fits the published schema."""
    assert validate(sdl, parse(text_of(path))) == []


@pytest.mark.parametrize("path", OPERATIONS, ids=lambda path: path.stem)
def test_an_example_explains_itself_and_runs_as_it_stands(path: Path) -> None:
    """It starts by saying what it shows, and needs no variable to be filled in; what could write is a dry run."""
    operation = operation_of(path)
    assert text_of(path).startswith("# ")
    assert operation.operation is OperationType.QUERY or "$dryRun: Boolean! = true" in text_of(path)
    for variable in operation.variable_definitions or ():
        assert variable.default_value is not None or variable.type.kind != "non_null_type"


@pytest.mark.parametrize("path", WRITING, ids=lambda path: path.stem)
async def test_an_action_is_planned_without_complaint(path: Path, tmp_path: Path) -> None:
    """In the demo every action says what it would send, finds nothing wrong, and writes nothing."""
    simulator = create_simulator(SimulatorConfig(api_keys=(KEY,)))
    async with gateway_over(simulator, database_url=f"sqlite:///{tmp_path}/gateway.sqlite") as world:
        data = await world.data(text_of(path))
        assert {call.partition(" ")[0] for call in world.calls} <= {"GET"}
    for payload in data.values():
        assert payload["userErrors"] == []
        assert payload["plannedCalls"]


@pytest.mark.parametrize("path", READING, ids=lambda path: path.stem)
async def test_an_example_shows_something_of_the_demo(path: Path, app: ASGIApp) -> None:
    """In the demo it answers as it stands, without an error, and nothing it looks up or lists first is missing."""
    answer = await answer_to(text_of(path), app)
    assert "errors" not in answer
    for value in answer["data"].values():
        assert value
        assert isinstance(value, list) or value.get("nodes") != []


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
