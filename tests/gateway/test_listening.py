"""Listening: an address that cannot be had is named in a sentence, with what helps."""

import errno
import socket

import pytest

from gateway.listening import in_a_sentence, refuse_taken, shared_socket
from gateway.workers import StartError
from tests.gateway.processes import free_port


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_free_port_is_let_through_and_stays_free(host: str) -> None:
    """Looking does not take it."""
    port = free_port()
    refuse_taken(host, port)
    with socket.create_server(("127.0.0.1", port)):
        pass


def test_a_taken_port_is_refused_with_the_flag_that_helps() -> None:
    """Also where the one who has it would share it."""
    with shared_socket("127.0.0.1", 0) as held:
        held.listen()
        port = held.getsockname()[1]
        with pytest.raises(StartError) as refused:
            refuse_taken("127.0.0.1", port)
    assert str(refused.value) == (
        f"Port {port} of 127.0.0.1 is taken: choose another with --port, or stop the program that has it."
    )


def test_an_address_of_another_machine_is_refused() -> None:
    """The sentence says which flag it came from."""
    with pytest.raises(StartError, match=r"cannot listen on 192\.0\.2\.1: .+\. Choose another address with --host\."):
        refuse_taken("192.0.2.1", 8000)


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        (
            PermissionError(errno.EACCES, "Permission denied"),
            "Port 80 is reserved for the system: choose one above",
        ),
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), "cannot listen on home: name or service not"),
    ],
)
def test_what_the_system_says_becomes_a_sentence(reason: OSError, sentence: str) -> None:
    """A port that only the system's own programs may have, and a name that leads nowhere."""
    with pytest.raises(StartError, match=sentence), in_a_sentence("home", 80):
        raise reason
