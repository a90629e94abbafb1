"""A gateway over a simulated Crelate as a process of its own: DBOS has room for one gateway with a database in each.

Run as `python -m tests.clients.server <descriptor of a listening socket> <folder for the database>`; a signal stops it.
"""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import uvicorn
from pydantic import SecretStr

from gateway.app import create_app
from gateway.settings import Settings
from gateway.simulator import SimulatorConfig, create_simulator

START_SECONDS = 60
STOP_SECONDS = 30


def serve(listener: socket.socket, folder: Path) -> None:
    """Serve until a signal comes."""
    config = SimulatorConfig()
    settings = Settings(
        crelate_api_key=SecretStr(config.api_keys[0]),
        crelate_base_url="http://simulator/api3",
        crelate_requests_per_minute=100_000,
        database_url=f"sqlite:///{folder / 'gateway.sqlite'}",
        mcp="write",
    )
    app = create_app(settings, httpx.ASGITransport(create_simulator(config)))
    uvicorn.Server(uvicorn.Config(app, log_level="error")).run(sockets=[listener])


@contextmanager
def gateway_process(folder: Path) -> Iterator[str]:
    """A gateway in a process of its own, with its database in the folder; its address, once it answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port, descriptor = listener.getsockname()[1], listener.fileno()
        command = [sys.executable, "-m", __name__, str(descriptor), str(folder)]
        process = subprocess.Popen(command, cwd=_ROOT, pass_fds=[descriptor], env=environment())  # noqa: S603 - our own
    try:  # the listener is the process's alone by now, so whoever connects waits for it or is told that it died
        httpx.get(f"http://127.0.0.1:{port}/graphql?query={{__typename}}", timeout=START_SECONDS).raise_for_status()
        yield f"127.0.0.1:{port}"
        process.terminate()
        assert process.wait(STOP_SECONDS) in {0, -signal.SIGTERM}
    finally:
        process.kill()
        process.wait()


_ROOT = Path(__file__).parents[2]


def environment() -> dict[str, str]:
    """That of the tests, without settings of a gateway somebody may run here."""
    return {name: value for name, value in os.environ.items() if not name.startswith("ATS_GATEWAY_")}


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])), Path(sys.argv[2]))
