"""Which filters can be trusted (crelate-api 2.4).

Crelate ignores parameters it does not know and returns the whole table. So before a filter is used for the first time
on an account it has to show, on values whose answer is known, that it filters: it must find nothing for a value that
cannot exist, exactly the matching rows for one known value, and for two. And whenever it is used, each row that comes
back is looked at again: a single row that does not belong, and the filter is not used any more until it has shown anew
that it filters. So is one that Crelate has come to refuse.

What was found out is kept in the account's profile, for other processes and after a restart.
"""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from contextvars import Context
from enum import Enum
from functools import partial
from typing import Any

from gateway.crelate.assumptions import Assumptions
from gateway.crelate.client import Client
from gateway.crelate.entities import Row
from gateway.crelate.filters import Filter, FilterViolation
from gateway.crelate.learning import filter_fact
from gateway.crelate.memory import Memory
from gateway.crelate.protocol import get
from gateway.crelate.reading.listing import RowPage, pages
from resolvers.errors import AtsError, Rejected

UNDECIDED_SECONDS = 300.0
"""After this long, a filter that could not be judged for want of rows is judged again."""

DISTRUSTED_SECONDS = 3600.0
"""For this long a filter that was caught is not used; then it is judged again."""

LOOKED_UP_SECONDS = 86_400.0
"""After this long the profile is asked again whether a judgement is old."""


class Proof(Enum):
    """What is known of a filter on an account."""

    MANY = "many"
    """It works, also with several values."""
    ONE = "one"
    """It works with a single value."""
    NONE = "none"
    """It is ignored, refused or wrong."""
    UNDECIDED = "undecided"
    """There are too few rows to tell."""


class Canary:
    """The judgements on one account's filters.

    Args:
        client: Carries the calls.
        assumptions: Names filters that are not to be used whatever they show.
        clock: Seconds, from any zero.
    """

    def __init__(self, client: Client, assumptions: Assumptions, clock: Callable[[], float]) -> None:
        self._client = client
        self._profile = client.profile
        self._proofs: Memory[Proof] = Memory(clock, _patience)
        self._again: Memory[Proof] = Memory(clock, lambda _: UNDECIDED_SECONDS)
        self._judging: dict[str, asyncio.Task[None]] = {}
        for name in assumptions.distrusted_filters:
            self._proofs.put(name, Proof.NONE, math.inf)
        self._samples: Memory[RowPage] = Memory(clock, lambda _: UNDECIDED_SECONDS)

    async def proof(self, judged: Filter) -> Proof:
        """What is known of a filter; where no process has found it out yet, this asks Crelate."""
        return self._proofs.held(judged.name) or await self.judge(judged.name, lambda: self._prove(judged))

    def known(self, judged: Filter) -> Proof | None:
        """What is known of a filter without asking; null where nothing is."""
        return self._proofs.held(judged.name)

    async def judge(self, name: str, check: Callable[[], Coroutine[Any, Any, Proof]]) -> Proof:
        """What is known of anything that may or may not work on an account; `check` finds out.

        A check that Crelate refuses comes out as `NONE`.
        """
        return await self._proofs.get(name, lambda: self._look_up(name, check))

    def distrust(self, culprit: Filter) -> None:
        """Do not use a filter for now: it let a row through that it should have held back."""
        self._drop(culprit.name)

    async def judge_again(self, name: str, check: Callable[[], Coroutine[Any, Any, Proof]]) -> Proof:
        """What comes of it after an answer that looks as if something did not work any more.

        This asks Crelate, once in a while at most. What has come to be refused, ignored or wrong is not used for now.
        """
        proof = await self._again.get(name, lambda: _refusable(check))
        if proof is Proof.NONE:
            self._drop(name)
        return proof

    async def answer(self, violation: FilterViolation) -> None:
        """Distrust the filter that was caught; of those whose list was refused, the ones that are refused by now.

        Raises:
            Rejected: the list was refused, and not for any of its filters.
        """
        if violation.refusal is None:
            self.distrust(violation.culprits[0])
            return
        proofs = [await self.judge_again(one.name, partial(self._prove, one)) for one in violation.culprits]
        if Proof.NONE not in proofs:
            raise violation.refusal

    def _drop(self, name: str) -> None:
        self._proofs.put(name, Proof.NONE, DISTRUSTED_SECONDS)
        self._profile.lost(filter_fact(name))

    async def _look_up(self, name: str, check: Callable[[], Coroutine[Any, Any, Proof]]) -> Proof:
        """What the profile knows, and Crelate is asked for otherwise; what is old holds while it is judged anew."""
        fact = await self._profile.recall(filter_fact(name))
        if fact is None:
            return await self._find_out(name, check)
        if self._profile.is_old(fact) and name not in self._judging:
            self._judging[name] = asyncio.create_task(self._judge_anew(name, check), context=Context())
        return Proof(fact.value)

    async def _judge_anew(self, name: str, check: Callable[[], Coroutine[Any, Any, Proof]]) -> None:
        """Find out again what is old, for nobody who waits; where that fails it is tried again later."""
        try:
            self._proofs.put(name, await self._find_out(name, check))
        except AtsError:
            self._proofs.put(name, self._proofs.held(name) or Proof.UNDECIDED, UNDECIDED_SECONDS)
        finally:
            del self._judging[name]

    async def _find_out(self, name: str, check: Callable[[], Coroutine[Any, Any, Proof]]) -> Proof:
        proof = await _refusable(check)
        if proof is not Proof.UNDECIDED:
            self._profile.learnt(filter_fact(name), proof.value)
        return proof

    async def sample(self, template: str) -> RowPage:
        """The first page of a list, without any filter."""
        return await self._samples.get(template, lambda: pages(self._client, template)(0))

    async def _prove(self, judged: Filter) -> Proof:
        """What the filter shows; what it fails to show on rows from a while ago it may show on those there are now."""
        template = judged.template
        kept = self._samples.held(template)
        sample = await self.sample(template)
        if not _known_values(judged, sample.rows.values()):
            return Proof.UNDECIDED
        if await self._finds_nowhere(judged):
            return Proof.NONE
        proof = await self._prove_on(sample, judged)
        if sample is kept and proof is not (Proof.ONE if judged.later else Proof.MANY):
            self._samples.put(template, sample, 0)
            proof = await self._prove_on(await self.sample(template), judged)
        return proof

    async def _prove_on(self, sample: RowPage, judged: Filter) -> Proof:
        """What a filter that finds nothing for a value that does not exist shows on the rows of a sample."""
        known = _known_values(judged, sample.rows.values())
        if not known:
            return Proof.UNDECIDED
        if not await self._is_exact(judged, known[:1], sample):
            return Proof.NONE
        if judged.later:
            return Proof.ONE
        if len(known) == 1:
            return Proof.UNDECIDED
        return Proof.MANY if await self._is_exact(judged, known, sample) else Proof.ONE

    async def _finds_nowhere(self, judged: Filter) -> bool:
        """Whether the filter finds something for a value that does not exist."""
        params = {judged.param: judged.nowhere(), "limit": "1"}
        return bool((await self._client.send(get(judged.template, params))).data)

    async def _is_exact(self, judged: Filter, asked: Sequence[str], sample: RowPage) -> bool:
        """Whether these values bring the rows that answer to them and no others.

        Of rows beyond the sample, or beyond a full page, it is not known whether they are missing.
        """
        read = pages(self._client, judged.template, {judged.param: ",".join(asked)})
        found = await read(0)
        expected = {name for name, row in sample.rows.items() if judged.demands(row, asked)}
        complete = found.more or expected <= found.rows.keys()
        return complete and judged.allows(found.rows.values(), asked)


def _known_values(judged: Filter, rows: Iterable[Row]) -> list[str]:
    """Up to two values that rows answer to, those of the fewest rows first; of moments, the last but one.

    A comma parts the values of a parameter, so that one that holds a comma cannot be asked for.
    """
    counts = Counter(value for row in rows for value in judged.values(row) if "," not in value)
    if judged.later:
        return sorted(counts)[-2:-1]
    return [value for value, _ in sorted(counts.items(), key=lambda item: item[1])[:2]]


def _patience(proof: Proof) -> float:
    return UNDECIDED_SECONDS if proof is Proof.UNDECIDED else LOOKED_UP_SECONDS


async def _refusable(check: Callable[[], Awaitable[Proof]]) -> Proof:
    try:
        return await check()
    except Rejected:
        return Proof.NONE
