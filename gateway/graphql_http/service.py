"""One operation from request to result, whichever way the request came."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from typing import Any

from graphql import OperationType
from starlette.requests import HTTPConnection

from gateway.graphql_http.context import OpenAgain, OpenContext, RequestContext
from gateway.graphql_http.deadline import operation_deadline
from gateway.graphql_http.documents import Operation
from gateway.graphql_http.errors import RequestError, masked, refused_by
from gateway.graphql_http.execution import Execution, Result
from gateway.graphql_http.limits import Limits
from gateway.graphql_http.observation import Observation, Observed
from gateway.graphql_http.request import GraphQLRequest
from resolvers.errors import AtsError


class Service:
    """Answers requests, each in a context of its own."""

    def __init__(
        self, execution: Execution, open_context: OpenContext, limits: Limits, observe: Callable[[Observation], None]
    ) -> None:
        self._execution = execution
        self._open_context = open_context
        self._limits = limits
        self._observe = observe

    @asynccontextmanager
    async def open(self, connection: HTTPConnection, payload: dict[str, Any] | None) -> AsyncIterator[RequestContext]:
        """The context of one operation; what goes wrong in it, or with it, becomes a request error."""
        try:
            async with self._open_context(connection, payload) as context:
                yield context
        except RequestError:
            raise
        except AtsError as error:
            raise refused_by(error) from None
        except Exception as error:  # noqa: BLE001 - the boundary: nothing unknown leaves the gateway
            raise RequestError([masked(error)], status=500) from None

    async def answer(
        self, connection: HTTPConnection, request: GraphQLRequest, permit: Callable[[Operation], None]
    ) -> tuple[Result, dict[str, str]]:
        """The result of a query or mutation that `permit` lets pass, and the HTTP headers that go with it."""
        with Observed(self._observe) as seen:
            async with operation_deadline(self._limits), self.open(connection, None) as context:
                operation = await self._execution.prepare(request)
                seen.start(operation)
                permit(operation)
                result = await self._execution.run(operation, request.variables, context)
                seen.finish(result)
                return result, context.response_headers()

    async def results(
        self, open_context: OpenAgain, context: RequestContext, request: GraphQLRequest
    ) -> AsyncGenerator[Result, None]:
        """The results of any operation: one, or for a subscription as many as it has events."""
        with Observed(self._observe) as seen:
            operation = await self._execution.prepare(request)
            seen.start(operation)
            if operation.type is OperationType.SUBSCRIPTION:
                events = self._execution.events(operation, request.variables, context, open_context)
                async with aclosing(events):
                    async for result in events:
                        yield result
            else:
                async with operation_deadline(self._limits):
                    result = await self._execution.run(operation, request.variables, context)
                seen.finish(result)
                yield result
