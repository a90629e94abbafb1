"""Schema, mapping and the reference tables against each other, in both directions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pytest
from graphql import GraphQLEnumType, GraphQLSchema, get_named_type, is_enum_type, is_input_object_type, is_list_type

from gateway.crelate.coverage import coverage
from gateway.crelate.mapping import TABLES
from gateway.crelate.writing.contact import CONTACT
from schema.model import MODELS
from schema.record import references
from schema.relation import Kind, relations
from schema.strawberry_bridge import to_camel_case
from tests import field_tables as page

OBSERVED_BY_THE_GATEWAY = {"id", "changed_at", "remote_deleted_at"}
"""Fields no row of a mapping fills: the gateway makes them itself."""

HOW = {
    "idempotencyKey": ("String", "a key to repeat the action with"),
    "dryRun": ("Boolean!", "plan without writing"),
}
"""Inputs of ours in every action, and what for: they say how an action is carried out, not what is written."""

CREATING = HOW | {
    "onDuplicate": ("OnDuplicate!", "what a known candidate means"),
    "onNamesake": ("OnNamesake!", "what a candidate of the same name means"),
    "candidate.customFields.key": ("String!", "what an account has added is beyond the model"),
    "candidate.customFields.value": ("JSON!", "likewise"),
    "candidate.additionalEmailAddresses.type": ("EmailAddressType!", "the unified model has it, the page does not"),
}

EXTRA_INPUTS: dict[str, dict[str, tuple[str, str]]] = {
    "create_candidate": CREATING,
    "create_application": CREATING,
    "add_attachment_to_application": HOW
    | {"attachment.type": ("AttachmentType!", "a CV takes another way than other files")},
    "add_note_to_application": HOW,
    "move_application": HOW,
}
"""Mutation -> inputs the page does not list -> type and reason."""

ACTIONS = page.ACTIONS | page.ACTIONS_BEYOND

FILES = {
    f"multipartFormData.file.{name}": (kind, "a part may be a file")
    for name, kind in {
        "name": "String!",
        "type": "AttachmentType!",
        "contentType": "String",
        "dataUrl": "String",
        "data": "String",
    }.items()
}
BEYOND = ("Provenance", "Custom fields", "Stages", "Several Accounts", "Agents", "Unified REST")
"""Features that the page does not list."""

CONTACT_INPUTS = ("candidate.", "source.", "sourced_by.")
"""Inputs that end up on the candidate; application and attachments are calls of their own."""

CONTAINING_ROWS = {"candidate": {"candidate.company", "candidate.title"}}
"""Row of the mapping that stands above others -> the inputs it is there for."""


def camel(table: Mapping[str, Any]) -> dict[str, Any]:
    """The same by the names clients see."""
    return {".".join(map(to_camel_case, name.split("."))): value for name, value in table.items()}


def hold(one: str, ones: Iterable[Any], other: str, others: Iterable[Any]) -> None:
    """Fail unless both hold the same, naming what is missing where."""
    ones, others = set(ones), set(others)
    missing = [f"{item} is in the {one}, not in the {other}" for item in sorted(ones - others)]
    missing += [f"{item} is in the {other}, not in the {one}" for item in sorted(others - ones)]
    assert missing == [], "\n".join(missing)


def fields_of(graph: GraphQLSchema, name: str) -> dict[str, str]:
    """Field -> type, of a type of the schema."""
    fields: Mapping[str, Any] = graph.type_map[name].fields  # type: ignore[attr-defined]  # object types only
    return {field: str(definition.type) for field, definition in fields.items()}


def inputs_of(input_type: Any, prefix: str = "") -> dict[str, str]:
    """Path -> type, of everything that holds a value in an input, however deep."""
    found: dict[str, str] = {}
    for name, field in input_type.fields.items():
        inner = get_named_type(field.type)
        if is_input_object_type(inner):
            found |= inputs_of(inner, f"{prefix}{name}.")
        else:
            found[f"{prefix}{name}"] = str(field.type)
    return found


def input_type(graph: GraphQLSchema, mutation: str) -> Any:
    """The type of a mutation's one argument."""
    assert graph.mutation_type is not None, "the schema has no mutations"
    fields = graph.mutation_type.fields
    assert to_camel_case(mutation) in fields, f"{mutation} is on the page, not in the schema"
    return get_named_type(fields[to_camel_case(mutation)].args["input"].type)


def attribute_of(model: str, name: str) -> str:
    """The attribute of a record that a field of the page is answered from."""
    record = MODELS[model].record
    held = {field: key for field, (_, key) in references(record).items()}
    held |= {field: relation.key for field, relation in relations(record).items() if relation.kind is Kind.EACH}
    return held.get(name, name)


def test_the_same_models() -> None:
    """Eleven, in the schema, the mapping and the reference."""
    hold("reference", page.MODELS, "schema", MODELS)
    hold("reference", page.MODELS, "mapping", TABLES)
    hold("reference", page.MODELS, "reference of relations", page.RELATIONS)
    assert len(page.MODELS) == 11


@pytest.mark.parametrize("model", page.MODELS)
def test_fields_of_a_model(graph: GraphQLSchema, model: str) -> None:
    """Those of the page, its relations and what stands beside the data, with these types, and no others."""
    custom = page.CUSTOM if "custom_fields" in page.MODELS[model] else {}
    expected = camel(page.MODELS[model] | page.RELATIONS[model] | page.BESIDE | custom)
    hold("reference", expected.items(), "schema", fields_of(graph, model).items())


@pytest.mark.parametrize("model", page.MODELS)
def test_relations_are_no_fields_of_the_page(model: str) -> None:
    """What the schema calls a relation is one in the reference, and an id points where the reference says."""
    record = MODELS[model].record
    ways = {name for name, relation in relations(record).items() if relation.kind is not Kind.EACH}
    hold("reference", page.RELATIONS[model].keys(), "schema", ways)
    pointing = {name: page.TARGETS[name] for name in page.MODELS[model] if name in page.TARGETS}
    hold("reference", pointing.items(), "schema", {name: to for name, (to, _) in references(record).items()}.items())


@pytest.mark.parametrize("model", page.MODELS)
def test_rows_of_a_mapping(model: str) -> None:
    """One for every field of the page, absent ones too, and one for the key; none for anything else."""
    wanted = {attribute_of(model, name) for name in page.MODELS[model].keys() - OBSERVED_BY_THE_GATEWAY} | {"key"}
    rows = [row.name for row in TABLES[model].rows]
    hold(f"reference of {model}", wanted, f"mapping of {model}", rows)
    assert len(rows) == len(set(rows)), f"{model} has two rows for one field"


@pytest.mark.parametrize("name", page.VALUES)
def test_fields_of_a_sub_object(graph: GraphQLSchema, name: str) -> None:
    """Those of the unified model."""
    hold("reference", camel(page.VALUES[name]).items(), "schema", fields_of(graph, name).items())


@pytest.mark.parametrize("name", page.ENUMS)
def test_words_of_an_enum(graph: GraphQLSchema, name: str) -> None:
    """Those of the unified model, spelled its way."""
    enum = graph.type_map[name]
    assert isinstance(enum, GraphQLEnumType)
    hold("reference", page.ENUMS[name], "schema", enum.values)


def test_every_enum_and_sub_object_a_model_shows_is_in_the_reference(graph: GraphQLSchema) -> None:
    """A word or a part nobody typed twice is held against nothing."""
    shown = {
        get_named_type(field.type)
        for name in [*page.MODELS, *page.VALUES]
        for field in graph.type_map[name].fields.values()  # type: ignore[attr-defined]  # object types only
    }
    enums = {kind.name for kind in shown if is_enum_type(kind)}
    assert enums <= page.ENUMS.keys()
    objects = {kind.name for kind in shown if hasattr(kind, "fields") and not kind.name.endswith("Connection")}
    assert objects - page.MODELS.keys() - {"Attachment"} == page.VALUES.keys()


@pytest.mark.parametrize("action", ACTIONS)
def test_inputs_of_an_action(graph: GraphQLSchema, action: str) -> None:
    """Those of the page with these types; what is there besides has a reason."""
    extra = {path: kind for path, (kind, _) in EXTRA_INPUTS[action].items()}
    expected = camel(ACTIONS[action]) | extra
    hold("reference", expected.items(), "schema", inputs_of(input_type(graph, action)).items())


def test_inputs_of_the_passthrough(graph: GraphQLSchema) -> None:
    """Those of the unified model, where a part of a form may also be a file."""
    expected = camel(page.PASSTHROUGH) | {path: kind for path, (kind, _) in FILES.items()}
    hold("reference", expected.items(), "schema", inputs_of(input_type(graph, "passthrough")).items())


@pytest.mark.parametrize("action", page.READING_ACTIONS)
def test_arguments_of_an_action_that_reads(graph: GraphQLSchema, action: str) -> None:
    """Those of the page."""
    assert graph.query_type is not None
    arguments = graph.query_type.fields[to_camel_case(action)].args
    expected = camel(page.READING_ACTIONS[action])
    hold("reference", expected.items(), "schema", {name: str(each.type) for name, each in arguments.items()}.items())


@pytest.mark.parametrize("name", ["additionalEmailAddresses", "socialLinks"])
def test_inputs_a_candidate_has_several_of(graph: GraphQLSchema, name: str) -> None:
    """Are lists; the path alone does not show it."""
    inputs = input_type(graph, "create_candidate").fields
    assert is_list_type(inputs["candidate"].type.of_type.fields[name].type)
    assert is_list_type(inputs["attachments"].type)


def test_only_create_application_insists_on_a_job(graph: GraphQLSchema) -> None:
    """A candidate can be created without one."""
    assert str(input_type(graph, "create_candidate").fields["application"].type) == "ApplicationInput"
    assert str(input_type(graph, "create_application").fields["application"].type) == "ApplicationInput!"


def test_rows_that_write_a_candidate() -> None:
    """Each stands for an input of the page, and each input of the candidate has a row at it or above it."""
    inputs = [path for path in page.CREATE_CANDIDATE if path.startswith(CONTACT_INPUTS)]
    rows = {row.path for row in CONTACT} - {"candidate.custom_fields"}
    written = {
        path for path in inputs for row in rows - CONTAINING_ROWS.keys() if path == row or path.startswith(f"{row}.")
    }
    written |= {path for row in rows & CONTAINING_ROWS.keys() for path in CONTAINING_ROWS[row]}
    hold("reference", inputs, "mapping", written)
    assert [row for row in rows if not any(path == row or path.startswith(f"{row}.") for path in inputs)] == []


def test_coverage_of_models() -> None:
    """Every field of the page is said to be supported, and nothing else is spoken of."""
    hold("reference", page.MODELS, "coverage", (model.name for model in coverage().models))
    for model in coverage().models:
        said = {item.name for item in model.fields if item.supported}
        hold(f"reference of {model.name}", camel(page.MODELS[model.name]), f"coverage of {model.name}", said)


def test_coverage_of_actions() -> None:
    """Every input of the page, and those that the unified model or a file needs besides."""
    expected = {
        action: camel(inputs).keys() | EXTRA_INPUTS[action].keys() - HOW.keys() - {"onDuplicate"}
        for action, inputs in ACTIONS.items()
    } | {action: camel(inputs).keys() for action, inputs in page.READING_ACTIONS.items()}
    hold("reference", camel(expected), "coverage", (action.name for action in coverage().actions))
    for action in coverage().actions:
        said = {item.name for item in action.inputs if item.supported}
        hold(f"reference of {action.name}", camel(expected)[action.name], f"coverage of {action.name}", said)


def test_coverage_of_features() -> None:
    """Those of the page, supported."""
    hold(
        "reference",
        (*page.FEATURES, *BEYOND),
        "coverage",
        (item.name for item in coverage().features if item.supported),
    )
