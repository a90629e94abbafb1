"""The simulator behind a real socket."""

import asyncio
import socket
from collections.abc import AsyncIterator

import httpx
import pytest
import uvicorn

from gateway.simulator import Simulator


@pytest.fixture
async def address(simulator: Simulator) -> AsyncIterator[str]:
    """Where uvicorn serves the simulator."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(simulator, log_level="warning"))
    serving = asyncio.create_task(server.serve([listener]))
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    await serving
    listener.close()


@pytest.fixture
async def http(address: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client with a connection to it."""
    async with httpx.AsyncClient(base_url=f"{address}/api3", headers={"X-Api-Key": "simulated-key"}) as client:
        yield client


async def test_uvicorn_serves_it(http: httpx.AsyncClient, address: str) -> None:
    """Requests arrive whole, and the address is echoed as the client wrote it."""
    made = await http.post("/companies", json={"entity": {"Name": "Fernhill Optics"}})

    body = (await http.get(f"/companies/{made.json()['Data']}")).json()

    assert body["Data"]["Name"] == "Fernhill Optics"
    assert body["Metadata"]["Url"].startswith(f"{address}/api3/companies/")


async def test_a_dropped_connection_is_closed_without_an_answer(
    simulator: Simulator, http: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    """The socket goes, the write stays, the server lives on and complains of nothing."""
    simulator.faults.add("drop", "/companies", method="POST", after_write=True)
    before = len(simulator.state["companies"])

    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        await http.post("/companies", json={"entity": {"Name": "Fernhill Optics"}})

    assert len(simulator.state["companies"]) == before + 1
    assert (await http.get("/companies")).status_code == 200
    assert caplog.records == []
