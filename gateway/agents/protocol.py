"""The tools over the Model Context Protocol."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib.metadata import version
from typing import Any

import orjson
from jsonschema import Draft202012Validator
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp_types import (
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
    ToolAnnotations,
)
from mcp_types import Tool as Listed
from starlette.requests import Request

from gateway.agents.asking import Answer, Ask, refusal
from gateway.agents.sizing import sized
from gateway.agents.tools import Tool, failed

INSTRUCTIONS = (
    "An applicant tracking system as one graph: jobs, candidates, applications and their stages, interviews, users. "
    "Prefer the tool that is made for the question; ids in answers are what other tools take. Answers hold personal "
    "data: repeat no more of it than is asked for."
)

ACCOUNT = "integration"
ACCOUNT_TAKEN = {
    "type": "string",
    "description": "Whole name of the account, such as crelate:default, where there are several.",
}

Context = ServerRequestContext[Any, Request]
AskOf = Callable[[Request | None, str | None], Ask]
"""The HTTP request, if there is one, and the account that is named, to how the endpoint is asked."""


def protocol_server(tools: Iterable[Tool], ask_of: AskOf) -> Server[Any]:
    """A server with these tools; each takes the name of an account beside its own arguments."""
    by_name = {tool.name: tool for tool in tools}

    async def list_tools(_: Context, __: PaginatedRequestParams | None) -> ListToolsResult:
        return ListToolsResult(tools=[_listed(tool) for tool in by_name.values()])

    async def call_tool(context: Context, params: CallToolRequestParams) -> CallToolResult:
        tool = by_name.get(params.name)
        if tool is None:
            return _result(refusal("BAD_USER_INPUT", f"There is no tool {params.name}.", "name"))
        arguments = params.arguments or {}
        if misfit := _misfit(_takes(tool), arguments):
            return _result(misfit)
        own = {name: value for name, value in arguments.items() if name != ACCOUNT}
        return _result(await tool.call(ask_of(context.request, arguments.get(ACCOUNT)), own))

    return Server(
        "ats-gateway",
        version=version("ats-gateway"),
        instructions=INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


def _listed(tool: Tool) -> Listed:
    annotations = ToolAnnotations(read_only_hint=not tool.writes, destructive_hint=False, idempotent_hint=True)
    return Listed(name=tool.name, description=tool.description, input_schema=_takes(tool), annotations=annotations)


def _takes(tool: Tool) -> dict[str, Any]:
    takes = tool.takes
    return {**takes, "properties": {**takes["properties"], ACCOUNT: ACCOUNT_TAKEN}}


def _misfit(takes: dict[str, Any], arguments: dict[str, Any]) -> Answer | None:
    """What is wrong with the arguments, without their values; null when they fit."""
    wrong = next(iter(Draft202012Validator(takes).iter_errors(arguments)), None)
    if wrong is None:
        return None
    if wrong.validator == "additionalProperties":
        unknown = min(wrong.instance.keys() - wrong.schema["properties"].keys())
        return refusal("BAD_USER_INPUT", f"There is no argument {unknown}.", unknown)
    if wrong.validator == "required":
        missing = next(name for name in wrong.schema["required"] if name not in wrong.instance)
        return refusal("BAD_USER_INPUT", f"The argument {missing} is missing.", missing)
    place = ".".join(map(str, wrong.absolute_path))
    return refusal("BAD_USER_INPUT", f"{place} does not fit {wrong.validator}: {wrong.validator_value}.", place)


def _result(answer: Answer) -> CallToolResult:
    text = orjson.dumps(sized(answer)).decode()
    return CallToolResult(content=[TextContent(type="text", text=text)], is_error=failed(answer))
