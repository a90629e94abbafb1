"""`ats-gateway explain`: how the gateway will answer an operation; nothing is sent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
from graphql import DocumentNode, GraphQLError, GraphQLSchema, parse, validate
from graphql.execution import Executor
from rich.console import Console
from rich.table import Table

from resolvers.callers import LOCAL
from resolvers.engine import Plans
from resolvers.engine.explain import Explanation, explained
from resolvers.errors import BadUserInput
from resolvers.root import build_schema
from schema.strawberry_bridge import executable


def explain(console: Console, file: Path, variables: str | None, operation: str | None) -> None:
    """Print the plan of an operation in a file.

    Raises:
        BadUserInput: file, document, variables or name cannot be used; its message is one sentence.
    """
    executor = _executor(executable(build_schema()), _document(file), _variables(variables), operation)
    plan = Plans().plan(executor, LOCAL)
    if plan is None:
        console.print("This operation has no plan: graphql-core answers all its root fields.")
    else:
        _show(console, explained(plan, executor))


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


def _located(error: GraphQLError) -> BadUserInput:
    places = "".join(f" (line {place.line}, column {place.column})" for place in (error.locations or [])[:1])
    return BadUserInput(error.message.rstrip(".") + places + ".")


def _show(console: Console, found: Explanation) -> None:
    if found.steps:
        table = Table("step", "level", "asks", "keys", "calls", title="By plan", title_justify="left")
        for step in found.steps:
            table.add_row(step.path, str(step.level), step.question, str(step.keys), f"{step.calls:g}")
        console.print(table)
    if found.core:
        console.print("By graphql-core:")
        for name, why in found.core.items():
            console.print(f"  {name}: {why}", highlight=False)
    calls = found.calls
    console.print(f"Estimated calls to the ATS: {sum(calls.values())}")
    for question, number in calls.items():
        console.print(f"  {number} for {question}", highlight=False)
