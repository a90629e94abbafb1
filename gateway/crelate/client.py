"""The client: sends one `Request` and reads the `Answer`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial

import httpx

from gateway.crelate.assumptions import Assumptions
from gateway.crelate.protocol import Answer, Request, Version, interpret, read
from gateway.crelate.row_cache import RowCache
from gateway.crelate.transport.connection import Reply
from gateway.crelate.transport.exchange import Exchange, Timing
from gateway.crelate.transport.signing import KeyForm, Signing
from gateway.crelate.transport.upstream import Pool, Transported
from gateway.profile import AccountProfile
from gateway.quota import WindowQuota
from resolvers.errors import UpstreamUnavailable, UpstreamUnreadable
from resolvers.ports.hook import Hook, unobserved
from resolvers.ports.profile import Profile
from resolvers.ports.quota import Quota

USUAL = Assumptions()

Listener = Callable[[Request, int | None], None]
"""Told about each call and its status, null without an answer."""


class Client:
    """One account's way to Crelate.

    Args:
        api_key: Added to each request on its way out.
        base_url: Such as `https://app.crelate.com/api3`.
        quota: Of this key.
        concurrency: Requests under way at a time.
        core: The innermost transport; null for kept connections of our own.
        timing: Where time comes from.
        hook: Told about every attempt.
        assumptions: ASM-13, and of ASM-32 how each API takes the key.
        profile: What is known of the account; null for one that is kept in memory.
        rows: Those that came before; null for none yet.

    Attributes:
        listener: Told about each call while somebody wants to see them; null otherwise.
    """

    def __init__(  # noqa: PLR0913  each has a default but the first two
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
        profile: Profile | None = None,
        rows: RowCache | None = None,
    ) -> None:
        timing = timing or Timing()
        self.quota = quota or WindowQuota(100, timing.clock, timing.sleep)
        self.profile: Profile = profile or AccountProfile()
        self._signing = Signing(api_key, _key_forms(assumptions))
        upstream = Pool() if core is None else Transported(core)
        self._exchange = Exchange(
            upstream,
            base_url,
            self._signing,
            self.quota,
            concurrency,
            timing,
            hook,
            self.profile,
            rows=RowCache() if rows is None else rows,
        )
        self._errors_refuse = assumptions.errors_refuse
        self.listener: Listener | None = None

    async def send(self, request: Request) -> Answer:
        """Carry out one call.

        Raises:
            AtsError: Crelate refused, did not answer, or its answer cannot be read. After a write, the last two leave
                open whether it happened.
        """
        status = None
        try:
            reply = await self._exchange.send(request, self._exchange.whole)
            status = reply.status_code
        finally:
            if self.listener is not None:
                self.listener(request, status)
        return interpret(request, status, reply.headers, reply.decoded, errors_refuse=self._errors_refuse)

    @asynccontextmanager
    async def stream(self, request: Request) -> AsyncIterator[httpx.Response]:
        """Carry out one call and hand over the answer's body piece by piece, for the content of files.

        Raises:
            AtsError: as for `send`.
        """
        response = await self._exchange.send(request, self._exchange.opened)
        if self.listener is not None:
            self.listener(request, response.status_code)
        try:
            if not response.is_success:
                read(request, response.status_code, response.headers, response.content)
            yield response
        except httpx.RequestError as error:
            raise UpstreamUnavailable(upstream=request.upstream(response.status_code)) from error
        finally:
            await response.aclose()

    async def relay(self, request: Request, limit: int) -> Reply:
        """Carry out one call and hand over whatever answer came, less the key.

        Raises:
            AtsError: no answer came, or one of more than `limit` bytes.
        """
        reply = await self._exchange.send(request, partial(self._exchange.limited, limit=limit))
        if len(reply.body) > limit:
            raise UpstreamUnreadable("The answer is too large.", upstream=request.upstream(reply.status_code))
        headers = httpx.Headers({name: self._signing.hide(value) for name, value in reply.headers.items()})
        return Reply(reply.status_code, headers, self._signing.hide_in(reply.body))

    def address(self, request: Request) -> str:
        """The address a call goes to, without the key."""
        return self._exchange.address(request)

    async def aclose(self) -> None:
        """Close all connections."""
        await self._exchange.aclose()


def _key_forms(assumptions: Assumptions) -> dict[object, KeyForm]:
    return {Version.V3: assumptions.current_version_key, Version.V1: assumptions.first_version_key}
