"""Which write comes next: a pure function of the input and of what is known by now.

A dry run asks it again and again, as if every write went well; a real run asks it after each write with what that write
brought. So a plan cannot differ from what is done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from gateway.crelate.protocol import Request, stored
from gateway.crelate.readers import key
from gateway.crelate.writing import finding, requests
from gateway.crelate.writing.contact import (
    ASSUMED,
    POSITION,
    as_candidate,
    dropped,
    given,
    missing_columns,
    new_columns,
)
from gateway.crelate.writing.facts import APPLICATION, CANDIDATE, COMPANY, Facts
from gateway.crelate.writing.finding import Find
from resolvers.ports.writing import Document, File, Omission, Shape, Task, Write
from schema.actions.planned_call import PlannedCall
from schema.actions.problem import WarningCode
from schema.scalars import JSON

CV_SECONDS = 30.0
"""How long Crelate takes at most until an uploaded CV is on the contact (crelate-api 4.10)."""

APPLICATION_STEP = "application"
"""Name of the write that puts a contact on a job."""

Planner = Callable[[Task, Facts], "Write | None"]
"""Names the next write of an action; null when it is over."""


def next_create(task: Task, facts: Facts) -> Write | None:
    """The next write of create candidate and create application (crelate-api 6.2)."""
    for step, planner in _MAKING if facts.existing is None else _FILLING:
        if step not in facts.settled and (write := planner(task.document, facts)) is not None:
            return write
    return _next_file(task, facts)


def next_attachment(task: Task, facts: Facts) -> Write | None:
    """The next write of add attachment to application (crelate-api 6.3)."""
    write = _next_file(task, facts)
    return None if write is None else replace(write, soft=None)


def next_note(task: Task, facts: Facts) -> Write | None:
    """The write of add note to application (crelate-api 6.3, ASM-28)."""
    if "note" in facts.settled:
        return None
    job_key, contact_key = application_keys(task.document["application_key"])
    content = task.document["content"]
    when = task.began_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    detached = Omission(WarningCode.NOTE_DETACHED, "The note is on the candidate only.", ("application_key",))
    shapes = (
        *(Shape(requests.note(contact_key, content, when, job)) for job in requests.regarding(job_key)),
        Shape(requests.note(contact_key, content, when, None), (detached,)),
    )
    return _write("note", ("content",), shapes, finding.new_note(contact_key, content, datetime.fromisoformat(when)))


def next_move(task: Task, facts: Facts) -> Write | None:
    """The move of an application (ASM-25): by the first API where a second POST is refused, or has no effect."""
    stage_key, place = stored(task.document["stage_key"]), facts.place
    if place is None or place["stage"] == stage_key:
        return None
    step = "second move" if facts.unmoved else "move"
    if step in facts.settled:
        return None
    keys = (*application_keys(task.document["application_key"]), stage_key)
    ways = (requests.pipeline_entry, requests.first_version_move)[facts.unmoved :]
    shapes, find = tuple(Shape(way(*keys)) for way in ways), finding.move(*keys, place)
    return _write(step, ("stage_key",), shapes, find, brings_id=False, placeholder=APPLICATION)


def application_keys(application_key: str) -> tuple[str, str]:
    """Job and contact of an application (ASM-08); blank where the key is no such pair."""
    job_key, _, contact_key = application_key.lower().partition(":")
    return job_key, contact_key


def _company(document: Document, facts: Facts) -> Write | None:
    if not facts.makes_company(document):
        return None
    name, path = given(document["candidate"], "company"), ("candidate", "company")
    soft = Omission(WarningCode.COMPANY_SKIPPED, "The ATS refused to make the employer.", path)
    find = finding.company_named(name)
    return _write("company", path, (Shape(requests.new_company(name)),), find, soft=soft, placeholder=COMPANY)


def _candidate(document: Document, facts: Facts) -> Write | None:
    return _new_contact(document, facts) if facts.existing is None else _contact_change(document, facts, facts.existing)


def _new_contact(document: Document, facts: Facts) -> Write:
    columns, _ = new_columns(document, facts.looked_up(document))
    find = finding.new_contact(document["candidate"], frozenset(str(key(row)) for row in facts.contacts))
    shapes = _shapes(document, columns, requests.new_contact)
    return _write("candidate", ("candidate",), shapes, find, placeholder=CANDIDATE)


def _employer(document: Document, facts: Facts) -> Write | None:
    """The position of a new contact whose employer had to be made: without the employer where it is refused."""
    position = new_columns(document, facts.looked_up(document))[0].get(POSITION)
    if "company" not in facts.settled or position is None:
        return None
    contact_key, path = str(facts.contact_key), ("candidate", "company")
    skipped = Omission(WarningCode.COMPANY_SKIPPED, "The ATS refused this part; the rest was written.", path)
    alone = {name: value for name, value in position.items() if name != "CompanyId"}
    forms = [(position, ()), *([(alone, (skipped,))] if "JobTitle" in alone and alone != position else [])]
    shapes = tuple(Shape(requests.contact_change(contact_key, {POSITION: form}), left) for form, left in forms)
    find = finding.contact_change(contact_key, {POSITION: alone})
    return _write("employer", path, shapes, find, soft=skipped, brings_id=False)


def _contact_change(document: Document, facts: Facts, existing: Mapping[str, Any]) -> Write | None:
    columns = as_candidate(existing)
    if document["on_duplicate"] == "UPDATE":
        columns, _ = missing_columns(document, facts.looked_up(document))
    if not columns:
        return None
    contact_key = str(key(existing))
    shapes = _shapes(document, columns, lambda kept: requests.contact_change(contact_key, kept))
    soft = Omission(WarningCode.UPDATE_REFUSED, "The ATS refused to change the existing candidate.", ("candidate",))
    find = finding.contact_change(contact_key, columns)
    return _write("candidate", ("candidate",), shapes, find, soft=soft, brings_id=False)


def _shapes(
    document: Document, columns: Mapping[str, Any], request: Callable[[Mapping[str, Any]], Request]
) -> tuple[Shape, ...]:
    """All columns, then the same without each one that was never seen written, and then without all of these."""
    doubtful = [column for column in ASSUMED if column in columns]
    drops = [(), *((column,) for column in doubtful), *([tuple(doubtful)] if len(doubtful) > 1 else [])]
    return tuple(
        Shape(
            request({name: columns[name] for name in columns if name not in drop}),
            tuple(omission for column in drop for omission in dropped(column, document)),
        )
        for drop in drops
        if set(columns) - set(drop)
    )


def _application(document: Document, facts: Facts) -> Write | None:
    application = document.get("application")
    if application is None:
        return None
    stage_key = application.get("stage_key") or facts.stages[0]
    return pipeline_entry(application["job_key"], str(facts.contact_key), stage_key)


def pipeline_entry(job_key: str, contact_key: str, stage_key: str) -> Write:
    """Puts a contact on a job (crelate-api 6.2, step 4)."""
    shapes = (Shape(requests.pipeline_entry(job_key, contact_key, stage_key)),)
    find = finding.pipeline_entry(job_key, contact_key)
    return _write(APPLICATION_STEP, ("application",), shapes, find, brings_id=False, placeholder=APPLICATION)


_Steps = tuple[tuple[str, Callable[[Document, Facts], Write | None]], ...]

_MAKING: _Steps = (
    ("candidate", _candidate),
    ("company", _company),
    ("employer", _employer),
    (APPLICATION_STEP, _application),
)
_FILLING: _Steps = (("company", _company), ("candidate", _candidate), (APPLICATION_STEP, _application))
"""Step -> the write it consists of, in order, for a new contact and for one that is there; null where there is nothing
to write."""


def _next_file(task: Task, facts: Facts) -> Write | None:
    waiting = (file for file in task.files if file.step not in facts.settled)
    return next((_upload(facts, file) for file in waiting), None)


def _upload(facts: Facts, file: File) -> Write:
    contact_key = str(facts.contact_key)
    is_image = file.content_type.startswith("image/")
    shapes = (
        Shape(requests.cv(contact_key) if file.is_cv else requests.document(contact_key)),
        Shape(requests.first_version_document(contact_key, file.name, is_cv=file.is_cv, is_image=is_image)),
    )
    find = finding.new_file(contact_key, file.name, facts.before | facts.uploaded, is_cv=file.is_cv)
    soft = Omission(WarningCode.ATTACHMENT_FAILED, "The ATS refused the file.", file.path)
    write = _write(file.step, file.path, shapes, find, file=file, soft=soft)
    return replace(write, shows_within=CV_SECONDS) if file.is_cv else write


def _write(step: str, path: tuple[str, ...], shapes: tuple[Shape, ...], find: Find, **more: Any) -> Write:
    return Write(step, path, _planned(shapes[0].request, more.get("file")), shapes, find, **more)


def _planned(request: Request, file: File | None) -> PlannedCall:
    """A call as a dry run shows it; a file by its name, type and size."""
    body: Any = request.json
    if file is not None:
        body = {"file": {"name": file.name, "contentType": file.content_type, "size": file.size}}
    return PlannedCall(
        method=request.method,
        path=request.template,
        params=JSON(dict(request.params)) if request.params else None,
        body=JSON(body),
    )
