"""What an action has to know before it writes, question by question."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from gateway.crelate.protocol import stored
from gateway.crelate.readers import key
from gateway.crelate.writing import questions
from gateway.crelate.writing.contact import given
from gateway.crelate.writing.facts import Facts, chosen
from gateway.crelate.writing.planning import APPLICATION_STEP, application_keys
from gateway.crelate.writing.questions import AskLive
from resolvers.ports.writing import Refusal, Stopped, Task, Write
from schema.actions.problem import UserErrorCode

Gather = Callable[[Task, AskLive], Awaitable[Facts]]


async def gather_create(task: Task, ask: AskLive) -> Facts:
    """What create candidate and create application have to know (crelate-api 6.2, steps 1 and 2)."""
    document, candidate, facts = task.document, task.document["candidate"], Facts()
    if application := document.get("application"):
        job = await ask("read the job", questions.job, application["job_key"])
        facts = replace(facts, job=job, stages=tuple(await ask("read the stages", questions.stages)))
    if "source" in document:
        facts = replace(facts, source_id=await ask("find the source", questions.source, document["source"]))
    if "sourced_by" in document:
        user_key = document["sourced_by"]["user_key"]
        facts = replace(facts, user=await ask("find the user", questions.user_exists, user_key))
    if country := given(candidate.get("location", {}), "country"):
        facts = replace(facts, country_id=await ask("find the country", questions.country_id, country))
    if candidate.get("custom_fields"):
        found_fields = await ask("find the custom fields", questions.custom_columns, candidate)
        facts = replace(facts, custom_fields=tuple(found_fields))
    if company := given(candidate, "company"):
        facts = replace(facts, company=await ask("find the company", questions.company, company))
    if email := given(candidate, "email_address"):
        found = await ask("find the candidate", questions.contacts, email)
        is_whole = isinstance(found, list)
        facts = replace(facts, contacts=tuple(found if is_whole else found["some"]), sought=is_whole)
    existing = chosen(document, facts.contacts)
    return facts if existing is None else await with_existing(task, facts, existing, ask)


async def with_existing(task: Task, facts: Facts, existing: Mapping[str, Any], ask: AskLive, again: str = "") -> Facts:
    """The facts with an existing contact to be used; `again` tells a second round's steps from those of the first."""
    contact_key = str(key(existing))
    facts = replace(facts, existing=existing, contact_key=contact_key)
    if "application" in task.document:
        job_key = task.document["application"]["job_key"]
        stage = await ask(f"look at the job{again}", questions.stage_on, job_key, contact_key)
        facts = replace(facts, on_job=stage is not None)
    return await _with_files(task, facts, contact_key, ask, again)


async def gather_application(task: Task, ask: AskLive) -> Facts:
    """What an action on an application has to know.

    Raises:
        Stopped: there is no such application.
    """
    job_key, contact_key = application_keys(task.document["application_key"])
    if not job_key or not contact_key or await ask("look at the job", questions.stage_on, job_key, contact_key) is None:
        message = "There is no such application."
        raise Stopped(Refusal(UserErrorCode.APPLICATION_NOT_FOUND, message, ("application_key",)))
    return await _with_files(task, Facts(contact_key=contact_key), contact_key, ask)


async def gather_move(task: Task, ask: AskLive) -> Facts:
    """What a move has to know: the stages there are, and where the application is."""
    job_key, contact_key = application_keys(task.document["application_key"])
    facts = Facts(stages=tuple(filter(None, await ask("read the stages", questions.stages))))
    if job_key and contact_key:
        facts = replace(facts, place=await ask("look at the place", questions.place_on, job_key, contact_key))
    return facts if facts.place is None else replace(facts, contact_key=contact_key)


async def after_create(task: Task, facts: Facts, write: Write, ask: AskLive) -> Facts:
    """The facts, where the contact is on the job that Crelate says it has put it on.

    Raises:
        Stopped: it is not.
    """
    if write.step != APPLICATION_STEP:
        return facts
    job_key, contact_key = task.document["application"]["job_key"], str(facts.contact_key)
    if await ask("look after the application", questions.stage_on, job_key, contact_key) is None:
        message = "The ATS took the application, and the candidate is not on the job."
        raise Stopped(Refusal(UserErrorCode.UPSTREAM_REJECTED, message, write.path), candidate_key=contact_key)
    return facts


async def after_move(task: Task, facts: Facts, write: Write, ask: AskLive) -> Facts:
    """The facts with the place the application has after a move that Crelate took (ASM-25).

    Raises:
        Stopped: Crelate took every kind of move, and the application stayed where it was.
    """
    job_key, contact_key = application_keys(task.document["application_key"])
    place = await ask(f"look after the {write.step}", questions.place_on, job_key, contact_key)
    unmoved = place is not None and place["stage"] not in {None, stored(task.document["stage_key"])}
    if unmoved and facts.unmoved:
        message = "The ATS took the move, and the application stayed in its stage."
        raise Stopped(Refusal(UserErrorCode.UPSTREAM_REJECTED, message, ("stage_key",)), candidate_key=contact_key)
    return replace(facts, unmoved=unmoved)


async def _with_files(task: Task, facts: Facts, contact_key: str, ask: AskLive, again: str = "") -> Facts:
    """The facts with the files the contact has, where the action adds some."""
    if not task.files:
        return facts
    before = await ask(f"look at the files{again}", questions.files_of, contact_key)
    return replace(facts, before=frozenset(before))
