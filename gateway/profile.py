"""What is known of an account: in memory as far as this process has read or learnt it, kept in the database behind it.

Nothing that is asked of an account waits for a write, and a database that cannot be used costs nothing but that things
are found out again.
"""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from contextvars import Context
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

from resolvers.ports.profile import Fact, ProfileRows, Sight
from schema.profile import LearntBy

ADDRESS = "address"
"""The fact that says of which place the others are: at another one all of them are forgotten."""

READ_SECONDS = 2.0
"""How long reading may take while a question waits for it."""

PAUSE_SECONDS = 30.0
"""How long a database that failed is left alone."""

CURRENT_SECONDS = 5.0
"""How long what was read counts as current."""

NEWS_FOR = timedelta(minutes=30)
"""How long ago something may have drifted that is heard of; shorter than what was told is remembered."""

LAST_SECONDS = 5.0
"""How long writing what is left may take at the stop."""

_log = structlog.get_logger()


def _ignored(fact: Fact) -> None:
    """Nobody wants to know."""


async def _untold(fact: Fact) -> None:
    """Likewise."""


class AccountProfile:
    """The profile of one account in this process; fills `resolvers.ports.profile.Profile`.

    Args:
        account: Its name, such as `crelate:default`.
        address: Where its ATS is reached; facts from another address are dropped.
        rows: Where facts are kept; null to keep them in memory alone.
        by: How this process learns.
        clock: What time it is.

    Attributes:
        noticed: Called with each fact that this process sees or hears of to drift.
        raised: Called with each drift that this process has written, which no other had before, or has heard of:
            another process may have written it, or a command, which tells nobody.
    """

    def __init__(
        self,
        account: str = "",
        address: str = "",
        rows: ProfileRows | None = None,
        *,
        by: LearntBy = LearntBy.REQUEST,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._account = account
        self._address = address
        self._rows = rows
        self._by = by
        self._clock = clock
        self._facts: dict[str, Fact] = {}
        self._is_read = rows is None
        self._read_at = self._rest_until = -math.inf
        self._reading = asyncio.Lock()
        self._unread: dict[tuple[str, str], Sight] = {}
        self._unwritten: deque[Sight] = deque()
        self._untold: deque[Fact] = deque()
        self._writer: asyncio.Task[None] | None = None
        self.noticed: Callable[[Fact], None] = _ignored
        self.raised: Callable[[Fact], Awaitable[None]] = _untold

    async def recall(self, name: str) -> Fact | None:
        """A fact; one that this process does not know is looked for among what others have learnt meanwhile."""
        if not self._knows(name):
            await self._refresh()
        return self._facts[name] if self._knows(name) else None

    def trusted(self, name: str) -> Any:
        """The value of a fact that holds; null where it is not known, or old."""
        fact = self._facts.get(name)
        return fact.value if fact is not None and self._knows(name) and not fact.is_old(self._clock()) else None

    def is_old(self, fact: Fact) -> bool:
        """Whether it has to be found anew."""
        return fact.is_old(self._clock())

    def learnt(self, name: str, value: Any) -> None:
        """Keep what was seen; where it is known already that takes next to nothing."""
        fact, now = self._facts.get(name), self._clock()
        if fact is None or fact.value != value or fact.is_due(now, self._by):
            self._see(Sight(name, value, now, self._by))

    def lost(self, name: str) -> None:
        """Drop a fact that does not hold any more."""
        self._see(Sight(name, None, self._clock(), self._by))

    async def read(self) -> None:
        """Read what is known, unless that was done before."""
        if not self._is_read:
            await self._refresh()

    async def current(self) -> list[Fact]:
        """What all processes know, by name; of a short while ago at most, unless the database cannot be used."""
        if asyncio.get_running_loop().time() - self._read_at >= CURRENT_SECONDS:
            await self._refresh()
        return [fact for name, fact in sorted(self._facts.items()) if name != ADDRESS]

    async def drifted(self) -> list[Fact]:
        """What of it drifted lately."""
        now = self._clock()
        return [fact for fact in await self.current() if fact.drifts(now)]

    async def forget(self) -> Sequence[str]:
        """Delete everything, here and where it is kept; the names of what was deleted."""
        names = {*self._facts, *(await self._rows.forget() if self._rows else ())}
        self._facts.clear()
        self._unwritten.clear()
        return sorted(names - {ADDRESS})

    async def settle(self) -> None:
        """Wait until everything learnt so far has been written, or could not be."""
        self._write_behind()
        if self._writer is not None:
            await asyncio.wait([self._writer])

    async def close(self) -> None:
        """Write what is left, as far as there is time for it, and stop."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LAST_SECONDS):
                await self.settle()
        if self._writer is not None:
            self._writer.cancel()
            await asyncio.gather(self._writer, return_exceptions=True)

    def _knows(self, name: str) -> bool:
        """Whether a fact is known to hold, and need not be looked for."""
        fact = self._facts.get(name)
        return fact is not None and fact.value is not None

    def _see(self, sight: Sight) -> None:
        if not self._is_read:
            self._unread.pop((sight.name, str(sight.value)), None)  # the last word counts
            self._unread[sight.name, str(sight.value)] = sight
            self._write_behind()
        elif self._is_new(sight) and self._rows is not None:
            if self._address and ADDRESS not in self._facts:
                self._see(replace(sight, name=ADDRESS, value=self._address))
            self._unwritten.append(sight)
            self._write_behind()

    def _is_new(self, sight: Sight) -> bool:
        """Know what was seen; whether that makes a difference."""
        known = self._facts.get(sight.name)
        fact = sight.over(known)
        if fact is None or fact is known:
            return False
        self._facts[sight.name] = fact
        if fact.has_drifted_since(known):
            self.noticed(fact)
        return True

    async def _refresh(self) -> None:
        """Read what all processes have learnt. A database that cannot be used is logged and left alone for a while."""
        if self._rows is None or self._is_resting():
            return
        async with self._reading:
            try:
                async with asyncio.timeout(READ_SECONDS):
                    self._take_in(await self._of_this_place(self._rows))
            except Exception as failed:  # noqa: BLE001  whatever it is: without a profile things are found out again
                self._rest("profile_not_read", failed)

    async def _of_this_place(self, rows: ProfileRows) -> Sequence[Fact]:
        """The facts that are kept, unless they are of another place, and useless then."""
        facts = await rows.read()
        if self._address and any(fact.name == ADDRESS and fact.value != self._address for fact in facts):
            await rows.forget()
            return ()
        return facts

    def _take_in(self, facts: Sequence[Fact]) -> None:
        """Know these facts, and over them what was seen since and has not been written."""
        known, self._facts = self._facts, {fact.name: fact for fact in facts}
        if self._is_read:
            self._hear(known)
        for sight in self._unwritten:
            if (fact := sight.over(self._facts.get(sight.name))) is not None:
                self._facts[sight.name] = fact
        self._is_read, self._read_at = True, asyncio.get_running_loop().time()
        unread, self._unread = self._unread, {}
        for sight in unread.values():
            self._see(sight)

    def _hear(self, known: Mapping[str, Fact]) -> None:
        """Take note of what drifted a short while ago without being seen here."""
        for name, fact in self._facts.items():
            is_news = fact.has_drifted_since(known.get(name))
            if is_news and fact.drifted_at and self._clock() - fact.drifted_at < NEWS_FOR:
                self.noticed(fact)
                self._untold.append(fact)
        self._write_behind()

    def _write_behind(self) -> None:
        waits = bool(self._unwritten or self._unread or self._untold) and not self._is_resting()
        if waits and (self._writer is None or self._writer.done()):
            self._writer = asyncio.create_task(self._write_all(), context=Context())

    async def _write_all(self) -> None:
        """Write what waits; what cannot be written waits for the next thing to be learnt after a while."""
        await self.read()
        while self._unwritten and self._rows is not None:
            try:
                drifted = await self._rows.write(self._unwritten[0])
            except Exception as failed:  # noqa: BLE001  likewise
                self._rest("profile_not_written", failed)
                break
            self._untold.extend([] if drifted is None else [drifted])
            self._unwritten.popleft()
        while self._untold:
            await self.raised(self._untold.popleft())

    def _is_resting(self) -> bool:
        return asyncio.get_running_loop().time() < self._rest_until

    def _rest(self, what: str, failed: Exception) -> None:
        self._rest_until = asyncio.get_running_loop().time() + PAUSE_SECONDS
        _log.warning(what, integration=self._account, error=type(failed).__name__)
