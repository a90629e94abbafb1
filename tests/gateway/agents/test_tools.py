"""What tools take, and how writing goes through a plan."""

from collections.abc import Mapping
from typing import Any

import pytest
from graphql import parse, validate
from jsonschema import Draft202012Validator

from gateway.agents.asking import Answer
from gateway.agents.tools import PLAN_KEY, Tool, all_tools
from resolvers.root import build_schema
from schema.strawberry_bridge import executable

SCHEMA = executable(build_schema())
TOOLS = {tool.name: tool for tool in all_tools(SCHEMA, writes=True)}
PERSON = {"candidate": {"firstName": "Ada", "lastName": "Byron", "emailAddress": "ada@example.com"}}


class Endpoint:
    """Answers everything alike, and keeps what it was asked."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.asked: list[tuple[str, Mapping[str, Any]]] = []

    async def ask(self, document: str, variables: Mapping[str, Any]) -> Answer:
        """Keep a question."""
        self.asked.append((document, variables))
        return self.answer


@pytest.fixture
def endpoint() -> Endpoint:
    """One where all goes well."""
    return Endpoint({"data": {"createCandidate": {"status": "DONE", "userErrors": []}}})


@pytest.mark.parametrize("tool", TOOLS.values(), ids=TOOLS)
def test_each_tool_says_what_it_is_for_and_what_it_takes(tool: Tool) -> None:
    """Every argument is described as well."""
    Draft202012Validator.check_schema(tool.takes)
    assert len(tool.description) > 40
    assert all(each.get("description") for each in tool.takes["properties"].values())


def test_documents_are_valid_and_fit_their_file_names() -> None:
    """Words of the operation's name are those of the tool."""
    for tool in TOOLS.values():
        if document := getattr(tool, "document", None):
            parsed = parse(document)
            assert validate(SCHEMA, parsed) == []
            assert parsed.definitions[0].name.value.lower().startswith(tool.name.replace("_", "")[:7])  # type: ignore[attr-defined]  # all are operations


def test_tools_that_write_are_offered_only_where_they_are_allowed() -> None:
    """And they alone are left out."""
    reading = {tool.name for tool in all_tools(SCHEMA, writes=False)}
    assert {name for name, tool in TOOLS.items() if tool.writes} == TOOLS.keys() - reading
    assert reading >= {"search_candidates", "candidate_story", "job_pipeline", "interviews_between", "graphql"}


async def test_the_first_call_only_plans(endpoint: Endpoint) -> None:
    """Its key is what the real call goes out under."""
    planned = await TOOLS["create_candidate"].call(endpoint.ask, PERSON)
    key = planned[PLAN_KEY]
    assert endpoint.asked[0][1]["input"] == {**PERSON, "idempotencyKey": key, "dryRun": True}
    await TOOLS["create_candidate"].call(endpoint.ask, {**PERSON, PLAN_KEY: key})
    assert endpoint.asked[1][1]["input"] == {**PERSON, "idempotencyKey": key}


async def test_two_plans_of_the_same_are_two(endpoint: Endpoint) -> None:
    """Each of them may be carried out."""
    tool = TOOLS["create_candidate"]
    assert (await tool.call(endpoint.ask, PERSON))[PLAN_KEY] != (await tool.call(endpoint.ask, PERSON))[PLAN_KEY]


@pytest.mark.parametrize("key", ["", "made-up", "made.up"])
async def test_a_key_that_is_no_plans_writes_nothing(endpoint: Endpoint, key: str) -> None:
    """The error names the argument."""
    answer = await TOOLS["create_candidate"].call(endpoint.ask, {**PERSON, PLAN_KEY: key})
    assert answer["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT", "argument": PLAN_KEY}
    assert endpoint.asked == []


async def test_a_plan_of_other_arguments_or_another_tool_writes_nothing(endpoint: Endpoint) -> None:
    """What was agreed to is what is written."""
    key = (await TOOLS["create_candidate"].call(endpoint.ask, PERSON))[PLAN_KEY]
    other = {"candidate": {**PERSON["candidate"], "lastName": "King"}}
    for tool, given in (("create_candidate", other), ("create_application", PERSON)):
        assert "errors" in await TOOLS[tool].call(endpoint.ask, {**given, PLAN_KEY: key})
    assert len(endpoint.asked) == 1


async def test_a_plan_that_fails_has_no_key() -> None:
    """There is nothing to agree to."""
    errors = [{"code": "INVALID_EMAIL", "message": "", "field": []}]
    endpoint = Endpoint({"data": {"createCandidate": {"userErrors": errors}}})
    assert PLAN_KEY not in await TOOLS["create_candidate"].call(endpoint.ask, PERSON)


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("mutation { sync(input: {}) { __typename } }", "FORBIDDEN"),
        ("subscription { changes { id } }", "FORBIDDEN"),
        ("query A { __typename } mutation B { sync(input: {}) { __typename } }", "FORBIDDEN"),
        ("{ jobs {", "GRAPHQL_PARSE_FAILED"),
    ],
)
async def test_the_free_tool_only_reads(endpoint: Endpoint, document: str, code: str) -> None:
    """Nothing else is sent."""
    answer = await TOOLS["graphql"].call(endpoint.ask, {"query": document})
    assert answer["errors"][0]["extensions"] == {"code": code, "argument": "query"}
    assert endpoint.asked == []


async def test_types_are_described_as_sdl(endpoint: Endpoint) -> None:
    """Without asking anybody; one that there is not is an error."""
    answer = await TOOLS["describe_types"].call(endpoint.ask, {"names": ["Job", "JobFilter"]})
    assert answer["data"]["Job"].find("type Job ") >= 0
    assert "input JobFilter" in answer["data"]["JobFilter"]
    assert "errors" in await TOOLS["describe_types"].call(endpoint.ask, {"names": ["Job", "Jobs"]})
    assert endpoint.asked == []
