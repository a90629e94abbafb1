"""What is believed about Crelate without proof, each belief under its number in the register of crelate-api 7.

A belief that turns out wrong is put right here. Beliefs that need no setting are kept where they are used and say their
number there: paging ASM-01 and ASM-02 in `listing`, filters ASM-04 to ASM-07 and ASM-09 in `canary` (which proves them
per account), row shapes ASM-08 in `mapping.application`, labels ASM-14 in `tables`, user columns ASM-15 in
`mapping.user`, portal words ASM-17 in `vocabulary`, locations ASM-18 in `mapping.job`. ASM-03 (no sorting), ASM-24 (no
stage kinds) and ASM-34 (`record_types`) are beliefs nothing is built on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import ConfigDict, TypeAdapter

from gateway.crelate.transport.signing import KeyForm


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumptions:
    """The settings of one account's beliefs; the defaults are the register's.

    Attributes:
        distrusted_filters: ASM-04 to ASM-07, ASM-09: filters never to be used, whatever the canary says, such as
            `/contacts?ids`.
        dates_from_history: ASM-08: whether a pipeline row without a date gets it from the stage history, at one request
            per application.
        errors_refuse: ASM-13: whether a success that lists `Errors` is a refusal.
        labels: ASM-14: whether `/jobs/info` and `/contacts/info` are asked for the labels of custom fields.
        recruiting_workflow_type: ASM-16: GUID of the workflow type whose statuses are application stages; null to
            find it.
        salary_currency: ASM-19: ISO 4217 code of all amounts.
        deleted_statuses: ASM-20: values of `EntityStatus` that mean a record is gone.
        creator_interviews: ASM-26: whether an interview without owners is held by its creator.
        interview_types: ASM-27: GUIDs of the activity types that are interviews; empty to go by `interview_word`.
        interview_word: ASM-27: what the name of an interview type contains, without regard to case.
        first_version: ASM-32: whether the key also works for Crelate's first API.
        first_version_key: ASM-32: how that API takes the key, `query` or `header`.
        current_version_key: How the current API takes it.
        leads_are_jobs: ASM-35: whether sales leads without a pipeline count as jobs too.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    distrusted_filters: frozenset[str] = frozenset()
    dates_from_history: bool = False
    errors_refuse: bool = True
    labels: bool = True
    recruiting_workflow_type: str | None = None
    salary_currency: str | None = "USD"
    deleted_statuses: frozenset[int] = frozenset()
    creator_interviews: bool = False
    interview_types: frozenset[str] = frozenset()
    interview_word: str = "interview"
    first_version: bool = True
    first_version_key: KeyForm = KeyForm.QUERY
    current_version_key: KeyForm = KeyForm.HEADER
    leads_are_jobs: bool = False


RECRUITING_WORKFLOW_TYPE = "f6ef012f-998d-4132-b38b-a17a00b2b958"
"""ASM-16: the recruiting workflow type of the one account it is known from."""

RECRUITING_WORKFLOW_NAME = "recruiting"
"""ASM-16: what that type is called, without regard to case."""


def read_assumptions(values: Mapping[str, Any]) -> Assumptions:
    """The assumptions with these values in place of the defaults, as a settings file has them.

    Raises:
        pydantic.ValidationError: there is no such assumption, or a value has the wrong type.
    """
    return TypeAdapter(Assumptions).validate_python(dict(values))
