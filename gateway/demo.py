"""The demo: the gateway over a simulated Crelate, both in one process, on a database that is gone afterwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import uvicorn
from pydantic import SecretStr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource
from rich.console import Console
from starlette.types import ASGIApp

from gateway.app import create_app
from gateway.callers.callers import refuse_open_listen
from gateway.listening import AnnouncingServer, refuse_taken
from gateway.observability.logs import configure_logs
from gateway.settings import Settings, read_settings
from gateway.simulator import REQUESTS_PER_MINUTE, Knobs, SimulatorConfig, create_simulator

API_KEY = "simulated-key"
UNHURRIED = 100_000
"""Requests per minute in the demo: its Crelate is in the same process."""

EXAMPLE = (
    "{ jobs(first: 3) { nodes { name applications(first: 2) "
    "{ nodes { candidate { firstName lastName } currentStage { name } } } } } }"
)


class DemoSettings(Settings):
    """Settings of the demo: the environment's where the demo has none of its own, and never the settings file's."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Without the file: the accounts in it are real ones."""
        return super().settings_customise_sources(
            settings_cls, init_settings, env_settings, dotenv_settings, file_secret_settings
        )[:-1]


def run_demo(console: Console, **given: object) -> None:
    """Serve the demo until it is stopped.

    Args:
        console: Gets the address, once the demo listens.
        given: Settings that win over the environment's: `host` and `port`.

    Raises:
        SettingsError: a setting is wrong, or the address is open to other machines.
        StartError: the address cannot be listened on.
    """
    simulator = create_simulator(SimulatorConfig(api_keys=(API_KEY,)))
    with TemporaryDirectory(prefix="ats-gateway-demo-") as folder:
        settings = _settings(Path(folder), given)
        refuse_open_listen(settings)
        refuse_taken(settings.host, settings.port)
        configure_logs("warning")
        app = create_app(settings, httpx.ASGITransport(simulator), only_local=True)
        _serve(app, settings.host, settings.port, partial(_greet, console, settings.host))


def run_simulator(host: str, port: int, console: Console) -> None:
    """Serve the simulated Crelate until it is stopped.

    Raises:
        StartError: the address cannot be listened on.
    """
    refuse_taken(host, port)
    simulator = create_simulator(
        SimulatorConfig(api_keys=(API_KEY,), knobs=Knobs(requests_per_minute=REQUESTS_PER_MINUTE))
    )

    def greet(port: int) -> None:
        console.print(f"A simulated Crelate answers at http://{host}:{port}/api3 to the key {API_KEY}.")

    _serve(simulator, host, port, greet)


def _serve(app: ASGIApp, host: str, port: int, on_listening: Callable[[int], None]) -> None:
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_config=None,
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
    )
    AnnouncingServer(config, on_listening).run()


def _settings(folder: Path, given: dict[str, object]) -> Settings:
    return read_settings(
        DemoSettings,
        **given,
        crelate_api_key=SecretStr(API_KEY),
        crelate_base_url="http://simulator/api3",
        crelate_requests_per_minute=UNHURRIED,
        database_url=f"sqlite:///{folder / 'gateway.sqlite'}",
        sync_delta_every=timedelta(minutes=5),
        sync_full_every=timedelta(hours=1),
        passthrough=("* /**",),
    )


def _greet(console: Console, host: str, port: int) -> None:
    address = f"http://{host}:{port}"
    console.print(f"The explorer is at [bold]{address}/[/], the endpoint at {address}/graphql.", soft_wrap=True)
    console.print("For example:\n")
    console.print(f'  curl {address}/graphql --json \'{{"query": "{EXAMPLE}"}}\'\n', soft_wrap=True, highlight=False)
