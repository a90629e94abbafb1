"""The client: sends one `Request` through the layers and reads the `Answer`."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import orjson

from gateway.crelate.assumptions import Assumptions
from gateway.crelate.protocol import UNREADABLE, Answer, Request, Version, decode, interpret
from gateway.crelate.transport.concurrency import Concurrency
from gateway.crelate.transport.pacing import Pacing
from gateway.crelate.transport.pool import Pool
from gateway.crelate.transport.reading import Reading
from gateway.crelate.transport.retry import Retry
from gateway.crelate.transport.signing import KeyForm, Signing
from gateway.crelate.transport.telemetry import Telemetry
from gateway.quota import WindowQuota
from resolvers.errors import UpstreamUnavailable, UpstreamUnreadable
from resolvers.ports.connector import Hook, unobserved
from resolvers.ports.quota import Quota

CONNECT_SECONDS = 10.0
READ_SECONDS = 60.0
"""How slow Crelate may be is not known; these are generous (crelate-api 3)."""


USUAL = Assumptions()


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


def onion(
    core: httpx.AsyncBaseTransport, quota: Quota, concurrency: int, timing: Timing, hook: Hook
) -> httpx.AsyncBaseTransport:
    """All layers around a core, the outermost last.

    Retry is outside of pacing, so that every attempt counts against the quota. Pacing is outside of concurrency, so
    that a request waiting for the quota blocks no place. Reading is inside of concurrency, so that a place is taken
    until the body is there, and inside of telemetry, so that the time of the body counts. The core adds the key.
    """
    layer: httpx.AsyncBaseTransport = Reading(core, decode, UNREADABLE)
    layer = Telemetry(layer, hook, timing.clock)
    layer = Concurrency(layer, concurrency)
    layer = Pacing(layer, quota, timing.seconds_left)
    return Retry(layer, timing.sleep, timing.seconds_left)


class Client:
    """One account's way to Crelate.

    Args:
        api_key: Added to requests by the innermost layer; no other has it.
        base_url: Such as `https://app.crelate.com/api3`.
        quota: Of this key.
        concurrency: Requests under way at a time.
        core: The innermost transport; null for aiohttp's connection pool.
        timing: Where time comes from.
        hook: Told about every attempt.
        assumptions: ASM-13, and of ASM-32 how each API takes the key.
    """

    def __init__(
        self,
        api_key: str,
        base_url: str,
        *,
        quota: Quota | None = None,
        concurrency: int = 4,
        core: httpx.AsyncBaseTransport | None = None,
        timing: Timing | None = None,
        hook: Hook = unobserved,
        assumptions: Assumptions = USUAL,
    ) -> None:
        self._timing = timing or Timing()
        self.quota = quota or WindowQuota(100, self._timing.clock, self._timing.sleep)
        self._signing = Signing(core or Pool(), api_key, _key_forms(assumptions))
        self._transport = onion(self._signing, self.quota, concurrency, self._timing, hook)
        root = base_url.rstrip("/").removesuffix(Version.V3.value)
        self._roots = {
            version: base_url.rstrip("/") if version is Version.V3 else root + version.value for version in Version
        }
        self._errors_refuse = assumptions.errors_refuse

    async def send(self, request: Request) -> Answer:
        """Carry out one call.

        Raises:
            AtsError: Crelate refused, did not answer, or its answer cannot be read. After a write, the last two leave
                open whether it happened.
        """
        response = await self._exchange(request, stream=False)
        decoded = response.extensions["decoded"]
        return interpret(request, response.status_code, response.headers, decoded, errors_refuse=self._errors_refuse)

    @asynccontextmanager
    async def stream(self, request: Request) -> AsyncIterator[httpx.Response]:
        """Carry out one call and hand over the answer's body piece by piece, for the content of files.

        Raises:
            AtsError: as for `send`.
        """
        response = await self._exchange(request, stream=True)
        try:
            if not response.is_success:
                interpret(request, response.status_code, response.headers, response.extensions["decoded"])
            yield response
        except httpx.RequestError as error:
            raise UpstreamUnavailable(upstream=request.upstream(response.status_code)) from error
        finally:
            await response.aclose()

    async def relay(self, request: Request, limit: int) -> tuple[httpx.Response, bytes]:
        """Carry out one call and hand over whatever answer came, with its body less the key.

        Raises:
            AtsError: no answer came, or one of more than `limit` bytes.
        """
        response = await self._exchange(request, stream=True)
        body = b""
        try:
            async for piece in response.aiter_bytes():
                body += piece
                if len(body) > limit:
                    raise UpstreamUnreadable(
                        "The answer is too large.", upstream=request.upstream(response.status_code)
                    )
        except httpx.RequestError as error:
            raise UpstreamUnavailable(upstream=request.upstream(response.status_code)) from error
        finally:
            await response.aclose()
        for name, value in response.headers.items():
            response.headers[name] = self._signing.hide(value)
        return response, self._signing.hide_in(body)

    def address(self, request: Request) -> str:
        """The address a call goes to, without the key."""
        return str(httpx.URL(self._roots[request.version] + request.path, params=request.params or None))

    async def aclose(self) -> None:
        """Close all connections."""
        await self._transport.aclose()

    async def _exchange(self, request: Request, *, stream: bool) -> httpx.Response:
        try:
            return await self._transport.handle_async_request(self._build(request, stream=stream))
        except httpx.DecodingError as error:
            raise UpstreamUnreadable(upstream=request.upstream()) from error
        except httpx.RequestError as error:
            raise UpstreamUnavailable(upstream=request.upstream()) from error

    def _build(self, request: Request, *, stream: bool) -> httpx.Request:
        return httpx.Request(
            request.method,
            self._roots[request.version] + request.path,
            params=request.params or None,
            headers={**_content_type(request), **request.headers, "Accept": "application/json"},
            content=request.content if request.json is None else orjson.dumps(request.json),
            files=request.files or None,
            extensions={
                "template": request.template,
                "version": request.version,
                "idempotent": request.idempotent,
                "stream": stream,
                "timeout": self._timeout(),
            },
        )

    def _timeout(self) -> Mapping[str, float | None]:
        left = self._timing.seconds_left()
        read = READ_SECONDS if left is None else min(READ_SECONDS, max(left, 0.001))
        return httpx.Timeout(read, connect=min(CONNECT_SECONDS, read), pool=None).as_dict()


def _content_type(request: Request) -> dict[str, Any]:
    return {} if request.json is None else {"Content-Type": "application/json"}


def _key_forms(assumptions: Assumptions) -> dict[object, KeyForm]:
    return {Version.V3: assumptions.current_version_key, Version.V1: assumptions.first_version_key}
