"""Which entries of the register hold on an account, as far as reading shows."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass

from gateway.crelate.account import Account
from gateway.crelate.assumptions import Assumptions
from gateway.crelate.canary import Proof
from gateway.crelate.entities import PipelineRow
from gateway.crelate.examination import examine_filter, examine_interviews, examine_workflow
from gateway.crelate.filters import (
    ACTIVITY_IDS,
    ACTIVITY_PARENTS,
    ACTIVITY_REGARDING,
    ACTIVITY_VERBS,
    CONTACT_EMAILS,
    FILE_IDS,
    JOB_IDS,
    MODIFIED_AFTER,
    Filter,
)
from gateway.crelate.mapping.application import contact_of, is_dated, stage_of
from gateway.crelate.protocol import PAGE_SIZE, Request, Version, get
from gateway.crelate.readers import key
from gateway.crelate.reading import country
from gateway.crelate.reading.leads import CONTACTS_OF_JOBS
from gateway.crelate.reading.listing import pages
from gateway.crelate.reading.session import LABELLED, Session
from gateway.crelate.register import BELIEFS, Belief
from gateway.crelate.sightings import (
    Look,
    Sighting,
    column,
    columns,
    is_oldest_first,
    job_codes,
    lead_flag,
    portal_words,
    record_types,
    same_ids,
    stage_order,
    user_columns,
)
from resolvers.errors import AtsError, Rejected
from resolvers.ports.examination import AssumptionState

HOLDS, FAILS, UNDECIDED = AssumptionState.HOLDS, AssumptionState.FAILS, AssumptionState.UNDECIDED

PIPELINES_TRIED = 5
"""Jobs whose pipelines are looked into until one of them has a row."""

Check = Callable[[Account], Awaitable[Sighting]]


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


async def examine_beliefs(account: Account) -> list[BeliefFound]:
    """The whole register; what cannot be read is undecided."""
    return list(await asyncio.gather(*(_belief(account, belief) for belief in BELIEFS)))


async def _belief(account: Account, belief: Belief) -> BeliefFound:
    check, detail = CHECKS.get(belief.number), ""
    if check:
        try:
            state, detail = await check(account)
        except AtsError as error:
            return BeliefFound(belief, UNDECIDED, error.code)
        if state is not UNDECIDED:
            return BeliefFound(belief, state, detail)
    if given := _given(account.assumptions, belief.settings):
        return BeliefFound(belief, AssumptionState.SET, given)
    return BeliefFound(belief, UNDECIDED if check else AssumptionState.UNCHECKED, detail)


def _given(assumptions: Assumptions, settings: Iterable[str]) -> str:
    """The settings of a belief that are not at their defaults."""
    usual = Assumptions()
    changed = (name for name in settings if getattr(assumptions, name) != getattr(usual, name))
    return ", ".join(f"{name} = {_shown(getattr(assumptions, name))}" for name in changed)


def _shown(value: object) -> str:
    return ", ".join(map(str, sorted(value, key=str))) if isinstance(value, frozenset) else str(value)


def _rows(template: str, look: Look) -> Check:
    """A belief that the first page of a list shows."""

    async def check(account: Account) -> Sighting:
        return look([*(await account.canary.sample(template)).rows.values()])

    return check


async def _proven(account: Account, filters: Iterable[Filter]) -> Sighting:
    """A belief about filters holds when all of them work to the full, and fails when one does not."""
    found = await asyncio.gather(*(examine_filter(account, judged) for judged in filters))
    if wrong := [one.name for one in found if one.fallback and one.proof in {Proof.NONE, Proof.ONE}]:
        return FAILS, ", ".join(wrong)
    return (UNDECIDED if any(one.fallback for one in found) else HOLDS), ""


def _proofs(*filters: Filter) -> Check:
    return lambda account: _proven(account, filters)


async def _page_size(account: Account) -> Sighting:
    """How many rows full pages have, and whether Crelate cuts a larger limit."""
    samples = await asyncio.gather(*map(account.canary.sample, ("/contacts", "/jobs", "/activities")))
    full = [sample.length for sample in samples if sample.more]
    if full and min(full) != PAGE_SIZE:
        return FAILS, f"{min(full)} rows"
    try:
        await account.client.send(get("/workflowstatuses", {"limit": str(PAGE_SIZE + 1)}))
    except Rejected:
        return FAILS, "a larger limit is refused"
    return (HOLDS, f"{PAGE_SIZE} rows") if full else (UNDECIDED, "")


async def _many_values(account: Account) -> Sighting:
    """ASM-04, of `job_ids` as leads are asked about."""
    state, detail = await _proven(account, (CONTACT_EMAILS, ACTIVITY_PARENTS))
    proof = await Session(account).leads.proof()
    if proof is Proof.NONE:
        return FAILS, ", ".join(filter(None, (detail, CONTACTS_OF_JOBS)))
    return (UNDECIDED, detail) if state is HOLDS and proof is Proof.UNDECIDED else (state, detail)


async def _some_pipeline(account: Account) -> tuple[str, PipelineRow] | None:
    """A job and a row of its pipeline."""
    jobs = (await account.canary.sample("/jobs")).rows
    for job in list(jobs)[:PIPELINES_TRIED]:
        read = pages(account.client, "/jobs/{id}/contacts", identify=contact_of, id=job)
        if row := next(iter((await read(0)).rows.values()), None):
            return job, row
    return None


async def _pipeline_rows(account: Account) -> Sighting:
    """The parts that the first pipeline row to be found has."""
    found = await _some_pipeline(account)
    if found is None:
        return UNDECIDED, ""
    lacking = [name for name, part in (("stage", stage_of(found[1])), ("date", is_dated(found[1]))) if not part]
    return (FAILS, f"no {' and no '.join(lacking)}") if lacking else (HOLDS, "")


async def _jobs_of_contact(account: Account) -> Sighting:
    """Whether somebody on a pipeline has a list of jobs that names it."""
    found = await _some_pipeline(account)
    if found is None:
        return UNDECIDED, ""
    job, row = found
    try:
        rows = (await account.client.send(get("/contacts/{id}/jobs", id=contact_of(row) or ""))).data
    except Rejected:
        return FAILS, "there is no such list"
    named = {each for other in rows or () for each in (key(other.JobId), key(other))}
    return (HOLDS, "") if job in named else (FAILS, "it does not name the job")


async def _labels(account: Account) -> Sighting:
    if not account.assumptions.labels:
        return UNDECIDED, ""
    found = await asyncio.gather(*map(account.tables.labels, LABELLED.values()))
    count = sum(map(len, found))
    return (HOLDS, f"{count} labels") if count else (FAILS, "none is found: custom fields go by their numbers")


async def _users(account: Account) -> Sighting:
    return user_columns([*(await account.tables.users()).values()])


async def _workflow_type(account: Account) -> Sighting:
    found = await examine_workflow(account)
    if not found.stages:
        return UNDECIDED, ""
    return (HOLDS, f"{len(found.stages)} stages") if found.type else (FAILS, "stages of several types")


async def _stages(account: Account) -> Sighting:
    return stage_order([*(await account.tables.stages()).values()])


async def _interview_types(account: Account) -> Sighting:
    found = await examine_interviews(account)
    return (HOLDS, ", ".join(found)) if found else (FAILS, "no such type")


async def _countries(account: Account) -> Sighting:
    count = len(await country.named(Session(account)))
    return (HOLDS, f"{count} countries") if count else (FAILS, "none is named: addresses are written without one")


async def _first_version(account: Account) -> Sighting:
    """Whether the first API takes the key, and calls workflow types by the ids that statuses name."""
    request = Request(method="GET", template="/domain/workflowTypes", version=Version.V1, idempotent=True)
    try:
        answer = await account.client.send(request)
    except AtsError as error:
        if error.retryable:
            raise
        return FAILS, error.code
    statuses = (await account.canary.sample("/workflowstatuses")).rows.values()
    return same_ids(answer.data if isinstance(answer.data, list) else (), statuses)


async def _record_types(account: Account) -> Sighting:
    rows = (await account.canary.sample("/contacts")).rows.values()
    try:
        found = await pages(account.client, "/contacts", {"record_types": "3"})(0)
    except Rejected:
        return UNDECIDED, ""
    return record_types([*rows], found.rows.values())


CHECKS: Mapping[str, Check] = {
    "ASM-01": _page_size,
    "ASM-02": _rows("/contacts", is_oldest_first),
    "ASM-04": _many_values,
    "ASM-05": _proofs(JOB_IDS, ACTIVITY_IDS, FILE_IDS),
    "ASM-06": _proofs(*MODIFIED_AFTER.values()),
    "ASM-07": _proofs(ACTIVITY_PARENTS, ACTIVITY_REGARDING, ACTIVITY_VERBS),
    "ASM-08": _pipeline_rows,
    "ASM-09": _jobs_of_contact,
    "ASM-10": _rows("/artifacts", columns("FileName", "ParentId", "ContentType")),
    "ASM-14": _labels,
    "ASM-15": _users,
    "ASM-16": _workflow_type,
    "ASM-17": _rows("/jobs", portal_words),
    "ASM-18": _rows("/jobs", column("Locations_Business", "Addresses_Business", "PortalCity")),
    "ASM-24": _stages,
    "ASM-26": _rows("/activities", column("Owners")),
    "ASM-27": _interview_types,
    "ASM-30": _countries,
    "ASM-32": _first_version,
    "ASM-34": _record_types,
    "ASM-35": _rows("/jobs", lead_flag),
    "ASM-36": _rows("/jobs", job_codes),
}
"""Belief -> how reading finds out about it."""
