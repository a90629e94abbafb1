"""`ats-gateway mcp`: which gateway answers the agent, this process or one that runs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from gateway.agents.asking import Gateway, account_header
from gateway.agents.http import IN_PROCESS
from gateway.agents.tools import all_tools
from gateway.app import ENDPOINT, create_app
from gateway.observability.logs import configure_logs
from gateway.settings import Settings
from resolvers.root import build_schema
from schema.strawberry_bridge import executable


async def serve_agent(settings: Settings, url: str | None, integration: str | None, *, writes: bool) -> None:
    """Serve until the input ends.

    Args:
        settings: Of this process; with `url` only the token in them is used.
        url: Endpoint of a running gateway; null to answer here.
        integration: Account that is asked where a call names none.
        writes: Whether tools that write are offered.

    Raises:
        SettingsError: the settings cannot be used together.
    """
    from gateway.agents.stdio import serve_stdio  # noqa: PLC0415  loads the protocol's package, which no other command needs

    configure_logs(settings.log_level)
    token = {b"Authorization": f"Bearer {settings.mcp_token.get_secret_value()}".encode()} if settings.mcp_token else {}
    tools = all_tools(executable(build_schema()), writes=writes)
    async with _client(settings, url) as http:
        await serve_stdio(tools, Gateway(http, url or ENDPOINT, token | account_header(integration)))


@asynccontextmanager
async def _client(settings: Settings, url: str | None) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the gateway; one that runs in this process stops with it."""
    if url:
        async with httpx.AsyncClient(timeout=None) as http:  # noqa: S113  the endpoint has a deadline of its own
            yield http
        return
    app = create_app(settings)
    await app.process.start()
    try:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=IN_PROCESS, timeout=None) as http:  # noqa: S113  likewise
            yield http
    finally:
        await app.process.stop()
