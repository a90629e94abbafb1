"""The clients people use from JavaScript, against a running gateway."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests import node

PARTIAL_ERRORS = [{"path": ["job"], "code": "BAD_USER_INPUT"}]


def told(client: str, packages: Path, *arguments: str) -> dict[str, Any]:
    """What a client reports of its work."""
    report: dict[str, Any] = json.loads(node.run(f"{client}.mjs", *arguments, folder=packages))
    return report


def assert_nested(data: Any) -> None:
    """Two jobs, with applications, each of somebody."""
    applications = [each for job in data["jobs"]["nodes"] for each in job["applications"]["nodes"]]
    assert len(data["jobs"]["nodes"]) == 2
    assert applications
    assert all(application["candidate"]["firstName"] for application in applications)


def assert_partial(partial: Any) -> None:
    """The good half of the data, and one coded error at the place of the other."""
    assert partial["errors"] == PARTIAL_ERRORS
    assert partial["data"]["job"] is None
    assert len(partial["data"]["jobs"]["nodes"]) == 1


@pytest.mark.parametrize("client", ["graphql-ws", "graphql-sse", "urql"])
def test_a_subscriber_sees_what_it_created(client: str, address: str, cursor: str, packages: Path) -> None:
    """Over a WebSocket, over server-sent events, and over urql's own reading of them by fetch."""
    report = told(client, packages, address, cursor)
    assert_nested(report["nested"])
    created = report["created"]
    assert (created["status"], created["userErrors"]) == ("DONE", [])
    found = created["candidate"]["id"]
    record = {"__typename": "Candidate", "id": found}
    assert report["change"] == {"kind": "CREATED", "recordId": found, "record": record}


def test_urql(address: str, cursor: str, packages: Path) -> None:
    """GET answers as POST does, and partial data comes with its error."""
    report = told("urql", packages, address, cursor)
    assert report["methods"] == ["GET"]
    assert report["got"] == report["nested"]
    assert_partial(report["partial"])


def test_apollo(address: str, packages: Path) -> None:
    """Queries, a mutation, the cache, all policies for errors, and persisted queries that are not known here."""
    report = told("apollo", packages, address)
    assert_nested(report["nested"])
    assert report["created"]["userErrors"] == []
    assert report["read"]["candidate"]["id"] == report["created"]["candidate"]["id"]
    assert report["cached"] == report["read"]
    assert_partial(report["partial"])
    assert report["thrown"] == PARTIAL_ERRORS
    assert report["persisted"] == [report["nested"]] * 2
    assert report["sent"] == [False, True, True], "the hash alone, then the text, and no hash alone ever again"
