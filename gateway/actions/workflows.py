"""The workflows: each asks, decides, writes, and enters what came of it, every call to Crelate in a step of its own.

They run on DBOS. A process that dies leaves the steps that are recorded; whoever takes the workflow up repeats none of
them, and the one that was under way looks before it repeats itself.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any

from gateway.actions.carrying import Carrier
from gateway.actions.planning import (
    Document,
    Facts,
    File,
    Planner,
    Write,
    application_keys,
    chosen,
    learnt,
    next_attachment,
    next_create,
    next_note,
    refusals,
    remarks,
    said,
)
from gateway.actions.problems import error, read_errors, to_json, warning
from gateway.crelate.readers import key
from gateway.crelate.writing.looking import new_cv
from schema.actions.action import ActionName, ActionOutcome
from schema.actions.problem import ActionWarning, UserError, UserErrorCode, WarningCode

Run = Callable[[str, Callable[[], Awaitable[Any]]], Awaitable[Any]]
"""Runs a step under a name and returns its JSON; a durable one is run once and remembered."""


class Stopped(Exception):
    """The action ends here.

    Attributes:
        user_errors: Why.
    """

    def __init__(self, user_errors: list[UserError]) -> None:
        super().__init__()
        self.user_errors = user_errors


@dataclass(slots=True)
class Execution:
    """One action under way.

    Attributes:
        run: How its steps are run.
        carrier: Who carries out its calls.
        document, files: Its input.
        noted: What was to be said about the files.
        remarks: What was to be said before anything was written.
        warnings: What was to be said since.
        result: What came of it so far; see `Ledger.finish`.
    """

    run: Run
    carrier: Carrier
    document: Document
    files: tuple[File, ...]
    noted: list[ActionWarning] = field(default_factory=list)
    remarks: list[ActionWarning] = field(default_factory=list)
    warnings: list[ActionWarning] = field(default_factory=list)
    result: dict[str, Any] = field(default_factory=lambda: {"remote_ids": [], "correlation_ids": [], "wrote": False})

    async def ask(self, step: str, question: Callable[[], Awaitable[Any]]) -> Any:
        """The answer to a question.

        Raises:
            Stopped: there will be none.
        """
        answer = await self.run(step, partial(self.carrier.ask, question))
        if "refused" in answer:
            raise Stopped(read_errors(answer["refused"]))
        return answer["value"]

    async def write(self, write: Write) -> dict[str, Any]:
        """Carry out a write and keep what there is to say about it."""
        outcome: dict[str, Any] = await self.run(write.step, partial(self.carrier.carry, write))
        if outcome.get("correlation_id"):
            self.result["correlation_ids"].append(outcome["correlation_id"])
        if outcome.get("shape"):
            self.warnings.extend(map(said, write.fallbacks[outcome["shape"] - 1][1]))
        if outcome.get("made"):
            self.result["remote_ids"].append(outcome["made"])
        self.result["wrote"] |= not _is_refusal(outcome)
        return outcome


def _is_refusal(outcome: Mapping[str, Any]) -> bool:
    """Whether a write certainly did not happen."""
    errors = read_errors(outcome.get("refused", []))
    return bool(errors) and all(each.code in REFUSALS for each in errors)


REFUSALS = frozenset({UserErrorCode.UPSTREAM_REJECTED, UserErrorCode.UPSTREAM_UNAUTHORIZED})


async def gather_create(execution: Execution, began_at: datetime) -> Facts:
    """What create candidate and create application have to know (crelate-api 6.2, steps 1 and 2)."""
    ask, lookups, document = execution.ask, execution.carrier.lookups, execution.document
    application, candidate, facts = document.get("application"), document["candidate"], Facts(began_at)
    if application is not None:
        facts = replace(
            facts,
            job=await ask("read the job", partial(lookups.job, application["job_key"])),
            stages=tuple(await ask("read the stages", lookups.stages)),
        )
    if "source" in document:
        facts = replace(facts, source_id=await ask("find the source", partial(lookups.source, document["source"])))
    if "sourced_by" in document:
        user_key = document["sourced_by"]["user_key"]
        facts = replace(facts, user=await ask("find the user", partial(lookups.user, user_key)))
    if country := candidate.get("location", {}).get("country"):
        facts = replace(facts, country_id=await ask("find the country", partial(lookups.country, country)))
    if company := candidate.get("company", "").strip():
        facts = replace(facts, company=await ask("find the company", partial(lookups.company, company)))
    found = await ask("find the candidate", partial(lookups.contacts, candidate["email_address"]))
    facts = replace(facts, contacts=tuple(found))
    return await attached(execution, facts, chosen(document, facts.contacts), "")


async def attached(execution: Execution, facts: Facts, existing: Mapping[str, Any] | None, again: str) -> Facts:
    """The facts with an existing contact to be used; `again` tells a second round's steps from those of the first."""
    if existing is None:
        return facts
    ask, lookups, document = execution.ask, execution.carrier.lookups, execution.document
    contact_key = str(key(existing))
    facts = replace(facts, existing=existing, contact_key=contact_key)
    if "application" in document:
        on_job = partial(lookups.stage_on, document["application"]["job_key"], contact_key)
        facts = replace(facts, on_job=await ask(f"look at the job{again}", on_job) is not None)
    if execution.files:
        before = await ask(f"look at the files{again}", partial(files_before, lookups, contact_key))
        facts = replace(facts, before=frozenset(before))
    return facts


async def files_before(lookups: Any, contact_key: str) -> list[str]:
    """Ids of the files a contact has, its CV among them."""
    cv = await lookups.cv(contact_key)
    found = [row["id"] for row in await lookups.files(contact_key)]
    return [each for each in {*found, cv} if each]


async def create(execution: Execution, began_at: datetime) -> None:
    """Create candidate, create application."""
    facts = await gather_create(execution, began_at)
    _remember(execution, facts)
    if errors := refusals(execution.document, facts):
        raise Stopped(errors)
    execution.remarks = remarks(execution.document, facts)
    facts = await _carry_out(execution, next_create, facts)
    await _check_cv(execution, facts)


async def gather_application(execution: Execution, began_at: datetime) -> Facts:
    """What an action on an application has to know.

    Raises:
        Stopped: there is no such application.
    """
    lookups = execution.carrier.lookups
    job_key, contact_key = application_keys(execution.document["application_key"])
    on_job = partial(lookups.stage_on, job_key, contact_key)
    if not job_key or not contact_key or await execution.ask("look at the job", on_job) is None:
        message = "There is no such application."
        raise Stopped([error(UserErrorCode.APPLICATION_NOT_FOUND, message, "application_key")])
    facts = Facts(began_at, contact_key=contact_key)
    if execution.files:
        before = await execution.ask("look at the files", partial(files_before, lookups, contact_key))
        facts = replace(facts, before=frozenset(before))
    return facts


async def add_attachment(execution: Execution, began_at: datetime) -> None:
    """Add attachment to application."""
    facts = await gather_application(execution, began_at)
    _remember(execution, facts)
    facts = await _carry_out(execution, next_attachment, facts)
    await _check_cv(execution, facts)


async def add_note(execution: Execution, began_at: datetime) -> None:
    """Add note to application."""
    facts = await gather_application(execution, began_at)
    _remember(execution, facts)
    await _carry_out(execution, next_note, facts)


BODIES: Mapping[ActionName, Callable[[Execution, datetime], Awaitable[None]]] = {
    ActionName.CREATE_CANDIDATE: create,
    ActionName.CREATE_APPLICATION: create,
    ActionName.ADD_ATTACHMENT_TO_APPLICATION: add_attachment,
    ActionName.ADD_NOTE_TO_APPLICATION: add_note,
}
"""Action -> what it does."""

PLANS: Mapping[ActionName, tuple[Callable[[Execution, datetime], Awaitable[Facts]], Planner]] = {
    ActionName.CREATE_CANDIDATE: (gather_create, next_create),
    ActionName.CREATE_APPLICATION: (gather_create, next_create),
    ActionName.ADD_ATTACHMENT_TO_APPLICATION: (gather_application, next_attachment),
    ActionName.ADD_NOTE_TO_APPLICATION: (gather_application, next_note),
}
"""Action -> what it has to know, and what it writes then."""


async def conduct(name: ActionName, execution: Execution) -> tuple[ActionOutcome, dict[str, Any]]:
    """Carry out an action from its first step to its last; what came of it."""
    began_at = datetime.fromisoformat(await execution.run("begin", execution.carrier.begin))
    errors: list[UserError] = []
    try:
        await BODIES[name](execution, began_at)
    except Stopped as stopped:
        errors = stopped.user_errors
    warnings = [*execution.noted, *execution.remarks, *execution.warnings]
    result = execution.result | {"user_errors": to_json(errors), "warnings": to_json(warnings)}
    return ActionOutcome.FAILED if errors else ActionOutcome.DONE, result


async def _carry_out(execution: Execution, planner: Planner, facts: Facts) -> Facts:
    while (write := planner(execution.document, facts, execution.files)) is not None:
        outcome = await execution.write(write)
        if "duplicate" in outcome:
            outcome = _own_or_settled(execution, write, facts, outcome)
        if "duplicate" in outcome:
            facts = await _meet_duplicate(execution, facts, outcome["duplicate"])
            continue
        if "refused" in outcome:
            if write.soft is None:
                raise Stopped(read_errors(outcome["refused"]))
            execution.warnings.append(said(write.soft))
        facts = learnt(facts, write, outcome.get("made"))
        _remember(execution, facts, write, outcome.get("made"))
    return facts


def _own_or_settled(execution: Execution, write: Write, facts: Facts, outcome: dict[str, Any]) -> dict[str, Any]:
    """What naming a record that is there already comes to, unless it is somebody else's contact."""
    found = outcome["duplicate"]
    if write.step == "company":
        return {"made": found}
    if facts.existing is not None:
        return {"refused": to_json([])}
    if outcome["doubtful"] and found not in {key(row) for row in facts.contacts}:
        execution.result["remote_ids"].append(found)
        return {"made": found}
    return outcome


async def _meet_duplicate(execution: Execution, facts: Facts, contact_key: str) -> Facts:
    """Somebody else made the candidate a moment ago, or Crelate knows better: use it as the input's policy says."""
    read = partial(execution.carrier.lookups.contact, contact_key)
    existing = await execution.ask("read the duplicate", read)
    if existing is None or execution.document["on_duplicate"] in {"REJECT", "CREATE"}:
        execution.result["candidate_key"] = contact_key
        message = "The ATS has this candidate already and takes no second one."
        raise Stopped([error(UserErrorCode.CANDIDATE_ALREADY_EXISTS, message, "candidate", "email_address")])
    facts = await attached(execution, facts, existing, " again")
    _remember(execution, facts)
    if errors := refusals(execution.document, facts):
        raise Stopped(errors)
    execution.remarks = remarks(execution.document, facts)
    return facts


def _remember(execution: Execution, facts: Facts, write: Write | None = None, made: str | None = None) -> None:
    """Enter what is known of the records the action is about."""
    document, result = execution.document, execution.result
    if facts.contact_key is not None:
        result["candidate_key"] = facts.contact_key
    if facts.on_job or (write is not None and write.step == "application"):
        result["application_key"] = f"{document['application']['job_key']}:{facts.contact_key}".lower()
    if "application_key" in document:
        result["application_key"] = document["application_key"].lower()
    if write is not None and write.step == "note":
        result["note"] = {"id": made, "at": write.request.json["entity"]["When"]}
    if write is not None and write.file is not None and "attachment" in document:
        file = write.file
        result["attachment"] = {"id": made, "name": file.name, "type": file.content_type, "size": file.size}


async def _check_cv(execution: Execution, facts: Facts) -> None:
    """See whether the CV that was accepted is there (crelate-api 4.10)."""
    for file in execution.files:
        if file.is_cv and facts.contact_key is not None and not _was_refused(execution, file):
            wait = partial(execution.carrier.await_cv, facts.contact_key, facts.before, new_cv)
            if not await execution.ask("see the CV", wait):
                message = "The ATS accepted the CV and dropped it; it probably cannot read the file."
                execution.warnings.append(warning(WarningCode.CV_LOST, message, *file.path))


def _was_refused(execution: Execution, file: File) -> bool:
    field = list(file.path)
    return any(each.code is WarningCode.ATTACHMENT_FAILED and each.field == field for each in execution.warnings)
