"""Sends one call, as often as need be, and reads what comes back to its end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TypeVar

import httpx
import orjson

from gateway.crelate.decoding import UNREADABLE, decode
from gateway.crelate.learning import QUOTA_LIMIT
from gateway.crelate.protocol import Request, Version
from gateway.crelate.row_cache import RowCache
from gateway.crelate.transport.connection import Reply
from gateway.crelate.transport.keying import Keying
from gateway.crelate.transport.places import Attempt, CallLater, Places
from gateway.crelate.transport.retry import ATTEMPTS, TOO_MANY_REQUESTS, Retry
from gateway.crelate.transport.signing import Signing
from gateway.crelate.transport.upstream import CONNECT_SECONDS, Upstream
from resolvers.errors import UpstreamRateLimited, UpstreamUnavailable, UpstreamUnreadable
from resolvers.ports.hook import Hook
from resolvers.ports.profile import QUOTA_REFUSED_AFTER, Profile
from resolvers.ports.quota import Quota

READ_SECONDS = 60.0
"""How slow Crelate may be is not known; this is generous (crelate-api 3)."""

UPLOAD_SECONDS = 600.0
"""The same for a call that sends files."""

LIMIT_HEADER = "x-ratelimit-limit"
"""Where servers say how many requests they allow. It is not known whether Crelate's does."""

LEAST_SECONDS = 1.0
"""What each attempt gets at least, while that much is left."""

T = TypeVar("T", Reply, httpx.Response)

Way = Callable[[Request, float], Awaitable[T]]
"""Sends a request and gets so much of its answer in so many seconds."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Where time comes from, so that tests need not wait.

    Attributes:
        clock: Seconds, from any zero.
        sleep: Waits so many seconds.
        seconds_left: Seconds until the running operation has to be answered; null outside of one.
        call_later: Calls a function after so many seconds.
    """

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    seconds_left: Callable[[], float | None] = lambda: None
    call_later: CallLater = lambda seconds, call: asyncio.get_running_loop().call_later(seconds, call)


class Exchange:
    """One account's calls over the wire.

    Every attempt counts against the quota (ASM-12). One that waits for the quota takes no place among the few that are
    under way at a time; one under way keeps its place until its body is there, and its time counts the body.

    A question that hangs, wherever it does, does not take its operation's time with it: each attempt has an equal share
    of what is left. What writes has all of it, since it is not repeated.

    Args:
        upstream: Sends calls.
        base_url: Such as `https://app.crelate.com/api3`.
        signing: Has the key.
        quota: Of the key all requests carry.
        concurrency: How many requests are under way at a time: four to five are tolerated (crelate-api 2.3).
        timing: Where time comes from.
        hook: Called after each attempt with path template, status and seconds.
        profile: Learns how the key is taken, and what is seen of the quota.
        rows: Those that came before.
    """

    def __init__(  # noqa: PLR0913  one place makes it, of what it has itself
        self,
        upstream: Upstream,
        base_url: str,
        signing: Signing,
        quota: Quota,
        concurrency: int,
        timing: Timing,
        hook: Hook,
        profile: Profile,
        *,
        rows: RowCache,
    ) -> None:
        self._upstream = upstream
        self._rows = rows
        self._signing = signing
        self._quota = quota
        self._places = Places(concurrency)
        self._timing = timing
        self._hook = hook
        self._profile = profile
        self._keying = Keying(signing, profile, timing.clock)
        root = base_url.rstrip("/").removesuffix(Version.V3.value)
        self._roots = {
            version: base_url.rstrip("/") if version is Version.V3 else root + version.value for version in Version
        }

    async def send(self, request: Request, way: Way[T]) -> T:
        """The answer to a call, as much of it as this way of sending it brings.

        Raises:
            UpstreamRateLimited: the call's turn comes so late that it cannot be answered by the operation's deadline.
            UpstreamUnavailable: no answer came.
            UpstreamUnreadable: a success had a body that cannot be read, perhaps because half of it is missing.
        """
        outcome = await self._keying.send(request, partial(self._attempt, request, way))
        if isinstance(outcome, httpx.RequestError) or outcome.status_code >= TOO_MANY_REQUESTS:
            outcome = await self._repeated(request, way, outcome)
        if not isinstance(outcome, httpx.RequestError):
            return outcome
        failed = UpstreamUnreadable if isinstance(outcome, httpx.DecodingError) else UpstreamUnavailable
        raise failed(upstream=request.upstream()) from outcome

    async def whole(self, request: Request, seconds: float) -> Reply:
        """A way: the whole answer, decoded; a cut body is a failed attempt and not a surprise later.

        A write may answer without a body, a question may not.
        """
        if request.method == "GET" and not request.headers:
            address = self._roots[request.version] + request.target(self._signing.params[request.version])
            reply = await self._upstream.fetch(address, self._signing.headers[request.version], seconds)
        else:
            async with aclosing(await self._upstream.handle_async_request(self._signed(request, seconds))) as response:
                reply = Reply(response.status_code, response.headers, await response.aread())
        read = self._rows.decode if request.held else decode
        decoded = reply.decoded = read(reply.body, request.entity)
        unreadable = decoded is UNREADABLE or (decoded is None and request.method == "GET")
        if unreadable and httpx.codes.is_success(reply.status_code):
            raise httpx.DecodingError("The answer cannot be read.")
        return reply

    async def opened(self, request: Request, seconds: float) -> httpx.Response:
        """A way: the body of a success is left to be read."""
        response = await self._upstream.handle_async_request(self._signed(request, seconds))
        response.request = _unsigned(request.method, self._roots[request.version] + request.template)
        if not response.is_success:
            async with aclosing(response):
                await response.aread()
        return response

    async def limited(self, request: Request, seconds: float, *, limit: int) -> Reply:
        """A way: the answer as it is, or more than `limit` bytes of it."""
        body = b""
        async with aclosing(await self._upstream.handle_async_request(self._signed(request, seconds))) as response:
            async for piece in response.aiter_bytes():
                body += piece
                if len(body) > limit:
                    break
        return Reply(response.status_code, response.headers, body)

    def address(self, request: Request) -> str:
        """The address a call goes to, without the key."""
        return self._roots[request.version] + request.target()

    async def aclose(self) -> None:
        """Close all connections."""
        await self._upstream.aclose()

    async def _attempt(self, request: Request, way: Way[T], failures: int = 0) -> T | httpx.RequestError:
        """Send the request when the quota has room for it and it is its turn.

        A place that would leave the call less than `LEAST_SECONDS` is not waited for: the quota is what it failed of.
        """
        left = self._timing.seconds_left()
        wait = await self._quota.acquire(None if left is None else max(left - LEAST_SECONDS, 0.0))
        if wait is not None:
            raise UpstreamRateLimited(upstream=request.upstream(), retry_after=wait)
        seconds = partial(self._seconds, request, failures)
        try:
            async with Attempt(self._places, request.template, self._timing.call_later, seconds) as patience:
                started, status = self._timing.clock(), None
                try:
                    answer = await way(request, patience)
                    status = answer.status_code
                    if status == TOO_MANY_REQUESTS or LIMIT_HEADER in answer.headers:
                        self._learn_quota(status, answer.headers)
                finally:
                    self._hook(request.template, status, self._timing.clock() - started)
        except httpx.RequestError as error:
            return type(error)(self._signing.hide(str(error)))  # neither its request nor its cause, which have it
        return answer

    async def _repeated(self, request: Request, way: Way[T], outcome: T | httpx.RequestError) -> T | httpx.RequestError:
        """The outcome of the last attempt; a repeat that would wait past the deadline is not made.

        The body is sent anew each time: it is of bytes and of files that can be rewound only.
        """
        retry = Retry(idempotent=request.idempotent)
        while (wait := retry.wait(outcome)) is not None:
            left = self._timing.seconds_left()
            if left is not None and wait >= left:
                break
            if wait:
                await self._timing.sleep(wait)
            outcome = await self._attempt(request, way, retry.failures)
        return outcome

    def _learn_quota(self, status: int, headers: Mapping[str, str]) -> None:
        """Keep what an answer shows of the quota: after how many calls it was a refusal, or the limit it names."""
        if status == TOO_MANY_REQUESTS:
            state = self._quota.state()
            self._profile.learnt(QUOTA_REFUSED_AFTER, state.limit - state.remaining)
        if (limit := headers.get(LIMIT_HEADER, "")).isdigit():
            self._profile.learnt(QUOTA_LIMIT, int(limit))

    def _seconds(self, request: Request, failures: int) -> float:
        """How long an attempt may take after so many that failed."""
        usual, left = UPLOAD_SECONDS if request.files else READ_SECONDS, self._timing.seconds_left()
        if left is None:
            return usual
        share = left / (ATTEMPTS - failures) if request.idempotent else left
        return min(usual, max(share, min(left, LEAST_SECONDS), 0.001))

    def _signed(self, request: Request, seconds: float) -> httpx.Request:
        given = {} if request.json is None else {"Content-Type": "application/json"}
        headers = httpx.Headers({**given, **request.headers})
        headers.update(self._signing.headers[request.version])
        return httpx.Request(
            request.method,
            self._roots[request.version] + request.target(self._signing.params[request.version]),
            headers=headers,
            content=request.content if request.json is None else orjson.dumps(request.json),
            files=request.files or None,
            extensions={"timeout": httpx.Timeout(seconds, connect=min(seconds, CONNECT_SECONDS)).as_dict()},
        )


@lru_cache(maxsize=256)
def _unsigned(method: str, address: str) -> httpx.Request:
    """What an answer holds on to as its request: its path template, without the key."""
    return httpx.Request(method, address)
