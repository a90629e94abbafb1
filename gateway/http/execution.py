"""Executing one operation with graphql-core: variables, cost, the run itself, the shape of the result."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, Awaitable
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, closing
from inspect import isawaitable
from typing import Any, TypeAlias, TypeVar

import orjson
from graphql import ExecutionResult, GraphQLSchema
from graphql.execution import Executor, create_source_event_stream

from gateway.http.context import OpenAgain, RequestContext
from gateway.http.cost import Cost, CostModel, estimate
from gateway.http.deadline import attended
from gateway.http.documents import Documents, Operation
from gateway.http.errors import (
    MAX_ERRORS,
    RequestError,
    execution_errors,
    in_document,
    masked,
    request_error,
    too_complex,
)
from gateway.http.limits import Limits
from gateway.http.observation import Observation
from gateway.http.request import GraphQLRequest
from gateway.http.trusted import TrustedDocuments, document_text
from resolvers.context import RequestContext as ReadingContext
from resolvers.engine import Call, by_core

T = TypeVar("T")


_FREE = Cost(0, 0)

Result: TypeAlias = dict[str, Any]
"""`data`, `errors` when there are any, and `extensions`."""


class Execution:
    """Executes operations of one schema."""

    def __init__(
        self,
        schema: GraphQLSchema,
        limits: Limits,
        cost_model: CostModel,
        trusted: TrustedDocuments | None,
        *,
        introspection: bool,
    ) -> None:
        self._schema = schema
        self._limits = limits
        self._cost_model = cost_model
        self._trusted = trusted
        self._documents = Documents(schema, limits, cost_model, introspection=introspection)
        # One thread, so that what is slow never takes more than its share from what is quick.
        self._lane = ThreadPoolExecutor(max_workers=1, thread_name_prefix="graphql-slow-lane")

    async def prepare(self, request: GraphQLRequest) -> Operation:
        """The operation a request names, in a document that is valid and within the limits."""
        text = request.query if request.query and not self._trusted else document_text(request, self._trusted)
        document = await self._documents.get(text, self._lane)
        return document.operation(request.operation_name)

    async def run(
        self,
        operation: Operation,
        variables: dict[str, Any],
        context: RequestContext,
        seen: Observation | None = None,
    ) -> Result:
        """Execute a query or mutation; `seen` notes its errors and the ways in which its root fields were answered."""
        _check(operation, context)
        if operation.schema_answer is not None:
            return _extended({"data": operation.schema_answer}, _FREE, context)
        call, cost = self._call(operation, variables, context)
        if operation.only_schema:
            return await self._ask_schema(operation, call.executor(), context)
        reads = isinstance(context, ReadingContext)
        try:
            answer = await (operation.plans.answer(call) if reads else by_core(call.executor()))
        except asyncio.CancelledError as error:
            raise _cancelled(error) from None
        shaped = _shape(answer.result, cost, context)
        if seen:
            seen.ways = answer.ways
            if "errors" in shaped:
                seen.fail(shaped["errors"])
        return shaped

    async def events(
        self,
        operation: Operation,
        variables: dict[str, Any],
        context: RequestContext,
        open_context: OpenAgain,
    ) -> AsyncGenerator[Result, None]:
        """Execute a subscription: one result for each event of its source, each in a context of its own."""
        _check(operation, context)
        call, cost = self._call(operation, variables, context)
        executor = call.executor()
        with attended(self._limits):
            source = await _source(executor)
        if isinstance(source, ExecutionResult):
            raise RequestError(execution_errors(source.errors or ()))
        async with aclosing(_iterate(source)) as events:
            async for event in events:
                with attended(self._limits), closing(await open_context()) as fresh:
                    one = executor.build_per_event_executor(event)
                    one.context_value = fresh
                    answer = await _uncancelled(by_core(one))
                    result = _shape(answer.result, cost, fresh)
                yield result

    def _call(self, operation: Operation, variables: dict[str, Any], context: RequestContext) -> tuple[Call, Cost]:
        """The call of an operation, its variables coerced, and what it will cost."""
        call = operation.definition.call(variables, context, MAX_ERRORS)
        if isinstance(call, list):
            raise in_document(call, "BAD_USER_INPUT")
        cost = operation.cost or estimate(operation.plan, call.variable_values.coerced, self._cost_model)
        if cost.total > self._limits.cost:
            raise too_complex("cost", cost.total, self._limits.cost)
        return call, cost

    async def _ask_schema(self, operation: Operation, executor: Executor[Any], context: RequestContext) -> Result:
        """Answer from the schema alone: off the event loop, and only once when there are no variables."""
        loop = asyncio.get_running_loop()
        result: Any = await loop.run_in_executor(self._lane, executor.execute_operation)
        shaped = _shape(result, _FREE, context)
        if not operation.has_variables and "errors" not in shaped:
            operation.schema_answer = orjson.Fragment(orjson.dumps(shaped["data"]))
        return shaped


def _check(operation: Operation, context: RequestContext) -> None:
    """Let the operation pass.

    Raises:
        IntegrationNotFound: it is about an account, and the request names none.
    """
    if isinstance(context, ReadingContext):
        context.check(operation.root_fields)


async def _uncancelled(answer: Awaitable[T]) -> T:
    """What is awaited, with a request error where it ends because somebody else cancelled what it waits for."""
    try:
        return await answer
    except asyncio.CancelledError as error:
        raise _cancelled(error) from None


async def _source(executor: Executor[Any]) -> Any:
    """The events of a subscription, or why there are none."""
    outcome: Any = create_source_event_stream(executor)
    return await _uncancelled(outcome) if isawaitable(outcome) else outcome


def _cancelled(error: asyncio.CancelledError) -> BaseException:
    """The error itself where the task is being cancelled; a request error where an awaited future was, elsewhere."""
    task = asyncio.current_task()
    return error if task and task.cancelling() else RequestError([masked(error)], status=500)


async def _iterate(source: AsyncIterable[T]) -> AsyncGenerator[T, None]:
    """The events of a source; what it raises becomes a request error."""
    iterator = aiter(source)
    try:
        while True:
            try:
                event = await anext(iterator)
            except StopAsyncIteration:
                return
            except Exception as error:  # noqa: BLE001 - the boundary
                raise request_error(error) from None
            yield event
    finally:
        if isinstance(iterator, AsyncGenerator):
            await iterator.aclose()


def _shape(result: ExecutionResult, cost: Cost, context: RequestContext) -> Result:
    shaped: Result = {"data": result.data}
    if result.errors:
        shaped = {"errors": execution_errors(result.errors), **shaped}
    return _extended(shaped, cost, context)


def _extended(result: Result, cost: Cost, context: RequestContext) -> Result:
    extensions = dict(context.extensions())
    extensions["cost"] = {"estimated": cost.total, "upstreamRequests": 0, **extensions.get("cost", {})}
    result["extensions"] = extensions
    return result
