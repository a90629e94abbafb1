"""Hostile input: whatever comes in, what goes out is a coded answer."""

import asyncio
import json
from collections.abc import Mapping, MutableMapping
from typing import Any, NoReturn

import httpx
import orjson
import pytest
import structlog
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from gateway.http import Endpoint
from gateway.http.errors import MAX_ERRORS
from resolvers.engine.failures import MAX_ERRORS as MAX_EXECUTION_ERRORS
from tests.gateway.http.documents import documents, variables
from tests.gateway.http.library import Library, LibraryCost, build_schema

ENDPOINT = Endpoint(build_schema(), open_context=Library().open_context, cost=LibraryCost())
THOROUGHLY = settings(max_examples=150)


def post(content: bytes) -> httpx.Response:
    """Send a body as it is."""

    async def send() -> httpx.Response:
        headers = {"Content-Type": "application/json", "Accept": "application/graphql-response+json"}
        async with httpx.AsyncClient(transport=httpx.ASGITransport(ENDPOINT), base_url="http://gateway") as client:
            return await client.post("/graphql", content=content, headers=headers)

    return asyncio.run(send())


def check(answer: httpx.Response) -> None:
    """The answer is JSON, its status is no server fault, its errors are coded, bounded, short, and not ours."""
    body = answer.json()
    assert answer.status_code < 500
    assert "data" in body or body["errors"]
    assert len(body.get("errors", ())) <= (MAX_EXECUTION_ERRORS + 1 if "data" in body else MAX_ERRORS)
    for error in body.get("errors", ()):
        assert error["extensions"]["code"] != "INTERNAL_SERVER_ERROR"
        assert 0 < len(error["message"]) <= 300


json_values: SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)
parameter_names = st.sampled_from(["query", "variables", "extensions", "operationName", "documentId"])
tokens = st.sampled_from(
    [*"{}()[]:=!|&@$#,", "...", "on", "query", "hello", "fragment", '"', '"""', "1e", "\\u", "\ufeff", "\x00", "é"]
)


@THOROUGHLY
@given(documents(), variables(json_values), st.sampled_from([None, None, "A", "B", ""]))
def test_documents_of_every_shape(document: str, given_variables: Mapping[str, Any], name: str | None) -> None:
    """Documents made of the schema's own words, right and wrong, are answered."""
    request = {"query": document, "variables": given_variables, "operationName": name}
    check(post(json.dumps(request, allow_nan=True).encode()))


@THOROUGHLY
@given(st.lists(tokens, max_size=60).map(" ".join) | st.text(max_size=200))
def test_token_soup(document: str) -> None:
    """So is what is no document at all."""
    check(post(json.dumps({"query": document}).encode()))


@THOROUGHLY
@given(st.binary(max_size=300) | json_values.map(lambda value: json.dumps(value).encode()))
def test_bodies_of_every_kind(body: bytes) -> None:
    """Bytes that are no JSON, and JSON that is no request."""
    check(post(body))


@THOROUGHLY
@given(
    st.dictionaries(st.sampled_from(["query", "variables", "extensions", "operationName", "documentId"]), json_values)
)
def test_parameters_of_every_type(parameters: Mapping[str, Any]) -> None:
    """Each parameter may be anything."""
    check(post(json.dumps(parameters).encode()))


@THOROUGHLY
@given(st.sampled_from(["", "query={hello}&", "query=", "variables="]), st.text(st.characters(max_codepoint=127)))
def test_query_strings_of_every_kind(start: str, rest: str) -> None:
    """Whatever stands behind the question mark, and whatever the client accepts."""
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> NoReturn:
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    raw = rest.encode()
    headers = [(b"accept", raw), (b"accept-encoding", raw), (b"if-none-match", raw)]
    query_string = start.encode() + raw
    scope = {"type": "http", "method": "GET", "path": "/graphql", "query_string": query_string, "headers": headers}
    asyncio.run(ENDPOINT(scope, receive, send))
    assert sent[0]["status"] in {200, 302, 400, 406}


BODIES = [
    b"",
    b"5",
    b'"x"',
    b"null",
    b"true",
    b"\xff\xfe",
    b'{"query": "{ hello }", "variables": {"a": NaN}}',
    b'{"query": "{ hello }", "variables": {"a": Infinity}}',
    b'{"query": "{ hello \\ud800 }"}',
    b'{"query": "{ hello }", "operationName": "\\udc00"}',
    b'{"query": "{ hello }", "variables": {"a": ' + b"9" * 5000 + b"}}",
    b'{"query": "{ hello }", "variables": {"a": 1e999}}',
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b'{"query": "{ hello }", "variables": ' + b'{"a":' * 900 + b"1" + b"}" * 901,
    b'{"query": "#' + b"x" * 2_000_000 + b'"}',
    b'{"query": "{ ' + b"a " * 400_000 + b'}"}',
    b'{"query": "{ hello }", "query": "{"}',
    b"\xef\xbb\xbf" + b'{"query": "{ hello }"}',
    orjson.dumps({"query": "query ($n: [Int!]!) { sum(numbers: $n) }", "variables": {"n": [1] * 400_000}}),
]


@pytest.mark.parametrize("body", BODIES, ids=lambda body: repr(body[:40]))
def test_odd_bodies_are_refused(body: bytes) -> None:
    """Everything that is not strictly a request in JSON, and within the limits, is the client's fault."""
    answer = post(body)
    check(answer)
    assert 400 <= answer.status_code < 500


DOCUMENTS = {
    "overlapping fields": "{" + "books { title } " * 240 + "}",
    "overlapping fragments": "{"
    + " ".join(f"...F{number}" for number in range(60))
    + "}"
    + " ".join(f"fragment F{number} on Query {{ books {{ sequels {{ title }} }} }}" for number in range(60)),
    "a chain of fragments": "{ ...F0 }"
    + " ".join(f"fragment F{number} on Query {{ ...F{number + 1} }}" for number in range(120))
    + "fragment F120 on Query { hello }",
    "a cycle of fragments": "{ ...F0 }"
    + " ".join(f"fragment F{number} on Query {{ ...F{(number + 1) % 120} }}" for number in range(120)),
    "a thousand directives": "{ hello " + "@x " * 490 + "}",
    "nested fields": "{ books " + "{ sequels " * 300 + "{ title }" + " }" * 301,
    "nested values": "{ echo(value: " + "[" * 300 + "]" * 300 + ") }",
    "a million tokens": "{" + "hello " * 3_000 + "}",
    "comments": "#\n" * 9_000 + "{ hello }",
    "a long number": "{ books(first: " + "9" * 10_000 + ") { title } }",
    "introspection of itself": "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }",
    "the schema again and again": "{" + " ".join(f"a{n}: __schema {{ types {{ name }} }}" for n in range(20)) + "}",
}


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS.keys())
def test_known_attacks_are_answered(document: str) -> None:
    """None of them is a server fault, and none of them takes long enough to be noticed here."""
    check(post(orjson.dumps({"query": document})))


def test_logs_stay_quiet() -> None:
    """Nothing a client can do wrong is an error in our log."""
    with structlog.testing.capture_logs() as logged:
        for body in BODIES:
            post(body)
        for document in DOCUMENTS.values():
            post(orjson.dumps({"query": document}))
    assert logged == []
