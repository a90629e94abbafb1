"""One operation from request to result, whichever way the request came."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, aclosing
from functools import partial
from types import TracebackType
from typing import Any, TypeAlias, TypeVar

from graphql import OperationType
from starlette.requests import HTTPConnection

from gateway.http.context import OpenContext, RequestContext
from gateway.http.deadline import OperationDeadline
from gateway.http.documents import Operation
from gateway.http.errors import request_error
from gateway.http.execution import Execution, Result
from gateway.http.limits import Limits
from gateway.http.observation import Observation, Observed
from gateway.http.request import GraphQLRequest

T = TypeVar("T")

Permit: TypeAlias = Callable[[Operation], None]
"""Raises a request error when the operation may not come this way."""


class Opened:
    """A request context in which what goes wrong on the way in or out is a request error."""

    def __init__(self, context: AbstractAsyncContextManager[RequestContext]) -> None:
        self._context = context

    async def __aenter__(self) -> RequestContext:
        return await _coded(self._context.__aenter__())

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        return await _coded(self._context.__aexit__(kind, error, trace))


async def _coded(step: Awaitable[T]) -> T:
    try:
        return await step
    except Exception as error:  # noqa: BLE001 - the boundary
        raise request_error(error) from None


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
        self._watched = partial(Observed, observe, begin)

    def open(self, connection: HTTPConnection, payload: dict[str, Any] | None) -> Opened:
        """The context of one operation."""
        return Opened(self._open_context(connection, payload))

    async def answer(
        self, connection: HTTPConnection, request: GraphQLRequest, permit: Permit
    ) -> tuple[Result, dict[str, str]]:
        """The result of a query or mutation that `permit` lets pass, and the HTTP headers that go with it."""
        with self._watched() as seen:
            async with OperationDeadline(self._limits), self.open(connection, None) as context:
                operation = await self._execution.prepare(request)
                seen.start(operation)
                permit(operation)
                result = await self._execution.run(operation, request.variables, context, seen.count)
                seen.finish(result)
                return result, context.response_headers()

    async def admit(self, connection: HTTPConnection, payload: dict[str, Any] | None) -> None:
        """Raise a request error unless this caller is let in; before a stream or a socket is opened for it."""
        async with self.open(connection, payload):
            pass

    async def results(
        self, connection: HTTPConnection, payload: dict[str, Any] | None, request: GraphQLRequest, permit: Permit
    ) -> AsyncGenerator[Result, None]:
        """The results of any operation: one, or for a subscription as many as it has events."""
        with self._watched() as seen:
            operation = await self._execution.prepare(request)
            seen.start(operation)
            permit(operation)
            again = partial(self.open, connection, payload)
            if operation.type is OperationType.SUBSCRIPTION:
                # Its context outlives every deadline, so it is opened without one.
                async with (
                    again() as context,
                    aclosing(self._execution.events(operation, request.variables, context, again)) as events,
                ):
                    async for result in events:
                        yield result
            else:
                async with OperationDeadline(self._limits), again() as context:
                    result = await self._execution.run(operation, request.variables, context, seen.count)
                seen.finish(result)
                yield result
