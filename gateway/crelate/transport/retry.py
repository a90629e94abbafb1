"""The layer that repeats what may be repeated (crelate-api 3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable

import httpx
from tenacity import AsyncRetrying, RetryCallState
from tenacity.wait import wait_random_exponential

from gateway.crelate.protocol import retry_after

TOO_MANY_WAITS = (3.0, 6.0, 9.0)
"""Seconds to wait after the first, second and third 429 that does not say how long (crelate-api 3)."""

FAILURE_REPEATS = 2
"""A question that meets server errors or a broken connection is repeated this often at most (crelate-api 3)."""

TOO_MANY_REQUESTS = 429

_failure_wait = wait_random_exponential(multiplier=0.5, max=4.0)


class Retry(httpx.AsyncBaseTransport):
    """Repeats requests that Crelate had no room for, and questions whose answer was lost or broken.

    A 429 was not carried out, so any method is repeated after it. Of the rest only idempotent requests are: a POST that
    met a server error or lost its answer may have happened (ASM-11).

    Args:
        inner: The transport to wrap.
        sleep: Waits.
        seconds_left: Seconds until the running operation has to be answered; null outside of one. What would wait
            longer fails at once with what there is.
    """

    def __init__(
        self,
        inner: httpx.AsyncBaseTransport,
        sleep: Callable[[float], Awaitable[None]],
        seconds_left: Callable[[], float | None],
    ) -> None:
        self._inner = inner
        self._sleep = sleep
        self._seconds_left = seconds_left

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request, more than once if need be; the last attempt's outcome counts.

        Its body is sent anew each time: the client makes bodies of bytes and of files that can be rewound only.
        """
        idempotent = request.extensions["idempotent"]
        met: Counter[bool] = Counter()
        retrying = AsyncRetrying(
            sleep=self._sleep,
            retry=lambda state: _is_too_many(state) or (idempotent and _is_failure(state)),
            wait=_wait,
            stop=lambda state: _is_enough(state, met) or self._is_too_late(state),
            retry_error_callback=_last_outcome,
        )
        return await retrying(self._inner.handle_async_request, request)

    def _is_too_late(self, state: RetryCallState) -> bool:
        left = self._seconds_left()
        return left is not None and state.upcoming_sleep >= left

    async def aclose(self) -> None:
        """Close what is wrapped."""
        await self._inner.aclose()


def _response(state: RetryCallState) -> httpx.Response | None:
    return None if state.outcome is None or state.outcome.failed else state.outcome.result()


def _is_too_many(state: RetryCallState) -> bool:
    response = _response(state)
    return response is not None and response.status_code == TOO_MANY_REQUESTS


def _is_failure(state: RetryCallState) -> bool:
    """A server error, or an exchange that broke off; httpx names both kinds of the latter `RequestError`."""
    response = _response(state)
    if response is not None:
        return response.is_server_error
    return state.outcome is not None and isinstance(state.outcome.exception(), httpx.RequestError)


def _wait(state: RetryCallState) -> float:
    response = _response(state)
    if response is None or response.status_code != TOO_MANY_REQUESTS:
        return _failure_wait(state)
    asked = retry_after(response.headers)
    return TOO_MANY_WAITS[min(state.attempt_number, len(TOO_MANY_WAITS)) - 1] if asked is None else asked


def _is_enough(state: RetryCallState, met: Counter[bool]) -> bool:
    """Whether this is one too many of its kind; `met` counts the two kinds apart."""
    too_many = _is_too_many(state)
    met[too_many] += 1
    return met[too_many] > (len(TOO_MANY_WAITS) if too_many else FAILURE_REPEATS)


def _last_outcome(state: RetryCallState) -> httpx.Response:
    assert state.outcome is not None  # noqa: S101 - tenacity calls this after an attempt
    return state.outcome.result()  # type: ignore[no-any-return]  # tenacity does not carry the type through
