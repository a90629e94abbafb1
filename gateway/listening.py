"""Listening: whether an address can be had, and a server that says when it listens."""

from __future__ import annotations

import errno
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import uvicorn

from gateway.workers import StartError

ADVICE = {
    errno.EADDRINUSE: "Port {port} of {host} is taken: choose another with --port, or stop the program that has it.",
    errno.EACCES: "Port {port} is reserved for the system: choose one above 1023 with --port.",
}
"""What to do about an address that cannot be had, by the system's reason."""

OTHERWISE = "The server cannot listen on {host}: {reason}. Choose another address with --host."


class AnnouncingServer(uvicorn.Server):
    """A server that says when it listens, and ends quietly when it is interrupted.

    Args:
        config: As for its parent.
        on_listening: Called with the port as soon as it listens.
    """

    def __init__(self, config: uvicorn.Config, on_listening: Callable[[int], None]) -> None:
        super().__init__(config)
        self._on_listening = on_listening

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to listen."""
        await super().startup(sockets)
        if self.started:
            self._on_listening(self.servers[0].sockets[0].getsockname()[1])

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve until a signal stops it."""
        with suppress(KeyboardInterrupt):
            super().run(sockets)


def refuse_taken(host: str, port: int) -> None:
    """Find out, before anything else is done, that an address cannot be listened on.

    Raises:
        StartError: it is taken, reserved, or not this machine's.
    """
    with in_a_sentence(host, port):
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        for family, _, _, _, address in found:
            with socket.socket(family) as probe, _unless_switched_off(len(found)):
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(address)


def shared_socket(host: str, port: int) -> socket.socket:
    """A socket of one process's own on an address that several have: the kernel spreads connections over them.

    Raises:
        StartError: the address cannot be listened on.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    with in_a_sentence(host, port):
        listening.bind((host, port))
    return listening


@contextmanager
def in_a_sentence(host: str, port: int) -> Iterator[None]:
    """Turn what the system says about an address into a sentence that says what to do."""
    try:
        yield
    except OSError as error:
        advice = ADVICE.get(error.errno or 0, OTHERWISE)
        raise StartError(advice.format(host=host, port=port, reason=(error.strerror or "").lower())) from error


@contextmanager
def _unless_switched_off(addresses: int) -> Iterator[None]:
    """Pass over one of several addresses of a name that this machine does not have, as asyncio does (IPv6, mostly)."""
    try:
        yield
    except OSError as error:
        if error.errno != errno.EADDRNOTAVAIL or addresses == 1:
            raise
