"""An endpoint over the small library schema: called in process, or served."""

import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
import pytest_asyncio
import uvicorn
from graphql import GraphQLSchema
from starlette.types import ASGIApp

from gateway.http import Endpoint
from tests.gateway.http.library import Library, LibraryCost, build_schema


@pytest.fixture(scope="session")
def schema() -> GraphQLSchema:
    """The library's schema."""
    return build_schema()


@pytest_asyncio.fixture
async def library() -> Library:
    """A library nobody has touched."""
    return Library()


@pytest.fixture
def build(schema: GraphQLSchema, library: Library) -> Callable[..., Endpoint]:
    """Builds an endpoint over the library."""

    def build_endpoint(**settings: Any) -> Endpoint:
        return Endpoint(schema, open_context=library.open_context, **{"cost": LibraryCost(), **settings})

    return build_endpoint


@pytest.fixture
def connect(build: Callable[..., Endpoint]) -> Callable[..., httpx.AsyncClient]:
    """Opens a client of an endpoint with these settings, in process."""

    def open_client(**settings: Any) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.ASGITransport(build(**settings)), base_url="http://gateway")

    return open_client


@pytest_asyncio.fixture
async def client(connect: Callable[..., httpx.AsyncClient]) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an endpoint with the defaults, in process."""
    async with connect() as opened:
        yield opened


@contextmanager
def serving(endpoint: ASGIApp) -> Iterator[str]:
    """The address of the endpoint, served by uvicorn in a thread of its own."""
    server = uvicorn.Server(uvicorn.Config(endpoint, port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            thread.join(timeout=0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()
