"""Custom fields that stand for fields of the model."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import SecretStr

from gateway.crelate.coverage import coverage
from gateway.crelate.integration import CrelateIntegration
from gateway.crelate.mapping.custom_columns import READERS, CustomColumns, read_custom_columns
from gateway.crelate.mapping.provenance import provenance
from gateway.crelate.readers import instant
from gateway.crelate.settings import crelate_settings
from gateway.integration import SettingsError
from resolvers.ports.integration import IntegrationName
from schema.job import JobVisibility
from schema.provenance import Basis
from schema.unified_fields import unified_fields
from tests.gateway.crelate.rows import JOB
from tests.gateway.crelate.test_mapping import FACTS, fit

DAY = "2026-03-01T00:00:00"
READ: list[tuple[str, str, Any, Any]] = [
    ("name", "CustomField1", "Surgeon", "Surgeon"),
    ("job_code", "CustomField1", "A-7", "A-7"),
    ("job_code", "CustomField11", 7, "7"),
    ("description", "CustomField2", " ", None),
    ("visibility", "CustomField31", {"Id": "x", "Title": "Confidential"}, JobVisibility.CONFIDENTIAL),
    ("visibility", "CustomField1", "whoever", None),
    ("salary_amount", "CustomField11", 5.5, 5.5),
    ("salary_currency", "CustomField31", {"Id": "x", "Title": "EUR"}, "EUR"),
    ("opened_at", "CustomField21", DAY, instant(DAY)),
    ("closed_at", "CustomField21", None, None),
]

WRONG: list[tuple[Any, str]] = [
    ({"jobs": {"name": "CustomField1"}}, "custom_fields.jobs: "),
    ({"job": {"salary": "CustomField1"}}, "custom_fields.job.salary: "),
    ({"candidate": {"first_name": "CustomField1"}}, "custom_fields.candidate.first_name: "),
    ({"job": {"name": "CustomField36"}}, "custom_fields.job.name: "),
    ({"job": {"name": "CustomField1", "job_code": "CustomField1"}}, "custom_fields.job: one"),
    ({"candidate": {"title": "CustomField31"}}, "custom_fields.candidate.title: "),
    ({"candidate": {"availability_date": "CustomField11"}}, "custom_fields.candidate.availability_date: "),
]


def job(columns: CustomColumns, **given: Any) -> Any:
    """The record of a job with these columns."""
    return columns.tables["Job"].one(fit("Job", JOB | given), FACTS)


@pytest.mark.parametrize(
    ("name", "column", "value", "read"), READ, ids=[f"{at}-{name}" for at, (name, *_) in enumerate(READ)]
)
def test_the_field_is_what_stands_in_the_custom_field(name: str, column: str, value: Any, read: Any) -> None:
    """In the field's type, and null where there is nothing or nothing of that type; the rest is read as ever."""
    columns = read_custom_columns({"job": {name: column}})
    record, usual = job(columns, **{column: value}), job(CustomColumns())
    assert getattr(record, name) == read
    assert {other for other in READERS["Job"] if getattr(record, other) != getattr(usual, other)} <= {name}
    said = next(
        each
        for each in provenance(columns.tables["Job"], record, list(unified_fields("Job")))
        if column in (each.rule or "")
    )
    assert (said.column, said.stands, said.basis) == (column, value, Basis.LEARNT)


@pytest.mark.parametrize(("values", "key"), WRONG, ids=[key for _, key in WRONG])
def test_what_cannot_stand_for_a_field_is_refused_by_its_key(values: Any, key: str) -> None:
    """When the settings are read, with what there is instead."""
    account = CrelateIntegration(crelate_api_key=SecretStr("x"), custom_fields=values)
    with pytest.raises(SettingsError, match=key):
        crelate_settings(IntegrationName("crelate:default"), account)


def test_a_version_tells_one_mapping_from_another() -> None:
    """Of each model that is read otherwise; what is only written makes no difference."""
    one, other = ({"job": {"job_code": column}} for column in ("CustomField1", "CustomField2"))
    assert read_custom_columns(one).versions == read_custom_columns(one).versions
    assert read_custom_columns(one).versions.keys() == {"Job"}
    assert read_custom_columns(one).versions != read_custom_columns(other).versions
    assert read_custom_columns({"candidate": {"availability_date": "CustomField21"}}).versions == {}
    assert CustomColumns().versions == {}


def test_coverage_names_the_custom_field() -> None:
    """Of the account that has it, and of no other."""

    def reason(columns: CustomColumns) -> str | None:
        (model,) = [model for model in coverage(columns).models if model.name == "Job"]
        return next(item.reason for item in model.fields if item.name == "jobCode")

    assert "CustomField4" in (reason(read_custom_columns({"job": {"job_code": "CustomField4"}})) or "")
    assert reason(CustomColumns()) is None
