"""Serving with uvicorn: one process, or several that each listen for themselves."""

from __future__ import annotations

import multiprocessing
import signal
import socket
import sys
from multiprocessing.connection import wait
from multiprocessing.context import SpawnProcess

import uvicorn
from rich.console import Console

from gateway.app import create_app
from gateway.settings import Settings

DRAIN_SECONDS = 30
"""How long requests under way may take when the server is stopped; longer than any operation."""


def serve(settings: Settings, complaints: Console) -> None:
    """Serve until a signal stops it.

    Raises:
        SettingsError: the settings cannot be used.
    """
    if settings.workers == 1:
        _listen(settings, reuse=False)
        return
    create_app(settings)  # what is wrong with the settings is said once, not by every worker
    _supervise(settings, complaints)


def _listen(settings: Settings, *, reuse: bool) -> None:
    """Serve in this process."""
    app = create_app(settings)
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_level=settings.log_level,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=DRAIN_SECONDS,
    )
    server = uvicorn.Server(config)
    server.run(sockets=[_shared_socket(settings)] if reuse else None)


def _shared_socket(settings: Settings) -> socket.socket:
    """A socket of this process's own on the common address: the kernel spreads connections evenly over them."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listening.bind((settings.host, settings.port))
    return listening


def _work(settings: Settings) -> None:
    _listen(settings, reuse=True)


def _supervise(settings: Settings, complaints: Console) -> None:
    """Run the workers, and stop all of them when one dies or a signal comes."""
    spawn = multiprocessing.get_context("spawn")
    workers = [spawn.Process(target=_work, args=(settings,)) for _ in range(settings.workers)]
    for worker in workers:
        worker.start()

    def stop(*_: object) -> None:
        _stop(workers)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    wait([worker.sentinel for worker in workers])
    _stop(workers)
    for worker in workers:
        worker.join()
    if any(worker.exitcode not in {0, -signal.SIGTERM} for worker in workers):
        complaints.print("A server process died; the others were stopped.")
        sys.exit(1)


def _stop(workers: list[SpawnProcess]) -> None:
    for worker in workers:
        if worker.is_alive():
            worker.terminate()
