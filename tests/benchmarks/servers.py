"""The servers that are compared, each in processes of its own, with what they have cost so far."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from tests.benchmarks.upstream import KEY, Upstream

ROOT = Path(__file__).parents[2]
START_SECONDS = 60
LIVE = {"Cache-Control": "no-cache"}


@dataclass(frozen=True, slots=True)
class Server:
    """A server that listens.

    Attributes:
        address: Of its endpoint.
        headers: Sent with each request.
        process: The one that was started; others may stand below it.
        cold_seconds: From its start to its first answer.
    """

    address: str
    headers: Mapping[str, str]
    process: psutil.Process
    cold_seconds: float

    @property
    def cpu_seconds(self) -> float:
        """What all its processes have used."""
        return sum(each.cpu_times().user + each.cpu_times().system for each in self._all())

    @property
    def rss_bytes(self) -> int:
        """What all its processes hold now."""
        return sum(each.memory_info().rss for each in self._all())

    def _all(self) -> list[psutil.Process]:
        return [self.process, *self.process.children(recursive=True)]


@contextmanager
def gateway(folder: Path, upstream: Upstream, headers: Mapping[str, str], **given: str) -> Iterator[Server]:
    """`ats-gateway serve` with these settings over the usual ones of a benchmark."""
    port = _free_port()
    settings = {
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "CRELATE_API_KEY": KEY,
        "CRELATE_BASE_URL": f"{upstream.address}/api3",
        "CRELATE_REQUESTS_PER_MINUTE": "10000000",
        "CRELATE_CONCURRENCY": "64",
        "MAX_COST": "10000000",
        "LOG_LEVEL": "warning",
        "DATABASE_URL": "off",
        **given,
    }
    environment = {f"ATS_GATEWAY_{name}": value for name, value in settings.items() if value}
    command = [sys.executable, "-c", "from gateway.cli import main; main()", "serve"]
    with _running(command, environment, folder, f"http://127.0.0.1:{port}/graphql", headers) as server:
        yield server


@contextmanager
def reference(folder: Path, upstream: Upstream) -> Iterator[Server]:
    """The one written by hand."""
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as listener:
        descriptor = listener.fileno()
        command = [sys.executable, "-m", "tests.benchmarks.reference", str(descriptor), upstream.address]
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/graphql"
        with _running(command, {"PYTHONPATH": str(ROOT)}, folder, address, {}, descriptor) as server:
            yield server


@contextmanager
def _running(
    command: list[str],
    environment: dict[str, str],
    folder: Path,
    address: str,
    headers: Mapping[str, str],
    *passed: int,
) -> Iterator[Server]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith("ATS_GATEWAY_")}
    began = time.perf_counter()
    process = subprocess.Popen(command, env=ours | environment, cwd=folder, pass_fds=passed)  # noqa: S603  our own
    try:
        _wait_for(address, headers)
        yield Server(address, headers, psutil.Process(process.pid), time.perf_counter() - began)
    finally:
        process.terminate()
        process.wait(START_SECONDS)


def _wait_for(address: str, headers: Mapping[str, str]) -> None:
    last = time.perf_counter() + START_SECONDS
    while time.perf_counter() < last:
        try:
            httpx.post(
                address, json={"query": "{ __typename }"}, headers=headers, timeout=START_SECONDS
            ).raise_for_status()
        except httpx.TransportError:
            time.sleep(0.01)
        else:
            return
    raise TimeoutError(address)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
