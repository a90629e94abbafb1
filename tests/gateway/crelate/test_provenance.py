"""What is said of where a field comes from, held against the tables that read it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from gateway.crelate.entities import ENTITIES
from gateway.crelate.learning import PIPELINE_ROWS
from gateway.crelate.mapping import TABLES
from gateway.crelate.mapping.provenance import provenance
from gateway.crelate.mapping.table import ROW, Absent, Field
from gateway.crelate.mapping.team import owned
from gateway.crelate.register import BELIEFS
from gateway.crelate.vocabulary import CUSTOM_FIELDS
from schema.provenance import Basis
from schema.unified_fields import OWN, unified_fields
from tests.gateway.crelate.rows import ACTIVITY, CONTACT, JOB, OWNER
from tests.gateway.crelate.test_mapping import FACTS, WHOLE, fit, read

Row = dict[str, Any]


def told(model: str, record: Any) -> dict[str, Any]:
    """All that is said of a record, by field."""
    return {each.field: each for each in provenance(TABLES[model], record, list(unified_fields(model)))}


def columns(path: str) -> Iterator[str]:
    """The columns that a path names."""
    for place in path.split(" ?? "):
        yield from (name.partition(".")[0] for name in place.split(" + ") if name)


@pytest.mark.parametrize("model", TABLES)
def test_every_field_of_every_model_has_its_provenance(model: str) -> None:
    """A source, a rule and a basis, and an assumption exactly where it is one; ours have a rule alone."""
    found = told(model, read(model, WHOLE[model][0]))
    assert list(found) == list(unified_fields(model))
    for name, each in found.items():
        if name in OWN:
            assert (each.source, each.column, each.basis, each.rule) == (None, None, None, OWN[name])
        else:
            assert each.source.startswith("/")
            assert each.rule
            assert (each.basis is Basis.ASSUMED) == bool(each.assumption)


@pytest.mark.parametrize("model", TABLES)
def test_columns_are_those_of_the_source(model: str) -> None:
    """Whatever a path names is held by the entity of its list, or is a custom field."""
    table = TABLES[model]
    known = {*ENTITIES[table.source].__struct_fields__, *CUSTOM_FIELDS, "*", "CustomField*"}
    paths = [row.path for row in table.rows if not isinstance(row, Absent) and row.name != "key"]
    assert {column for path in paths for column in columns(path)} <= known


@pytest.mark.parametrize("model", TABLES)
def test_assumptions_are_in_the_register(model: str) -> None:
    """By number."""
    numbers = {row.assumption for row in TABLES[model].rows if not isinstance(row, Absent) and row.assumption}
    assert numbers <= {belief.number for belief in BELIEFS}


@pytest.mark.parametrize("model", ["User", "Job", "Candidate", "ApplicationStage", "Application", "Interview"])
def test_a_field_changes_with_its_column(model: str) -> None:
    """The column that is named is the one that is read, and what stands there is shown as it is."""
    row: Any = WHOLE[model][0]
    before = read(model, row)
    for entry in TABLES[model].rows:
        name = {attribute: name for name, attribute in unified_fields(model).items()}.get(entry.name)
        if not isinstance(entry, Field) or name is None:
            continue
        said = told(model, before)[name]
        assert (said.column is None) == (getattr(before, entry.name) is None), name
        if said.column is None:
            continue
        outer, _, inside = said.column.partition(".")
        changed = row | {outer: row[outer] | {inside: None} if inside else None}
        after = read(model, changed)
        assert getattr(after, entry.name) != getattr(before, entry.name), name
        assert told(model, after)[name].stands != said.stands


def test_the_first_column_that_can_be_read_is_named() -> None:
    """What cannot be read is shown where nothing else stands in for it."""
    cases: list[tuple[Row, str | None, Any]] = [
        ({"Salary": 1, "Compensation": 2}, "Salary", 1),
        ({"Salary": None, "Compensation": 2}, "Compensation", 2),
        ({"Salary": "plenty", "Compensation": 2}, "Compensation", 2),
        ({"Salary": "plenty"}, "Salary", "plenty"),
        ({"Salary": None}, None, None),
    ]
    for given, column, stands in cases:
        said = told("Job", read("Job", JOB | given))["salaryAmount"]
        assert (said.column, said.stands, said.rule) == (column, stands, "Salary ?? Compensation")


def test_what_counts_together_is_shown_together() -> None:
    """By column, as far as anything stands in it."""
    found = told("Candidate", read("Candidate", CONTACT))
    phones = found["phoneNumbers"]
    assert phones.column == "PhoneNumbers_Mobile, PhoneNumbers_Home, PhoneNumbers_Work_Main"
    assert phones.stands == {name: CONTACT[name] for name in phones.column.split(", ")}
    assert found["customFields"].stands == {"CustomField2": "1 month", "CustomField11": 0}
    assert (found["remoteData"].rule, found["remoteData"].stands) == (ROW, CONTACT)


def test_labels_are_learnt_from_the_account() -> None:
    """And assumed as long as it does not say any."""
    named, unnamed = (read("Candidate", row) for row in (CONTACT, {"Id": "x", "CustomField9": 1}))
    assert FACTS.labels
    assert told("Candidate", named)["customFields"].basis is Basis.LEARNT
    assert told("Candidate", unnamed)["customFields"].assumption == "ASM-14"


def test_an_interview_held_by_its_creator_says_so() -> None:
    """ASM-26: the column is the creator's where there are no owners."""
    row = fit("Interview", ACTIVITY | {"Owners": None, "CreatedById": OWNER})
    link = next(owned([row], "CreatedById"))
    said = told("InterviewingTeamMember", TABLES["InterviewingTeamMember"].one(link, FACTS))["userId"]
    assert (said.column, said.stands) == ("CreatedById.Id", OWNER["Id"])


def test_without_a_record_only_what_holds_for_all_is_said() -> None:
    """The column where there is but one, and nothing that stands in it."""
    found = told("Candidate", None)
    assert (found["title"].column, found["title"].stands) == ("CurrentPosition.JobTitle", None)
    assert (found["company"].column, found["company"].rule) == (None, "CurrentPosition.CompanyId ?? AccountId")


@pytest.mark.parametrize(
    ("facts", "learnt"),
    [
        ({}, set()),
        ({PIPELINE_ROWS: {"stage": True, "date": "some"}}, {"currentStageId"}),
        ({PIPELINE_ROWS: {"stage": True, "date": True}}, {"currentStageId", "remoteUpdatedAt"}),
    ],
    ids=["nothing", "stage", "both"],
)
def test_what_the_account_has_shown_is_learnt(facts: dict[str, Any], learnt: set[str]) -> None:
    """By the facts of its profile, as long as they are trusted (ASM-08)."""
    record, fields = read("Application", WHOLE["Application"][0]), list(unified_fields("Application"))
    found = provenance(TABLES["Application"], record, fields, facts.get)
    assert {each.field for each in found if each.basis is Basis.LEARNT} == learnt
    assert {each.field for each in found if each.assumption} == {
        "remoteId",
        "currentStageId",
        "candidateId",
        "remoteUpdatedAt",
    } - learnt
