"""`ats-gateway mcp`: the protocol over standard input and output, for an agent on this machine."""

from __future__ import annotations

from collections.abc import Iterable

from mcp.server.stdio import stdio_server

from gateway.agents.asking import Ask, Gateway, account_header
from gateway.agents.protocol import protocol_server
from gateway.agents.tools import Tool


async def serve_stdio(tools: Iterable[Tool], gateway: Gateway) -> None:
    """Serve until the input ends.

    Args:
        tools: What is offered.
        gateway: Who answers.
    """

    def ask_of(_: object, account: str | None) -> Ask:
        return Gateway(gateway.http, gateway.address, {**gateway.headers, **account_header(account)}).ask

    server = protocol_server(tools, ask_of)
    async with stdio_server() as (incoming, outgoing):
        await server.run(incoming, outgoing, server.create_initialization_options())
