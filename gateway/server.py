"""Serving with uvicorn: one process, or several that each listen for themselves."""

from __future__ import annotations

import asyncio
import multiprocessing
import signal
import socket
import sys
from multiprocessing.connection import wait
from multiprocessing.context import SpawnProcess
from types import FrameType

import uvicorn
from rich.console import Console
from starlette.types import ASGIApp

from gateway.app import create_app
from gateway.callers.browser import LocalHosts
from gateway.callers.callers import refuse_open_listen
from gateway.connectors import connect
from gateway.observability.health import Health
from gateway.observability.logs import configure_logs
from gateway.observability.tracing import start_tracing
from gateway.process import Surroundings
from gateway.settings import Settings, SettingsError
from resolvers.errors import AtsError, UpstreamUnauthorized

TRY_SECONDS = 10
"""How long an account may take to show that its key is good."""

DRAIN_SECONDS = 30
"""How long requests under way may take when the server is stopped; longer than any operation."""


class DrainingServer(uvicorn.Server):
    """A server that goes on listening for a while after a signal to stop, and reports itself as draining.

    Args:
        config: As for its parent.
        health: Told at once when a signal to stop has come.
        notice: Seconds to go on listening after that.
    """

    def __init__(self, config: uvicorn.Config, health: Health, notice: float) -> None:
        super().__init__(config)
        self._health = health
        self._notice = notice
        self._until: float | None = None

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Take note of a signal to stop."""
        self._health.draining = True
        super().handle_exit(sig, frame)

    async def on_tick(self, counter: int) -> bool:
        """Whether to stop listening now."""
        if not await super().on_tick(counter):
            return False
        now = asyncio.get_running_loop().time()
        self._until = now + self._notice if self._until is None else self._until
        return self.force_exit or now >= self._until


def serve(settings: Settings, complaints: Console) -> None:
    """Serve until a signal stops it.

    Raises:
        SettingsError: the settings cannot be used, or an account's key is refused.
    """
    refuse_open_listen(settings)
    asyncio.run(_try_keys(settings, complaints))
    if settings.workers == 1:
        _listen(settings, reuse=False)
    else:
        _supervise(settings, complaints)


async def _try_keys(settings: Settings, complaints: Console) -> None:
    """Try each account once before anything listens.

    One that is out of reach may come back, so it only brings a warning.

    Raises:
        SettingsError: a key is refused.
    """
    for name, account in settings.connected().items():
        connector = connect(name, account, settings, Surroundings())
        try:
            await asyncio.wait_for(connector.check(), TRY_SECONDS)
        except UpstreamUnauthorized as error:
            raise SettingsError(
                f"Crelate refuses the API key of account {name.account}: make a new one and run `ats-gateway connect`."
            ) from error
        except (AtsError, TimeoutError):
            complaints.print(f"Crelate does not answer for account {name.account} now; serving all the same.")
        finally:
            await connector.close()


def _listen(settings: Settings, *, reuse: bool) -> None:
    """Serve in this process."""
    configure_logs(settings.log_level)
    start_tracing()
    gateway_app = create_app(settings)
    app: ASGIApp = LocalHosts(gateway_app) if gateway_app.process.callers.anonymous else gateway_app
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        log_level=settings.log_level,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=DRAIN_SECONDS,
    )
    server = DrainingServer(config, gateway_app.process.health, settings.shutdown_notice)
    server.run(sockets=[_shared_socket(settings)] if reuse else None)


def _shared_socket(settings: Settings) -> socket.socket:
    """A socket of this process alone on the address of all: the kernel spreads connections evenly over them."""
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
