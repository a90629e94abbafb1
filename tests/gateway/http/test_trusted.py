"""Trusted documents: off, known, required."""

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from gateway.http import TrustedDocuments

Connect = Callable[..., httpx.AsyncClient]
TEXT = "query Trusted { hello }"
HASH = sha256(TEXT.encode()).hexdigest()
APOLLO = {"persistedQuery": {"version": 1, "sha256Hash": HASH}}


def manifest(*, require: bool) -> TrustedDocuments:
    """A manifest of one document."""
    return TrustedDocuments({f"sha256:{HASH}": TEXT}, require=require)


async def code_or_data(client: httpx.AsyncClient, **body: Any) -> Any:
    """The data, or else the code of the first error."""
    answer = (await client.post("/graphql", json=body)).json()
    return answer["errors"][0]["extensions"]["code"] if "errors" in answer else answer["data"]


@pytest.mark.parametrize("require", [True, False])
@pytest.mark.parametrize(
    "body", [{"documentId": f"sha256:{HASH}"}, {"documentId": HASH}, {"extensions": APOLLO}, {"query": TEXT}]
)
async def test_a_trusted_document_is_found(connect: Connect, require: bool, body: dict[str, Any]) -> None:
    """By its id, with or without the name of the hash, by Apollo's extension, or by its own text."""
    async with connect(documents=manifest(require=require)) as client:
        assert await code_or_data(client, **body) == {"hello": "Hello, world0"}


async def test_a_trusted_document_comes_by_get_too(connect: Connect) -> None:
    """The id fits into an address."""
    async with connect(documents=manifest(require=True)) as client:
        answer = await client.get("/graphql", params={"documentId": f"sha256:{HASH}"})
        assert answer.json()["data"] == {"hello": "Hello, world0"}


async def test_other_documents_are_refused_when_the_manifest_is_required(connect: Connect) -> None:
    """Neither another text nor an unknown id is executed."""
    async with connect(documents=manifest(require=True)) as client:
        assert await code_or_data(client, query="{ hello }") == "PERSISTED_QUERY_NOT_IN_LIST"
        assert await code_or_data(client, documentId="sha256:0") == "PERSISTED_QUERY_NOT_FOUND"


async def test_other_documents_are_logged_otherwise(connect: Connect) -> None:
    """They are answered, and noted without their text."""
    async with connect(documents=manifest(require=False)) as client:
        with capture_logs() as logged:
            assert await code_or_data(client, query="{ books { title } }")
    assert [entry["event"] for entry in logged] == ["untrusted_document"]
    assert "books" not in str(logged)


@pytest.mark.parametrize("status", [("application/json", 200), ("application/graphql-response+json", 400)])
async def test_a_hash_without_a_manifest_makes_apollo_send_the_text(
    client: httpx.AsyncClient, status: tuple[str, int]
) -> None:
    """The code and message are those on which clients fall back, and the text is then answered."""
    answer = await client.post("/graphql", json={"extensions": APOLLO}, headers={"Accept": status[0]})
    error = answer.json()["errors"][0]
    assert (answer.status_code, error["message"]) == (status[1], "PersistedQueryNotSupported")
    assert error["extensions"]["code"] == "PERSISTED_QUERY_NOT_SUPPORTED"
    assert await code_or_data(client, query=TEXT, extensions=APOLLO) == {"hello": "Hello, world0"}


@pytest.mark.parametrize("persisted", [None, {}, {"sha256Hash": 5}, [], "x"])
async def test_a_malformed_extension_is_refused(client: httpx.AsyncClient, persisted: object) -> None:
    """Whatever stands there instead of a hash."""
    assert await code_or_data(client, extensions={"persistedQuery": persisted}) == "BAD_USER_INPUT"


@pytest.mark.parametrize(
    "content",
    [{HASH: TEXT}, {"format": "apollo-persisted-query-manifest", "operations": [{"id": HASH, "body": TEXT}]}],
)
def test_a_manifest_is_read_from_a_file(tmp_path: Path, content: object) -> None:
    """As text by id, or as Apollo's generator writes it."""
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps(content))
    assert TrustedDocuments.from_file(path, require=True).find(HASH) == TEXT


@pytest.mark.parametrize("content", [[], {"a": 1}, "x"])
def test_a_file_that_is_no_manifest_is_refused(tmp_path: Path, content: object) -> None:
    """The sentence names the file."""
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps(content))
    with pytest.raises(ValueError, match=r"manifest\.json is not a manifest"):
        TrustedDocuments.from_file(path, require=True)
