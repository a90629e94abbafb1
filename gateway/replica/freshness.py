"""How old an answer may be, in HTTP's own words (RFC 9111, RFC 5861), and how old it turned out to be."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from gateway.clock import Clock
from resolvers.errors import (
    AtsError,
    BadUserInput,
    FilterNeedsSync,
    TryAgain,
    UpstreamUnauthorized,
    UpstreamUnreadable,
)

HEADER = "Cache-Control"

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""When a copy was fetched that is of no use any more: no age of it is young enough."""


@dataclass(frozen=True, slots=True)
class Freshness:
    """What a request wants, read from its `Cache-Control` header.

    Attributes:
        no_cache: Ask the ATS whatever there is.
        max_age: Seconds a copy may be old; null for the model's default.
        only_if_cached: Do not ask the ATS. Copies of any age will do unless `max_age` says otherwise.
        stale_if_error: Seconds a copy may be old when the ATS cannot answer; null for the default.
    """

    no_cache: bool = False
    max_age: float | None = None
    only_if_cached: bool = False
    stale_if_error: float | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """What holds where a request says nothing.

    Attributes:
        max_age: Model -> seconds a copy counts as fresh.
        stale_if_error: Seconds a copy may be old when the ATS cannot answer.
    """

    max_age: Mapping[str, float]
    stale_if_error: float


@lru_cache(maxsize=64)
def freshness(header: str | None) -> Freshness:
    """Read a `Cache-Control` request header. Words with another meaning are left to others, as HTTP asks.

    Raises:
        BadUserInput: `max-age` or `stale-if-error` is without a number of seconds.
    """
    words = dict(_words(header or ""))
    return Freshness(
        no_cache="no-cache" in words,
        max_age=_seconds(words, "max-age"),
        only_if_cached="only-if-cached" in words,
        stale_if_error=_seconds(words, "stale-if-error"),
    )


def _words(header: str) -> list[tuple[str, str]]:
    parts = (part.strip().partition("=") for part in header.split(","))
    return [(name.strip().lower(), value.strip().strip('"')) for name, _, value in parts]


MOST_SECONDS = 2.0**31
"""Larger numbers stand for this one (RFC 9111, 1.2.2)."""


def _seconds(words: Mapping[str, str], name: str) -> float | None:
    if name not in words:
        return None
    if not words[name].isascii() or not words[name].isdigit():
        raise BadUserInput(f"Header {HEADER}: {name} needs a number of seconds, such as {name}=60.", argument=HEADER)
    return min(float(words[name]), MOST_SECONDS)


UNANSWERED = (TryAgain, UpstreamUnauthorized, UpstreamUnreadable)
"""What may be bridged with an older copy: the ATS is down, throttles, refuses the key, or cannot be understood."""


class Standard(NamedTuple):
    """What is fresh enough for one request.

    Attributes:
        wanted: What it says itself.
        policy: What holds where it says nothing.
        clock: What time it is.
    """

    wanted: Freshness
    policy: Policy
    clock: Clock

    def most_age(self, model: str) -> float | None:
        """Seconds a copy may be old; null for any age."""
        if self.wanted.max_age is not None or self.wanted.only_if_cached:
            return self.wanted.max_age
        return self.policy.max_age[model]

    def admits(self, as_of: datetime, most: float | None) -> bool:
        """Whether what was so then may be used without asking, at an age of so many seconds at most."""
        return not self.wanted.no_cache and as_of > NEVER and (most is None or self._age(as_of) <= most)

    def admits_copies(self, model: str, as_of: datetime) -> bool:
        """Whether copies of a model that were right then may be used without asking."""
        return self.admits(as_of, self.most_age(model))

    def bridges(self, error: AtsError, as_of: datetime) -> bool:
        """Whether what was so then may stand in for an answer that the ATS could not give."""
        if self.wanted.no_cache or self.wanted.only_if_cached or as_of == NEVER:
            return False
        if isinstance(error, FilterNeedsSync):
            return True
        stale = self.wanted.stale_if_error
        most = self.policy.stale_if_error if stale is None else stale
        return isinstance(error, UNANSWERED) and self._age(as_of) <= most

    def _age(self, as_of: datetime) -> float:
        return (self.clock() - as_of).total_seconds()


@dataclass(slots=True)
class Report:
    """How old the copies were that an answer was made of.

    Attributes:
        stale: Whether one of them was older than asked for, because the ATS could not answer.
        oldest: Model -> when its oldest copy was known to be right.
    """

    stale: bool = False
    oldest: dict[str, datetime] = field(default_factory=dict)

    def note(self, model: str, as_of: datetime, *, stale: bool = False) -> None:
        """A copy of this age went into the answer."""
        self.stale |= stale
        self.oldest[model] = min(as_of, self.oldest.get(model, as_of))

    def age(self, now: datetime) -> int | None:
        """Seconds since the oldest copy was known to be right, for the `Age` header; null when there was none."""
        if not self.oldest:
            return None
        return max(0, int((now - min(self.oldest.values())).total_seconds()))

    def as_extension(self) -> dict[str, Any]:
        """The same for `extensions.freshness`; instants as datetimes."""
        return {
            "oldest": min(self.oldest.values(), default=None),
            "stale": self.stale,
            "models": [{"model": model, "oldest": self.oldest[model]} for model in sorted(self.oldest)],
        }
