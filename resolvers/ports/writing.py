"""The action port: what `gateway/actions` needs of an ATS to carry out an action, or to pass a request through.

An action is a loop. The writer gathers what the action has to know and answers with a plan; the plan names the next
write; the write is sent, or looked for when it may have been sent before; the plan learns what came of it and names the
next one. Every call to the ATS is a durable step: its answer is recorded as JSON and not asked for again after a crash,
while plans and writes are worked out anew from those answers. So a plan must follow from the input and the answers
alone.

Places in the input are paths of its document (see `resolvers.ports.actions`): `("candidate", "email_address")`.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, Any, Protocol

from schema.actions.action import ActionName
from schema.actions.planned_call import PlannedCall
from schema.actions.problem import UserErrorCode, WarningCode

Document = Mapping[str, Any]

Ask = Callable[[str, Callable[[], Awaitable[Any]]], Awaitable[Any]]
"""Takes the name of a step and a question, and returns the question's answer, which must be JSON.

The step is durable: after a crash the recorded answer is returned. Names are unique within an action. The question may
raise `AtsError`: a passing one is asked again until it is answered, any other ends the action from inside of `Ask`.
"""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an action ends without being done.

    Attributes:
        code, message: For the caller.
        path: The part of the input it is about.
    """

    code: UserErrorCode
    message: str
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Omission:
    """Something of the input that was left out, changed or assumed, of which the caller is warned.

    Attributes:
        code, message: For the caller.
        path: The part of the input it is about.
    """

    code: WarningCode
    message: str
    path: tuple[str, ...] = ()


class Stopped(Exception):
    """The action ends here: `gather` or `learn` found out that it cannot be done.

    Attributes:
        refusals: Why.
        candidate_key: The candidate it is about, where one is known.
    """

    def __init__(self, *refusals: Refusal, candidate_key: str | None = None) -> None:
        super().__init__()
        self.refusals = refusals
        self.candidate_key = candidate_key


@dataclass(frozen=True, slots=True)
class File:
    """A file of the input, as it will be sent.

    Attributes:
        step: Name of the step that sends it.
        path: Where it is in the input.
        id: Names its bytes for the gateway; null in a dry run.
        name, content_type, size: Of the file; the size is null in a dry run of a file that is to be fetched.
        is_cv: Whether it becomes the candidate's CV; of one action at most one file does.
    """

    step: str
    path: tuple[str, ...]
    id: str | None
    name: str
    content_type: str
    size: int | None
    is_cv: bool


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be done.

    Attributes:
        name: Which action.
        document: Its input, without the bytes and addresses of files.
        files: Files of the input.
        began_at: When the action began; a note carries this time, to the millisecond.
    """

    name: ActionName
    document: Document
    files: tuple[File, ...]
    began_at: datetime


@dataclass(frozen=True, slots=True)
class Shape:
    """One way to send a write.

    Attributes:
        request: What is sent, for the writer alone.
        omissions: What this way leaves out.
    """

    request: Any
    omissions: tuple[Omission, ...] = ()


@dataclass(frozen=True, slots=True)
class Write:
    """One call that writes.

    Attributes:
        step: Its name within the action.
        path: The part of the input it is about, for errors.
        call: The call, for dry runs.
        shapes: The ways to send it, at least one; the next one is tried when the ATS refuses the one before.
        trace: What `Writer.find` looks for, for the writer alone.
        file: The file it carries.
        soft: What to warn of when the ATS refuses every shape and the action goes on; null when it ends there.
        brings_id: Whether a success names what was made; one that does not is looked for.
        placeholder: What stands in a dry run for the id it would bring, such as `{candidate}`.
        shows_within: Seconds after which what it did can be found, at the latest.
    """

    step: str
    path: tuple[str, ...]
    call: PlannedCall
    shapes: tuple[Shape, ...]
    trace: Any
    file: File | None = None
    soft: Omission | None = None
    brings_id: bool = True
    placeholder: str | None = None
    shows_within: float = 2.0


@dataclass(frozen=True, slots=True)
class Sent:
    """The ATS's consent to a write.

    Attributes:
        made: Id of what was made, where the answer names it.
        correlation_id: The ATS's own id of the answer, for its support.
    """

    made: str | None = None
    correlation_id: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a write came to. None of these: it was done, and the ATS did not say what it made.

    Attributes:
        made: Id of what it made.
        used: Id of a record that was there already and stands in for what it would have made.
        duplicate: Id of a record that the ATS holds already, where it takes no second one (`errors.Duplicate`).
        doubtful: Whether that record may be this write's own, since an earlier answer was lost.
        refused: Whether the ATS refused every shape of it.
    """

    made: str | None = None
    used: str | None = None
    duplicate: str | None = None
    doubtful: bool = False
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    """Something the ATS accepted and may drop later without a word, to be looked for after the last write.

    Attributes:
        step: Name of the step.
        question: Whether it is there.
        seconds: How long it may take to show.
        omission: What to warn of when it does not.
    """

    step: str
    question: Callable[[], Awaitable[bool]]
    seconds: float
    omission: Omission


class Plan(Protocol):
    """An action with all that is known about it by now; a value that does not change."""

    @property
    def candidate_key(self) -> str | None:
        """The candidate it is about, as soon as there is one."""

    @property
    def application_key(self) -> str | None:
        """The application it is about, as soon as there is one."""

    @property
    def refusals(self) -> Sequence[Refusal]:
        """Why nothing more can be written; looked at before each write."""

    @property
    def remarks(self) -> Sequence[Omission]:
        """What is done otherwise than the input says, as far as it is known before anything is sent."""

    def next_write(self) -> Write | None:
        """The next write; null when there is none left. Asked again without `learn`, it is the same one."""

    async def judge(self, write: Write, outcome: Outcome, ask: Ask) -> Outcome:
        """What a duplicate comes to: made by this very write, used in its place, refused, or still a duplicate."""

    async def learn(self, write: Write, outcome: Outcome, ask: Ask) -> "Plan":
        """The plan after a write.

        A dry run calls it with `made` set to the write's placeholder. A duplicate leaves the write undone: the new plan
        goes on with the record that is there, if it may.

        Raises:
            Stopped: the action cannot go on.
        """

    def checks(self) -> Sequence[Check]:
        """What to look for after the last write."""


@dataclass(frozen=True, slots=True)
class Relay:
    """A caller's own request to the ATS's API.

    Attributes:
        method: HTTP method.
        path: Path below the API's base address, without parameters.
        params, headers: Texts by name; credentials are not among them.
        json: Body to be sent as JSON, or null.
        content: Body to be sent as it is, or null.
        form: Parts of a multipart body: name -> (file name or null for a text, bytes, content type).
    """

    method: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    json: Any = None
    content: bytes | None = None
    form: Mapping[str, tuple[str | None, bytes, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Relayed:
    """The answer to a relayed request, whatever its status. Credentials are nowhere in it.

    Attributes:
        url: The address that was asked.
        status: HTTP status.
        headers: By lower-case name.
        body: As it came, less credentials.
        data: The body read as JSON, or as text where it is none; null for an empty one.
        correlation_id: The ATS's own id of the answer, for its support.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    data: Any
    correlation_id: str | None = None


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A file of the ATS that is being read.

    Attributes:
        pieces: Its content.
        content_type: As the ATS declares it.
        size: Length of the content in bytes, where it is known beforehand.
    """

    pieces: AsyncIterator[bytes]
    content_type: str | None = None
    size: int | None = None


class Writer(Protocol):
    """The writing side of one connected account of an ATS."""

    @property
    def credential_names(self) -> frozenset[str]:
        """Headers and parameters, in lower case, by which the ATS takes credentials: callers may not set them."""

    async def gather(self, task: Task, ask: Ask) -> Plan:
        """Find out what an action has to know before it writes.

        Of an input that is refused anyway, only the plan's refusals are asked for: what is wrong in it is blank then.

        Raises:
            Stopped: it is about something that is not there.
        """

    async def send(self, write: Write, shape: int, content: IO[bytes] | None) -> Sent:
        """Send a write in one of its shapes, with the content of its file; null in place of a file without bytes.

        Raises:
            Duplicate: the ATS holds this record already and takes no second one.
            Rejected: it refused this shape.
            TryAgain, UpstreamUnreadable: it is open whether the write happened, unless it was `UpstreamRateLimited`.
            AtsError: it refused the write in any shape.
        """

    async def find(self, write: Write) -> str | None:
        """Id of what a write made whose answer was lost; null when it is nowhere to be seen.

        Records that were there before the action must not be taken for its work.

        Raises:
            AtsError: the ATS does not let the gateway look.
        """

    def open_file(self, file_id: str) -> AbstractAsyncContextManager[OpenFile]:
        """Open the content of a file; `file_id` is the `remote_id` of an attachment.

        Raises:
            NotFound: there is no such file.
            AtsError: the ATS does not give it.
        """

    def template(self, path: str) -> str:
        """A path with placeholders for keys and values, such as `/jobs/{id}`: what logs and the audit trail show."""

    async def relay(self, request: Relay, limit: int) -> Relayed:
        """Send a caller's own request.

        Raises:
            AtsError: no answer came, or one of more than `limit` bytes.
        """
