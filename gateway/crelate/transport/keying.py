"""How each version of the API takes the key, found out while it is asked (ASM-32)."""

from __future__ import annotations

import asyncio
import math
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from typing import TypeVar

import httpx

from gateway.crelate.learning import key_form
from gateway.crelate.protocol import Request, Version
from gateway.crelate.transport.connection import Reply
from gateway.crelate.transport.signing import KeyForm, Signing
from resolvers.ports.profile import Profile

TURN_SECONDS = 3600.0
"""For this long a refused key is not tried in the other form again."""

T = TypeVar("T", Reply, httpx.Response)

Attempt = Callable[[], Awaitable[T | httpx.RequestError]]
"""Sends the call once more, with the key as it is sent now."""

REFUSED_OR_OPEN = {401, 403, 429}
"""Answers that do not show that the key was taken."""

SERVER_ERROR = 500


class Keying:
    """Keeps to the form that works, and tries the other one where the key is refused.

    A key that has never been taken by the current version counts as wrong: it is not tried in another form.

    Args:
        signing: Adds the key.
        profile: Knows which form worked before.
        clock: Seconds, from any zero.
    """

    def __init__(self, signing: Signing, profile: Profile, clock: Callable[[], float]) -> None:
        self._signing = signing
        self._profile = profile
        self._clock = clock
        self._names = {version: key_form(version.value) for version in Version}
        self._next_try: dict[Version, float] = {}
        self._turns: Counter[Version] = Counter()
        self._turning: defaultdict[Version, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def send(self, request: Request, attempt: Attempt[T]) -> T | httpx.RequestError:
        """The outcome of an attempt, or of one with the key in the other form."""
        version = request.version
        form, turns = self._known(version), self._turns[version]
        outcome = await attempt()
        if isinstance(outcome, httpx.RequestError):
            return outcome
        if outcome.status_code == httpx.codes.UNAUTHORIZED:
            async with self._turning[version]:
                if self._turns[version] != turns:  # another call has found out meanwhile
                    return await attempt()
                return await self._turned(request, form, outcome, attempt)
        if httpx.codes.is_success(outcome.status_code) and self._signing.forms[version] is form:
            self._profile.learnt(self._names[version], form.value)
        return outcome

    def _known(self, version: Version) -> KeyForm:
        """The form the next attempt is made in."""
        known = self._profile.trusted(self._names[version])
        if known is not None and known != self._signing.forms[version] and not self._turning[version].locked():
            self._signing.use(version, KeyForm(known))
        return self._signing.forms[version]

    async def _turned(
        self, request: Request, refused: KeyForm, outcome: T, attempt: Attempt[T]
    ) -> T | httpx.RequestError:
        """The outcome in the other form, which is kept to if the key is taken in it and not in this one."""
        version = request.version
        is_wrong = version is Version.V3 and self._profile.trusted(self._names[version]) is None
        if is_wrong or self._clock() < self._next_try.get(version, -math.inf):
            return outcome
        self._next_try[version] = self._clock() + TURN_SECONDS
        self._turns[version] += 1
        self._signing.use(version, refused.other)
        turned = await attempt()
        if not _is_taken(turned):
            self._signing.use(version, refused)
            return outcome
        if isinstance(turned, Reply) and request.idempotent:
            self._signing.use(version, refused)
            if _is_taken(again := await attempt()):  # it was refused for a moment only
                return again
            self._signing.use(version, refused.other)
        self._profile.learnt(self._names[version], refused.other.value)
        return turned


def _is_taken(outcome: Reply | httpx.Response | httpx.RequestError) -> bool:
    """Whether an answer shows that the key was taken, whatever came of the call."""
    return (
        not isinstance(outcome, httpx.RequestError)
        and outcome.status_code not in REFUSED_OR_OPEN
        and (outcome.status_code < SERVER_ERROR)
    )
