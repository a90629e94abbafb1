"""Carrying a call out although Crelate may be slow, full, down, or silent about what it did.

Whatever cannot be answered now is tried again until it can, and nothing that may have happened is sent again before
somebody has looked.
"""

import base64
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from gateway.actions.ledger import Clock, Ledger
from gateway.actions.planning import File, Write
from gateway.actions.problems import error, to_json
from gateway.actions.spool import Spool
from gateway.crelate.client import Client
from gateway.crelate.lookups import Lookups
from gateway.crelate.protocol import Answer, Request, Version
from gateway.crelate.readers import key
from resolvers.errors import (
    AtsError,
    Duplicate,
    Rejected,
    TryAgain,
    UpstreamRateLimited,
    UpstreamUnauthorized,
    UpstreamUnreadable,
)
from schema.actions.problem import UserErrorCode

GIVE_UP = timedelta(hours=24)
"""How long an action waits for Crelate to come back."""

LONGEST_PAUSE = 60.0
SETTLE_SECONDS = 2.0
"""How long a write whose answer was lost may take to become visible."""

CV_SECONDS = 30.0
"""How long Crelate takes at most until an uploaded CV is on the contact (crelate-api 4.10)."""

MOST_FAILURES = 6
"""A write that meets this many server errors in a row, and of which nothing is to be seen, is refused for good: Crelate
answers 500 to input it cannot make sense of, too (crelate-api 3)."""

SERVER_ERROR = 500
SUCCESSES = range(200, 300)

Sleep = Callable[[float], Awaitable[None]]


def pauses() -> Iterator[float]:
    """Seconds between tries."""
    pause = 1.0
    while True:
        yield pause
        pause = min(pause * 2, LONGEST_PAUSE)


@dataclass(slots=True)
class Carrier:
    """Carries out the calls of one action.

    Attributes:
        action_id: Of the action.
        client: The account's way to Crelate.
        lookups: For looking.
        ledger: Where intents are noted.
        spool: Where files are.
        sleep: Waits.
        patient: Whether a question waits for an ATS that is out of reach; otherwise it fails.
    """

    action_id: str
    client: Client
    lookups: Lookups
    ledger: Ledger
    spool: Spool
    sleep: Sleep
    patient: bool = True

    async def begin(self) -> str:
        """The instant an action begins at: what it compares dates with and marks its note with."""
        return self.ledger.clock().isoformat()

    async def ask(self, question: Callable[[], Awaitable[Any]]) -> dict[str, Any]:
        """The answer to a question as `{"value": ...}`, or `{"refused": [...]}` when there never will be one."""
        tries = _Tries(self.ledger.clock)
        while True:
            try:
                return {"value": await question()}
            except (TryAgain, UpstreamUnreadable) as error_met:
                if not self.patient:
                    raise
                if tries.are_over():
                    return _gave_up()
                await self.sleep(tries.pause(error_met))
            except AtsError as error_met:
                return _refused(error_met, ())

    async def carry(self, write: Write) -> dict[str, Any]:
        """What a write came to.

        Returns:
            `{"made": id, "shape": number of the fallback used}`; `{"duplicate": id, "doubtful": ...}` when Crelate
            names a record that is there already, which may be this write's own if it is doubtful; or
            `{"refused": [error]}`. Each with `correlation_id` where there was an answer.
        """
        begun = await self.ledger.intend(self.action_id, write.step)
        shapes = [write.request, *(request for request, _ in write.fallbacks)]
        outcome: dict[str, Any] = {}
        for number, request in enumerate(shapes):
            outcome = await self._carry(write, request, begun)
            if "refused" not in outcome or not outcome["again"]:
                return outcome | {"shape": number}
            begun = False
        return outcome

    async def _carry(self, write: Write, request: Request, begun: bool) -> dict[str, Any]:
        """One shape of a write; `begun` when it may have been sent before."""
        tries, doubtful = _Tries(self.ledger.clock), begun
        while True:
            if doubtful and (found := await self._find(write)) is not None:
                return found
            try:
                answer = await self._send(request, write.file)
                if not write.brings_id or key(answer.data) is not None:
                    return _made(answer, write)
                pause = tries.pause(None)  # it said yes and did not say what it made
                doubtful = True
            except Duplicate as error_met:
                return _duplicate(error_met, write, doubtful=doubtful)
            except AtsError as error_met:
                if not isinstance(error_met, TryAgain | UpstreamUnreadable) and not _is_open(error_met):
                    return _refused(error_met, write.path)
                if tries.is_refusal(error_met):
                    return _refused(error_met, write.path)
                doubtful = doubtful or not isinstance(error_met, UpstreamRateLimited)
                pause = tries.pause(error_met)
            if tries.are_over():
                return _gave_up()
            await self.sleep(pause)

    async def _find(self, write: Write) -> dict[str, Any] | None:
        """Look for what a write may have made, as long as it may take to show; how the write ends, or null."""
        waited, look = 0.0, write.look
        patience = CV_SECONDS if write.file is not None and write.file.is_cv else SETTLE_SECONDS
        while True:
            answer = await self.ask(lambda: look(self.lookups))
            if "refused" in answer:
                message = "The ATS's answer was lost, and it does not let the gateway look whether it did the write."
                return {
                    "refused": to_json([error(UserErrorCode.OUTCOME_UNKNOWN, message, *write.path)]),
                    "again": False,
                }
            if answer["value"] is not None:
                return {"made": answer["value"]}
            if waited >= patience:
                return None
            await self.sleep(SETTLE_SECONDS)
            waited += SETTLE_SECONDS

    async def _send(self, request: Request, file: File | None) -> Answer:
        """Send a request, with the file that belongs to it; the first API takes files as JSON only."""
        if file is None or file.id is None:
            return await self.client.send(request)
        async with self.spool.opened(file.id) as content:
            if request.version is Version.V1:
                text = base64.b64encode(content.read()).decode()
                return await self.client.send(replace(request, json={**request.json, "Content": text}))
            return await self.client.send(replace(request, files={"file": (file.name, content, file.content_type)}))

    async def await_cv(self, contact_key: str, before: frozenset[str], look: Callable[..., Any]) -> bool:
        """Whether a CV that was accepted shows up on the contact in time; an unreadable one never does."""
        waited, pause = 0.0, 1.0
        while await look(self.lookups, contact_key, before) is None:
            if waited >= CV_SECONDS:
                return False
            await self.sleep(pause)
            waited += pause
            pause = min(pause * 2, 8.0)
        return True


class _Tries:
    """How often a call has been tried, and whether that is enough."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._until: datetime = clock() + GIVE_UP
        self._pauses = pauses()
        self._failures = 0

    def pause(self, error_met: AtsError | None) -> float:
        """Seconds until the next try: what Crelate asks for, else longer each time."""
        return max((error_met and error_met.retry_after) or 0.0, next(self._pauses))

    def are_over(self) -> bool:
        """Whether it has been tried for long enough."""
        return self._clock() >= self._until

    def is_refusal(self, error_met: AtsError) -> bool:
        """Count an answer that may be Crelate's last word; whether it was one too many."""
        self._failures += _status(error_met) == SERVER_ERROR or _is_open(error_met)
        return self._failures >= MOST_FAILURES


def _status(error_met: AtsError) -> int | None:
    return None if error_met.upstream is None else error_met.upstream.status


def _is_open(error_met: AtsError) -> bool:
    """Whether a refusal leaves open what happened: an answer that says both success and error (ASM-13)."""
    return _status(error_met) in SUCCESSES


def _made(answer: Answer, write: Write) -> dict[str, Any]:
    """What a success says was made: a GUID, or an object that holds it, as in the first API (crelate-api 2.1)."""
    named = write.brings_id or isinstance(answer.data, str)
    return {"made": key(answer.data) if named else None, "correlation_id": answer.correlation_id}


def _duplicate(error_met: Duplicate, write: Write, *, doubtful: bool) -> dict[str, Any]:
    if error_met.key is None:
        return _refused(error_met, write.path)
    correlation_id = error_met.upstream and error_met.upstream.correlation_id
    return {"duplicate": error_met.key, "doubtful": doubtful, "correlation_id": correlation_id}


def _refused(error_met: AtsError, path: tuple[str, ...]) -> dict[str, Any]:
    unauthorized = isinstance(error_met, UpstreamUnauthorized)
    code = UserErrorCode.UPSTREAM_UNAUTHORIZED if unauthorized else UserErrorCode.UPSTREAM_REJECTED
    call = error_met.upstream
    what = "" if call is None else f" {call.method} {call.path} was answered with status {call.status}."
    return {
        "refused": to_json([error(code, f"{error_met.message}{what}", *path)]),
        "again": isinstance(error_met, Rejected),
        "correlation_id": call and call.correlation_id,
    }


def _gave_up() -> dict[str, Any]:
    message = "The ATS was out of reach for a day; the action was given up."
    return {"refused": to_json([error(UserErrorCode.UPSTREAM_UNAVAILABLE, message)]), "again": False}
