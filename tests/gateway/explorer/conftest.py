"""The demo on a loopback port, and a browser that can reach nothing else."""

import asyncio
import os
import shutil
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
import uvicorn
from playwright.async_api import ConsoleMessage, Page, Route, WebSocket, async_playwright, expect
from pydantic import SecretStr
from starlette.types import ASGIApp

from gateway.app import create_app
from gateway.crelate.integration import CrelateIntegration
from gateway.settings import Settings
from gateway.simulator.app import Simulator
from gateway.simulator.config import SimulatorConfig
from tests.gateway.proxy import PREFIX, reverse_proxy
from tests.gateway.replica.records import DEEP

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM_FLAGS = (
    "--no-sandbox",  # tests may run as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # what no page asks for is blocked as well
)
expect.set_options(timeout=30_000)  # a loaded machine takes its time

PICTURES = os.environ.get("ATS_GATEWAY_PICTURES")
"""Folder for the README's pictures; `make pictures` says."""
PICTURE_BYTES = 150_000
EDITOR = ".graphiql-query-editor .view-line"
REPORT_VIOLATIONS = """
window.violations = [];
document.addEventListener('securitypolicyviolation', (event) =>
  window.violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
"""


@dataclass
class Visit:
    """An open explorer, and everything it did that it should not have.

    Attributes:
        page: The page.
        address: The gateway's own address.
        foreign: What it asked of other hosts. None of it was answered.
        complaints: What the console calls an error, refused loads among them, and what was thrown in the page.
        heard: Addresses of its WebSockets, one for each message that came over them.
    """

    page: Page
    address: str
    foreign: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    heard: asyncio.Queue[str] = field(default_factory=asyncio.Queue)

    async def open(self, path: str, until: str = EDITOR) -> None:
        """Go to a path of the gateway, under watch, and wait until something is shown: the explorer can be used."""
        await self.page.route("**/*", self._guard)
        self.page.on("console", self._listen)
        self.page.on("websocket", self._overhear)
        self.page.on("pageerror", lambda error: self.complaints.append(error.message))
        await self.page.add_init_script(REPORT_VIOLATIONS)
        await self.page.goto(f"{self.address}{path}")
        await self.page.locator(until).first.wait_for()

    async def violations(self) -> list[str]:
        """What the page's policy has stopped so far."""
        found: list[str] = await self.page.evaluate("window.violations")
        return found

    async def _guard(self, route: Route) -> None:
        if urlsplit(route.request.url).netloc == urlsplit(self.address).netloc:
            await route.continue_()
        else:
            self.foreign.append(route.request.url)
            await route.abort()

    def _overhear(self, near: WebSocket) -> None:
        near.on("framereceived", lambda _: self.heard.put_nowait(near.url))

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(message.text)


@contextmanager
def served(app: ASGIApp, listener: socket.socket | None = None) -> Iterator[str]:
    """Serve an app in a thread of its own; gives its address. Whoever connects too early waits in the backlog."""
    with listener or socket.create_server(("127.0.0.1", 0)) as held:
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, proxy_headers=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [held]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{held.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture
def app() -> ASGIApp:
    """The gateway over the Crelate of the demo, keeping nothing."""
    config = SimulatorConfig()
    settings = Settings(
        crelate_api_key=SecretStr(config.api_keys[0]), crelate_requests_per_minute=100_000, database_url="off"
    )
    return create_app(settings, httpx.ASGITransport(Simulator(config)))


@pytest.fixture
def gateway(app: ASGIApp) -> Iterator[str]:
    """The address of the demo."""
    with served(app) as address:
        yield address


@pytest.fixture
def two_accounts(tmp_path: Path) -> Iterator[str]:
    """The address of a proxy that offers a gateway with two accounts and copies under a path prefix.

    Of one job of apex no copy can be kept: its JSON is too deep.
    """
    simulator = Simulator(SimulatorConfig(api_keys=("key-of-acme", "key-of-apex")))
    next(iter(simulator.accounts["key-of-apex"]["jobs"].ordered()))["CustomField1"] = DEEP
    accounts = {
        name: CrelateIntegration(
            crelate_api_key=SecretStr(f"key-of-{name}"),
            crelate_base_url="http://simulator/api3",
            crelate_requests_per_minute=100_000,
        )
        for name in ("acme", "apex")
    }
    with socket.create_server(("127.0.0.1", 0)) as listener:
        public = f"http://127.0.0.1:{listener.getsockname()[1]}"
        settings = Settings(
            integrations=accounts,
            database_url=f"sqlite:///{tmp_path / 'gateway.sqlite'}",
            max_age=3600,
            public_url=f"{public}{PREFIX}",
        )
        app = create_app(settings, httpx.ASGITransport(simulator), only_local=True)
        with served(app) as inner, served(reverse_proxy(inner, {}), listener):
            yield public


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the browser; without one the tests fail and say what to install."""
    found = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if found is None:
        pytest.fail("No Chromium on PATH. On Debian: apt-get install chromium")
    return found


@pytest.fixture
async def page(chromium: str) -> AsyncIterator[Page]:
    """A fresh browser, not yet anywhere."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        yield await browser.new_page(viewport={"width": 1440, "height": 900})
        await browser.close()


@pytest.fixture
def visit(gateway: str, page: Page) -> Visit:
    """A visit to the demo."""
    return Visit(page, gateway)


@pytest.fixture
def visit_two(two_accounts: str, page: Page) -> Visit:
    """A visit to the gateway with two accounts."""
    return Visit(page, two_accounts)
