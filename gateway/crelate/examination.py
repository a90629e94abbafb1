"""What an account is found to be like: which filters work, which stages and interviews it has, which beliefs hold.

Everything is found out by reading.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass

from gateway.crelate.account import Account
from gateway.crelate.assumptions import Assumptions
from gateway.crelate.canary import Proof
from gateway.crelate.entities import PipelineRow, Row
from gateway.crelate.filters import (
    ACTIVITY_IDS,
    ACTIVITY_PARENTS,
    ACTIVITY_REGARDING,
    ACTIVITY_VERBS,
    CONTACT_EMAILS,
    CONTACT_IDS,
    FILE_IDS,
    FILTERS,
    JOB_IDS,
    MODIFIED_AFTER,
    Filter,
)
from gateway.crelate.mapping.application import contact_of, is_dated, stage_of
from gateway.crelate.protocol import PAGE_SIZE, Request, Version
from gateway.crelate.readers import key, title
from gateway.crelate.reading.listing import pages
from gateway.crelate.reading.session import LABELLED
from gateway.crelate.register import BELIEFS, Belief
from resolvers.errors import AtsError
from resolvers.ports.examination import AssumptionState

PIPELINES_TRIED = 5
"""Jobs whose pipelines are looked into until one of them has a row."""

_SINGLY = "one request per record"
_BY_VALUE = "one request per value"
_BY_OTHERS = "the narrowest other filter of activities, or all of them"
_WHOLE = "whole lists are read again"

FALLBACKS: Mapping[Filter, str] = {
    CONTACT_IDS: _SINGLY,
    JOB_IDS: _SINGLY,
    ACTIVITY_IDS: _SINGLY,
    FILE_IDS: _SINGLY,
    CONTACT_EMAILS: "candidates can be found by address only among synced ones",
    ACTIVITY_PARENTS: _BY_OTHERS,
    ACTIVITY_REGARDING: _BY_OTHERS,
    ACTIVITY_VERBS: "activities of all types are read and sorted out here",
    **dict.fromkeys(MODIFIED_AFTER.values(), _WHOLE),
}
"""Filter -> what is done instead where it cannot be trusted (crelate-api 2.6)."""

_ONE_AT_A_TIME = {CONTACT_EMAILS, ACTIVITY_PARENTS, ACTIVITY_REGARDING}
"""The filters that are still used when they work with one value only; of moments there is never more than one."""


@dataclass(frozen=True, slots=True)
class FilterFound:
    """What is known of a filter.

    Attributes:
        name: Such as `/contacts?ids`.
        proof: Null when the list cannot be read.
        fallback: What is done instead, or null where the filter is used to the full.
    """

    name: str
    proof: Proof | None
    fallback: str | None


@dataclass(frozen=True, slots=True)
class Workflow:
    """The application stages.

    Attributes:
        type: GUID of the one workflow type they belong to; null when they belong to several or to none that is named.
        stages: What they are called, in the pipeline's order.
    """

    type: str | None
    stages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BeliefFound:
    """A belief and what is known of it on an account.

    Attributes:
        belief: The entry of the register.
        state: What is known.
        detail: What was seen, or what is set; empty where there is nothing to say.
    """

    belief: Belief
    state: AssumptionState
    detail: str = ""


async def examine_filters(account: Account) -> list[FilterFound]:
    """What the canary finds out about every filter."""
    return list(await asyncio.gather(*(_filter(account, judged) for judged in FILTERS)))


async def examine_workflow(account: Account) -> Workflow:
    """The stages and the workflow type they were found by (ASM-16).

    Raises:
        AtsError: they cannot be read.
    """
    rows = (await account.tables.stages()).values()
    types = {key(row.WorkflowTypeId) for row in rows}
    return Workflow(types.pop() if len(types) == 1 else None, tuple(_named(rows)))


async def examine_interviews(account: Account) -> list[str]:
    """What the types of activities that count as interviews are called (ASM-27).

    Raises:
        AtsError: they cannot be read.
    """
    wanted = await account.tables.interview_types()
    types = await account.tables.activity_types()
    return _named(row for name, row in types.items() if name in wanted)


async def examine_beliefs(account: Account) -> list[BeliefFound]:
    """The whole register; what cannot be read is undecided."""
    return list(await asyncio.gather(*(_belief(account, belief) for belief in BELIEFS)))


async def _filter(account: Account, judged: Filter) -> FilterFound:
    try:
        proof = await account.canary.proof(judged)
    except AtsError:
        return FilterFound(judged.name, None, FALLBACKS[judged])
    if proof is Proof.MANY or (proof is Proof.ONE and judged.later):
        return FilterFound(judged.name, proof, None)
    if proof is Proof.ONE and judged in _ONE_AT_A_TIME:
        return FilterFound(judged.name, proof, _BY_VALUE)
    return FilterFound(judged.name, proof, FALLBACKS[judged])


async def _belief(account: Account, belief: Belief) -> BeliefFound:
    if belief.number in _CHECKS:
        try:
            state, detail = await _CHECKS[belief.number](account)
        except AtsError as error:
            return BeliefFound(belief, AssumptionState.UNDECIDED, error.code)
        if state is not AssumptionState.UNDECIDED:
            return BeliefFound(belief, state, detail)
    if given := _given(account.assumptions, belief.settings):
        return BeliefFound(belief, AssumptionState.SET, given)
    return BeliefFound(belief, AssumptionState.UNDECIDED if belief.number in _CHECKS else AssumptionState.UNCHECKED)


def _given(assumptions: Assumptions, settings: Iterable[str]) -> str:
    """The settings of a belief that are not at their defaults."""
    usual = Assumptions()
    changed = (name for name in settings if getattr(assumptions, name) != getattr(usual, name))
    return ", ".join(f"{name} = {_shown(getattr(assumptions, name))}" for name in changed)


def _shown(value: object) -> str:
    return ", ".join(map(str, sorted(value, key=str))) if isinstance(value, frozenset) else str(value)


Check = Callable[[Account], Awaitable[tuple[AssumptionState, str]]]


def _proofs(*filters: Filter) -> Check:
    """A belief about filters holds when all of them work to the full, and fails when one does not."""

    async def check(account: Account) -> tuple[AssumptionState, str]:
        found = await asyncio.gather(*(_filter(account, judged) for judged in filters))
        if wrong := [one.name for one in found if one.fallback and one.proof in {Proof.NONE, Proof.ONE}]:
            return AssumptionState.FAILS, ", ".join(wrong)
        return (AssumptionState.UNDECIDED if any(one.fallback for one in found) else AssumptionState.HOLDS), ""

    return check


async def _page_size(account: Account) -> tuple[AssumptionState, str]:
    samples = await asyncio.gather(*map(account.canary.sample, ("/contacts", "/jobs", "/activities")))
    full = [sample.length for sample in samples if sample.more]
    if not full:
        return AssumptionState.UNDECIDED, ""
    return (AssumptionState.HOLDS if min(full) == PAGE_SIZE else AssumptionState.FAILS), f"{min(full)} rows"


async def _pipeline_rows(account: Account) -> tuple[AssumptionState, str]:
    """The parts that the first pipeline row to be found has."""
    jobs = (await account.canary.sample("/jobs")).rows
    for job in list(jobs)[:PIPELINES_TRIED]:
        read = pages(account.client, "/jobs/{id}/contacts", identify=contact_of, id=job)
        if row := next(iter((await read(0)).rows.values()), None):
            return _parts(row)
    return AssumptionState.UNDECIDED, ""


def _parts(row: PipelineRow) -> tuple[AssumptionState, str]:
    lacking = [name for name, there in (("stage", stage_of(row)), ("date", is_dated(row))) if not there]
    return (AssumptionState.FAILS, f"no {' and no '.join(lacking)}") if lacking else (AssumptionState.HOLDS, "")


async def _labels(account: Account) -> tuple[AssumptionState, str]:
    found = await asyncio.gather(*map(account.tables.labels, LABELLED.values()))
    count = sum(map(len, found))
    return (AssumptionState.HOLDS, f"{count} labels") if count else (AssumptionState.UNDECIDED, "")


async def _user_columns(account: Account) -> tuple[AssumptionState, str]:
    rows = (await account.tables.users()).values()
    named = {"Email": ("Email",), "UserState": ("UserState", "UserStateId")}
    lacking = [name for name, of in named.items() if not any(getattr(row, each) for row in rows for each in of)]
    return (AssumptionState.FAILS, f"no {' and no '.join(lacking)}") if lacking else (AssumptionState.HOLDS, "")


async def _workflow_type(account: Account) -> tuple[AssumptionState, str]:
    found = await examine_workflow(account)
    if not found.stages:
        return AssumptionState.UNDECIDED, ""
    if not found.type:
        return AssumptionState.FAILS, "stages of several types"
    return AssumptionState.HOLDS, f"{len(found.stages)} stages"


def _column(template: str, name: str) -> Check:
    """A belief about a column holds when some row has it; that none has it may be chance."""

    async def check(account: Account) -> tuple[AssumptionState, str]:
        rows = (await account.canary.sample(template)).rows.values()
        return (AssumptionState.HOLDS if any(getattr(row, name) for row in rows) else AssumptionState.UNDECIDED), ""

    return check


async def _interview_types(account: Account) -> tuple[AssumptionState, str]:
    found = await examine_interviews(account)
    return (AssumptionState.HOLDS, ", ".join(found)) if found else (AssumptionState.FAILS, "no such type")


async def _first_version(account: Account) -> tuple[AssumptionState, str]:
    request = Request(method="GET", template="/domain/workflowTypes", version=Version.V1, idempotent=True)
    try:
        await account.client.send(request)
    except AtsError as error:
        if error.retryable:
            raise
        return AssumptionState.FAILS, error.code
    return AssumptionState.HOLDS, ""


_CHECKS: Mapping[str, Check] = {
    "ASM-01": _page_size,
    "ASM-04": _proofs(CONTACT_EMAILS, ACTIVITY_PARENTS),
    "ASM-05": _proofs(JOB_IDS, ACTIVITY_IDS),
    "ASM-06": _proofs(*MODIFIED_AFTER.values()),
    "ASM-07": _proofs(ACTIVITY_PARENTS, ACTIVITY_REGARDING, ACTIVITY_VERBS),
    "ASM-08": _pipeline_rows,
    "ASM-14": _labels,
    "ASM-15": _user_columns,
    "ASM-16": _workflow_type,
    "ASM-18": _column("/jobs", "Locations_Business"),
    "ASM-26": _column("/activities", "Owners"),
    "ASM-27": _interview_types,
    "ASM-32": _first_version,
}
"""Belief -> how reading finds out about it."""


def _named(rows: Iterable[Row]) -> list[str]:
    return [name for row in rows if (name := title({"Title": row.Name or row.Title}))]
