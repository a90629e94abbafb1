"""The published schema: up to date, described throughout, and shaped as promised."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    GraphQLScalarType,
    GraphQLSchema,
    get_named_type,
    is_enum_type,
    is_input_object_type,
    is_interface_type,
    is_object_type,
    is_specified_scalar_type,
)

from resolvers.root import build_schema
from schema.model import MODELS

COMMITTED = Path(__file__).parents[2] / "schema/schema.graphql"

PAGING = {"first": "Int", "after": "String"}
"""Arguments of every connection."""

BOTH_WAYS = PAGING | {"last": "Int", "before": "String"}
"""Arguments of every connection of records, beside its filter and order."""

QUERIES = {
    "node": "Node",
    "nodes": "[Node]!",
    "users": "UserConnection",
    "user": "User",
    "jobs": "JobConnection",
    "job": "Job",
    "candidates": "CandidateConnection",
    "candidate": "Candidate",
    "applicationStages": "ApplicationStageConnection",
    "applicationStage": "ApplicationStage",
    "applications": "ApplicationConnection",
    "application": "Application",
    "interviews": "InterviewConnection",
    "interview": "Interview",
    "roles": "RoleConnection",
    "role": "Role",
    "jobHiringTeamMembers": "JobHiringTeamMemberConnection",
    "jobUserRoleAssignments": "JobUserRoleAssignmentConnection",
    "userRoles": "UserRoleConnection",
    "interviewingTeamMembers": "InterviewingTeamMemberConnection",
    "candidateAttachments": "[Attachment!]",
    "changes": "ChangeConnection",
    "action": "Action",
    "actions": "ActionConnection",
    "coverage": "Coverage",
    "syncStatus": "SyncStatus",
    "rateLimit": "RateLimit",
    "passthrough": "PassthroughPayload",
    "accounts": "[Account]",
}
MUTATIONS = {
    "createCandidate": "CreateCandidatePayload",
    "createApplication": "CreateApplicationPayload",
    "addAttachmentToApplication": "AddAttachmentToApplicationPayload",
    "addNoteToApplication": "AddNoteToApplicationPayload",
    "moveApplication": "MoveApplicationPayload",
    "passthrough": "PassthroughPayload",
    "sync": "SyncPayload",
}
SUBSCRIPTIONS = {"changes": "Change!"}
SCALARS = {
    "JSON": "https://www.rfc-editor.org/rfc/rfc8259",
    "DateTime": "https://www.rfc-editor.org/rfc/rfc3339",
}

FILTERS = {
    "User": {"emails"},
    "Job": {"jobCodes", "visibilities", "nameContains"},
    "Candidate": {"email", "jobIds", "firstName", "lastName"},
    "ApplicationStage": set(),
    "Application": {"jobIds", "jobRemoteIds", "currentStageIds"},
    "Interview": {"jobIds"},
    "Role": {"scopes"},
}
"""Model -> the conditions the unified model's own lists have, where they can work."""

EVERY_FILTER = {"ids", "remoteIds", "updatedAfter", "includeDeleted"}


def types(graph: GraphQLSchema) -> list[Any]:
    """Everything of ours that has a name."""
    return [kind for name, kind in graph.type_map.items() if not name.startswith("__")]


def fields(graph: GraphQLSchema) -> Iterator[tuple[str, Any]]:
    """Each field of each type with fields, by its coordinate."""
    for kind in types(graph):
        if is_object_type(kind) or is_interface_type(kind):
            yield from ((f"{kind.name}.{name}", field) for name, field in kind.fields.items())


def described(graph: GraphQLSchema) -> Iterator[tuple[str, str | None]]:
    """Everything a description can stand on, by its coordinate."""
    for kind in types(graph):
        yield kind.name, kind.description
        if is_input_object_type(kind):
            yield from ((f"{kind.name}.{name}", field.description) for name, field in kind.fields.items())
        if is_enum_type(kind):
            yield from ((f"{kind.name}.{name}", value.description) for name, value in kind.values.items())
    for directive in graph.directives:
        yield f"@{directive.name}", directive.description
        yield from ((f"@{directive.name}({name}:)", each.description) for name, each in directive.args.items())
    for coordinate, field in fields(graph):
        yield coordinate, field.description
        yield from ((f"{coordinate}({name}:)", each.description) for name, each in field.args.items())


def connections(graph: GraphQLSchema) -> dict[str, Any]:
    """Each field that is answered page by page."""
    return {at: field for at, field in fields(graph) if get_named_type(field.type).name.endswith("Connection")}


def arguments(field: Any) -> dict[str, str]:
    """Name -> type."""
    return {name: str(each.type) for name, each in field.args.items()}


def returned(root: Any) -> dict[str, str]:
    """Field of a root -> its type."""
    return {name: str(field.type) for name, field in root.fields.items()}


def test_the_committed_schema_is_the_one_that_is_served() -> None:
    """Clients generate code from the file."""
    assert COMMITTED.read_text("utf-8") == f"{build_schema()}\n", "schema/schema.graphql is stale: run `make schema`"


def test_everything_is_described(graph: GraphQLSchema) -> None:
    """Descriptions are the API's manual: types, fields, arguments, enum values and input fields have one each."""
    assert [coordinate for coordinate, text in described(graph) if not (text and text.strip())] == []


def test_descriptions_are_sentences(graph: GraphQLSchema) -> None:
    """They begin like one and end like one."""
    odd = [at for at, text in described(graph) if text and (text[0].islower() or text[-1] not in ".?!")]
    assert odd == []


def test_scalars_say_where_they_are_specified(graph: GraphQLSchema) -> None:
    """All but GraphQL's own."""
    own = {kind for kind in types(graph) if isinstance(kind, GraphQLScalarType) and not is_specified_scalar_type(kind)}
    assert {kind.name: kind.specified_by_url for kind in own} == SCALARS


def test_the_roots(graph: GraphQLSchema) -> None:
    """The contract with clients: what is asked, and what comes of it."""
    assert returned(graph.query_type) == QUERIES
    assert returned(graph.mutation_type) == MUTATIONS
    assert returned(graph.subscription_type) == SUBSCRIPTIONS


def test_every_connection_takes_a_window(graph: GraphQLSchema) -> None:
    """Page by page from the start at the least."""
    found = connections(graph)
    assert found
    assert [at for at, field in found.items() if not PAGING.items() <= arguments(field).items()] == []


def test_every_connection_looks_the_same(graph: GraphQLSchema) -> None:
    """Edges, nodes, where the page stands, and how long the list is."""
    for kind in {get_named_type(field.type) for field in connections(graph).values()}:
        node = kind.name.removesuffix("Connection")
        assert returned(kind) == {
            "edges": f"[{node}Edge!]!",
            "nodes": f"[{node}!]!",
            "pageInfo": "PageInfo!",
            "totalCount": "Int",
        }
        assert returned(graph.type_map[f"{node}Edge"]) == {"cursor": "String!", "node": f"{node}!"}


@pytest.mark.parametrize("model", MODELS)
def test_every_list_of_records_takes_the_same_arguments(graph: GraphQLSchema, model: str) -> None:
    """At the root and on other records: both ways, with the model's filter, and its order where it has one."""
    found = {at: field for at, field in connections(graph).items() if str(field.type) == f"{model}Connection"}
    expected = BOTH_WAYS | {"filter": f"{model}Filter"}
    if f"{model}Order" in graph.type_map:
        expected |= {"orderBy": f"[{model}Order!]"}
    assert any(at.startswith("Query.") for at in found)
    assert {at: arguments(field) for at, field in found.items()} == dict.fromkeys(found, expected)


@pytest.mark.parametrize("model", MODELS)
def test_every_filter_has_the_conditions_of_the_unified_model(graph: GraphQLSchema, model: str) -> None:
    """Those of every list, and the model's own; all of them optional."""
    conditions: dict[str, Any] = graph.type_map[f"{model}Filter"].fields  # type: ignore[attr-defined]  # an input
    assert EVERY_FILTER | FILTERS.get(model, set()) <= conditions.keys()
    assert [name for name, field in conditions.items() if str(field.type).endswith("!")] == []


@pytest.mark.parametrize("model", MODELS)
def test_every_record_is_a_node(graph: GraphQLSchema, model: str) -> None:
    """It can be looked up by its id alone."""
    assert {"Node", "Tracked"} <= {each.name for each in graph.type_map[model].interfaces}  # type: ignore[attr-defined]  # an object


def test_actions_say_what_was_wrong_and_what_was_dropped(graph: GraphQLSchema) -> None:
    """Every payload of an action has its errors and warnings, never null."""
    payloads = {name: graph.type_map[kind.rstrip("!")] for name, kind in MUTATIONS.items() if name != "passthrough"}
    for name, payload in payloads.items():
        shape = returned(payload)
        assert (shape["userErrors"], shape["warnings"]) == ("[UserError!]!", "[Warning!]!"), name
