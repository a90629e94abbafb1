"""Refusals: every code has a title and a status, and stands in the manual."""

import pytest

from gateway.rest.actions import ACTIONS
from gateway.rest.errors import KINDS, OF_ACTIONS, OF_THE_GRAPH, refused
from gateway.rest.lists import LISTS, Query
from gateway.rest.serving import WAYS
from tests.markdown import MANUAL


def test_every_code_stands_in_the_manual() -> None:
    """With its status, and nothing else does."""
    rows = {row[0].strip("`"): row[1] for row in MANUAL["rest"].tables["Code"]}
    assert rows == {code: str(kind.status) for code, kind in KINDS.items()}


def test_every_error_of_the_graph_becomes_a_code_that_there_is() -> None:
    """So do those of actions."""
    assert {*OF_THE_GRAPH.values(), *OF_ACTIONS.values()} <= KINDS.keys()


def test_every_path_stands_in_the_manual() -> None:
    """Of lists, with their filters, and of actions."""
    rows = {row[0].strip("`"): row[1] for row in MANUAL["rest"].tables["Path"]}
    lists = MANUAL["rest"].section("Lists").tables["Path"]
    rows |= {row[0].strip("`"): row[1] for row in lists}
    served = {f"GET /v1/ats/{path}" for path in LISTS} | {
        f"{each.method} /v1/ats/{path}" for path, each in ACTIONS.items()
    }
    assert rows.keys() == served | {"GET /v1/ats/candidates/{candidate_id}/attachments"}
    assert {tuple(each.replace("/v1/ats/", "").split()) for each in rows} <= WAYS.keys()
    for path, listing in LISTS.items():
        own = listing.query.model_fields.keys() - Query.model_fields.keys()
        assert {name for name in own if f"`{name}`" in rows[f"GET /v1/ats/{path}"]} == own


@pytest.mark.parametrize(
    ("argument", "message", "expected"),
    [
        (None, "It is so.", "It is so."),
        ("jobIds", "Argument jobIds: it is so.", "job_ids: it is so."),
        ("after", "It is so.", "cursor: It is so."),
        ("input.candidate.emailAddress", "It is so.", "input.candidate.email_address: It is so."),
    ],
)
def test_arguments_are_named_as_they_are_called_here(argument: str | None, message: str, expected: str) -> None:
    """In the spelling of the wire."""
    error = {"message": message, "extensions": {"code": "BAD_USER_INPUT", "argument": argument}}
    assert refused(error, {"after": "cursor"}, "INTEGRATION.MODEL_DISABLED").message == expected
