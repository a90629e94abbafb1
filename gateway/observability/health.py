"""Liveness and readiness of the process."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from resolvers.errors import AtsError

OK = "ok"
BROKEN = "broken"
HEADERS = {"Cache-Control": "no-store"}

UPSTREAM_SECONDS = 30.0
"""How long the answer about an ATS is remembered: probes must not use up its quota."""

DATABASE_SECONDS = 1.0
"""The same for the database, which costs nothing to ask."""

CHECK_SECONDS = 5.0
"""How long a check may take."""


class Part:
    """Something the gateway needs, and what was last found out about it.

    Args:
        check: Returns when the part works, raises when it does not.
        keep_seconds: How long a finding is remembered.
        clock: Seconds that only grow.
        patience: Seconds the check may take.
    """

    def __init__(
        self,
        check: Callable[[], Awaitable[object]],
        keep_seconds: float,
        clock: Callable[[], float] = time.monotonic,
        patience: float = CHECK_SECONDS,
    ) -> None:
        self._check = check
        self._keep_seconds = keep_seconds
        self._clock = clock
        self._patience = patience
        self._found = OK
        self._fresh_until = float("-inf")
        self._turn = asyncio.Lock()

    async def state(self) -> str:
        """`ok`, or what is wrong: an error's code, `timeout` or `broken`. Concurrent calls share one check."""
        async with self._turn:
            if self._clock() >= self._fresh_until:
                self._found = await self._look()
                self._fresh_until = self._clock() + self._keep_seconds
        return self._found

    async def _look(self) -> str:
        try:
            async with asyncio.timeout(self._patience):
                await self._check()
        except AtsError as error:
            return str(error.extensions["code"])
        except TimeoutError:
            return "timeout"
        except Exception:  # noqa: BLE001 - whatever it is, it may hold a secret, and the part does not work
            return BROKEN
        return OK


Drifted = Mapping[str, Sequence[str]]
"""Account -> names of what drifted."""


async def _nothing() -> Drifted:
    return {}


class Health:
    """The health of one process.

    Args:
        parts: What it needs, by the name that is shown.
        drifted: Returns what is found to be otherwise than before, by the name of its account.

    Attributes:
        started: Whether it has finished starting.
        draining: Whether it has been asked to stop.
        failure: Why it could not start, as a sentence; null when it did, or when only the log knows.
    """

    def __init__(self, parts: Mapping[str, Part], drifted: Callable[[], Awaitable[Drifted]] = _nothing) -> None:
        self._parts = parts
        self._drifted = drifted
        self.started = False
        self.draining = False
        self.failure: str | None = None

    def routes(self) -> list[Route]:
        """`/health/live` and `/health/ready`."""
        return [Route("/health/live", _live), Route("/health/ready", self._ready)]

    async def states(self, names: Collection[str]) -> dict[str, str]:
        """What is found about some of its parts: `ok`, or what is wrong."""
        found = await asyncio.gather(*(self._parts[name].state() for name in names))
        return dict(zip(names, found, strict=True))

    async def _ready(self, _request: Request) -> JSONResponse:
        """200 when requests will find all they need, 503 otherwise, with the state of each part.

        What has drifted is named; it keeps no request from being answered.
        """
        states = {"process": self._process()}
        if states["process"] == OK:
            states |= await self.states(self._parts)
        ready = set(states.values()) == {OK}
        body: dict[str, Any] = {"status": "ready" if ready else "not ready", "parts": states}
        if states["process"] == OK and (drifted := await self._drifted()):
            body["drift"] = drifted
        return JSONResponse(body, status_code=200 if ready else 503, headers=HEADERS)

    def _process(self) -> str:
        if self.draining:
            return "draining"
        return OK if self.started else "starting"


async def _live(_request: Request) -> JSONResponse:
    return JSONResponse({"status": "live"}, headers=HEADERS)
