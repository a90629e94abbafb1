"""Trials on one Crelate account: fills `resolvers.ports.trial.Trials`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import datetime
from itertools import islice

from gateway.crelate.account import Account
from gateway.crelate.entities import Job
from gateway.crelate.protocol import Request, Version, stored
from gateway.crelate.readers import instant, title
from gateway.crelate.reading.session import Session
from gateway.crelate.register import BELIEFS
from gateway.crelate.trial.bench import Bench, Seen, Shown, carry_out, told
from gateway.crelate.trial.clearing import Clearing
from gateway.crelate.trial.sending import Sender
from gateway.crelate.trial.steps import CREATE, NUMBERS, STEPS
from gateway.crelate.trial.traces import Traces
from gateway.crelate.writing.writer import CrelateWriter
from resolvers.ports.examination import Assumption, AssumptionState, Finding, Verdict
from resolvers.ports.trial import Choice, HeardCall, Journal, Listener, Remnant, Trial

MOST_CHOICES = 9
NO_CONTACT = "there was no contact to try it on"

TRIED = frozenset({*NUMBERS, "ASM-20"})
"""The assumptions a trial looks at; the last one by its clearing."""


class CrelateTrials:
    """Trials on one account.

    Args:
        account: Who is written to.
        journal: Where what is made is noted.
        listener: Told about each call.
        now: This machine's clock.
        sleep: Waits so many seconds.
    """

    def __init__(
        self,
        account: Account,
        journal: Journal,
        listener: Listener,
        now: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._account = account
        self._journal = journal
        self._now = now
        self._sleep = sleep
        account.client.listener = lambda request, status: listener(HeardCall(request.method, _path(request), status))

    async def jobs(self) -> Sequence[Choice]:
        """A few jobs that are open and no leads."""
        rows = (await self._account.canary.sample("/jobs")).rows
        usable = (Choice(name, title(row) or "") for name, row in rows.items() if self._is_open(row))
        return list(islice(usable, MOST_CHOICES))

    async def job(self, key: str) -> Choice | None:
        """One job, open or not."""
        row = await Session(self._account).jobs.one(stored(key))
        return None if row is None else Choice(stored(key), title(row) or "")

    async def run(self, job_key: str | None) -> Trial:
        """Try everything out on a made-up contact, and remove it."""
        shown: list[Shown] = []
        traces = Traces(self._journal)
        clearing = Clearing(self._account, traces, self._sleep, patient=True)
        sender = Sender(CrelateWriter(self._account), traces)
        bench = Bench(self._account, sender, clearing, job_key, self._now, self._sleep)
        try:
            shown += await carry_out(CREATE, bench)
            for step in STEPS if bench.contact else ():
                shown += await carry_out(step, bench)
        finally:
            await clearing.clear()
        shown += _deletion(clearing)
        findings = [each for each in shown if isinstance(each, Finding)]
        return Trial(findings, list(_assumptions(shown)), clearing.remnants)

    async def clear(self) -> Sequence[Remnant]:
        """Remove what earlier trials left."""
        clearing = Clearing(self._account, Traces(self._journal), self._sleep, patient=False)
        await clearing.clear()
        return clearing.remnants

    def _is_open(self, row: Job) -> bool:
        closed = instant(row.ClosedOn) or instant(row.UserCloseDate)
        return not row.IsLead and not row.IsOnHold and (closed is None or closed > self._now())


def _deletion(clearing: Clearing) -> Iterator[Shown]:
    """ASM-20."""
    kept = sorted({status for status in clearing.statuses if status is not None})
    if kept:
        detail = f"it stays, with EntityStatus {', '.join(map(str, kept))}: deleted_statuses = {kept}"
        yield Seen("ASM-20", AssumptionState.FAILS, detail)
    elif clearing.listed:
        yield Seen("ASM-20", AssumptionState.FAILS, "it answers 404, and lists still have it")
    elif clearing.statuses:
        yield Seen("ASM-20", AssumptionState.HOLDS, "it answers 404, and lists do not have it")
    if clearing.statuses:
        yield told("delete", Verdict.OK, f"{len(clearing.statuses)} made and removed")


def _assumptions(shown: Sequence[Shown]) -> Iterator[Assumption]:
    """What was tried, in the register's order."""
    seen = {each.number: each for each in shown if isinstance(each, Seen)}
    for belief in BELIEFS:
        if belief.number in TRIED:
            found = seen.get(belief.number, Seen(belief.number, AssumptionState.UNDECIDED, NO_CONTACT))
            yield Assumption(
                belief.number, belief.says, belief.check, belief.settings, found.state, found.detail, public=True
            )


def _path(request: Request) -> str:
    """A path template; of the first API with what tells it apart."""
    return request.template if request.version is Version.V3 else request.version.value + request.template
