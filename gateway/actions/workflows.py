"""An action from its first step to its last: gather, then write after write, every call to the ATS a step of its own.

The steps are durable. A process that dies leaves those that are recorded; the process that takes the workflow up
repeats none of them, and the one that was under way looks before it repeats itself.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from gateway.actions.carrying import Carrier
from gateway.actions.problems import as_error, as_warning, read_errors, to_json
from gateway.actions.specifications import SPECIFICATIONS
from resolvers.ports.writing import Document, File, Outcome, Plan, Stopped, Task, Write
from schema.actions.action import ActionName, ActionOutcome
from schema.actions.planned_call import PlannedCall
from schema.actions.problem import ActionWarning, UserError, UserErrorCode

Run = Callable[[str, Callable[[], Awaitable[Any]]], Awaitable[Any]]
"""Runs a step under a name and returns its JSON; a durable one is run once and remembered."""


class Ended(Exception):
    """The action ends here.

    Attributes:
        user_errors: Why.
        candidate_key: The candidate it is about, where the plan does not say.
    """

    def __init__(self, user_errors: Iterable[UserError], candidate_key: str | None = None) -> None:
        super().__init__()
        self.user_errors = list(user_errors)
        self.candidate_key = candidate_key


@dataclass(slots=True)
class Execution:
    """One action under way.

    Attributes:
        run: How its steps are run.
        carrier: Carries out its calls.
        document, files: Its input.
        noted: Warnings about its files.
        remarks: Warnings known before anything was written.
        warnings: Warnings since.
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
            Ended: there will be none.
        """
        answer = await self.run(step, partial(self.carrier.ask, question))
        if "refused" in answer:
            raise Ended(read_errors(answer["refused"]))
        return answer["value"]

    async def gather(self, name: ActionName, began_at: datetime) -> Plan:
        """The plan before anything is written.

        Raises:
            Ended: it is about something that is not there, or there will be no answer.
        """
        with _ending():
            return await self.carrier.writer.gather(Task(name, self.document, self.files, began_at), self.ask)

    async def planned_calls(self, plan: Plan) -> list[PlannedCall]:
        """All writes of a plan if each goes well, with placeholders for ids they would bring."""
        calls = []
        while (write := plan.next_write()) is not None:
            calls.append(write.call)
            plan = await plan.learn(write, Outcome(made=write.placeholder), self.ask)
        return calls

    async def carry_out(self, name: ActionName, began_at: datetime) -> None:
        """Gather, write until there is nothing left to write, and check what may have been dropped since.

        Raises:
            Ended: it could not be done.
        """
        plan = await self.gather(name, began_at)
        self._go_on(plan)
        while (write := plan.next_write()) is not None:
            outcome = await self._write(plan, write)
            with _ending():
                plan = await plan.learn(write, outcome, self.ask)
            if outcome.made is not None:
                self.result |= SPECIFICATIONS[name].keeps(write, outcome.made, began_at)
            self._go_on(plan)
        for check in plan.checks():
            if not await self.ask(check.step, partial(self.carrier.await_check, check)):
                self.warnings.append(as_warning(check.omission))

    def _go_on(self, plan: Plan) -> None:
        """Enter what a plan knows, unless it is at its end.

        Raises:
            Ended: nothing more can be written.
        """
        keys = {"candidate_key": plan.candidate_key, "application_key": plan.application_key}
        self.result |= {name: key for name, key in keys.items() if key is not None}
        if refusals := plan.refusals:
            raise Ended(map(as_error, refusals))
        self.remarks = [as_warning(remark) for remark in plan.remarks]

    async def _write(self, plan: Plan, write: Write) -> Outcome:
        """Carry out a write, and keep what there is to say about it.

        Raises:
            Ended: it was refused, and the action cannot do without.
        """
        recorded = await self.run(write.step, partial(self.carrier.carry, write))
        outcome = self._read(write, recorded)
        if outcome.duplicate is not None:
            outcome = await plan.judge(write, outcome, self.ask)
        if outcome.made is not None:
            self.result["remote_ids"].append(outcome.made)
        if outcome.refused:
            if write.soft is None:
                raise Ended(read_errors(recorded.get("refused", [])))
            self.warnings.append(as_warning(write.soft))
        return outcome

    def _read(self, write: Write, recorded: Mapping[str, Any]) -> Outcome:
        """The outcome that a step recorded; see `Carrier.carry`."""
        if recorded.get("correlation_id"):
            self.result["correlation_ids"].append(recorded["correlation_id"])
        if recorded.get("shape"):
            self.warnings.extend(map(as_warning, write.shapes[recorded["shape"]].omissions))
        self.result["wrote"] |= not _is_refusal(recorded)
        return Outcome(
            made=recorded.get("made"),
            duplicate=recorded.get("duplicate"),
            doubtful=recorded.get("doubtful", False),
            refused="refused" in recorded,
        )


@contextmanager
def _ending() -> Iterator[None]:
    """Turn the port's `Stopped` into `Ended`."""
    try:
        yield
    except Stopped as stopped:
        raise Ended(map(as_error, stopped.refusals), stopped.candidate_key) from stopped


def _is_refusal(recorded: Mapping[str, Any]) -> bool:
    """Whether a write certainly did not happen."""
    errors = read_errors(recorded.get("refused", []))
    return bool(errors) and all(each.code in REFUSALS for each in errors)


REFUSALS = frozenset({UserErrorCode.UPSTREAM_REJECTED, UserErrorCode.UPSTREAM_UNAUTHORIZED})


async def conduct(name: ActionName, execution: Execution) -> tuple[ActionOutcome, dict[str, Any]]:
    """Carry out an action from its first step to its last; what came of it."""
    began_at = datetime.fromisoformat(await execution.run("begin", execution.carrier.begin))
    errors: list[UserError] = []
    try:
        await execution.carry_out(name, began_at)
    except Ended as ended:
        errors = ended.user_errors
        if ended.candidate_key is not None:
            execution.result["candidate_key"] = ended.candidate_key
    warnings = [*execution.noted, *execution.remarks, *execution.warnings]
    result = execution.result | {"user_errors": to_json(errors), "warnings": to_json(warnings)}
    return ActionOutcome.FAILED if errors else ActionOutcome.DONE, result
