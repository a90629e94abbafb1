"""The writing side of a Crelate account: fills `resolvers.ports.writing`."""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from typing import IO, Any

import httpx
from msgspec import structs

from gateway.crelate.account import Account
from gateway.crelate.protocol import Answer, Request, Version
from gateway.crelate.readers import key
from gateway.crelate.reading import file as files
from gateway.crelate.reading.session import Session
from gateway.crelate.writing import questions
from gateway.crelate.writing.contact import is_same_person, same_name
from gateway.crelate.writing.facts import Facts, judged, learned
from gateway.crelate.writing.finding import new_cv
from gateway.crelate.writing.forms import Forms, learn_duplicate
from gateway.crelate.writing.gathering import (
    Gather,
    after_create,
    after_move,
    gather_application,
    gather_create,
    gather_move,
    with_existing,
)
from gateway.crelate.writing.planning import CV_SECONDS, Planner, next_attachment, next_create, next_move, next_note
from gateway.crelate.writing.questions import AskLive, asking
from gateway.crelate.writing.refusals import about_duplicate, move_refusals, move_remarks, refusals, remarks
from gateway.crelate.writing.relaying import CREDENTIAL_NAMES, relay, template
from resolvers.errors import Duplicate, Rejected
from resolvers.ports.writing import (
    Ask,
    Check,
    Document,
    File,
    Omission,
    OpenFile,
    Outcome,
    Refusal,
    Relay,
    Relayed,
    Sent,
    Stopped,
    Task,
    Write,
)
from schema.actions.action import ActionName
from schema.actions.problem import WarningCode


@dataclass(frozen=True, slots=True)
class Recipe:
    """How one action is done.

    Attributes:
        gather: What it has to know.
        next_write: What it writes then.
        refusals: What stands against that, going by what was looked up.
        remarks: What is done otherwise than the input says.
        look: What has to be known after a write that Crelate took; null for nothing.
    """

    gather: Gather
    next_write: Planner
    refusals: Callable[[Task, Facts], Sequence[Refusal]] = lambda _, __: ()
    remarks: Callable[[Document, Facts], Sequence[Omission]] = lambda _, __: ()
    look: Callable[[Task, Facts, Write, AskLive], Awaitable[Facts]] | None = None


RECIPES: Mapping[ActionName, Recipe] = {
    ActionName.CREATE_CANDIDATE: Recipe(gather_create, next_create, refusals, remarks, after_create),
    ActionName.CREATE_APPLICATION: Recipe(gather_create, next_create, refusals, remarks, after_create),
    ActionName.ADD_ATTACHMENT_TO_APPLICATION: Recipe(gather_application, next_attachment),
    ActionName.ADD_NOTE_TO_APPLICATION: Recipe(gather_application, next_note),
    ActionName.MOVE_APPLICATION: Recipe(gather_move, next_move, move_refusals, move_remarks, after_move),
}
"""Action -> how it is done."""


@dataclass(frozen=True, slots=True)
class CrelatePlan:
    """An action's input with what is known about it; fills `resolvers.ports.writing.Plan`.

    Attributes:
        account: Who is asked.
        task, facts: The input, and what is known.
        remarks: What is done otherwise than the input says, going by what was looked up.
    """

    account: Account
    task: Task
    facts: Facts
    remarks: Sequence[Omission] = ()

    @property
    def candidate_key(self) -> str | None:
        """The contact, once there is one."""
        return self.facts.contact_key

    @property
    def application_key(self) -> str | None:
        """`{job}:{contact}`, once the contact is on the job (ASM-08)."""
        document = self.task.document
        if "application_key" in document:
            return str(document["application_key"]).lower() if self.facts.contact_key else None
        if self.facts.on_job or "application" in self.facts.settled:
            return f"{document['application']['job_key']}:{self.facts.contact_key}".lower()
        return None

    @property
    def refusals(self) -> Sequence[Refusal]:
        """Why nothing can be written, going by what was looked up."""
        return RECIPES[self.task.name].refusals(self.task, self.facts)

    def next_write(self) -> Write | None:
        """The next write; null when there is none left."""
        return RECIPES[self.task.name].next_write(self.task, self.facts)

    async def judge(self, write: Write, outcome: Outcome, ask: Ask) -> Outcome:
        """What a duplicate comes to; another writer's contact and a namesake remain one."""
        judgement = judged(self.facts, write, outcome)
        if write.step == "company" or judgement.made is None:
            return judgement
        row = await asking(self.account, ask)("look at the duplicate", questions.contact, judgement.made)
        candidate = self.task.document["candidate"]
        is_own = row is not None and is_same_person(row, candidate) and same_name(row, candidate)
        return judgement if is_own else outcome

    async def learn(self, write: Write, outcome: Outcome, ask: Ask) -> CrelatePlan:
        """The plan after a write; after a duplicate, with the contact that is there.

        Raises:
            Stopped: the input does not want an existing contact, this one is somebody else, or Crelate took a write
                that shows no effect.
        """
        if outcome.duplicate is not None:
            return await self._with_duplicate(outcome.duplicate, ask)
        facts, look = learned(self.facts, write, outcome), RECIPES[self.task.name].look
        if look is not None and outcome == Outcome():
            facts = await look(self.task, facts, write, asking(self.account, ask))
        return replace(self, facts=facts)

    async def _with_duplicate(self, contact_key: str, ask: Ask) -> CrelatePlan:
        """The candidate was made meanwhile, or Crelate matches otherwise: use it as the input's policies say.

        Crelate may have matched the name alone, so the contact is read: nothing is written to a namesake unasked.
        """
        ask_live, document = asking(self.account, ask), self.task.document
        existing = await ask_live("read the duplicate", questions.contact, contact_key)
        learn_duplicate(self.account.client.profile, document["candidate"], existing)
        if refusal := about_duplicate(document, existing):
            raise Stopped(refusal, candidate_key=contact_key)
        facts = await with_existing(self.task, self.facts, existing, ask_live, " again")
        return replace(self, facts=facts, remarks=remarks(document, facts))

    def checks(self) -> Sequence[Check]:
        """Whether a CV that was accepted is on the contact in time; an unreadable one never is (crelate-api 4.10)."""
        sent = [file for file in self.task.files if file.is_cv and file.step not in self.facts.refused]
        return [] if self.facts.contact_key is None else [self._cv_check(file) for file in sent]

    def _cv_check(self, file: File) -> Check:
        async def is_there() -> bool:
            return await new_cv(Session(self.account), str(self.facts.contact_key), self.facts.before) is not None

        message = "The ATS accepted the CV and dropped it; it probably cannot read the file."
        return Check("see the CV", is_there, CV_SECONDS, Omission(WarningCode.CV_LOST, message, file.path))


class CrelateWriter:
    """The writing side of one account; fills `resolvers.ports.writing.Writer`.

    Args:
        account: Who is written to.
    """

    credential_names = CREDENTIAL_NAMES

    def __init__(self, account: Account) -> None:
        self._account = account

    async def gather(self, task: Task, ask: Ask) -> CrelatePlan:
        """Look up what the action has to know.

        Raises:
            Stopped: there is no such application.
        """
        recipe = RECIPES[task.name]
        gathered = await recipe.gather(task, asking(self._account, ask))
        facts = replace(gathered, columns=self._account.custom.written)
        return CrelatePlan(self._account, task, facts, recipe.remarks(task.document, facts))

    async def send(self, write: Write, shape: int, content: IO[bytes] | None) -> Sent:
        """Send a write.

        Raises:
            AtsError: Crelate refused, did not answer, or its answer cannot be read.
        """
        answer = await self._sent(write, shape, content)
        named = write.brings_id or isinstance(answer.data, str)  # a GUID, or in the first API an object that holds it
        return Sent(key(answer.data) if named else None, answer.correlation_id)

    async def _sent(self, write: Write, shape: int, content: IO[bytes] | None) -> Answer:
        """The answer to a write. Shapes that are known to be refused are sent only after the one known to be taken.

        Raises:
            Rejected: it is refused, or is known to be.
        """
        forms = Forms.of(write, self._account.client.profile)
        preferred = forms.preferred
        if shape < preferred:
            raise Rejected(upstream=write.shapes[shape].request.upstream())
        numbers = [shape, *range(preferred)] if shape == preferred else [shape]
        for number in numbers:
            try:
                answer = await self._account.client.send(_filled(write, number, content))
            except Rejected as refusal:
                forms.refused(number, refusal)
                if number == numbers[-1] or isinstance(refusal, Duplicate) or _is_open(refusal):
                    raise
            else:
                forms.worked(number)
                break
        return answer

    async def find(self, write: Write) -> str | None:
        """Look for what a write made, over a session of its own.

        Raises:
            AtsError: Crelate does not let the gateway look.
        """
        found: str | None = await write.trace(Session(self._account))
        return found

    def open_file(self, file_id: str) -> AbstractAsyncContextManager[OpenFile]:
        """Open the content of a file.

        Raises:
            AtsError: there is no such file, or Crelate does not give it.
        """
        return files.opened(self._account, file_id)

    def template(self, path: str) -> str:
        """A path with placeholders for everything but plain words."""
        return template(path)[0]

    async def relay(self, request: Relay, limit: int) -> Relayed:
        """Send a caller's own request.

        Raises:
            AtsError: no answer came, or one of more than `limit` bytes.
        """
        return await relay(self._account.client, request, limit)


def _is_open(refusal: Rejected) -> bool:
    """Whether a refusal leaves open what happened: an answer that says both success and error (ASM-13)."""
    return refusal.upstream is not None and httpx.codes.is_success(refusal.upstream.status or 0)


def _filled(write: Write, shape: int, content: IO[bytes] | None) -> Request:
    """The request of one shape of a write, with the content of its file."""
    request: Request = write.shapes[shape].request
    if write.file is None or content is None:
        return request
    content.seek(0)
    return _with_file(request, write.file, content)


def _with_file(request: Request, file: File, content: IO[bytes]) -> Request:
    """The request with its file; the first API takes files as base64 in JSON only (crelate-api 4.10)."""
    if request.version is Version.V1:
        body: Any = {**request.json, "Content": base64.b64encode(content.read()).decode()}
        return structs.replace(request, json=body)
    return structs.replace(request, files={"file": (file.name, content, file.content_type)})
