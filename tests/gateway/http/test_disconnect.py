"""A client that hangs up: its work is stopped."""

from collections.abc import Callable

import pytest

from gateway.http import Endpoint
from tests.gateway.http.connections import opened, posted
from tests.gateway.http.library import Library

Build = Callable[..., Endpoint]


async def test_a_running_operation_is_cancelled(build: Build, library: Library) -> None:
    """The resolver is cancelled, the context closed, nothing is sent, and no exception reaches the server."""
    async with posted(build(), "{ slow }", "*/*") as client:
        await library.started.wait()
    assert library.cancelled.is_set()
    assert (library.closed, client.outgoing.qsize()) == (1, 0)


async def test_an_operation_that_is_done_is_answered(build: Build, library: Library) -> None:
    """A client that stays gets its answer."""
    async with posted(build(), "{ slow }", "*/*") as client:
        await library.started.wait()
        library.gate.set()
        assert (await client.outgoing.get())["status"] == 200
        assert b"done" in (await client.outgoing.get())["body"]
    assert not library.cancelled.is_set()


@pytest.mark.parametrize("chunks", [0, 1])
async def test_half_a_body_is_not_answered(build: Build, library: Library, chunks: int) -> None:
    """A client that hangs up before its body is there gets nothing and starts nothing."""
    headers = [(b"content-type", b"application/json")]
    scope = {"type": "http", "method": "POST", "path": "/graphql", "query_string": b"", "headers": headers}
    async with opened(build(), scope) as client:
        for _ in range(chunks):
            await client.incoming.put({"type": "http.request", "body": b'{"query":', "more_body": True})
    assert (library.opened, client.outgoing.qsize()) == ([], 0)
