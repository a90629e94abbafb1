"""A simulator in a process of its own, so that what asks it can be killed."""

import multiprocessing
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from gateway.simulator import SimulatorConfig, Size, create_simulator

PROCESSES = multiprocessing.get_context("forkserver")


@contextmanager
def serving(key: str, size: Size) -> Iterator[str]:
    """Run a simulator with one account; its address."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(128)
        process = PROCESSES.Process(target=_serve, args=(listener, key, size))
        process.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            process.kill()
            process.join()
            process.close()


def _serve(listener: socket.socket, key: str, size: Size) -> None:
    config = SimulatorConfig(api_keys=(key,), size=size)
    uvicorn.Server(uvicorn.Config(create_simulator(config), log_level="warning")).run([listener])
