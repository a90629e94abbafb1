"""`/v1`: who is let in, and what every answer there has, whatever happens."""

from __future__ import annotations

import asyncio
from importlib import import_module
from types import ModuleType

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.callers.callers import Callers
from gateway.clock import Clock
from gateway.http import ClientGoneError
from gateway.http.errors import masked
from gateway.http.limits import Limits
from gateway.rest.asking import Asking
from gateway.rest.errors import UNKNOWN, RefusedError, refused_by
from gateway.rest.shapes import written
from resolvers.errors import AtsError


class RestApp:
    """The ASGI app behind `/v1`. Its tables are loaded at the first request: most gateways never get one.

    Args:
        endpoint: The gateway's, asked in this process.
        path: Where it is on the gateway.
        callers: Who may ask.
        limits: Of a body.
        clock: What time it is.
    """

    def __init__(self, endpoint: ASGIApp, path: str, callers: Callers, limits: Limits, clock: Clock) -> None:
        self._endpoint = endpoint
        self._path = path
        self._callers = callers
        self._limits = limits
        self._clock = clock
        self._serving: ModuleType | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        try:
            response = await self._answer(Request(scope, receive))
        except ClientGoneError:
            return
        response.headers["Cache-Control"] = "no-store"
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        """The answer, whatever happens."""
        try:
            await self._callers.admit(request, None)
            return await self._served(request)
        except ClientGoneError:
            raise
        except RefusedError as error:
            return error.response()
        except AtsError as error:
            return refused_by(error).response()
        except Exception as error:  # noqa: BLE001  the boundary
            hidden = masked(error)
            return RefusedError(UNKNOWN, f"{hidden['message']} Request {hidden['extensions']['requestId']}.").response()

    async def _served(self, request: Request) -> Response:
        if self._serving is None:
            self._serving = await asyncio.to_thread(import_module, "gateway.rest.serving")
        ask = Asking(self._endpoint, self._path, request).ask
        response: Response = await self._serving.serve(request, ask, self._limits, written(self._clock()))
        return response
