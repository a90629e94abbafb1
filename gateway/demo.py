"""The demo: the gateway over a simulated Crelate, both in one process, on a database that is gone afterwards."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import uvicorn
from pydantic import SecretStr
from rich.console import Console

from gateway.app import create_app
from gateway.callers.browser import LocalHosts
from gateway.callers.callers import refuse_open_listen
from gateway.http import Drained
from gateway.observability.logs import configure_logs
from gateway.settings import Settings
from gateway.simulator import REQUESTS_PER_MINUTE, Knobs, SimulatorConfig, create_simulator

API_KEY = "simulated-key"
UNHURRIED = 100_000
"""Requests per minute in the demo: its Crelate is in the same process."""

EXAMPLE = (
    "{ jobs(first: 3) { nodes { name applications(first: 2) "
    "{ nodes { candidate { firstName lastName } currentStage { name } } } } } }"
)


def run_demo(host: str, port: int, console: Console) -> None:
    """Serve the demo until it is stopped.

    Raises:
        SettingsError: the address is open to other machines.
    """
    simulator = create_simulator(SimulatorConfig(api_keys=(API_KEY,)))
    with TemporaryDirectory(prefix="ats-gateway-demo-") as folder:
        settings = _settings(host, port, Path(folder))
        refuse_open_listen(settings)
        configure_logs("warning")
        app = create_app(settings, httpx.ASGITransport(simulator))
        _greet(host, port, console)
        uvicorn.run(
            Drained(LocalHosts(app)),
            host=host,
            port=port,
            log_config=None,
            log_level="warning",
            access_log=False,
            server_header=False,
        )


def run_simulator(host: str, port: int, console: Console) -> None:
    """Serve the simulated Crelate until it is stopped."""
    simulator = create_simulator(
        SimulatorConfig(api_keys=(API_KEY,), knobs=Knobs(requests_per_minute=REQUESTS_PER_MINUTE))
    )
    console.print(f"A simulated Crelate answers at http://{host}:{port}/api3 to the key {API_KEY}.")
    uvicorn.run(simulator, host=host, port=port, log_level="warning", access_log=False, server_header=False)


def _settings(host: str, port: int, folder: Path) -> Settings:
    return Settings(
        host=host,
        port=port,
        crelate_api_key=SecretStr(API_KEY),
        crelate_base_url="http://simulator/api3",
        crelate_requests_per_minute=UNHURRIED,
        database_url=f"sqlite:///{folder / 'gateway.sqlite'}",
        sync_delta_every=timedelta(minutes=5),
        sync_full_every=timedelta(hours=1),
        passthrough=("* /**",),
    )


def _greet(host: str, port: int, console: Console) -> None:
    address = f"http://{host}:{port}"
    console.print(f"The explorer is at [bold]{address}/[/], the endpoint at {address}/graphql. For example:")
    console.print(f'\n  curl {address}/graphql --json \'{{"query": "{EXAMPLE}"}}\'\n', soft_wrap=True, highlight=False)
