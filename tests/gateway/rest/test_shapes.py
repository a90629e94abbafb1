"""Shapes: what is asked and what is shown come from the same rows."""

from datetime import UTC, datetime
from typing import Any

import pytest
from graphql import parse, validate

from gateway.http.limits import Limits
from gateway.rest.actions import ACTIONS, FILES
from gateway.rest.inlined import FURTHER
from gateway.rest.lists import ASKS_NOTHING, LISTS
from gateway.rest.shapes import (
    Shape,
    absent,
    all_of,
    changed,
    instants,
    many,
    media_type,
    no,
    one,
    placed,
    plain,
    written,
)
from resolvers.root import build_schema
from schema.strawberry_bridge import executable

DOCUMENTS = {
    **{path: listing.document for path, listing in LISTS.items()},
    **{path: action.document for path, action in ACTIONS.items()},
    "files": FILES,
    "further": FURTHER,
    "nothing": ASKS_NOTHING,
}
AT = "2026-01-31T09:30:00.000Z"

INNER = Shape(*plain("street_1"), *instants("held_at"))
OUTER = Shape(
    *plain("id", "raw"),
    *absent("outcome"),
    *no("tags"),
    changed("remote_updated_at"),
    one("location", INNER),
    many("people", INNER, "team.user"),
    all_of("kinds", "team.kind"),
    placed("first", "team.kind"),
    media_type("content_type"),
)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_documents_fit_the_schema_and_the_limits(name: str) -> None:
    """Those of the endpoint's defaults."""
    document = parse(DOCUMENTS[name])
    assert validate(executable(build_schema()), document) == []
    assert len(DOCUMENTS[name]) < Limits().source_characters
    assert sum(1 for _ in DOCUMENTS[name].replace("{", " { ").replace("}", " } ").split()) < Limits().tokens


def test_a_selection_has_each_field_once() -> None:
    """Fields below the same one are asked for together; what is absent is not."""
    inner = "street1 heldAt"
    people = f"team {{ user {{ {inner} }} kind }}"
    assert OUTER.selection == f"id raw changedAt remoteUpdatedAt location {{ {inner} }} {people} contentType"


def test_a_record_has_all_fields_whatever_is_found() -> None:
    """Null or empty without a value; lists on the way stand for each of their items."""
    nothing: dict[str, Any] = {"id": "a", "team": None}
    assert OUTER.record(nothing, AT) == {
        "id": "a",
        "raw": None,
        "outcome": None,
        "tags": [],
        "changed_at": AT,
        "location": None,
        "people": [],
        "kinds": [],
        "first": None,
        "content_type": "application/octet-stream",
    }
    full = {
        "id": "a",
        "raw": ["any", None],
        "remoteUpdatedAt": "2026-01-01T00:00:00.123456Z",
        "location": {"street1": "1 High St", "heldAt": None},
        "team": [{"user": {"heldAt": "2026-01-02T00:00:00Z"}, "kind": "A"}, {"user": None, "kind": None}],
        "contentType": "text/plain",
    }
    assert OUTER.record(full, AT) == {
        "id": "a",
        "raw": ["any", None],
        "outcome": None,
        "tags": [],
        "changed_at": "2026-01-01T00:00:00.123Z",
        "location": {"street_1": "1 High St", "held_at": None},
        "people": [{"street_1": None, "held_at": "2026-01-02T00:00:00.000Z"}],
        "kinds": ["A"],
        "first": "A",
        "content_type": "text/plain",
    }


def test_instants_are_written_to_the_millisecond() -> None:
    """In UTC, with a Z."""
    assert written(datetime(2026, 1, 31, 9, 30, tzinfo=UTC)) == AT
