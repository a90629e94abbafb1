"""Whether anybody still waits for the answer."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Self

from starlette.types import Receive

from gateway.http.request import ClientGoneError


class Connected:
    """An async context in which the work is cancelled when the client hangs up; it then raises ClientGoneError.

    To be entered after the request has been read: it takes everything the connection has to say.
    """

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._gone = False

    async def __aenter__(self) -> Self:
        self._work = asyncio.current_task()
        self._watch = asyncio.create_task(self._wait())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._watch.cancel()
        if self._gone and self._work and self._work.uncancel() == 0 and kind is asyncio.CancelledError:
            raise ClientGoneError from None

    async def _wait(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._gone = True
        if self._work:
            self._work.cancel()
