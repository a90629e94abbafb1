"""Serving with uvicorn: one process, or several that each listen for themselves."""

from __future__ import annotations

import asyncio
import gc
import os
import socket
from collections.abc import Callable
from functools import partial
from multiprocessing.connection import Connection
from types import FrameType

import structlog
import uvicorn

from gateway.app import create_app
from gateway.ats import Surroundings
from gateway.callers.callers import open_address, refuse_open_listen
from gateway.http.connection import ClientConnection
from gateway.listening import AnnouncingServer, refuse_taken, shared_socket
from gateway.observability.health import Health
from gateway.observability.logs import configure_logs
from gateway.observability.tracing import start_tracing
from gateway.profiles import Profiles, kept_profiles, summaries
from gateway.settings import PREFIX, Settings, SettingsError
from gateway.supervision import supervise_alone
from gateway.workers import LISTENING, StartError, Workers, begun
from resolvers.errors import AtsError, UpstreamUnauthorized
from resolvers.root import build_schema

TRY_SECONDS = 10
"""How long an account may take to show that its key is good."""

DRAIN_SECONDS = 30
"""How long requests under way may take when the server is stopped; longer than any operation."""

KEEP_ALIVE_SECONDS = 75
"""How long an idle connection stays open: longer than proxies keep theirs (60 s is usual), lest one sends into one just
closed."""

KILL_SECONDS = 10
"""How much longer a process may take to end before it is killed."""


Complain = Callable[[str], None]
"""Says a sentence to whoever started the server."""


class DrainingServer(AnnouncingServer):
    """A server that goes on listening for a while after a signal to stop, and reports itself as draining.

    It also stops when the process that started it is gone, so that no worker outlives its server.

    Args:
        config: As for its parent.
        health: Told at once when a signal to stop has come.
        notice: Seconds to go on listening after that.
        on_listening: Called with the port as soon as it listens.
    """

    def __init__(
        self, config: uvicorn.Config, health: Health, notice: float, on_listening: Callable[[int], None]
    ) -> None:
        super().__init__(config, on_listening)
        self._health = health
        self._notice = notice
        self._until: float | None = None
        self._parent = os.getppid()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to listen."""
        await super().startup(sockets)
        gc.freeze()  # what was made so far stays for good
        gc.enable()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Take note of a signal to stop."""
        self._health.draining = True
        super().handle_exit(sig, frame)

    async def on_tick(self, counter: int) -> bool:
        """Whether to stop listening now."""
        self.should_exit = self.should_exit or os.getppid() != self._parent
        if not await super().on_tick(counter):
            return False
        now = asyncio.get_running_loop().time()
        self._until = now + self._notice if self._until is None else self._until
        return self.force_exit or now >= self._until


def serve(settings: Settings, complain: Complain) -> None:
    """Serve until a signal stops it.

    Raises:
        SettingsError: the settings cannot be used, or an account's key is refused.
        StartError: the server cannot start.
    """
    refuse_open_listen(settings)
    refuse_taken(settings.host, settings.port)
    if address := open_address(settings):
        complain(f"Whoever reaches {address} may use the gateway: set {PREFIX}API_TOKENS, unless a proxy asks.")
    database = _where_kept(settings)
    say = partial(_say, settings, database, *asyncio.run(_look(settings, complain)))
    if settings.workers == 1:
        _listen(settings, say)
    else:
        _serve_side_by_side(settings, complain, say)


def _where_kept(settings: Settings) -> str:
    """The database, for people.

    Raises:
        SettingsError: its address is not one.
    """
    if not settings.keeps:
        return "off"
    from gateway.database.engine import shown_address  # noqa: PLC0415  not needed without a database, and large

    try:
        return shown_address(settings.database_url)
    except ValueError as error:
        raise SettingsError(str(error)) from error


async def _look(settings: Settings, complain: Complain) -> tuple[dict[str, str], list[str]]:
    """Try each account once before anything listens; what is known of each, and what of it drifted.

    Raises:
        SettingsError: a key is refused.
    """
    async with kept_profiles(settings) as profiles:
        known = await summaries(profiles)
        await _try_keys(settings, complain, profiles)
    return known


def _say(settings: Settings, database: str, profile: dict[str, str], drift: list[str], port: int) -> None:
    """Say in one line of the log what the server runs on."""
    structlog.get_logger().info(
        "serving",
        host=settings.host,
        port=port,
        accounts=sorted(settings.connected()),
        profile=profile,
        drift=drift,
        database=database,
        workers=settings.workers,
    )


async def _try_keys(settings: Settings, complain: Complain, profiles: Profiles) -> None:
    """Try each account once.

    One that is out of reach may come back, so it only brings a warning.

    Raises:
        SettingsError: a key is refused.
    """
    for name, account in settings.connected().items():
        ats = settings.ats_of(account)
        connector = ats.connect(name, account, Surroundings(profile=profiles[name]))
        try:
            await asyncio.wait_for(connector.check(), TRY_SECONDS)
        except UpstreamUnauthorized as error:
            raise SettingsError(
                f"{ats.product} refuses the API key of account {name.account}: "
                "make a new one and run `ats-gateway connect`."
            ) from error
        except (AtsError, TimeoutError):
            complain(f"{ats.product} does not answer for account {name.account} now; serving all the same.")
        finally:
            await connector.close()


def _listen(
    settings: Settings, on_listening: Callable[[int], None], sockets: list[socket.socket] | None = None
) -> None:
    """Serve in this process.

    Raises:
        SettingsError: the settings cannot be used together.
        StartError: it cannot listen, or what it needs does not start.
    """
    configure_logs(settings.log_level)
    start_tracing()
    gateway_app = create_app(settings, only_local=True)
    config = uvicorn.Config(
        gateway_app,
        http=ClientConnection,
        host=settings.host,
        port=settings.port,
        log_config=None,
        log_level=settings.log_level,
        access_log=False,
        proxy_headers=False,  # TRUSTED_PROXIES alone says whom to believe, not uvicorn's own variable
        ws_max_size=settings.body_limit,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=DRAIN_SECONDS,
    )
    server = DrainingServer(config, gateway_app.process.health, settings.shutdown_notice, on_listening)
    try:
        server.run(sockets)
    except SystemExit as error:
        reason = gateway_app.process.health.failure or "The server could not start: its log says why."
        raise StartError(reason) from error


def _serve_side_by_side(settings: Settings, complain: Complain, say: Callable[[int], None]) -> None:
    """Serve in several processes. The address is held meanwhile, so that all get the same port."""
    with shared_socket(settings.host, settings.port) as held:
        port = held.getsockname()[1]
        configure_logs(settings.log_level)
        say(port)
        work = partial(_work, settings, port)
        patience = settings.shutdown_notice + DRAIN_SECONDS + KILL_SECONDS
        build_schema()  # once, in what the processes share
        gc.freeze()  # a collector that went through what the processes share would give each its own copy
        hand_over = partial(supervise_alone, held, settings.workers, work, patience)
        Workers(settings.workers, partial(begun, work), complain, patience, hand_over=hand_over).run()


def _work(settings: Settings, port: int, sender: Connection) -> None:
    """Serve as one of several processes, on the port they share."""
    try:
        _listen(settings, lambda _: sender.send(LISTENING), [shared_socket(settings.host, port)])
    except SettingsError as error:
        raise StartError(str(error)) from error
