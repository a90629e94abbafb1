"""Applications: contacts on the pipelines of jobs, of which Crelate lists one job at a time (crelate-api 2.6)."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from gateway.crelate.canary import Proof
from gateway.crelate.entities import PipelineRow
from gateway.crelate.filters import Asked
from gateway.crelate.mapping.application import job_of
from gateway.crelate.protocol import guids
from gateway.crelate.reading import job
from gateway.crelate.reading.answers import ChildrenByParent, Records, children_by_parent, pair
from gateway.crelate.reading.listing import complete, pages
from gateway.crelate.reading.rows import split_errors
from gateway.crelate.reading.session import Session
from gateway.crelate.reading.walk import Walk
from resolvers.errors import AtsError, NotFound, Rejected
from resolvers.ports.source import Children

MODEL = "Application"
JOBS_OF_CONTACT = "/contacts/{id}/jobs"
PIPELINES_AT_ONCE = 4
"""A walk reads this many pipelines ahead: as many as the client has under way."""
COMPARED = ("current_stage_key", "remote_updated_at")
"""What both lists must say alike, so that an application is the same whichever it was found in."""
PROBED_JOBS = 3
"""How many pipelines are looked at to find one that is not empty."""


async def by_ids(session: Session, keys: Sequence[str]) -> Records:
    """The applications among these, `{job}:{contact}`: one pipeline per job, read as far as needed."""
    contacts: dict[str, list[str]] = defaultdict(list)
    for halves in filter(None, map(pair, keys)):
        contacts[halves[0]].append(halves[1])
    parts = await asyncio.gather(*(_of_job(session, name, wanted) for name, wanted in contacts.items()))
    return {name: found for part in parts for name, found in part.items()}


async def by_job(session: Session, keys: Sequence[str], limit: int | None) -> ChildrenByParent:
    """The pipeline of each job: one request per hundred rows."""
    outcomes = await asyncio.gather(*(_pipeline(session, name, limit) for name in keys))
    return {name: found for name, found in zip(keys, outcomes, strict=True) if found is not None}


async def by_candidate(session: Session, keys: Sequence[str], _: int | None) -> ChildrenByParent:
    """The applications of each contact.

    One request per contact where Crelate lists the jobs of a contact (ASM-09), unless there are fewer jobs than
    contacts; else the pipelines of all jobs, since nothing else says who is on which.
    """
    contacts = guids(keys)
    if await session.account.canary.judge(JOBS_OF_CONTACT, lambda: _prove_jobs_of_contact(session)) is Proof.MANY:
        total = (await session.account.canary.sample(job.LIST)).total
        if total is None or len(contacts) <= total:
            listed = await _jobs_of_contacts(session, contacts)
            if listed is not None:
                return await _by_jobs_of_contact(session, listed)
    return children_by_parent(await _all(session), "candidate_key", contacts)


async def by_stage(session: Session, keys: Sequence[str], limit: int | None) -> ChildrenByParent:
    """The applications in each stage: pipeline after pipeline, until there are enough."""
    found: dict[str, list[Any]] = {name: [] for name in keys}
    walked = await walk(session, {})
    record: Any
    async for record, _ in walked.records():
        if record.current_stage_key in found:
            found[record.current_stage_key].append(record)
            if limit is not None and all(len(records) >= limit for records in found.values()):
                return {name: Children(records) for name, records in found.items()}
    return {name: Children(records, len(records)) for name, records in found.items() if records}


async def walk(session: Session, asked: Asked) -> Walk:
    """All applications, job by job."""

    async def expand(rows: Mapping[str, Any], limit: int | None) -> list[Sequence[Any]]:
        found = await by_job(session, list(await job.roots(session, rows)), limit)
        _, errors = split_errors(found)
        for error in errors.values():
            raise error
        return [found[name].records if name in found else [] for name in rows]  # type: ignore[union-attr]  # no errors

    return Walk(pages(session.account.client, job.LIST, asked=asked), expand, asked, lot=PIPELINES_AT_ONCE)


async def _of_job(session: Session, job_key: str, contacts: Sequence[str]) -> Records:
    try:
        rows = await session.pipelines.of_contacts(job_key, contacts)
    except AtsError as error:
        return {f"{job_key}:{contact}": error for contact in contacts}
    return {record.key: record for record in await _records(session, job_key, rows)}


async def _pipeline(session: Session, job_key: str, limit: int | None) -> Children | AtsError | None:
    try:
        rows, total = await session.pipelines.first(job_key, limit)
    except AtsError as error:
        return error
    return Children(await _records(session, job_key, rows), total) if rows else None


async def _records(session: Session, job_key: str, rows: Mapping[str, Any]) -> list[Any]:
    """The applications of a job's pipeline, from contact -> row."""
    keyed = {f"{job_key}:{name}": row for name, row in rows.items()}
    return list((await session.read(MODEL, keyed, {"candidate_key": rows}, job_key=job_key)).values())


async def _all(session: Session) -> list[Any]:
    found, errors = split_errors(await by_job(session, list(await job.every_row(session)), None))
    for error in errors.values():
        raise error
    return [record for children in found.values() for record in children.records]


async def _jobs_of_contacts(session: Session, contacts: Sequence[str]) -> Records | None:
    """Contact -> its jobs and their rows, or an error; null when Crelate turns out to list them no more.

    That nothing is there for any of the contacts may be their fault, or the list's.
    """
    outcomes = await asyncio.gather(*(_jobs_of_contact(session, name) for name in contacts))
    if contacts and all(isinstance(outcome, Rejected) for outcome in outcomes):
        canary = session.account.canary
        if await canary.judge_again(JOBS_OF_CONTACT, lambda: _prove_jobs_of_contact(session)) is Proof.NONE:
            return None
    rows = ({} if isinstance(outcome, NotFound) else outcome for outcome in outcomes)
    return dict(zip(contacts, rows, strict=True))


async def _by_jobs_of_contact(session: Session, listed: Records) -> ChildrenByParent:
    found, errors = split_errors(listed)
    names = list(dict.fromkeys(name for rows in found.values() for name in rows))
    session.leads.on_pipelines(names)
    jobs = await job.rows_by_ids(session, names)
    answers: dict[str, Children | AtsError] = dict(errors)
    for contact, rows in found.items():
        records = [await _record(session, name, contact, row) for name, row in rows.items() if name in jobs]
        if records:
            answers[contact] = Children(records, len(records))
    return answers


async def _jobs_of_contact(session: Session, contact: str) -> Mapping[str, Any] | AtsError:
    """Job -> row."""
    try:
        return await complete(_jobs_pages(session, contact))
    except AtsError as error:
        return error


async def _record(session: Session, job_key: str, contact: str, row: PipelineRow) -> Any:
    full = await session.pipelines.with_history(job_key, contact, row)
    key = f"{job_key}:{contact}"
    return (await session.read(MODEL, {key: full}, job_key=job_key, candidate_key=contact))[key]


async def _prove_jobs_of_contact(session: Session) -> Proof:
    """Whether the jobs of a contact hold what a pipeline says, shown on a contact that is on one."""
    sample = await session.account.canary.sample(job.LIST)
    for job_key in list(sample.rows)[:PROBED_JOBS]:
        rows, _ = await session.pipelines.first(job_key, 1)
        for record in await _records(session, job_key, rows):
            row = (await complete(_jobs_pages(session, record.candidate_key))).get(job_key) or PipelineRow()
            other = await _record(session, job_key, record.candidate_key, row)
            same = all(getattr(record, name) == getattr(other, name) for name in COMPARED)
            return Proof.MANY if same else Proof.NONE
    return Proof.UNDECIDED


def _jobs_pages(session: Session, contact: str) -> Any:
    return pages(session.account.client, JOBS_OF_CONTACT, identify=job_of, id=contact)
