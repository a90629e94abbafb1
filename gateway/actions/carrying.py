"""Carrying a call out although the ATS may be slow, full, down, or silent about what it did.

A call that cannot be answered now is tried again until it can, and a write that may have happened is not sent again
before the ATS has been asked whether it did.
"""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from gateway.actions.ledger import Ledger
from gateway.actions.problems import error, to_json
from gateway.actions.spool import Spool
from gateway.clock import Clock, Sleep
from resolvers.errors import (
    AtsError,
    Duplicate,
    Rejected,
    TryAgain,
    UpstreamRateLimited,
    UpstreamUnauthorized,
    UpstreamUnreadable,
)
from resolvers.ports.writing import Check, Sent, Write, Writer
from schema.actions.problem import UserErrorCode

TRIED_FOR = timedelta(hours=24)
"""How long an action waits for the ATS to come back."""

LONGEST_PAUSE = 60.0
LOOK_AGAIN_SECONDS = 2.0
"""Pause between two looks for a write whose answer was lost."""

LONGEST_CHECK_PAUSE = 8.0

MOST_FAILURES = 6
"""A write that meets this many server errors in a row, and of which nothing is to be seen, is refused for good: an ATS
may answer 500 to input it cannot make sense of, too."""

SERVER_ERROR = 500
SUCCESSES = range(200, 300)


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
        writer: The account's writing side.
        ledger: Where intents are noted.
        spool: Where the bytes of files are.
        sleep: Waits.
        patient: Whether a question waits for an ATS that is out of reach; otherwise it fails.
    """

    action_id: str
    writer: Writer
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
                    return _out_of_reach()
                await self.sleep(tries.pause(error_met))
            except AtsError as error_met:
                return _refused(error_met, ())

    async def carry(self, write: Write) -> dict[str, Any]:
        """What a write came to.

        Returns:
            `{"made": id, "shape": number of the shape used}`; `{"duplicate": id, "doubtful": ...}` when the ATS names a
            record that is there already, which may be this write's own if it is doubtful; or `{"refused": [error]}`.
            Each with `correlation_id` where there was an answer.
        """
        begun = await self.ledger.intend(self.action_id, write.step)
        outcome: dict[str, Any] = {}
        for number in range(len(write.shapes)):
            outcome = await self._carry(write, number, begun)
            if "refused" not in outcome or not outcome["again"]:
                return outcome | {"shape": number}
            begun = False
        return outcome

    async def _carry(self, write: Write, shape: int, begun: bool) -> dict[str, Any]:
        """One shape of a write; `begun` when it may have been sent before."""
        tries, doubtful = _Tries(self.ledger.clock), begun
        while True:
            if doubtful and (found := await self._find(write)) is not None:
                return found
            try:
                sent = await self._send(write, shape)
                if not write.brings_id or sent.made is not None:
                    return {"made": sent.made, "correlation_id": sent.correlation_id}
                pause = tries.pause(None)  # the answer was a success and did not name what was made
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
                return _out_of_reach()
            await self.sleep(pause)

    async def _find(self, write: Write) -> dict[str, Any] | None:
        """Look for what a write may have made, as long as it may take to show; how the write ends, or null."""
        waited = 0.0
        while True:
            answer = await self.ask(lambda: self.writer.find(write))
            if "refused" in answer:
                message = "The ATS's answer was lost, and it does not let the gateway look whether it did the write."
                return {
                    "refused": to_json([error(UserErrorCode.OUTCOME_UNKNOWN, message, *write.path)]),
                    "again": False,
                }
            if answer["value"] is not None:
                return {"made": answer["value"]}
            if waited >= write.shows_within:
                return None
            await self.sleep(LOOK_AGAIN_SECONDS)
            waited += LOOK_AGAIN_SECONDS

    async def _send(self, write: Write, shape: int) -> Sent:
        """Send a write, with the file that belongs to it."""
        if write.file is None or write.file.id is None:
            return await self.writer.send(write, shape, None)
        async with self.spool.opened(write.file.id) as content:
            return await self.writer.send(write, shape, content)

    async def await_check(self, check: Check) -> bool:
        """Whether what was accepted shows in time."""
        waited, pause = 0.0, 1.0
        while not await check.question():
            if waited >= check.seconds:
                return False
            await self.sleep(pause)
            waited += pause
            pause = min(pause * 2, LONGEST_CHECK_PAUSE)
        return True


class _Tries:
    """How often a call has been tried, and whether that is enough."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._until: datetime = clock() + TRIED_FOR
        self._pauses = pauses()
        self._failures = 0

    def pause(self, error_met: AtsError | None) -> float:
        """Seconds until the next try: what the ATS asks for, else longer each time."""
        return max((error_met and error_met.retry_after) or 0.0, next(self._pauses))

    def are_over(self) -> bool:
        """Whether it has been tried for long enough."""
        return self._clock() >= self._until

    def is_refusal(self, error_met: AtsError) -> bool:
        """Count an answer that may be a refusal; whether there were too many of them."""
        self._failures += _status(error_met) == SERVER_ERROR or _is_open(error_met)
        return self._failures >= MOST_FAILURES


def _status(error_met: AtsError) -> int | None:
    return None if error_met.upstream is None else error_met.upstream.status


def _is_open(error_met: AtsError) -> bool:
    """Whether a refusal leaves open what happened: an answer that says both success and error."""
    return _status(error_met) in SUCCESSES


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


def _out_of_reach() -> dict[str, Any]:
    message = "The ATS was out of reach for a day; the action was given up."
    return {"refused": to_json([error(UserErrorCode.UPSTREAM_UNAVAILABLE, message)]), "again": False}
