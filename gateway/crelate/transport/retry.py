"""When a call is sent again (crelate-api 3)."""

from __future__ import annotations

import random
from collections import Counter

import httpx

from gateway.crelate.protocol import retry_after

TOO_MANY_WAITS = (3.0, 6.0, 9.0)
"""Seconds to wait after the first, second and third 429 that does not say how long (crelate-api 3)."""

FAILURE_REPEATS = 2
"""A question that meets server errors or a broken connection is repeated this often at most (crelate-api 3)."""

FIRST_FAILURE_WAIT, LONGEST_FAILURE_WAIT = 0.5, 4.0
"""Seconds that a repeat after a failure waits at most: the first, doubled from one to the next, and any."""

TOO_MANY_REQUESTS = 429


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

    def wait(self, outcome: httpx.Response | httpx.RequestError) -> float | None:
        """Seconds to wait before the call is sent again; null when this outcome is its last."""
        response = outcome if isinstance(outcome, httpx.Response) else None
        too_many = response is not None and response.status_code == TOO_MANY_REQUESTS
        if not too_many and not (self._idempotent and (response is None or response.is_server_error)):
            return None
        self._met[too_many] += 1
        if self._met[too_many] > (len(TOO_MANY_WAITS) if too_many else FAILURE_REPEATS):
            return None
        if isinstance(outcome, httpx.TimeoutException):
            return 0.0  # long enough has been waited
        asked = retry_after(response.headers) if too_many and response is not None else None
        return self._usual_wait(too_many=too_many) if asked is None else asked

    @property
    def may_follow(self) -> bool:
        """Whether another attempt follows the next one if that one gets no answer."""
        return self._idempotent and self._met[False] < FAILURE_REPEATS

    def _usual_wait(self, *, too_many: bool) -> float:
        failed = self._met.total()
        if too_many:
            return TOO_MANY_WAITS[min(failed, len(TOO_MANY_WAITS)) - 1]
        longest = min(FIRST_FAILURE_WAIT * 2 ** (failed - 1), LONGEST_FAILURE_WAIT)
        return random.uniform(0, longest)  # noqa: S311  spreads load, keeps no secret
