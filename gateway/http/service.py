"""One operation from request to result, whichever way the request came."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, closing
from functools import partial
from typing import Any, TypeAlias

from graphql import OperationType
from starlette.requests import HTTPConnection
from starlette.types import Receive

from gateway.http.context import OpenContext
from gateway.http.deadline import attended
from gateway.http.documents import Operation
from gateway.http.errors import request_error
from gateway.http.execution import Execution, Result
from gateway.http.limits import Limits
from gateway.http.observation import Observation
from gateway.http.request import GraphQLRequest

Permit: TypeAlias = Callable[[Operation], None]
"""Raises a request error when the operation may not come this way."""


class Service:
    """Answers requests, each in a context of its own."""

    def __init__(
        self,
        execution: Execution,
        open_context: OpenContext,
        limits: Limits,
        observe: Callable[[Observation], None],
        begin: Callable[[], None],
    ) -> None:
        self._execution = execution
        self._open_context = open_context
        self._limits = limits
        self._observe = observe
        self._begin = begin

    async def answer(
        self, connection: HTTPConnection, request: GraphQLRequest, permit: Permit, receive: Receive
    ) -> tuple[Result, dict[str, str]]:
        """The result of a query or mutation that `permit` lets pass, and the HTTP headers that go with it.

        Raises:
            RequestError: it is not executed, or takes too long.
            ClientGoneError: the client hung up meanwhile.
        """
        self._begin()
        with Observation(self._observe) as seen, attended(self._limits, receive):
            context = await self._open_context(connection, None)
            try:
                operation = await self._execution.prepare(request)
                seen.start(operation)
                permit(operation)
                result = await self._execution.run(operation, request.variables, context, seen)
                return result, context.response_headers()
            finally:
                context.close()

    async def admit(self, connection: HTTPConnection, payload: dict[str, Any] | None) -> None:
        """Raise a request error unless this caller is let in; before a stream or a socket is opened for it."""
        try:
            (await self._open_context(connection, payload)).close()
        except Exception as error:  # noqa: BLE001 - the boundary
            raise request_error(error) from None

    async def results(
        self, connection: HTTPConnection, payload: dict[str, Any] | None, request: GraphQLRequest, permit: Permit
    ) -> AsyncGenerator[Result, None]:
        """The results of any operation: one, or for a subscription as many as it has events."""
        self._begin()
        with Observation(self._observe) as seen:
            operation = await self._execution.prepare(request)
            seen.start(operation)
            permit(operation)
            again = partial(self._open_context, connection, payload)
            if operation.type is OperationType.SUBSCRIPTION:
                # Its context outlives every deadline, so it is opened without one.
                with closing(await again()) as context:
                    async with aclosing(self._execution.events(operation, request.variables, context, again)) as events:
                        async for result in events:
                            yield result
            else:
                with attended(self._limits), closing(await again()) as context:
                    result = await self._execution.run(operation, request.variables, context, seen)
                yield result
