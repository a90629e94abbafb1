"""The port of what is learnt about one account: facts that every process of the account starts with.

A fact is about the account, never about a record: it holds no key, no name and no data of a person. One that is found
to be otherwise than before has drifted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from schema.profile import LearntBy

TRUSTED_FOR = timedelta(days=30)
"""How long a fact is trusted after it was last seen to hold, and how long a drift is shown."""

SEEN_AGAIN_AFTER = timedelta(days=1)
"""A fact that is seen to hold again is written anew after this long."""


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that was learnt about an account.

    Attributes:
        name: What it is about.
        value: What was found, as JSON; null once it stopped holding and until it is found anew.
        learnt_at: When that was found, or last seen to hold.
        learnt_by: How.
        drifted_at: When it was found to be otherwise than before; null for one that has held.
        before: What it was before it drifted.
    """

    name: str
    value: Any
    learnt_at: datetime
    learnt_by: LearntBy
    drifted_at: datetime | None = None
    before: Any = None

    def is_old(self, now: datetime) -> bool:
        """Whether it has not been seen to hold for so long that it has to be found anew."""
        return now - self.learnt_at > TRUSTED_FOR

    def is_due(self, now: datetime, by: LearntBy) -> bool:
        """Whether it is written anew when it is seen to hold: once in a while, and where somebody looked for it."""
        return now - self.learnt_at >= SEEN_AGAIN_AFTER or by is LearntBy.DOCTOR

    def has_drifted_since(self, known: Fact | None) -> bool:
        """Whether it drifted after it was known like that, or where it was not known."""
        return self.drifted_at is not None and (known is None or known.drifted_at != self.drifted_at)

    def drifts(self, now: datetime) -> bool:
        """Whether it drifted lately, and is not as it was before."""
        return self.drifted_at is not None and now - self.drifted_at <= TRUSTED_FOR


SOME = "some"
"""In place of a truth that holds of some records or pages only."""


def of_either(known: Mapping[str, Any], seen: Mapping[str, Any]) -> dict[str, Any]:
    """What is true of all records and pages, of none, or of some."""
    return {name: value if known.get(name, value) == value else SOME for name, value in seen.items()}


def united(known: Iterable[Any], seen: Iterable[Any]) -> list[Any]:
    """Everything in either of two lists."""
    return sorted({*known, *seen})


QUOTA_REFUSED_AFTER = "quota refused after"
"""Fact: the least number of calls of one process after which the ATS took no more. Others may have called besides."""

STAGES_IN_USE = "stages in use"
"""Fact: keys of the stages that applications were met in."""

DUPLICATE_RULE = "duplicate rule"
"""Fact: what the ATS was seen to refuse a second candidate by."""

GATHERED: Mapping[str, Callable[[Any, Any], Any]] = {
    QUOTA_REFUSED_AFTER: min,
    STAGES_IN_USE: united,
    DUPLICATE_RULE: united,
}
"""Fact that says what was met so far -> how more of it is added, which is no drift."""


@dataclass(frozen=True, slots=True)
class Sight:
    """Something that was seen of an account.

    Attributes:
        name: What it is about.
        value: What was seen; null where a fact was seen not to hold.
        at: When.
        by: How.
    """

    name: str
    value: Any
    at: datetime
    by: LearntBy

    def over(self, known: Fact | None) -> Fact | None:
        """The fact once this was seen: `known` itself where nothing is to be written, null where there is none."""
        if known is None or known.value is None:
            return known if self.value is None else self._anew(known)
        value = None if self.value is None else self._joined(known.value)
        if value == known.value:
            is_due = known.is_due(self.at, self.by)
            return replace(known, learnt_at=self.at, learnt_by=self.by) if is_due else known
        if self.name in GATHERED:
            return replace(known, value=value, learnt_at=self.at, learnt_by=self.by)
        if known.drifted_at is not None and value == known.before:
            return Fact(self.name, value, self.at, self.by)
        return Fact(self.name, value, self.at, self.by, self.at, known.value)

    def _joined(self, known: Any) -> Any:
        """One value of what is known and what was seen, where both may be right."""
        if self.name in GATHERED:
            return GATHERED[self.name](known, self.value)
        return of_either(known, self.value) if isinstance(known, dict) else self.value

    def _anew(self, known: Fact | None) -> Fact:
        """Of a fact that stopped holding its drift stays, unless it holds again."""
        if known is None or known.before == self.value:
            return Fact(self.name, self.value, self.at, self.by)
        return replace(known, value=self.value, learnt_at=self.at, learnt_by=self.by)


class Profile(Protocol):
    """What is known of one account, for whatever asks it."""

    async def recall(self, name: str) -> Fact | None:
        """A fact that any process has learnt; null when there is none. Old ones are handed out too."""

    def trusted(self, name: str) -> Any:
        """The value of a fact that holds and is not old, as far as it has been read; else null. Never waits."""

    def is_old(self, fact: Fact) -> bool:
        """Whether a fact has to be found anew."""

    def learnt(self, name: str, value: Any) -> None:
        """Keep what was seen, see `Sight`. It never waits: writing is done behind it."""

    def lost(self, name: str) -> None:
        """A fact was seen not to hold any more: it is dropped, and found anew when it is asked for."""


class KnownFacts(Protocol):
    """What is known of one account, for whoever wants to see it."""

    async def current(self) -> Sequence[Fact]:
        """All of it, as any process learnt it."""

    async def drifted(self) -> Sequence[Fact]:
        """What of it drifted lately."""


class ProfileRows(Protocol):
    """Where the facts of one account are kept."""

    async def read(self) -> Sequence[Fact]:
        """All of them."""

    async def write(self, sight: Sight) -> Fact | None:
        """Apply what was seen to the fact as it is kept; the fact if it drifted by that."""

    async def forget(self) -> Sequence[str]:
        """Delete all of them; their names."""
