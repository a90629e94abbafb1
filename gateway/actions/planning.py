"""Which write comes next: a pure function of the input and of what is known by now.

A dry run asks it again and again, pretending that every write went well; a real run asks it after each write with what
it learnt. So a plan cannot differ from what is done.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from gateway.actions.problems import error, warning
from gateway.crelate.protocol import Request
from gateway.crelate.readers import key
from gateway.crelate.writing import looking, requests
from gateway.crelate.writing.contact import (
    ASSUMED,
    PATHS,
    Known,
    Left,
    as_candidate,
    contact,
    filled,
    has_position,
    same_name,
)
from gateway.crelate.writing.looking import Look
from schema.actions.planned_call import PlannedCall
from schema.actions.problem import ActionWarning, UserError, UserErrorCode, WarningCode
from schema.scalars import JSON

COMPANY, CANDIDATE = "{company}", "{candidate}"
"""What stands in a dry run for ids that only a real run brings."""


@dataclass(frozen=True, slots=True)
class File:
    """A file of the input, as it will be sent.

    Attributes:
        step: Name of the write that sends it.
        path: Where it is in the document.
        id: In the spool; null in a dry run.
        name, content_type, size: Of the file; the size is null in a dry run of a file that is to be fetched.
        is_cv: Whether it becomes the contact's CV.
    """

    step: str
    path: tuple[str, ...]
    id: str | None
    name: str
    content_type: str
    size: int | None
    is_cv: bool


@dataclass(frozen=True, slots=True)
class Write:
    """One call that writes.

    Attributes:
        step: Its name within the action.
        request: The call; a file is added when it is sent.
        path: The part of the input it is about, for errors.
        look: How to find out whether it happened.
        file: The file it carries.
        fallbacks: What to send instead when Crelate refuses, in order, each with what to say about it.
        soft: What to say when Crelate refuses all of them and the action goes on; null when it ends there.
        brings_id: Whether a success names what was made.
    """

    step: str
    request: Request
    path: tuple[str, ...]
    look: Look
    file: File | None = None
    fallbacks: tuple[tuple[Request, tuple[Left, ...]], ...] = ()
    soft: Left | None = None
    brings_id: bool = True


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about one input, from look-ups first and then from each write.

    Attributes:
        began_at: When the action began.
        job: When the job closes; null when there is none.
        stages: Keys of all stages, in order.
        user: Whether the user exists.
        source_id, country_id, company: What was found; the company also once it was made.
        contacts: All contacts with the candidate's address.
        existing: The contact to be used instead of a new one.
        on_job: Whether the existing contact is on the job already.
        before: Ids of files that were on the contact before this action.
        uploaded: Ids of files this action has added.
        contact_key: The contact, once there is one.
        settled: Steps that are over, whatever came of them.
    """

    began_at: datetime
    job: Mapping[str, Any] | None = None
    stages: tuple[str, ...] = ()
    user: bool = True
    source_id: str | None = None
    country_id: str | None = None
    company: Mapping[str, Any] | None = None
    contacts: tuple[Mapping[str, Any], ...] = ()
    existing: Mapping[str, Any] | None = None
    on_job: bool = False
    before: frozenset[str] = frozenset()
    uploaded: frozenset[str] = frozenset()
    contact_key: str | None = None
    settled: frozenset[str] = field(default_factory=frozenset)


Document = Mapping[str, Any]
Planner = Callable[[Document, Facts, tuple[File, ...]], "Write | None"]
"""Names the next write of an action; null when it is over."""


def chosen(document: Document, contacts: tuple[Mapping[str, Any], ...]) -> Mapping[str, Any] | None:
    """Which of the contacts with the candidate's address is meant: one of the same name, else the oldest."""
    if document["on_duplicate"] == "CREATE":
        return None
    named = (row for row in contacts if same_name(row, document["candidate"]))
    return next(named, contacts[0] if contacts else None)


def refusals(document: Document, facts: Facts) -> list[UserError]:
    """Why nothing can be written, going by what was looked up."""
    return [*_about_application(document, facts), *_about_people(document, facts)]


def _about_application(document: Document, facts: Facts) -> Iterator[UserError]:
    application = document.get("application")
    if application is None:
        return
    if facts.job is None:
        yield error(UserErrorCode.JOB_NOT_FOUND, "There is no such job.", "application", "job_key")
    elif facts.job["closed_at"] and datetime.fromisoformat(facts.job["closed_at"]) <= facts.began_at:
        yield error(UserErrorCode.JOB_CLOSED, "The job takes no more applications.", "application", "job_key")
    if not facts.stages or application.get("stage_key", facts.stages[0]) not in facts.stages:
        yield error(UserErrorCode.STAGE_NOT_FOUND, "There is no such stage.", "application", "stage_key")
    if facts.on_job:
        message = "The candidate is on this job already."
        yield error(UserErrorCode.APPLICATION_ALREADY_EXISTS, message, "application", "job_key")


def _about_people(document: Document, facts: Facts) -> Iterator[UserError]:
    if not facts.user:
        yield error(UserErrorCode.USER_NOT_FOUND, "There is no such user.", "sourced_by", "user_key")
    if document.get("source", {}).get("id") and facts.source_id is None:
        yield error(UserErrorCode.SOURCE_NOT_FOUND, "There is no source with this id.", "source", "id")
    if facts.existing is not None and document["on_duplicate"] == "REJECT":
        message = "A candidate with this address exists already."
        yield error(UserErrorCode.CANDIDATE_ALREADY_EXISTS, message, "candidate", "email_address")


def remarks(document: Document, facts: Facts) -> list[ActionWarning]:
    """What is done otherwise than the input says, as far as it is known before anything is sent."""
    return [*_about_defaults(document, facts), *_about_duplicates(document, facts), *_about_columns(document, facts)]


def _about_defaults(document: Document, facts: Facts) -> Iterator[ActionWarning]:
    application, source = document.get("application"), document.get("source")
    if application is not None and "stage_key" not in application:
        message = "No stage was given: the first one is used."
        yield warning(WarningCode.STAGE_DEFAULTED, message, "application", "stage_key")
    if source is not None and facts.source_id is None and not source.get("id"):
        place = "name" if source.get("name") else "unified_key"
        message = "No source has exactly this name, and none can be made."
        yield warning(WarningCode.SOURCE_SKIPPED, message, "source", place)


def _about_duplicates(document: Document, facts: Facts) -> Iterator[ActionWarning]:
    place = ("candidate", "email_address")
    if facts.existing is not None:
        yield warning(WarningCode.CANDIDATE_MATCHED, _MATCHED[document["on_duplicate"]], *place)
    elif facts.contacts:
        message = "A candidate with this address existed already; another one was made."
        yield warning(WarningCode.DUPLICATE_CREATED, message, *place)


_MATCHED = {
    "ATTACH": "The candidate exists already and is used as it is; nothing of the person was changed.",
    "UPDATE": "The candidate exists already; what was empty is filled in.",
    "REJECT": "The candidate exists already.",
}


def _about_columns(document: Document, facts: Facts) -> Iterator[ActionWarning]:
    left: list[Left] = []
    if facts.existing is None:
        left = contact(document, _known(document, facts))[1]
    elif document["on_duplicate"] == "UPDATE":
        left = filled(document, _known(document, facts))[1]
    return (said(each) for each in left)


def said(left: Left) -> ActionWarning:
    """What was left out, for the caller."""
    return warning(left.code, left.message, *left.path)


def next_create(document: Document, facts: Facts, files: tuple[File, ...]) -> Write | None:
    """The next write of create candidate and create application (crelate-api 6.2)."""
    for planner in (_company, _new_contact, _contact_change, _application):
        write = planner(document, facts)
        if write is not None and write.step not in facts.settled:
            return write
    return _next_file(facts, files)


def _company(document: Document, facts: Facts) -> Write | None:
    name = document["candidate"].get("company", "").strip()
    if not name or facts.company is not None or not _writes_position(document, facts):
        return None
    soft = Left(WarningCode.COMPANY_SKIPPED, "The ATS refused to make the employer.", ("candidate", "company"))
    path = ("candidate", "company")
    return Write("company", requests.new_company(name), path, looking.for_company(name), soft=soft)


def _writes_position(document: Document, facts: Facts) -> bool:
    if facts.existing is None:
        return True
    return document["on_duplicate"] == "UPDATE" and not has_position(facts.existing)


def _new_contact(document: Document, facts: Facts) -> Write | None:
    if facts.existing is not None:
        return None
    columns, _ = contact(document, _known(document, facts))
    before = frozenset(str(key(row)) for row in facts.contacts)
    look = looking.for_contact(document["candidate"], before)
    return Write(
        "candidate",
        requests.new_contact(columns),
        ("candidate",),
        look,
        fallbacks=_without(columns, requests.new_contact),
    )


def _contact_change(document: Document, facts: Facts) -> Write | None:
    if facts.existing is None:
        return None
    if document["on_duplicate"] == "UPDATE":
        columns, _ = filled(document, _known(document, facts))
    else:
        columns = as_candidate(facts.existing)
    if not columns:
        return None
    contact_key = str(key(facts.existing))

    def request(kept: Mapping[str, Any]) -> Request:
        return requests.contact_change(contact_key, kept)

    soft = Left(WarningCode.UPDATE_REFUSED, "The ATS refused to change the existing candidate.", ("candidate",))
    return Write(
        step="candidate",
        request=request(columns),
        path=("candidate",),
        look=looking.for_contact_change(contact_key, columns),
        fallbacks=_without(columns, request),
        soft=soft,
        brings_id=False,
    )


def _without(
    columns: Mapping[str, Any], request: Callable[[Mapping[str, Any]], Request]
) -> tuple[tuple[Request, tuple[Left, ...]], ...]:
    """The same without each column nobody has seen written, and then without all of them."""
    doubtful = [column for column in ASSUMED if column in columns]
    drops = [(column,) for column in doubtful] + ([tuple(doubtful)] if len(doubtful) > 1 else [])
    return tuple(
        (request({name: columns[name] for name in columns if name not in drop}), tuple(map(_refused, drop)))
        for drop in drops
        if set(columns) - set(drop)
    )


def _refused(column: str) -> Left:
    return Left(ASSUMED[column], "The ATS refused this part; the rest was written.", PATHS[column])


def _application(document: Document, facts: Facts) -> Write | None:
    application = document.get("application")
    if application is None:
        return None
    job_key, contact_key = application["job_key"], str(facts.contact_key)
    stage_key = application.get("stage_key") or facts.stages[0]
    look = looking.for_pipeline_entry(job_key, contact_key)
    request = requests.pipeline_entry(job_key, contact_key, stage_key)
    return Write("application", request, ("application",), look, brings_id=False)


def next_attachment(_: Document, facts: Facts, files: tuple[File, ...]) -> Write | None:
    """The next write of add attachment to application (crelate-api 6.3)."""
    write = _next_file(facts, files)
    return None if write is None else replace(write, soft=None)


def _next_file(facts: Facts, files: tuple[File, ...]) -> Write | None:
    for file in files:
        if file.step not in facts.settled:
            return _upload(facts, file)
    return None


def _upload(facts: Facts, file: File) -> Write:
    contact_key = str(facts.contact_key)
    is_image = file.content_type.startswith("image/")
    fallback = requests.first_version_document(contact_key, file.name, is_cv=file.is_cv, is_image=is_image)
    return Write(
        step=file.step,
        request=requests.cv(contact_key) if file.is_cv else requests.document(contact_key),
        path=file.path,
        look=looking.for_file(contact_key, file.name, facts.before | facts.uploaded, is_cv=file.is_cv),
        file=file,
        fallbacks=((fallback, ()),),
        soft=Left(WarningCode.ATTACHMENT_FAILED, "The ATS refused the file.", file.path),
    )


def next_note(document: Document, facts: Facts, _: tuple[File, ...]) -> Write | None:
    """The write of add note to application (crelate-api 6.3, ASM-28)."""
    if "note" in facts.settled:
        return None
    job_key, contact_key = application_keys(document["application_key"])
    content, when = document["content"], facts.began_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    detached = Left(WarningCode.NOTE_DETACHED, "The note is on the candidate only.", ("application_key",))
    (request, _nothing), *fallbacks = (
        *((requests.note(contact_key, content, when, job), ()) for job in requests.regarding(job_key)),
        (requests.note(contact_key, content, when, None), (detached,)),
    )
    look = looking.for_note(contact_key, content, datetime.fromisoformat(when))
    return Write("note", request, ("content",), look, fallbacks=tuple(fallbacks))


def application_keys(application_key: str) -> tuple[str, str]:
    """Job and contact of an application (ASM-08); blank where the key is no such pair."""
    job_key, _, contact_key = application_key.lower().partition(":")
    return job_key, contact_key


def learnt(facts: Facts, write: Write, made: str | None) -> Facts:
    """What is known after a write that made a record, or that was refused without ending the action."""
    settled = facts.settled | {write.step}
    if write.step == "company" and made is not None:
        return replace(facts, settled=settled, company={"Id": made})
    if write.step == "candidate" and made is not None and facts.existing is None:
        return replace(facts, settled=settled, contact_key=made)
    if write.file is not None and made is not None:
        return replace(facts, settled=settled, uploaded=facts.uploaded | {made})
    return replace(facts, settled=settled)


def plan(planner: Planner, document: Document, facts: Facts, files: tuple[File, ...]) -> Iterator[PlannedCall]:
    """All writes of an action if each goes well, with placeholders for ids they would bring."""
    while (write := planner(document, facts, files)) is not None:
        yield planned(write)
        facts = learnt(facts, write, {"company": COMPANY, "candidate": CANDIDATE}.get(write.step))


def planned(write: Write) -> PlannedCall:
    """A write, for the caller."""
    body: Any = write.request.json
    if write.file is not None:
        body = {"file": {"name": write.file.name, "contentType": write.file.content_type, "size": write.file.size}}
    return PlannedCall(
        method=write.request.method,
        path=write.request.template,
        params=JSON(dict(write.request.params)) if write.request.params else None,
        body=JSON(body),
    )


def _known(document: Document, facts: Facts) -> Known:
    refused = "company" in facts.settled and facts.company is None
    wanted = document["candidate"].get("company") and not refused
    company = facts.company or ({"Id": COMPANY} if wanted else None)  # a new one is made before the contact
    return Known(company, facts.country_id, facts.source_id, facts.existing or {})
