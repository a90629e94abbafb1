"""`ats-gateway doctor --write`: a trial with somebody's leave, and the removal of what an earlier one left."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from rich.console import Console

from gateway.connect.asking import Ask
from gateway.connect.exits import Exit, Stop
from gateway.connect.journal import TrialJournal
from gateway.settings import IntegrationSettings
from resolvers.errors import AtsError
from resolvers.ports.connector import Connector
from resolvers.ports.integration import IntegrationName
from resolvers.ports.trial import Choice, HeardCall, Trial, Trials

T = TypeVar("T")

UNAGREED = "Nothing has been written: a trial has to be agreed to, at a terminal or with --yes."


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for on the command line.

    Attributes:
        job: Remote id of the job to be used; null to be asked, or for the first one.
        agreed: Whether to go on without asking.
    """

    job: str | None = None
    agreed: bool = False


@dataclass(frozen=True, slots=True)
class Clinic:
    """Where one account is tried out.

    Attributes:
        console: Where calls and questions are shown.
        ask: Asks the person; empty answers come from where there is nobody.
        product: Name of its ATS.
        name, account: Of the account.
        open: Makes its connector; a new one for each run of the event loop.
        now: This machine's clock.
        wish: What was asked for.
    """

    console: Console
    ask: Ask
    product: str
    name: IntegrationName
    account: IntegrationSettings
    open: Callable[[], Connector]
    now: Callable[[], datetime]
    wish: Wish

    def try_out(self) -> Trial:
        """Remove what is left of an earlier trial, and carry out a new one; each after asking.

        Raises:
            Stop: nobody agreed, the job is not there, the journal cannot be used, another run has it, or somebody
                stopped it.
        """
        with self._journal.held():
            return self._try_out()

    def _try_out(self) -> Trial:
        if left := len(self._journal.read()):
            records = "1 record" if left == 1 else f"{left} records"
            self._ask_leave(f"An earlier trial left {records} on the account {self.name.account}. Remove them? [y/N]")
            if remnants := self._run(lambda trials: trials.clear()):
                return Trial(remnants=remnants)
        job = self._chosen()
        self._ask_leave(self._announced(job))
        try:
            return self._run(lambda trials: trials.run(job.key if job else None))
        except KeyboardInterrupt:
            raise Stop(Exit.STOPPED, self._stopped()) from None

    @property
    def _journal(self) -> TrialJournal:
        return TrialJournal.of(self.name.account, self.account.address)

    def _run(self, work: Callable[[Trials], Awaitable[T]]) -> T:
        """Do something with the account.

        Raises:
            Stop: the ATS does not let it be done, or its connector offers no trials.
        """

        async def working() -> T:
            connector = self.open()
            try:
                trials = connector.trials(self._journal, self.now, self._show)
                if trials is None:
                    sentence = f"There is no trial by writing for accounts of {self.product}; nothing has been written."
                    raise Stop(Exit.SETTINGS, sentence)
                return await work(trials)
            finally:
                await connector.close()

        try:
            return asyncio.run(working())
        except AtsError as error:
            raise Stop(Exit.FAILED, f"The trial cannot go on: {error.code}.") from error

    def _show(self, call: HeardCall) -> None:
        status = "no answer" if call.status is None else str(call.status)
        self.console.print(f"  {call.method} {call.path}: {status}", markup=False, highlight=False, soft_wrap=True)

    def _chosen(self) -> Choice | None:
        """The job to be used; null when there is none."""
        wanted = self.wish.job
        if wanted is not None:
            found = self._run(lambda trials: trials.job(wanted.removeprefix("remote:")))
            if found is None:
                raise Stop(Exit.SETTINGS, "There is no job of this id; nothing has been written.")
            return found
        choices = self._run(lambda trials: trials.jobs())
        return self._picked(choices) if choices else None

    def _picked(self, choices: Sequence[Choice]) -> Choice:
        if self.wish.agreed:
            return choices[0]
        for number, choice in enumerate(choices, start=1):
            self.console.print(f"  {number}. {choice.name}", markup=False, highlight=False)
        answer = self.ask("Which job may be used? [1]").strip() or "1"
        if not answer.isdecimal() or not 1 <= int(answer) <= len(choices):
            raise Stop(Exit.DECLINED, "That is none of these; nothing has been written.")
        return choices[int(answer) - 1]

    def _announced(self, job: Choice | None) -> str:
        place = f"put it on the job '{job.name}' for a moment, " if job else ""
        return (
            f"On the account {self.name.account} at {self.account.address}, the trial will make a candidate "
            f"that is marked as a test, {place}give it a note and two files, and delete all of it. Begin? [y/N]"
        )

    def _ask_leave(self, question: str) -> None:
        if self.wish.agreed or self.ask(question).strip().lower() in {"y", "yes"}:
            return
        raise Stop(Exit.DECLINED, UNAGREED)

    def _stopped(self) -> str:
        if self._journal.read():
            return "Stopped. Not everything could be removed: `ats-gateway doctor --write` offers to."
        return "Stopped; everything that was made has been removed."
