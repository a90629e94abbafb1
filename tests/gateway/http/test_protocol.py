"""The protocol: methods, media types, statuses, parameters."""

import asyncio
from collections.abc import Callable
from typing import Any, NoReturn

import httpx
import pytest

from gateway.http import Limits
from tests.gateway.http.library import SECRET, Library

GRAPHQL = {"Accept": "application/graphql-response+json"}
JSON = {"Accept": "application/json"}
Connect = Callable[..., httpx.AsyncClient]


def code(answer: httpx.Response) -> str:
    """The code of the first error."""
    return str(answer.json()["errors"][0]["extensions"]["code"])


async def ask(client: httpx.AsyncClient, query: str, **parameters: Any) -> httpx.Response:
    """Ask by POST, in the GraphQL media type."""
    return await client.post("/graphql", json={"query": query, **parameters}, headers=GRAPHQL)


async def test_an_answer_has_data_extensions_and_headers(client: httpx.AsyncClient) -> None:
    """The context's extensions join the cost, and its headers the answer's."""
    answer = await ask(client, "query ($n: String) { hello(name: $n) }", variables={"n": "you"})
    assert answer.json() == {
        "data": {"hello": "Hello, you1"},
        "extensions": {"cost": {"estimated": 0, "upstreamRequests": 1}, "freshness": {"stale": False}},
    }
    assert answer.headers["age"] == "7"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "accept" in answer.headers["vary"]


REQUEST_ERRORS = [
    ({"query": "{"}, "GRAPHQL_PARSE_FAILED", 200),
    ({"query": "{ books { } }"}, "GRAPHQL_PARSE_FAILED", 200),
    ({"query": "{ nothing }"}, "GRAPHQL_VALIDATION_FAILED", 200),
    ({"query": "{ ... @defer { hello } }"}, "GRAPHQL_VALIDATION_FAILED", 200),
    ({"query": "{ books @stream { title } }"}, "GRAPHQL_VALIDATION_FAILED", 200),
    ({"query": "query ($n: Int!) { books(first: $n) { title } }"}, "BAD_USER_INPUT", 200),
    ({"query": "{ hello }", "operationName": "Missing"}, "OPERATION_RESOLUTION_FAILURE", 400),
    ({"query": "query A { hello } query B { hello }"}, "OPERATION_RESOLUTION_FAILURE", 400),
    ({"query": "fragment F on Query { hello } { ...F }", "operationName": "F"}, "OPERATION_RESOLUTION_FAILURE", 400),
    ({"query": "subscription { count }"}, "OPERATION_RESOLUTION_FAILURE", 406),
    ({"query": "{ books(first: 9999) { title } }"}, "QUERY_TOO_COMPLEX", 400),
    ({}, "BAD_USER_INPUT", 400),
    ({"query": ""}, "BAD_USER_INPUT", 400),
    ({"query": 1}, "BAD_USER_INPUT", 400),
    ({"query": "{ hello }", "variables": []}, "BAD_USER_INPUT", 400),
    ({"query": "{ hello }", "variables": "{}"}, "BAD_USER_INPUT", 400),
    ({"query": "{ hello }", "extensions": 1}, "BAD_USER_INPUT", 400),
    ({"query": "{ hello }", "operationName": 1}, "BAD_USER_INPUT", 400),
    ([{"query": "{ hello }"}], "BAD_USER_INPUT", 400),
]


@pytest.mark.parametrize(("body", "expected", "json_status"), REQUEST_ERRORS)
async def test_a_request_error_is_coded_and_has_no_data(
    client: httpx.AsyncClient, body: object, expected: str, json_status: int
) -> None:
    """Request errors are 4xx; to application/json alone, what is wrong inside a document is 200."""
    answer = await client.post("/graphql", json=body, headers=GRAPHQL)
    assert (answer.status_code, code(answer)) == (406 if json_status == 406 else 400, expected)
    assert "data" not in answer.json()
    legacy = await client.post("/graphql", json=body, headers=JSON)
    assert (legacy.status_code, legacy.headers["content-type"]) == (json_status, "application/json; charset=utf-8")
    assert legacy.json() == answer.json()


@pytest.mark.parametrize("parameter", ["query", "variables", "extensions", "operationName", "documentId"])
async def test_a_parameter_of_the_wrong_type_is_named(client: httpx.AsyncClient, parameter: str) -> None:
    """The error says which parameter is at fault."""
    answer = await client.post("/graphql", json={"query": "{ hello }", parameter: 5})
    assert answer.json()["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT", "argument": parameter}


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (r'{"query": "{ hello }", "variables": {"input": {"names": ["Ada", "\ud800"]}}}', "variables.input.names.1"),
        (r'{"query": "{ hello }", "variables": {"note": "a\uDFFFb \ud83d\ude00"}}', "variables.note"),
        (r'{"query": "{ hello } # \ud800"}', "query"),
    ],
)
async def test_half_of_a_surrogate_pair_is_refused_where_it_stands(
    client: httpx.AsyncClient, body: str, place: str
) -> None:
    """By the path of the text: the rest of the request is as it should be."""
    answer = await client.post("/graphql", content=body, headers={**GRAPHQL, "Content-Type": "application/json"})
    assert (answer.status_code, code(answer)) == (400, "BAD_USER_INPUT")
    assert answer.json()["errors"][0]["extensions"]["argument"] == place


async def test_null_parameters_count_as_absent(client: httpx.AsyncClient) -> None:
    """Every optional parameter may be null, and the operation's name empty."""
    nothing = {"variables": None, "extensions": None, "documentId": None}
    assert (await ask(client, "{ hello }", operationName=None, **nothing)).json()["data"] == {"hello": "Hello, world0"}
    assert (await ask(client, "{ hello }", operationName="")).status_code == 200


async def test_the_operation_is_chosen_by_name(client: httpx.AsyncClient) -> None:
    """Of several operations the named one runs."""
    answer = await ask(client, "query A { hello } query B { books(first: 1) { title } }", operationName="B")
    assert answer.json()["data"] == {"books": [{"title": "Book 0"}]}


@pytest.mark.parametrize("headers", [GRAPHQL, JSON])
async def test_a_partial_answer_is_a_success(client: httpx.AsyncClient, headers: dict[str, str]) -> None:
    """A failed field is null with an error at its path; the rest stands, with status 200."""
    answer = await client.post("/graphql", json={"query": "{ refused hello }"}, headers=headers)
    assert answer.status_code == 200
    assert answer.json()["data"] == {"refused": None, "hello": "Hello, world0"}
    assert answer.json()["errors"][0]["path"] == ["refused"]


async def test_data_that_became_null_is_still_an_answer(client: httpx.AsyncClient) -> None:
    """When null reaches the top, `data` is there and null, with status 200."""
    answer = await ask(client, "{ books(first: 1) { isbn } }")
    assert (answer.status_code, answer.json()["data"]) == (200, None)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE"])
async def test_another_method_is_not_allowed(client: httpx.AsyncClient, method: str) -> None:
    """The answer names the methods there are."""
    answer = await client.request(method, "/graphql", json={"query": "{ hello }"})
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, OPTIONS, POST")
    assert code(answer) == "BAD_USER_INPUT"


async def test_options_names_the_methods(client: httpx.AsyncClient) -> None:
    """OPTIONS has no body."""
    answer = await client.options("/graphql")
    assert (answer.status_code, answer.headers["allow"], answer.content) == (204, "GET, HEAD, OPTIONS, POST", b"")


async def test_head_is_get_without_a_body(client: httpx.AsyncClient) -> None:
    """HEAD has the status and headers of GET."""
    client.headers["X-Request-Id"] = "abc"
    by_get = await client.get("/graphql", params={"query": "{ hello }"})
    by_head = await client.head("/graphql", params={"query": "{ hello }"})
    assert (by_head.status_code, by_head.content) == (200, b"")
    assert by_head.headers == by_get.headers


async def test_get_answers_queries(client: httpx.AsyncClient) -> None:
    """Variables and extensions come as JSON."""
    query = "query A($n: String) { hello(name: $n) } query B { hello }"
    parameters = {"query": query, "operationName": "A", "variables": '{"n": "you"}', "extensions": "{}"}
    answer = await client.get("/graphql", params=parameters)
    assert answer.json()["data"] == {"hello": "Hello, you1"}
    assert answer.headers["cache-control"] == "private, no-cache"


@pytest.mark.parametrize(
    "query_string",
    [
        "query=%FF",
        "query={hello}&variables={",
        "query={hello}&variables=[]",
        "query={hello}&variables=NaN",
        "query={hello}&extensions=5",
        "variables={}",
        "&".join(["a=1"] * 200),
    ],
)
async def test_a_bad_query_string_is_refused(client: httpx.AsyncClient, query_string: str) -> None:
    """Whatever is wrong with it, the status is 400 and the error is coded."""
    answer = await client.get("/graphql?" + query_string)
    assert (answer.status_code, code(answer)) == (400, "BAD_USER_INPUT")


async def test_a_mutation_by_get_is_not_executed(client: httpx.AsyncClient, library: Library) -> None:
    """GET never writes."""
    answer = await client.get("/graphql", params={"query": 'mutation { write(title: "x") }'}, headers=GRAPHQL)
    assert (answer.status_code, answer.headers["allow"], library.written) == (405, "POST", [])
    assert (await ask(client, 'mutation { write(title: "x") }')).json()["data"] == {"write": "x"}
    assert library.written == ["x"]


async def test_get_can_be_switched_off(connect: Connect) -> None:
    """Without GET the endpoint takes POST alone."""
    async with connect(get_enabled=False) as client:
        answer = await client.get("/graphql", params={"query": "{ hello }"})
        assert (answer.status_code, answer.headers["allow"]) == (405, "OPTIONS, POST")
        assert (await ask(client, "{ hello }")).status_code == 200


async def test_an_entity_tag_saves_the_second_answer(client: httpx.AsyncClient) -> None:
    """A client that has the data gets 304; other data has another tag, a partial answer none."""
    answer = await client.get("/graphql", params={"query": "{ hello }"})
    known = {"If-None-Match": f'"other", {answer.headers["etag"]}'}
    again = await client.get("/graphql", params={"query": "{ hello }"}, headers=known)
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", answer.headers["etag"])
    other = await client.get("/graphql", params={"query": "{ books { title } }"}, headers=known)
    assert other.status_code == 200
    assert other.headers["etag"] != answer.headers["etag"]
    assert "etag" not in (await client.get("/graphql", params={"query": "{ refused }"})).headers


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/plain",
        "text/plain; application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=application/json",
        "application/graphql",
        "application/json; charset=iso-8859-1",
        "application/jsonp",
    ],
)
async def test_a_body_is_json_by_its_exact_name(client: httpx.AsyncClient, content_type: str) -> None:
    """Whatever a page can send without being asked first is not executed."""
    answer = await client.post("/graphql", content=b'{"query":"{hello}"}', headers={"Content-Type": content_type})
    assert (answer.status_code, code(answer)) == (415, "BAD_USER_INPUT")
    assert answer.headers["accept-post"] == "application/json"


@pytest.mark.parametrize("content_type", ["application/json; charset=UTF-8", 'Application/JSON;charset="utf-8"'])
async def test_json_in_utf8_may_say_so(client: httpx.AsyncClient, content_type: str) -> None:
    """The charset may be named, in any case."""
    answer = await client.post("/graphql", content=b'{"query":"{hello}"}', headers={"Content-Type": content_type})
    assert answer.status_code == 200


async def test_repeated_headers_count_as_one(client: httpx.AsyncClient) -> None:
    """Two Accept headers are one list."""
    headers = [("Accept", "image/png"), ("Accept", "application/graphql-response+json")]
    answer = await client.post("/graphql", json={"query": "{ hello }"}, headers=headers)
    assert answer.headers["content-type"].startswith("application/graphql-response+json")


async def test_a_compressed_body_is_refused(client: httpx.AsyncClient) -> None:
    """What a body unpacks to cannot be limited by its size."""
    answer = await client.post("/graphql", json={"query": "{ hello }"}, headers={"Content-Encoding": "gzip"})
    assert answer.status_code == 415


async def test_a_browser_is_sent_to_the_explorer(connect: Connect) -> None:
    """A visit goes to the explorer; a query by a browser does not."""
    browser = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    async with connect(explorer_path="/explorer") as client:
        visit = await client.get("/graphql", headers=browser)
        assert (visit.status_code, visit.headers["location"]) == (302, "/explorer")
        assert (await client.get("/graphql", params={"query": "{ hello }"}, headers=browser)).status_code == 200
    async with connect(explorer_path=None) as client:
        assert (await client.get("/graphql", headers=browser)).status_code == 400


@pytest.mark.parametrize(
    ("reason", "status", "expected"),
    [
        ("token", 401, "UNAUTHENTICATED"),
        ("integration", 404, "INTEGRATION_NOT_FOUND"),
        ("quota", 503, "UPSTREAM_RATE_LIMITED"),
        ("bug", 500, "INTERNAL_SERVER_ERROR"),
    ],
)
@pytest.mark.parametrize("headers", [GRAPHQL, JSON])
async def test_without_a_context_nothing_runs(
    client: httpx.AsyncClient, reason: str, status: int, expected: str, headers: dict[str, str]
) -> None:
    """What opening the context raises is a coded request error, even before the document is read."""
    answer = await client.post("/graphql", json={"query": "{ nothing"}, headers={**headers, "X-Refuse": reason})
    assert (answer.status_code, code(answer)) == (status, expected)
    assert ("www-authenticate" in answer.headers) == (status == 401)
    assert answer.headers.get("retry-after") == ("3" if status == 503 else None)
    assert SECRET not in answer.text


async def test_every_context_is_closed(client: httpx.AsyncClient, library: Library) -> None:
    """One context for each operation, closed however the operation ends."""
    for query in ("{ hello }", "{", "{ broken }", "{ __typename }"):
        await ask(client, query)
    assert (len(library.opened), library.closed) == (4, 4)


async def test_a_body_that_does_not_come_is_not_waited_for(build: Callable[..., Any], library: Library) -> None:
    """The time for a body is limited, and the connection is not used again."""
    sent: list[dict[str, Any]] = []

    async def receive() -> NoReturn:
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    headers = [(b"content-type", b"application/json")]
    scope = {"type": "http", "method": "POST", "path": "/graphql", "query_string": b"", "headers": headers}
    await build(limits=Limits(body_seconds=0))(scope, receive, send)
    assert sent[0]["status"] == 408
    assert (b"connection", b"close") in sent[0]["headers"]
    assert library.opened == []


@pytest.mark.parametrize("announced", [True, False])
async def test_a_large_body_is_cut_off(connect: Connect, announced: bool) -> None:
    """The size of a body is limited, whether it is announced or found out."""

    async def chunks() -> Any:
        for _ in range(3):
            yield b" " * 50

    async with connect(limits=Limits(body_bytes=100)) as client:
        content = b" " * 101 if announced else chunks()
        answer = await client.post("/graphql", content=content, headers={"Content-Type": "application/json"})
    assert (answer.status_code, code(answer)) == (413, "QUERY_TOO_COMPLEX")
    assert answer.json()["errors"][0]["extensions"]["maximum"] == 100


async def test_a_large_body_may_hold_a_file_but_not_a_crowd_of_values(connect: Connect) -> None:
    """Long texts are let through; as many bytes of single values are not decoded at all."""
    async with connect(limits=Limits(body_bytes=10_000_000)) as client:
        file = await ask(client, "query ($file: String) { hello(name: $file) }", variables={"file": "A" * 5_000_000})
        assert len(file.json()["data"]["hello"]) > 5_000_000
        headers = {"Content-Type": "application/json"}
        crowd = await client.post("/graphql", content=b"[" + b"0," * 1_000_000 + b"0]", headers=headers)
    assert (crowd.status_code, code(crowd)) == (413, "QUERY_TOO_COMPLEX")
    assert crowd.json()["errors"][0]["extensions"]["limit"] == "body_values"


async def test_introspection_can_be_switched_off(connect: Connect) -> None:
    """Then the schema cannot be asked for, and type names still can."""
    async with connect(introspection=False) as client:
        assert code(await ask(client, "{ __schema { types { name } } }")) == "GRAPHQL_VALIDATION_FAILED"
        assert (await ask(client, "{ __typename }")).json()["data"] == {"__typename": "Query"}


async def test_observers_hear_of_each_operation(connect: Connect) -> None:
    """Name, type and codes of an operation are observed, however it ends."""
    heard: list[Any] = []
    async with connect(observe=heard.append) as client:
        for query in (
            "query Good { hello }",
            "query Part { refused a: refused }",
            "{",
            'mutation { write(title: "x") }',
        ):
            await ask(client, query)
    assert [(seen.operation_name, seen.operation_type, seen.codes) for seen in heard] == [
        ("Good", "query", ()),
        ("Part", "query", ("BAD_USER_INPUT",)),
        (None, None, ("GRAPHQL_PARSE_FAILED",)),
        (None, "mutation", ()),
    ]
