"""The plan of an operation, and its execution: root fields with a plan, and a leaf of graphql-core beside them."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from inspect import isawaitable
from typing import Any, NamedTuple

import structlog
from graphql import ExecutionResult, FieldNode, GraphQLError, OperationDefinitionNode, SelectionSetNode
from graphql.execution import Executor

from resolvers.engine.branches import Frame, Run, grow
from resolvers.engine.call import Call
from resolvers.engine.failures import Errors, Refused
from resolvers.engine.selection import Selection, Unplanned
from resolvers.ports.source import Fields

ROOT = (None,)
"""The objects of the operation's own selection: the one that stands for the root."""

_log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Root:
    """A root field with a plan.

    Attributes:
        selection: The selection with this field alone.
        nodes: Each place it stands in.
        refused: What is null in it for the callers it is made for.
        marked: Whether parts of the selection stand for failures, whatever is answered.
    """

    selection: Selection
    nodes: Sequence[FieldNode]
    refused: Sequence[Refused] = ()
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Leaf:
    """A root field that graphql-core answers.

    Attributes:
        nodes: Each place it stands in.
        why: Why it has no plan.
    """

    nodes: Sequence[FieldNode]
    why: str


class Ways(NamedTuple):
    """How many root fields of an operation were answered in which way.

    Attributes:
        planned: By their plan.
        core: By graphql-core.
        failed: By graphql-core, after their plan met something unexpected.
    """

    planned: int = 0
    core: int = 0
    failed: int = 0


NO_FIELDS, ONE_BY_PLAN, ONE_BY_CORE = Ways(), Ways(planned=1), Ways(core=1)


@dataclass(slots=True)
class Answer:
    """What came of an operation.

    Attributes:
        result: Data and errors.
        ways: How it was answered.
    """

    result: ExecutionResult
    ways: Ways


@dataclass(slots=True)
class Part:
    """The answer to some of the root fields.

    Attributes:
        data: By name; null when a null has spread to the root.
        errors: Those of graphql-core.
        refused: What is null in it for this caller.
        marked: Whether failures stand in the data.
        ways: How these fields were answered.
    """

    data: Mapping[str, Any] | None
    errors: Sequence[GraphQLError] = ()
    refused: Sequence[Refused] = ()
    marked: bool = False
    ways: Ways = NO_FIELDS


@dataclass(frozen=True)
class Plan:
    """How to answer an operation: all root fields at the same time, over the same answers.

    Attributes:
        fields: The root fields, in order, by the names under which clients see them.
        looked_at: Models of the records they lead to, each with the attributes that are looked at.
    """

    fields: Mapping[str, Root | Leaf] = field(default_factory=dict)
    looked_at: Fields = ()

    @cached_property
    def planned(self) -> Mapping[str, Root]:
        """The root fields with a plan."""
        return {name: each for name, each in self.fields.items() if isinstance(each, Root)}

    @cached_property
    def leaves(self) -> Mapping[str, Leaf]:
        """The root fields without one."""
        return {name: each for name, each in self.fields.items() if isinstance(each, Leaf)}

    async def run(self, call: Call) -> Answer:
        """The result graphql-core would give, with the errors in the order of the answer."""
        if call.context.expect and not self.leaves:
            call.context.expect(self.looked_at)
        work = [_planned(name, root, call) for name, root in self.planned.items()]
        if self.leaves:
            nodes = [node for leaf in self.leaves.values() for node in leaf.nodes]
            work.append(_by_core(call, nodes, Ways(core=len(self.leaves))))
        try:
            parts = [await work[0]] if len(work) == 1 else await asyncio.gather(*work)
        except asyncio.CancelledError:
            call.context.stop()
            raise
        ways = parts[0].ways if len(parts) == 1 else Ways(*map(sum, zip(*(part.ways for part in parts), strict=True)))
        return Answer(self._merged(parts), ways)

    def _merged(self, parts: Sequence[Part]) -> ExecutionResult:
        if any(part.marked or part.refused or part.errors or part.data is None for part in parts):
            return self._settled(parts)
        data: dict[str, Any] = dict.fromkeys(self.fields)
        for part in parts:
            data.update(part.data or {})
        return ExecutionResult(data, None)

    def _settled(self, parts: Sequence[Part]) -> ExecutionResult:
        """The same with null in place of what failed."""
        for part in parts:
            if part.data is None:
                return _result_of(part)
        errors = Errors()
        by_name = {name: part for part in parts for name in part.data or ()}
        data: dict[str, Any] = {}
        for name in self.fields:
            part = by_name[name]
            value = part.data[name]  # type: ignore[index]  # looked at above
            data[name] = errors.settled(value, name, part.refused, marked=part.marked)
            errors.add((error for error in part.errors if error.path and error.path[0] == name), data)
        return ExecutionResult(data, errors.listed())


async def _planned(name: str, root: Root, call: Call) -> Part:
    """The answer to a root field by its plan; whatever goes wrong on that way, graphql-core answers it instead."""
    run = Run(call, call.context)
    try:
        frame = Frame(root.selection, ROOT, run)
        await grow(frame.branches)
        (shown,) = frame.build()
    except Unplanned:
        return await _by_core(call, root.nodes, ONE_BY_CORE)
    except Exception as error:  # noqa: BLE001  graphql-core shows each error where it belongs
        _log.warning("plan_failed", field=name, error=f"{type(error).__module__}.{type(error).__qualname__}")
        return await _by_core(call, root.nodes, Ways(failed=1))
    return Part(shown, refused=root.refused, marked=root.marked or run.failed, ways=ONE_BY_PLAN)


async def by_core(executor: Executor[Any]) -> Answer:
    """graphql-core's answer to the whole operation, with the errors in the order of the answer."""
    part = await _executed(executor, NO_FIELDS)
    return Answer(_result_of(part), Ways(core=len(part.data or ())))


async def _by_core(call: Call, nodes: Sequence[FieldNode], ways: Ways) -> Part:
    """graphql-core's answer to these root fields alone."""
    executor, of = call.executor(), call.operation
    executor.operation = OperationDefinitionNode(
        operation=of.operation,
        name=of.name,
        variable_definitions=of.variable_definitions,
        directives=of.directives,
        selection_set=SelectionSetNode(selections=tuple(nodes)),
        loc=of.loc,
    )
    return await _executed(executor, ways)


async def _executed(executor: Executor[Any], ways: Ways) -> Part:
    """What graphql-core answers."""
    try:
        outcome: Any = executor.execute_operation()
        result: ExecutionResult = await outcome if isawaitable(outcome) else outcome
    finally:
        del executor.async_helpers  # they refer back to it, and all that was read would wait for the collector
    return Part(result.data, result.errors or (), ways=ways)


def _result_of(part: Part) -> ExecutionResult:
    """An answer that is graphql-core's alone."""
    errors = Errors()
    errors.add(part.errors, part.data)
    return ExecutionResult(None if part.data is None else dict(part.data), errors.listed())
