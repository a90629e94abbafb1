"""The connector over real sockets."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest
import uvicorn

from gateway.crelate import protocol
from gateway.crelate.client import Client
from gateway.crelate.connector import connect
from gateway.crelate.settings import CrelateSettings
from gateway.crelate.transport.exchange import Timing
from resolvers.errors import UpstreamUnavailable, UpstreamUnreadable
from resolvers.ports.source import PageQuestion
from tests.gateway.crelate.conftest import KEY, FakeTime, World


@pytest.fixture
async def base_url(world: World) -> AsyncIterator[str]:
    """Where uvicorn serves the simulated Crelate."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()  # so that early requests wait
    server = uvicorn.Server(uvicorn.Config(world.simulator, log_level="warning"))
    serving = asyncio.create_task(server.serve([listener]))
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/api3"
    server.should_exit = True
    await serving
    listener.close()


def client(base_url: str) -> Client:
    """A client over real connections that does not really wait."""
    time = FakeTime()
    return Client(KEY, base_url, timing=Timing(time.clock, time.sleep))


async def test_lists_are_read_over_the_wire(world: World, base_url: str) -> None:
    """By several requests at a time."""
    connector = connect(CrelateSettings(KEY, base_url))
    jobs = (await connector.source().page("Job", PageQuestion(size=100))).records
    assert {job.key for job in jobs} == set(world.jobs())
    found = await connector.source().by_parents("Application", "job_key", [job.key for job in jobs], 10)
    assert len(found) > 10
    await connector.close()


async def test_a_lost_question_is_asked_again_and_a_lost_command_is_not(world: World, base_url: str) -> None:
    """Also by the pool itself."""
    sender = client(base_url)
    world.simulator.faults.add("drop", "/jobs", times=2)
    assert (await sender.send(protocol.page("/jobs"))).data
    world.simulator.faults.add("drop", "/companies", method="POST", times=None, after_write=True)
    companies = len(world.simulator.state["companies"])
    with pytest.raises(UpstreamUnavailable):
        await sender.send(protocol.create("/companies", {"Name": "Fernhill Optics"}))
    assert len(world.simulator.state["companies"]) == companies + 1
    await sender.aclose()


async def test_a_file_goes_up_and_comes_down(world: World, base_url: str) -> None:
    """In parts, and in pieces."""
    sender = client(base_url)
    contact = world.keys("contacts", PrimaryDocumentAttachmentId=None)[0]
    upload = protocol.Request(
        method="POST",
        template="/artifacts/primary",
        params={"target_entity_name": "Contacts", "target_record_id": contact},
        files={"file": ("cv.pdf", b"%PDF" + bytes(100_000), "application/pdf")},
    )
    await sender.send(upload)
    row = (await sender.send(protocol.get("/contacts/{id}", id=contact))).data
    document = row.PrimaryDocumentAttachmentId.Id
    async with sender.stream(protocol.get("/artifacts/{id}/content", id=document)) as response:
        assert len(b"".join([piece async for piece in response.aiter_bytes()])) == 100_004
    await sender.aclose()


async def test_nobody_listening_is_unavailable() -> None:
    """As is any other lack of an answer."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        sender = client(f"http://127.0.0.1:{taken.getsockname()[1]}/api3")
        with pytest.raises(UpstreamUnavailable):
            await sender.send(protocol.page("/jobs"))
        await sender.aclose()


@pytest.mark.parametrize("host", ["a..example", f"{'a' * 64}.example", "127.0.0.1:1"])
async def test_a_host_that_cannot_be_is_unavailable(host: str) -> None:
    """Not even a resolver can be asked for some."""
    sender = client(f"http://{host}/api3")
    with pytest.raises(UpstreamUnavailable):
        await sender.send(protocol.page("/jobs"))
    with pytest.raises(UpstreamUnavailable):
        await sender.send(protocol.create("/companies", {"Name": "Fernhill Optics"}))
    await sender.aclose()


@pytest.mark.parametrize(
    ("written", "error"),
    [
        (b"", UpstreamUnavailable),
        (b"SSH-2.0-nothing\r\n\r\n", UpstreamUnavailable),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{", UpstreamUnavailable),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}", UpstreamUnreadable),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{]", UpstreamUnreadable),
    ],
)
async def test_whatever_else_answers_is_an_error_of_ours(written: bytes, error: type[Exception]) -> None:
    """No exception of a library comes through."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(written)
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    sender = client(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/api3")
    with pytest.raises(error):
        await sender.send(protocol.page("/jobs"))
    await sender.aclose()
    server.close()
    await server.wait_closed()
