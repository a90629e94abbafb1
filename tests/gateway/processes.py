"""Commands of the gateway's as processes of their own, for tests that send them signals."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

KEY = "simulated-key"
PATIENCE = 120
COMMAND = (sys.executable, "-c", "from gateway.cli import main; main()")


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def status(address: str) -> int | None:
    """The status of an answer; null when nobody answers."""
    try:
        return httpx.get(address, timeout=5).status_code
    except httpx.TransportError:
        return None


def wait_until(address: str, wanted: set[int | None]) -> int | None:
    """The first status among those wanted."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if (found := status(address)) in wanted:
            return found
        time.sleep(0.02)  # between two looks at another process
    raise AssertionError(f"{address} never answered with {wanted}")


@contextmanager
def running(*arguments: str, log: Path, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """A command of the gateway's in a process of its own."""
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own command
            [*COMMAND, *arguments], env={**os.environ, **environment}, stdout=output, stderr=output
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()
