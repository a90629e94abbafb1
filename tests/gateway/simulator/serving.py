"""A simulator in a process of its own, so that what asks it can be killed."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from gateway.simulator import SimulatorConfig, Size, create_simulator
from tests.forks import PROCESSES, leave_unmeasured

IDLE_SECONDS = 600
"""How long an idle connection stays open: longer than any test, so that none sends into one just closed."""


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
    leave_unmeasured()
    config = SimulatorConfig(api_keys=(key,), size=size)
    app = create_simulator(config)
    uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_keep_alive=IDLE_SECONDS)).run([listener])
