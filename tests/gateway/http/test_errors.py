"""Errors: coded, masked, merged, capped."""

from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from tests.gateway.http.library import SECRET


async def errors_of(client: httpx.AsyncClient, query: str, **variables: Any) -> list[dict[str, Any]]:
    """The errors of an operation."""
    answer = await client.post("/graphql", json={"query": query, "variables": variables})
    found = answer.json()["errors"]
    assert all(error["extensions"]["code"] for error in found)
    return list(found)


@pytest.mark.parametrize("query", ["{ broken }", "{ books { isbn } }"])
async def test_an_unknown_exception_is_masked(client: httpx.AsyncClient, query: str) -> None:
    """Client and log learn where it happened and under which request id, and neither learns its text."""
    client.headers["X-Request-Id"] = "abc"
    with capture_logs() as logged:
        error = (await errors_of(client, query))[0]
    assert error["extensions"] == {"code": "INTERNAL_SERVER_ERROR", "retryable": False, "requestId": "abc"}
    assert error["path"]
    assert logged[0]["event"] == "internal_error"
    assert (logged[0]["request_id"], logged[0]["error"]) == ("abc", "builtins.ValueError")
    assert any("library.py" in frame for frame in logged[0]["frames"])
    assert SECRET not in str(error) + str(logged)


async def test_a_known_error_keeps_what_it_says(client: httpx.AsyncClient) -> None:
    """Code, retry hint and argument of our own errors reach the client, at the path they came from."""
    assert await errors_of(client, "{ refused books(first: 1) { publisher } }") == [
        {
            "message": "No such shelf.",
            "locations": [{"line": 1, "column": 3}],
            "path": ["refused"],
            "extensions": {"code": "BAD_USER_INPUT", "retryable": False, "argument": "shelf"},
        },
        {
            "message": "The ATS did not answer.",
            "locations": [{"line": 1, "column": 29}],
            "path": ["books", 0, "publisher"],
            "extensions": {"code": "UPSTREAM_UNAVAILABLE", "retryable": True, "retryAfter": 3.0},
        },
    ]


@pytest.mark.parametrize(
    "query",
    [
        "{ helo }",
        "{ hello(nam: 1) }",
        "{ __type(name: 1) { nam } }",
        "query ($a: Strin) { hello(name: $a) }",
        "{ ... on Quer { hello } }",
        "{ book(key: { titl: 1 }) { title } }",
        "{ books { title @skp(if: true) } }",
        "{ books }",
    ],
)
async def test_nothing_is_suggested(client: httpx.AsyncClient, query: str) -> None:
    """A schema that may not be read is not to be guessed either."""
    assert not [error for error in await errors_of(client, query) if "Did you mean" in error["message"]]


async def test_suggestions_for_variables_are_off_too(client: httpx.AsyncClient) -> None:
    """The same goes for what is wrong with variables."""
    found = await errors_of(client, "query ($key: Key!) { book(key: $key) { title } }", key={"titl": "x"})
    assert not [error for error in found if "Did you mean" in error["message"]]


async def test_the_text_of_a_scalar_s_exception_is_cut_out(client: httpx.AsyncClient) -> None:
    """What a parser says about a bad value stays inside; that the value is bad does not."""
    for found in (
        await errors_of(client, "query ($at: DateTime!) { day(at: $at) }", at="never"),
        await errors_of(client, '{ day(at: "never") }'),
    ):
        assert "never" in found[0]["message"]
        assert "isoformat" not in found[0]["message"]


async def test_equal_errors_are_merged(client: httpx.AsyncClient) -> None:
    """Ten times the same mistake is one error with ten places."""
    found = await errors_of(client, "{ " + "hello @x " * 10 + "}")
    assert [len(error["locations"]) for error in found] == [10]


async def test_the_number_of_errors_of_a_document_is_capped(client: httpx.AsyncClient) -> None:
    """Of very many mistakes twenty are shown, and the last one says so."""
    wrong = " ".join(f"wrong{number}" for number in range(60))
    assert len(await errors_of(client, f"{{ {wrong} }}")) <= 20


async def test_every_null_that_failed_has_its_error(client: httpx.AsyncClient) -> None:
    """Each with its own path, up to a thousand; one entry more says how many there are beyond, and of which field."""
    found = await errors_of(client, "{ books(first: 50) { publisher } }")
    assert [error["path"] for error in found] == [["books", number, "publisher"] for number in range(50)]
    *listed, more = await errors_of(client, "{ books(first: 40) { sequels(first: 30) { publisher } } }")
    assert len({tuple(error["path"]) for error in listed}) == 1000
    assert more == {
        "message": "200 more errors are not listed.",
        "extensions": {
            "code": "UPSTREAM_UNAVAILABLE",
            "retryable": True,
            "retryAfter": 3.0,
            "omitted": 200,
            "fields": {"books.sequels.publisher": 200},
        },
    }


async def test_the_length_of_a_message_is_capped(client: httpx.AsyncClient) -> None:
    """A message has at most three hundred characters."""
    found = await errors_of(client, "query ($n: Int!) { books(first: $n) { title } }", n="x" * 5000)
    assert len(found[0]["message"]) == 300
    assert len((await errors_of(client, "{ " + "x" * 5000 + " }"))[0]["message"]) == 300
