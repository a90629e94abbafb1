"""An ATS in memory that fills the action port: candidates by address, and nothing else."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import IO, Any

from resolvers.errors import AtsError, Duplicate, NotFound
from resolvers.ports.writing import (
    Ask,
    Check,
    Omission,
    OpenFile,
    Outcome,
    Refusal,
    Relay,
    Relayed,
    Sent,
    Shape,
    Stopped,
    Task,
    Write,
)
from schema.actions.attachment import Attachment
from schema.actions.planned_call import PlannedCall
from schema.actions.problem import UserErrorCode, WarningCode
from schema.scalars import JSON

PATH = ("candidate", "email_address")


@dataclass(slots=True)
class MemoryAts:
    """What the ATS holds, and what befalls the next writes.

    Attributes:
        people: Address -> number.
        files: Name -> content, of files that were kept.
        before, after: Errors raised one by one, ahead of a write or once it was done.
        log: Every call: what, and of which shape.
        drops_files: Whether files are accepted and then dropped.
    """

    people: dict[str, str] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    before: list[AtsError] = field(default_factory=list)
    after: list[AtsError] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    drops_files: bool = False


@dataclass(frozen=True, slots=True)
class MemoryPlan:
    """One candidate, then its files."""

    ats: MemoryAts
    task: Task
    candidate_key: str | None = None
    done: frozenset[str] = frozenset()
    refusals: Sequence[Refusal] = ()
    remarks: Sequence[Omission] = ()
    application_key: str | None = None

    def next_write(self) -> Write | None:
        """The candidate unless there is one, then each file."""
        if self.candidate_key is None:
            return self._candidate()
        waiting = (file for file in self.task.files if file.step not in self.done)
        soft = Omission(WarningCode.ATTACHMENT_FAILED, "No.")
        call = PlannedCall(method="PUT", path="/files")
        return next(
            (Write(each.step, each.path, call, (Shape("file"),), each.name, file=each, soft=soft) for each in waiting),
            None,
        )

    def _candidate(self) -> Write:
        email = self.task.document["candidate"]["email_address"]
        plain = Shape("plain", (Omission(WarningCode.TITLE_SKIPPED, "Without a title.", ("candidate", "title")),))
        call = PlannedCall(method="PUT", path="/people", body=JSON({"mail": email}))
        return Write("candidate", ("candidate",), call, (Shape("full"), plain), email, placeholder="{candidate}")

    async def judge(self, _: Write, outcome: Outcome, __: Ask) -> Outcome:
        """A doubtful duplicate is this write's own."""
        return Outcome(made=outcome.duplicate) if outcome.doubtful else outcome

    async def learn(self, write: Write, outcome: Outcome, _: Ask) -> "MemoryPlan":
        """Use the candidate that is there, unless the input rejects that."""
        if outcome.duplicate is not None and self.task.document["on_duplicate"] == "REJECT":
            refusal = Refusal(UserErrorCode.CANDIDATE_ALREADY_EXISTS, "There.", PATH)
            raise Stopped(refusal, candidate_key=outcome.duplicate)
        made = self.candidate_key or outcome.made or outcome.duplicate
        return replace(self, candidate_key=made, done=self.done | {write.step})

    def checks(self) -> Sequence[Check]:
        """Whether each file is kept."""
        omission = Omission(WarningCode.CV_LOST, "Gone.", ("attachments", "0"))
        return [
            Check(f"see {file.name}", self._kept(file.name), 4.0, omission) for file in self.task.files if file.is_cv
        ]

    def _kept(self, name: str) -> Any:
        async def kept() -> bool:
            return name in self.ats.files

        return kept


@dataclass(frozen=True, slots=True)
class MemoryWriter:
    """Fills `resolvers.ports.writing.Writer` and `resolvers.ports.files.Files`."""

    ats: MemoryAts
    credential_names: frozenset[str] = frozenset({"secret"})

    async def gather(self, task: Task, ask: Ask) -> MemoryPlan:
        """Whether the address is taken, of which only REJECT wants to know."""

        async def known() -> str | None:
            return self.ats.people.get(task.document["candidate"]["email_address"])

        if task.document["on_duplicate"] == "REJECT" and (key := await ask("find", known)) is not None:
            refusal = Refusal(UserErrorCode.CANDIDATE_ALREADY_EXISTS, "There.", PATH)
            return MemoryPlan(self.ats, task, candidate_key=key, refusals=(refusal,))
        return MemoryPlan(self.ats, task)

    async def send(self, write: Write, shape: int, content: IO[bytes] | None) -> Sent:
        """Do the write, between what was to befall it before and after."""
        self.ats.log.append(f"{write.step} {write.shapes[shape].request}")
        if self.ats.before:
            raise self.ats.before.pop(0)
        made = self._kept(write, content) if write.file else self._made(write.trace)
        if self.ats.after:
            raise self.ats.after.pop(0)
        return Sent(made, "answer-1")

    def _kept(self, write: Write, content: IO[bytes] | None) -> str:
        assert content is not None
        if not self.ats.drops_files:
            self.ats.files[write.trace] = content.read()
        return str(write.trace)

    def _made(self, email: str) -> str:
        if email in self.ats.people:
            duplicate = Duplicate()
            duplicate.key = self.ats.people[email]
            raise duplicate
        return self.ats.people.setdefault(email, str(len(self.ats.people) + 1))

    async def find(self, write: Write) -> str | None:
        """The candidate of this address, or the file of this name."""
        self.ats.log.append(f"find {write.step}")
        return self.ats.people.get(write.trace) or (write.trace if write.trace in self.ats.files else None)

    @asynccontextmanager
    async def open_file(self, file_id: str) -> AsyncIterator[OpenFile]:
        """The content in one piece."""
        if file_id not in self.ats.files:
            raise NotFound

        async def pieces() -> AsyncIterator[bytes]:
            yield self.ats.files[file_id]

        yield OpenFile(pieces(), "text/plain", len(self.ats.files[file_id]))

    def template(self, path: str) -> str:
        """Everything behind the first word is a value."""
        return "/" + path.split("/")[1] + "/{}"

    async def relay(self, request: Relay, _: int) -> Relayed:
        """An echo."""
        data = {"path": request.path, "params": dict(request.params)}
        return Relayed(f"memory:{request.path}", 200, {"connection": "close", "server": "memory"}, b"raw", data)

    async def attachments(self, keys: Sequence[str]) -> Mapping[str, Sequence[Attachment] | AtsError]:
        """None."""
        return {key: [] for key in keys}
