"""The action port filled: people, submissions, papers and remarks, each found again by the mark it carries."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import IO, Any

from resolvers.errors import NotFound
from resolvers.ports.writing import (
    Ask,
    Check,
    File,
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
from schema.actions.action import ActionName
from schema.actions.planned_call import PlannedCall
from schema.actions.problem import UserErrorCode
from schema.scalars import JSON
from tests.second_ats.reading import numbers
from tests.second_ats.service import Row, Service


@dataclass(frozen=True, slots=True)
class ToyPlan:
    """What is known of an action; keys are texts, so that a dry run's placeholders can stand in for them."""

    task: Task
    candidate_key: str | None = None
    application_key: str | None = None
    steps: Sequence[str] = ()
    refusals: Sequence[Refusal] = ()
    remarks: Sequence[Omission] = ()
    done: frozenset[str] = field(default_factory=frozenset)

    def next_write(self) -> Write | None:
        """The first write that has not been done."""
        return next((write for write in self._writes() if write.step not in self.done), None)

    async def judge(self, write: Write, outcome: Outcome, ask: Ask) -> Outcome:  # noqa: ARG002  it takes duplicates
        """The outcome as it is."""
        return outcome

    async def learn(self, write: Write, outcome: Outcome, ask: Ask) -> "ToyPlan":  # noqa: ARG002  nothing is asked again
        """The plan with the key that the write has brought."""
        keys = {write.step: outcome.made} if write.step in {"candidate_key", "application_key"} else {}
        return replace(self, done=self.done | {write.step}, **keys)  # type: ignore[arg-type]  # both are keys

    def checks(self) -> Sequence[Check]:
        """The service drops nothing."""
        return ()

    def _writes(self) -> list[Write]:
        document, writes = self.task.document, []
        if "candidate" in document and self.candidate_key is None:
            person = document["candidate"]
            columns = {"first": person["first_name"], "last": person["last_name"], "mails": [person["email_address"]]}
            writes.append(self._write("candidate_key", "people", columns, ("candidate",)))
        if "application" in document and self.application_key is None:
            step = document["application"].get("stage_key", self.steps[0]).partition(".")[2]
            columns = {"opening": _number(document["application"]["job_key"]), "step": int(step)}
            writes.append(self._write("application_key", "submissions", columns, ("application",)))
        if "content" in document:
            writes.append(self._write("note", "remarks", {"text": document["content"]}, ("content",)))
        return [
            *writes,
            *(self._write(file.step, "papers", {"label": file.name}, file.path, file) for file in self.task.files),
        ]

    def _write(self, step: str, table: str, columns: Row, path: tuple[str, ...], file: File | None = None) -> Write:
        person = {} if table == "people" else {"person": _number(self.candidate_key)}
        row = {**columns, **person, "mark": f"{self.task.began_at.isoformat()} {step}"}
        call = PlannedCall(method="ADD", path=f"/{table}", body=JSON(row))
        return Write(step, path, call, (Shape((table, row)),), (table, row["mark"]), file, placeholder=f"{{{step}}}")


def _number(key: str | None) -> int | str | None:
    """The service's number of a key; a dry run's placeholder as it is."""
    return int(key) if key is not None and key.isdecimal() else key


class ToyWriter:
    """Carries out actions on the service."""

    credential_names = frozenset({"x-toy-key"})

    def __init__(self, service: Service) -> None:
        self._service = service

    async def gather(self, task: Task, ask: Ask) -> ToyPlan:
        """Find the application an action is about, or the person and the opening of a new one."""
        if task.name is ActionName.MOVE_APPLICATION:  # its submissions stay at the step they were made at
            raise Stopped(_refusal("ACTION_NOT_SUPPORTED"))
        if "application_key" in task.document:
            return await self._about_application(ToyPlan(task, application_key=task.document["application_key"]), ask)
        address, policy = task.document["candidate"]["email_address"], task.document["on_duplicate"]
        found = await ask("find the person", partial(self._numbers, "people", mails=address))
        plan = ToyPlan(task, candidate_key=str(found[0]) if found and policy != "CREATE" else None)
        if plan.candidate_key and policy == "REJECT":
            return replace(plan, refusals=[_refusal("CANDIDATE_ALREADY_EXISTS", "candidate", "email_address")])
        return await self._about_opening(plan, ask) if "application" in task.document else plan

    async def _about_application(self, plan: ToyPlan, ask: Ask) -> ToyPlan:
        number = next(numbers([str(plan.application_key)]), 0)
        person = await ask("find the submission", partial(self._column, "submissions", number, "person"))
        if person is None:
            raise Stopped(_refusal("APPLICATION_NOT_FOUND", "application_key"))
        return replace(plan, candidate_key=str(person))

    async def _about_opening(self, plan: ToyPlan, ask: Ask) -> ToyPlan:
        application = plan.task.document["application"]
        number = next(numbers([application["job_key"]]), 0)
        steps = await ask("read the steps", partial(self._column, "openings", number, "steps")) or []
        plan = replace(plan, steps=[f"{number}.{step['step']}" for step in steps])
        ends = {"opening": number, "person": _number(plan.candidate_key)}
        held = await ask("look at it", partial(self._numbers, "submissions", **ends))
        if not steps:
            return replace(plan, refusals=[_refusal("JOB_NOT_FOUND", "application", "job_key")])
        if application.get("stage_key", plan.steps[0]) not in plan.steps:
            return replace(plan, refusals=[_refusal("STAGE_NOT_FOUND", "application", "stage_key")])
        return replace(plan, refusals=[_refusal("APPLICATION_ALREADY_EXISTS", "application", "job_key") for _ in held])

    async def send(self, write: Write, shape: int, content: IO[bytes] | None) -> Sent:
        """Make the row."""
        table, row = write.shapes[shape].request
        return Sent(str(await self._service.add(table, row if content is None else {**row, "bytes": content.read()})))

    async def find(self, write: Write) -> str | None:
        """The row that bears the write's mark."""
        table, mark = write.trace
        return next(map(str, await self._numbers(table, mark=mark)), None)

    @asynccontextmanager
    async def open_file(self, file_id: str) -> AsyncIterator[OpenFile]:
        """A paper's bytes."""
        content = await self._column("papers", next(numbers([file_id]), 0), "bytes")
        if content is None:
            raise NotFound
        yield OpenFile(_pieces(content), "application/octet-stream", len(content))

    def template(self, path: str) -> str:
        """The path with `{number}` for numbers."""
        return "/".join("{number}" if part.isdecimal() else part for part in path.split("/"))

    async def relay(self, request: Relay, limit: int) -> Relayed:  # noqa: ARG002  its answers are short
        """The first page of a table."""
        found = await self._service.list(request.path.strip("/"))
        data = [{**row, "stamp": row["stamp"].isoformat()} for row in found.rows]
        return Relayed(f"toy:{request.path}", 200, {"content-type": "application/json"}, b"", data)

    async def _numbers(self, table: str, **where: Any) -> list[int]:
        found = await self._service.list(table, {column: [value] for column, value in where.items()})
        return [row["number"] for row in found.rows]

    async def _column(self, table: str, number: int, column: str) -> Any:
        found = await self._service.list(table, {"number": [number]})
        return next((row[column] for row in found.rows), None)


def _refusal(code: str, *path: str) -> Refusal:
    return Refusal(UserErrorCode[code], "The service does not take this.", path)


async def _pieces(content: bytes) -> AsyncIterator[bytes]:
    yield content
