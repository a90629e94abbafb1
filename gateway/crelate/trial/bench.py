"""What the steps of a trial share, what one step is, and what it shows of the register's assumptions."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from gateway.crelate.account import Account
from gateway.crelate.protocol import Request, Version
from gateway.crelate.reading.session import Session
from gateway.crelate.trial.clearing import Clearing
from gateway.crelate.trial.sending import SUCCESSES, Sender, Taken, ask
from gateway.crelate.trial.throwaway import Paper, Throwaway
from gateway.crelate.trial.traces import CONTACT
from gateway.crelate.writing import questions
from resolvers.errors import AtsError, Rejected, UpstreamUnauthorized
from resolvers.ports.examination import AssumptionState, Finding, Verdict
from resolvers.ports.writing import Task
from schema.actions.action import ActionName

HOLDS, FAILS, UNDECIDED = AssumptionState.HOLDS, AssumptionState.FAILS, AssumptionState.UNDECIDED


@dataclass(frozen=True, slots=True)
class Seen:
    """What a step shows of an assumption.

    Attributes:
        number: Such as `ASM-11`.
        state: What is known now.
        detail: What was seen.
    """

    number: str
    state: AssumptionState
    detail: str


Shown = Seen | Finding


told = partial(Finding, public=True)
"""A finding that has nothing of the account."""


@dataclass(slots=True)
class Bench:
    """What the steps of one trial share.

    Attributes:
        account: Who is written to.
        sender: Sends what makes something.
        clearing: Removes it.
        job: The job the contact is put on, or null.
        now: This machine's clock.
        sleep: Waits so many seconds.
        person: The made-up contact.
        contact: Its key, once it was made.
        wished: What its creation asked for, by column.
    """

    account: Account
    sender: Sender
    clearing: Clearing
    job: str | None
    now: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[None]]
    person: Throwaway = field(default_factory=Throwaway.invented)
    contact: str = ""
    wished: dict[str, str] = field(default_factory=dict)

    @property
    def session(self) -> Session:
        """A fresh memory: what is read is what is there now."""
        return Session(self.account)

    def task(self, name: ActionName, document: Mapping[str, Any], *papers: Paper) -> Task:
        """An action's input."""
        return Task(name, document, tuple(paper.file for paper in papers), self.now())

    async def row(self) -> dict[str, Any]:
        """The contact as it is now."""
        return await questions.contact(self.session, self.contact) or {}

    async def create(self, person: Throwaway, policy: str, **more: Any) -> Taken:
        """Create a contact as the action does, up to its first write."""
        candidate = {**person.candidate(), **more.pop("candidate", {})}
        document = {"candidate": candidate, "on_duplicate": policy, **more}
        task = self.task(ActionName.CREATE_CANDIDATE, document)
        plan = await self.sender.writer.gather(task, ask)
        write = plan.next_write()
        if write is None:
            return Taken()
        return await self.sender.make(write, CONTACT, person.marks())


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that is tried.

    Attributes:
        topic: What.
        run: Tries it.
        numbers: The assumptions it decides.
        needs_job: Whether it takes a job.
    """

    topic: str
    run: Callable[[Bench], AsyncIterator[Shown]]
    numbers: tuple[str, ...] = ()
    needs_job: bool = False


async def carry_out(step: Step, bench: Bench) -> list[Shown]:
    """What a step shows; what it leaves open is undecided, with the reason."""
    shown: list[Shown] = []
    reason = "there is no job to try it on" if step.needs_job and not bench.job else ""
    if not reason:
        try:
            shown.extend([each async for each in step.run(bench)])
        except AtsError as error:
            call = f" to {error.upstream.method} {error.upstream.path}" if error.upstream else ""
            reason = f"{error.code}{call}"
            shown.append(told(step.topic, Verdict.FAILED, reason))
    decided = {each.number for each in shown if isinstance(each, Seen)}
    return [*shown, *(Seen(each, UNDECIDED, reason) for each in step.numbers if each not in decided)]


def how(taken: Taken) -> str:
    """How something was refused."""
    if taken.duplicate:
        return "refused as a duplicate"
    return "refused" if taken.status is None else f"refused with status {taken.status}"


async def takes(bench: Bench, request: Request) -> bool:
    """Whether Crelate takes a request, perhaps with a list of errors (ASM-13)."""
    try:
        await bench.account.client.send(request)
    except Rejected as error:
        return error.upstream is not None and error.upstream.status in SUCCESSES
    except UpstreamUnauthorized:
        if request.version is Version.V3:
            raise
        return False  # of the first API, the key may not be known there (ASM-32)
    return True
