"""`ats-gateway explain`: how the gateway will answer an operation; nothing is sent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
from graphql import DocumentNode, GraphQLError, GraphQLSchema, parse, validate
from graphql.execution import Executor
from rich.console import Console
from rich.table import Column, Table

from gateway.ats import Ats
from gateway.http.analysis import Analysis
from gateway.http.cost import Cost, estimate
from resolvers.callers import LOCAL
from resolvers.cost import RelationCost
from resolvers.engine import Plans
from resolvers.engine.explain import Explanation, explained
from resolvers.errors import BadUserInput
from resolvers.root import build_schema
from schema.strawberry_bridge import executable


def explain(console: Console, ats: Ats, file: Path, variables: str | None, operation: str | None) -> None:
    """Print the plan of an operation in a file, with the calls that it takes to an ATS.

    Raises:
        BadUserInput: file, document, variables or name cannot be used; its message is one sentence.
    """
    schema, document = executable(build_schema()), _document(file)
    executor = _executor(schema, document, _variables(variables), operation)
    plan = Plans().plan(executor, LOCAL)
    if plan is None:
        console.print("This operation has no plan: graphql-core answers all its root fields.")
    else:
        model = RelationCost(requests=ats.requests)
        cost = _cost(schema, document, executor, model)
        _show(console, ats.product, explained(plan, executor, model), cost)


def _document(file: Path) -> DocumentNode:
    try:
        return parse(file.read_text("utf-8"))
    except OSError as error:
        raise BadUserInput(f"{file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise BadUserInput(f"{file} is not text in UTF-8.") from error
    except GraphQLError as error:
        raise _located(error) from error


def _variables(text: str | None) -> dict[str, Any]:
    try:
        given = orjson.loads(text or "{}")
    except orjson.JSONDecodeError as error:
        raise BadUserInput(f"The variables are not JSON: {error}.") from error
    if not isinstance(given, dict):
        raise BadUserInput("The variables must be a JSON object, such as '{\"first\": 10}'.")
    return given


def _executor(
    schema: GraphQLSchema, document: DocumentNode, variables: dict[str, Any], operation: str | None
) -> Executor[Any]:
    if errors := validate(schema, document, max_errors=1):
        raise _located(errors[0])
    built = Executor.build(schema, document, raw_variable_values=variables, operation_name=operation)
    if isinstance(built, list):
        raise _located(built[0])
    return built


def _cost(schema: GraphQLSchema, document: DocumentNode, executor: Executor[Any], model: RelationCost) -> Cost:
    """What the endpoint will say that the operation costs."""
    levels = Analysis(schema, model, document).operations
    (plan,) = (level.plan for node, level in levels if node is executor.operation)
    return estimate(plan, executor.variable_values.coerced, model)


def _located(error: GraphQLError) -> BadUserInput:
    places = "".join(f" (line {place.line}, column {place.column})" for place in (error.locations or [])[:1])
    return BadUserInput(error.message.rstrip(".") + places + ".")


def _show(console: Console, product: str, found: Explanation, cost: Cost) -> None:
    if found.steps:
        steps, questions = Column("step", overflow="fold"), Column("asks", overflow="fold")
        table = Table(steps, "level", questions, "keys", "calls", title="By plan", title_justify="left")
        for step in found.steps:
            table.add_row(step.path, str(step.level), step.question, str(step.keys), f"{step.calls:g}")
        console.print(table)
    if found.core:
        console.print("By graphql-core:")
        for name, why in found.core.items():
            console.print(f"  {name}: {why}", highlight=False)
    calls = found.calls
    console.print(f"Estimated calls to {product}, where nothing is held: {sum(calls.values())}")
    for question, number in calls.items():
        console.print(f"  {number} for {question}", highlight=False)
    words = "records and calls together, as `extensions.cost.estimated` says and MAX_COST limits"
    console.print(f"Estimated cost: {cost.total}, {words}", highlight=False, soft_wrap=True)
