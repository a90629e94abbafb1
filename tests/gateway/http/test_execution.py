"""Execution: Strawberry's schema under graphql-core, deadlines, broken futures, unusual values."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from gateway.http import Limits
from gateway.http.documents import Documents
from tests.gateway.http.library import Library, LibraryCost, build_schema

Connect = Callable[..., httpx.AsyncClient]


async def data_of(client: httpx.AsyncClient, query: str, **variables: Any) -> Any:
    """The data of an operation without errors."""
    answer = (await client.post("/graphql", json={"query": query, "variables": variables})).json()
    assert "errors" not in answer
    return answer["data"]


async def test_strawberry_s_resolvers_run(client: httpx.AsyncClient) -> None:
    """Synchronous, asynchronous and nested resolvers see context and variables."""
    query = "query ($name: String!) { hello(name: $name) books(first: 1) { title sequels { title } } }"
    assert await data_of(client, query, name="you") == {
        "hello": "Hello, you1",
        "books": [{"title": "Book 0", "sequels": [{"title": "Book 0 0"}, {"title": "Book 0 1"}]}],
    }


@pytest.mark.parametrize("key", [{}, {"id": "1", "title": "x"}, {"title": None}])
async def test_exactly_one_of_several_keys(client: httpx.AsyncClient, key: dict[str, Any]) -> None:
    """`@oneOf` holds for variables and for literals."""
    query = "query ($key: Key!) { book(key: $key) { title } }"
    assert await data_of(client, query, key={"title": "Emma"}) == {"book": {"title": "Emma"}}
    by_variable = await client.post("/graphql", json={"query": query, "variables": {"key": key}})
    assert by_variable.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    words = ", ".join(f"{name}: {'null' if value is None else repr(value)}" for name, value in key.items())
    literal = f"{{ book(key: {{ {words} }}) {{ title }} }}".replace("'", '"')
    by_literal = await client.post("/graphql", json={"query": literal})
    assert by_literal.json()["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


async def test_a_future_somebody_else_cancelled_is_an_error_and_no_crash(client: httpx.AsyncClient) -> None:
    """The client gets a coded answer, not a dropped connection."""
    answer = await client.post("/graphql", json={"query": "{ poisoned }"})
    assert answer.json()["errors"][0]["extensions"]["code"] == "INTERNAL_SERVER_ERROR"


async def test_values_the_quick_encoder_refuses_are_answered(client: httpx.AsyncClient) -> None:
    """Integers beyond 64 bits come out whole, also beside a number that is none and comes out as null."""
    assert await data_of(client, "{ huge }") == {"huge": 2**70}
    assert await data_of(client, "{ endless }") == {"endless": [2**70, None, 1.5]}


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
async def test_values_that_are_no_json_are_masked(client: httpx.AsyncClient, accept: str) -> None:
    """A resolver's mistake is a coded error, in an answer and in a stream."""
    answer = await client.post("/graphql", json={"query": "{ strange }"}, headers={"Accept": accept})
    assert "INTERNAL_SERVER_ERROR" in answer.text
    assert "set" not in answer.text


@pytest.mark.parametrize("value", [{"a": [1, 2.5, None, True, "é😀"]}, [], "", 0])
async def test_json_values_come_back(client: httpx.AsyncClient, value: object) -> None:
    """A JSON scalar takes any JSON value."""
    assert await data_of(client, "query ($v: JSON!) { echo(value: $v) }", v=value) == {"echo": value}


async def test_text_that_cannot_be_kept_is_taken_and_shown_as_it_would_be(client: httpx.AsyncClient) -> None:
    """A NUL is U+FFFD wherever it stands."""
    given: object = {"a": ["\x00b"]}
    assert await data_of(client, "query ($v: JSON!) { echo(value: $v) }", v=given) == {"echo": {"a": ["\ufffdb"]}}


async def test_an_operation_knows_its_deadline(client: httpx.AsyncClient, library: Library) -> None:
    """The context is opened with the deadline set."""
    await data_of(client, "{ hello }")
    assert library.opened[0].deadline is not None


async def test_an_operation_is_given_up_after_its_time(connect: Connect, library: Library) -> None:
    """What honours no deadline is cancelled, and the client may try again."""
    async with connect(limits=Limits(operation_seconds=0, grace_seconds=0)) as client:
        answer = await client.post("/graphql", json={"query": "{ slow }"}, headers={"Accept": "*/*"})
    assert answer.status_code == 503
    assert answer.json()["errors"][0]["extensions"] == {"code": "UPSTREAM_UNAVAILABLE", "retryable": True}
    assert library.closed == len(library.opened)


async def test_a_document_that_breaks_the_checks_is_refused(connect: Connect) -> None:
    """Where limits are set too high for the stack, the document is refused and not the server broken."""
    chain = " ".join(f"fragment F{number} on Query {{ ...F{number + 1} }}" for number in range(2000))
    async with connect(limits=Limits(tokens=100_000, source_characters=1_000_000)) as client:
        answer = await client.post(
            "/graphql", json={"query": f"{{ ...F0 }} {chain} fragment F2000 on Query {{ hello }}"}
        )
    assert answer.json()["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


async def test_documents_are_kept_and_forgotten() -> None:
    """A document is prepared once while it is asked for, and the oldest make room for new ones."""
    schema = build_schema()
    documents = Documents(schema, Limits(), LibraryCost(), introspection=True)
    lane = ThreadPoolExecutor(max_workers=1)
    first = await documents.get("{ hello }", lane)
    for number in range(255):
        await documents.get(f"{{ a{number}: hello }}", lane)
    assert await documents.get("{ hello }", lane) is first
    oldest = await documents.get("{ a0: hello }", lane)
    for number in range(256):
        await documents.get(f"{{ b{number}: hello }}", lane)
    assert await documents.get("{ a0: hello }", lane) is not oldest
