"""The protocol's side of `/mcp`."""

from __future__ import annotations

from collections.abc import Iterable

from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

from gateway.agents.protocol import AskOf, protocol_server
from gateway.agents.tools import Tool


def sessions_of(tools: Iterable[Tool], ask_of: AskOf, body_bytes: int) -> StreamableHTTPSessionManager:
    """Answers each request by itself, as JSON: any process of a server may get the next one."""
    server = protocol_server(tools, ask_of)
    return StreamableHTTPSessionManager(server, json_response=True, stateless=True, max_request_body_size=body_bytes)
