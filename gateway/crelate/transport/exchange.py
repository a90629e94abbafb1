"""Sends one call, as often as need be, and reads what comes back to its end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlencode

import httpx
import orjson

from gateway.crelate.decoding import UNREADABLE, decode
from gateway.crelate.protocol import Request, Version
from gateway.crelate.transport.retry import TOO_MANY_REQUESTS, Retry
from gateway.crelate.transport.signing import Signing
from resolvers.errors import UpstreamRateLimited, UpstreamUnavailable, UpstreamUnreadable
from resolvers.ports.connector import Hook
from resolvers.ports.quota import Quota

CONNECT_SECONDS = 10.0
READ_SECONDS = 60.0
"""How slow Crelate may be is not known; these are generous (crelate-api 3)."""

ACCEPT = {"Accept": "application/json"}

as_url = lru_cache(maxsize=256)(httpx.URL)
"""An address as httpx has it: most addresses are asked again and again."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Where time comes from, so that tests need not wait.

    Attributes:
        clock: Seconds, from any zero.
        sleep: Waits so many seconds.
        seconds_left: Seconds until the running operation has to be answered; null outside of one.
    """

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    seconds_left: Callable[[], float | None] = lambda: None


class Exchange:
    """One account's calls over the wire.

    Every attempt counts against the quota (ASM-12). One that waits for the quota takes no place among the few that are
    under way at a time; one under way keeps its place until its body is there, and its time counts the body.

    Args:
        core: The innermost transport.
        base_url: Such as `https://app.crelate.com/api3`.
        signing: Has the key.
        quota: Of the key all requests carry.
        concurrency: How many requests are under way at a time: four to five are tolerated (crelate-api 2.3).
        timing: Where time comes from.
        hook: Called after each attempt with path template, status and seconds.
    """

    def __init__(
        self,
        core: httpx.AsyncBaseTransport,
        base_url: str,
        signing: Signing,
        quota: Quota,
        concurrency: int,
        timing: Timing,
        hook: Hook,
    ) -> None:
        self._core = core
        self._signing = signing
        self._quota = quota
        self._places = asyncio.Semaphore(concurrency)
        self._timing = timing
        self._hook = hook
        root = base_url.rstrip("/").removesuffix(Version.V3.value)
        self._roots = {
            version: base_url.rstrip("/") if version is Version.V3 else root + version.value for version in Version
        }
        self._headers = {version: httpx.Headers({**ACCEPT, **signing.headers[version]}) for version in Version}

    async def send(self, request: Request, *, stream: bool = False) -> httpx.Response:
        """The answer to a call, its body decoded in the extension `decoded`.

        The body of a success that the caller wants piece by piece is left alone.

        Raises:
            UpstreamRateLimited: the call's turn comes after the operation's deadline.
            UpstreamUnavailable: no answer came.
            UpstreamUnreadable: a success had a body that cannot be read, perhaps because half of it is missing.
        """
        signed = self._signed(request)
        outcome = await self._attempt(request, signed, repeatable=request.idempotent, stream=stream)
        if not isinstance(outcome, httpx.Response) or outcome.status_code >= TOO_MANY_REQUESTS:
            outcome = await self._repeated(request, signed, outcome, stream=stream)
        if isinstance(outcome, httpx.Response):
            return outcome
        failed = UpstreamUnreadable if isinstance(outcome, httpx.DecodingError) else UpstreamUnavailable
        raise failed(upstream=request.upstream()) from outcome

    def address(self, request: Request) -> str:
        """The address a call goes to, without the key."""
        return str(httpx.URL(self._roots[request.version] + request.path, params=request.params or None))

    async def aclose(self) -> None:
        """Close all connections."""
        await self._core.aclose()

    async def _attempt(
        self, request: Request, signed: httpx.Request, *, repeatable: bool, stream: bool
    ) -> httpx.Response | httpx.RequestError:
        """Send the request when the quota has room for it and it is its turn.

        One that could be repeated is given up when half of the operation's time that was left is over.
        """
        wait = await self._quota.acquire(self._timing.seconds_left())
        if wait is not None:
            raise UpstreamRateLimited(upstream=request.upstream(), retry_after=wait)
        async with self._places:
            started, status, left = self._timing.clock(), None, self._timing.seconds_left()
            try:
                async with asyncio.timeout(left / 2 if left and repeatable else left):
                    response = await self._core.handle_async_request(signed)
                    response.request = _unsigned(request.method, self._roots[request.version] + request.template)
                    if not (stream and response.is_success):
                        await _read(request, response)
                status = response.status_code
            except TimeoutError:
                return httpx.ReadTimeout("The answer did not come in time.")
            except httpx.RequestError as error:
                return type(error)(self._signing.hide(str(error)))  # neither its request nor its cause, which have it
            else:
                return response
            finally:
                self._hook(request.template, status, self._timing.clock() - started)

    async def _repeated(
        self,
        request: Request,
        signed: httpx.Request,
        outcome: httpx.Response | httpx.RequestError,
        *,
        stream: bool,
    ) -> httpx.Response | httpx.RequestError:
        """The outcome of the last attempt; a repeat that would wait past the deadline is not made.

        The body is sent anew each time: it is of bytes and of files that can be rewound only.
        """
        retry = Retry(idempotent=request.idempotent)
        while (wait := retry.wait(outcome)) is not None:
            left = self._timing.seconds_left()
            if left is not None and wait >= left:
                break
            await self._timing.sleep(wait)
            outcome = await self._attempt(request, signed, repeatable=retry.may_follow, stream=stream)
        return outcome

    def _signed(self, request: Request) -> httpx.Request:
        address, headers = self._roots[request.version] + request.path, self._headers[request.version]
        params = {**request.params, **self._signing.params[request.version]}
        if request.headers or request.json is not None:
            headers = httpx.Headers({**_content_type(request), **request.headers})
            headers.update(self._headers[request.version])
        left = self._timing.seconds_left()
        read = READ_SECONDS if left is None else min(READ_SECONDS, max(left, 0.001))
        return httpx.Request(
            request.method,
            as_url(f"{address}?{urlencode(params)}" if params else address),
            headers=headers,
            content=request.content if request.json is None else orjson.dumps(request.json),
            files=request.files or None,
            extensions={"timeout": {"connect": min(CONNECT_SECONDS, read), "read": read, "write": read, "pool": None}},
        )


async def _read(request: Request, response: httpx.Response) -> None:
    """Read a body whole, so that a cut one is a failed attempt and not a surprise later.

    A write may answer without a body, a question may not.
    """
    try:
        decoded = response.extensions["decoded"] = decode(await response.aread(), request.entity)
    except BaseException:
        await response.aclose()  # or the connection would be lost to the pool
        raise
    if response.is_success and (decoded is UNREADABLE or (decoded is None and request.method == "GET")):
        raise httpx.DecodingError("The answer cannot be read.")


@lru_cache(maxsize=256)
def _unsigned(method: str, address: str) -> httpx.Request:
    """What an answer holds on to as its request: its path template, without the key."""
    return httpx.Request(method, address)


def _content_type(request: Request) -> dict[str, str]:
    return {} if request.json is None else {"Content-Type": "application/json"}
