"""When a call is sent again (crelate-api 3)."""

from __future__ import annotations

import random
from collections import Counter

import httpx

from gateway.crelate.protocol import retry_after
from gateway.crelate.transport.connection import Reply

TOO_MANY_WAITS = (3.0, 6.0, 9.0)
"""Seconds to wait after the first, second and third 429 that does not say how long (crelate-api 3)."""

FAILURE_REPEATS = 2
"""A question that meets server errors or a broken connection is repeated this often at most (crelate-api 3)."""

ATTEMPTS = 1 + FAILURE_REPEATS
"""How often a question is asked that meets nothing but failures."""

FIRST_FAILURE_WAIT, LONGEST_FAILURE_WAIT = 0.5, 4.0
"""Seconds that a repeat after a failure waits at most: the first, doubled from one to the next, and any."""

TOO_MANY_REQUESTS = 429
SERVER_ERROR = 500


class Retry:
    """The failed attempts of one call so far.

    A 429 was not carried out, so any method is repeated after it. Of the rest only idempotent requests are: a POST that
    met a server error or lost its answer may have happened (ASM-11).

    Args:
        idempotent: Whether the call may be repeated when its answer is lost.
    """

    def __init__(self, *, idempotent: bool) -> None:
        self._idempotent = idempotent
        self._met: Counter[bool] = Counter()  # the two kinds of failure apart

    @property
    def failures(self) -> int:
        """How many attempts failed, but for those that met a 429."""
        return self._met[False]

    def wait(self, outcome: Reply | httpx.Response | httpx.RequestError) -> float | None:
        """Seconds to wait before the call is sent again; null when this outcome is its last."""
        status = None if isinstance(outcome, httpx.RequestError) else outcome.status_code
        too_many = status == TOO_MANY_REQUESTS
        if not too_many and not (self._idempotent and (status is None or status >= SERVER_ERROR)):
            return None
        self._met[too_many] += 1
        if self._met[too_many] > (len(TOO_MANY_WAITS) if too_many else FAILURE_REPEATS):
            return None
        if isinstance(outcome, httpx.RequestError):
            return 0.0 if isinstance(outcome, httpx.ReadTimeout) else self._usual_wait(too_many=False)
        asked = retry_after(outcome.headers) if too_many else None
        return self._usual_wait(too_many=too_many) if asked is None else asked

    def _usual_wait(self, *, too_many: bool) -> float:
        failed = self._met.total()
        if too_many:
            return TOO_MANY_WAITS[min(failed, len(TOO_MANY_WAITS)) - 1]
        longest = min(FIRST_FAILURE_WAIT * 2 ** (failed - 1), LONGEST_FAILURE_WAIT)
        return random.uniform(0, longest)  # noqa: S311  spreads load, keeps no secret
