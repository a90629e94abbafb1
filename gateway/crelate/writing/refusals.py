"""Refusals and remarks of an input before anything is written, going by what was looked up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from gateway.crelate.protocol import stored
from gateway.crelate.writing import custom_fields
from gateway.crelate.writing.contact import is_same_person, missing_columns, new_columns
from gateway.crelate.writing.facts import Facts
from resolvers.ports.writing import Document, Omission, Refusal, Task
from schema.actions.problem import UserErrorCode, WarningCode


def refusals(task: Task, facts: Facts) -> list[Refusal]:
    """Why no candidate and no application can be written."""
    return [*_about_application(task, facts), *_about_people(task.document, facts)]


def _about_application(task: Task, facts: Facts) -> Iterator[Refusal]:
    application = task.document.get("application")
    if application is None:
        return
    job, stage = ("application", "job_key"), ("application", "stage_key")
    if facts.job is None:
        yield Refusal(UserErrorCode.JOB_NOT_FOUND, "There is no such job.", job)
    elif facts.job["closed_at"] and datetime.fromisoformat(facts.job["closed_at"]) <= task.began_at:
        yield Refusal(UserErrorCode.JOB_CLOSED, "The job takes no more applications.", job)
    if not facts.stages or application.get("stage_key", facts.stages[0]) not in facts.stages:
        yield Refusal(UserErrorCode.STAGE_NOT_FOUND, "There is no such stage.", stage)
    elif not application.get("stage_key", facts.stages[0]):
        yield Refusal(UserErrorCode.STAGE_NOT_FOUND, "The ATS does not say which stage is the first: name one.", stage)
    if facts.on_job:
        yield Refusal(UserErrorCode.APPLICATION_ALREADY_EXISTS, "The candidate is on this job already.", job)


def _about_people(document: Document, facts: Facts) -> Iterator[Refusal]:
    if not facts.user:
        yield Refusal(UserErrorCode.USER_NOT_FOUND, "There is no such user.", ("sourced_by", "user_key"))
    if document.get("source", {}).get("id") and facts.source_id is None:
        yield Refusal(UserErrorCode.SOURCE_NOT_FOUND, "There is no source with this id.", ("source", "id"))
    yield from custom_fields.refusals(facts.custom_fields)
    if facts.existing is not None and document["on_duplicate"] == "REJECT":
        message = "A candidate with this address exists already."
        yield Refusal(UserErrorCode.CANDIDATE_ALREADY_EXISTS, message, ("candidate", "email_address"))


def move_refusals(task: Task, facts: Facts) -> list[Refusal]:
    """Why an application cannot be moved. Whether its job is open is Crelate's to say."""
    found = []
    if facts.place is None:
        message = "There is no such application."
        found.append(Refusal(UserErrorCode.APPLICATION_NOT_FOUND, message, ("application_key",)))
    if stored(task.document["stage_key"]) not in facts.stages:
        found.append(Refusal(UserErrorCode.STAGE_NOT_FOUND, "There is no such stage.", ("stage_key",)))
    return found


def move_remarks(document: Document, facts: Facts) -> list[Omission]:
    """What is done otherwise than asked for: nothing, where the application is in the stage already."""
    if facts.place is None or facts.place["stage"] != stored(document["stage_key"]):
        return []
    message = "The application is in this stage already; nothing was written."
    return [Omission(WarningCode.STAGE_UNCHANGED, message, ("stage_key",))]


def about_duplicate(document: Document, existing: Mapping[str, Any] | None) -> Refusal | None:
    """Why nothing can be written when Crelate names a contact as a duplicate; null when the contact may be used.

    The address decides who it is: Crelate may have matched the name alone (crelate-api 3). A contact that cannot be
    read is not used.
    """
    place = ("candidate", "email_address")
    if existing is not None and not is_same_person(existing, document["candidate"]) and _rejects_namesakes(document):
        message = "The ATS takes somebody of the same name and another address for this candidate."
        return Refusal(UserErrorCode.CANDIDATE_NAMESAKE, message, place)
    if existing is None or document["on_duplicate"] in {"REJECT", "CREATE"}:
        message = "The ATS has this candidate already and takes no second one."
        return Refusal(UserErrorCode.CANDIDATE_ALREADY_EXISTS, message, place)
    return None


def _rejects_namesakes(document: Document) -> bool:
    return bool(document.get("on_namesake", "REJECT") == "REJECT")


def remarks(document: Document, facts: Facts) -> list[Omission]:
    """What is done otherwise than the input says."""
    return [*_about_defaults(document, facts), *_about_duplicates(document, facts), *_about_columns(document, facts)]


def _about_defaults(document: Document, facts: Facts) -> Iterator[Omission]:
    application, source = document.get("application"), document.get("source")
    if application is not None and "stage_key" not in application:
        message = "No stage was given: the first one is used."
        yield Omission(WarningCode.STAGE_DEFAULTED, message, ("application", "stage_key"))
    if source is not None and facts.source_id is None and not source.get("id"):
        place = "name" if source.get("name") else "unified_key"
        message = "No source has exactly this name, and none can be made."
        yield Omission(WarningCode.SOURCE_SKIPPED, message, ("source", place))


def _about_duplicates(document: Document, facts: Facts) -> Iterator[Omission]:
    place = ("candidate", "email_address")
    if facts.existing is not None:
        yield Omission(WarningCode.CANDIDATE_MATCHED, _MATCHED[document["on_duplicate"]], place)
    elif facts.contacts:
        message = "A candidate with this address existed already; another one was made."
        yield Omission(WarningCode.DUPLICATE_CREATED, message, place)
    elif not facts.sought:
        message = "The ATS cannot be asked by address, and not all of its many candidates were looked through."
        yield Omission(WarningCode.DUPLICATES_UNCHECKED, message, place)


_MATCHED = {
    "ATTACH": "The candidate exists already and is used as it is; nothing of the person was changed.",
    "UPDATE": "The candidate exists already; what was empty is filled in.",
    "REJECT": "The candidate exists already.",
}


def _about_columns(document: Document, facts: Facts) -> list[Omission]:
    if facts.existing is None:
        return new_columns(document, facts.looked_up(document))[1]
    if document["on_duplicate"] == "UPDATE":
        return missing_columns(document, facts.looked_up(document))[1]
    return []
