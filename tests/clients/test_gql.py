"""The Python client `gql`, over HTTP and over a WebSocket."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from gql import Client, gql
from gql.client import AsyncClientSession
from gql.transport.aiohttp import AIOHTTPTransport
from gql.transport.exceptions import TransportQueryError
from gql.transport.websockets import WebsocketsTransport
from graphql import GraphQLError, build_schema, print_type

SDL = Path(__file__).parents[2] / "schema/schema.graphql"

NESTED = """
query ($first: Int!, $filter: ApplicationFilter) {
  jobs(first: $first) { nodes { name applications(first: 2, filter: $filter) { nodes { candidate { id } } } } }
}
"""
CREATE = """
mutation ($input: CreateCandidateInput!) {
  createCandidate(input: $input) { status candidate { id } userErrors { code } }
}
"""
CHANGES = "subscription ($after: String!) { changes(after: $after, models: [CANDIDATE]) { kind recordId } }"
PERSON = {"firstName": "gql", "lastName": "Client", "emailAddress": "gql@example.com"}


@pytest.fixture
async def http(address: str) -> AsyncIterator[AsyncClientSession]:
    """A session over HTTP that asked for the schema and checks documents against it."""
    client = Client(
        transport=AIOHTTPTransport(url=f"http://{address}/graphql"),
        fetch_schema_from_transport=True,
        introspection_args={"specified_by_url": True, "input_value_deprecation": True, "directive_is_repeatable": True},
    )
    async with client as session:
        yield session


@pytest.fixture
async def websocket(address: str) -> AsyncIterator[AsyncClientSession]:
    """A session over one WebSocket."""
    async with Client(transport=WebsocketsTransport(url=f"ws://{address}/graphql")) as session:
        yield session


async def ask(session: AsyncClientSession, document: str, **variables: Any) -> dict[str, Any]:
    """The data of an answer."""
    request = gql(document)
    request.variable_values = variables
    data: dict[str, Any] = await session.execute(request)
    return data


async def seen(session: AsyncClientSession, after: str, wanted: str) -> str:
    """What happened to the record with this id, as soon as it is in the log."""
    request = gql(CHANGES)
    request.variable_values = {"after": after}
    async for data in session.subscribe(request):
        if data["changes"]["recordId"] == wanted:
            return str(data["changes"]["kind"])
    raise AssertionError("the stream ended without it")


async def test_a_nested_query_with_variables(http: AsyncClientSession, websocket: AsyncClientSession) -> None:
    """The same answer over both transports."""
    answer = await ask(http, NESTED, first=3, filter={"includeDeleted": None})
    assert len(answer["jobs"]["nodes"]) == 3
    assert all(node["candidate"]["id"] for job in answer["jobs"]["nodes"] for node in job["applications"]["nodes"])
    assert await ask(websocket, NESTED, first=3) == answer


async def test_the_schema_it_fetches_is_the_published_one(http: AsyncClientSession) -> None:
    """Every type, field, argument, default and description comes through introspection."""
    published, fetched = build_schema(SDL.read_text("utf-8")), http.client.schema
    assert fetched is not None
    assert fetched.type_map.keys() == published.type_map.keys()
    for name, kind in published.type_map.items():
        assert print_type(fetched.type_map[name]) == print_type(kind)


async def test_it_refuses_a_wrong_document_by_itself(http: AsyncClientSession) -> None:
    """With the schema at hand no request is needed for that."""
    with pytest.raises(GraphQLError, match="Cannot query field 'shoeSize' on type 'Candidate'"):
        await ask(http, "{ candidates { nodes { shoeSize } } }")


async def test_an_error_keeps_its_code_and_path(http: AsyncClientSession) -> None:
    """The rest of the answer is there as well."""
    with pytest.raises(TransportQueryError) as caught:
        await ask(http, '{ jobs(first: 1) { nodes { name } } job(id: "not an id") { name } }')
    (error,) = caught.value.errors or []
    assert (error["path"], error["extensions"]["code"]) == (["job"], "BAD_USER_INPUT")
    assert caught.value.data is not None
    assert caught.value.data["job"] is None
    assert len(caught.value.data["jobs"]["nodes"]) == 1


async def test_a_subscriber_sees_what_a_mutation_did(
    http: AsyncClientSession, websocket: AsyncClientSession, cursor: str
) -> None:
    """Created over HTTP, and seen over the WebSocket."""
    created = (await ask(http, CREATE, input={"candidate": PERSON}))["createCandidate"]
    assert (created["status"], created["userErrors"]) == ("DONE", [])
    found = created["candidate"]["id"]
    assert await asyncio.wait_for(seen(websocket, cursor, found), timeout=30) == "CREATED"
