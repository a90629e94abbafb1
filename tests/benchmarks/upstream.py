"""The simulated Crelate in a process of its own, which makes each answer once and then gives it from memory."""

from __future__ import annotations

import multiprocessing
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import uvicorn
from starlette.types import Message, Receive, Scope, Send

from gateway.simulator import SimulatorConfig, Size, create_simulator
from tests.benchmarks.questions import Keys

KEY = "simulated-key"
COUNT, RESET = "/count", "/reset"
PROCESSES = multiprocessing.get_context("spawn")


class Remembering:
    """Answers a request it has seen before without asking the simulator; counts all but its own."""

    def __init__(self, config: SimulatorConfig) -> None:
        self._simulator = create_simulator(config)
        self._answers: dict[tuple[str, bytes, bytes], list[Message]] = {}
        self._seen: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return await self._simulator(scope, receive, send)
        if scope["path"] in {COUNT, RESET}:
            return await self._count(scope["path"], send)
        self._seen["requests"] += 1
        # The path with its query, and the key: one account per key.
        key = (scope["path"], scope["query_string"], dict(scope["headers"]).get(b"x-api-key", b""))
        if key not in self._answers:
            answer: list[Message] = []

            async def keep(message: Message) -> None:
                answer.append(message)

            await self._simulator(scope, receive, keep)
            self._answers[key] = answer
        for message in self._answers[key]:
            await send(message)
        return None

    async def _count(self, path: str, send: Send) -> None:
        body = str(self._seen["requests"]).encode()
        if path == RESET:
            self._seen.clear()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
        await send({"type": "http.response.body", "body": body})


@dataclass(frozen=True, slots=True)
class Upstream:
    """A simulated Crelate that listens.

    Attributes:
        address: Such as `http://127.0.0.1:41234`.
        keys: What its first account holds.
    """

    address: str
    keys: Keys

    def reset(self) -> None:
        """Begin to count anew."""
        httpx.get(self.address + RESET)

    @property
    def requests(self) -> int:
        """How many there were since."""
        return int(httpx.get(self.address + COUNT).text)


@contextmanager
def upstream(size: Size, accounts: int = 1) -> Iterator[Upstream]:
    """Run one; `accounts` keys open an account each, `simulated-key`, `simulated-key-1` and so on."""
    config = SimulatorConfig(api_keys=api_keys(accounts), size=size)
    state = create_simulator(config).state
    jobs = tuple(row["Id"] for row in state.listed("jobs") if not row["IsLead"])
    keys = Keys(jobs, tuple(row["Id"] for row in state.listed("contacts") if row["RecordType"] & 1))
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as listener:
        process = PROCESSES.Process(target=_serve, args=(listener, config.api_keys, size), daemon=True)
        process.start()
        try:
            yield Upstream(f"http://127.0.0.1:{listener.getsockname()[1]}", keys)
        finally:
            process.kill()
            process.join()


def api_keys(accounts: int) -> tuple[str, ...]:
    """The keys of so many accounts."""
    return tuple(KEY if number == 0 else f"{KEY}-{number}" for number in range(accounts))


def _serve(listener: socket.socket, keys: tuple[str, ...], size: Size) -> None:
    config = SimulatorConfig(api_keys=keys, size=size)
    uvicorn.Server(
        uvicorn.Config(Remembering(config), log_level="warning", access_log=False, timeout_keep_alive=600)
    ).run([listener])
