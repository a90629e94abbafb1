"""A request that is answered before its body was read: over real sockets, where a reset would lose the answer."""

import asyncio
import base64
import json
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from pydantic import SecretStr
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.app import create_app
from gateway.http import Drained, Limits
from gateway.http.errors import RequestError
from gateway.http.request import read_body
from gateway.settings import Settings
from tests.gateway.http.conftest import serving

LIMIT = 200_000
PART = 65_536
SIZES = [LIMIT + 1, 2 * LIMIT, 100 * LIMIT]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back before the connection was closed."""

    status: int
    headers: str
    body: bytes


@pytest.fixture(scope="module")
def address() -> Iterator[tuple[str, int]]:
    """Host and port of a gateway that takes small bodies."""
    settings = Settings(crelate_api_key=SecretStr("key"), database_url="off", max_body=LIMIT)
    with serving(create_app(settings, only_local=True)) as place:
        host, _, port = place.partition(":")
        yield host, int(port)


def framed(size: int, *, chunked: bool) -> Iterator[bytes]:
    """A body in parts, as it stands on the wire."""
    for start in range(0, size, PART):
        part = b" " * min(PART, size - start)
        yield b"%x\r\n%b\r\n" % (len(part), part) if chunked else part
    if chunked:
        yield b"0\r\n\r\n"


def exchange(address: tuple[str, int], head: list[str], body: Iterator[bytes]) -> Answer:
    """Send everything, then read everything: clients and proxies that do so lose an answer by a reset."""
    with socket.create_connection(address, timeout=30) as connection:
        connection.sendall("\r\n".join([*head, "", ""]).encode())
        for part in body:
            connection.sendall(part)
        received = b""
        while part := connection.recv(PART):
            received += part
    start, _, rest = received.partition(b"\r\n\r\n")
    return Answer(int(start.split()[1]), start.decode().lower(), rest)


def post(path: str, version: str, *more: str) -> list[str]:
    """The head of a POST."""
    return [f"POST {path} HTTP/{version}", "Host: localhost", "Content-Type: application/json", *more]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("version", "more", "chunked"),
    [
        ("1.0", [], False),
        ("1.0", ["Connection: keep-alive"], False),
        ("1.1", [], False),
        ("1.1", ["Connection: close"], False),
        ("1.1", [], True),
        ("1.1", ["Connection: close"], True),
    ],
)
def test_a_body_over_the_limit_gets_its_answer(
    address: tuple[str, int], version: str, more: list[str], chunked: bool, size: int
) -> None:
    """However the connection is kept, and however far over the limit it is."""
    framing = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {size}"
    answer = exchange(address, post("/graphql", version, framing, *more), framed(size, chunked=chunked))
    assert answer.status == 413
    error = json.loads(answer.body)["errors"][0]
    assert error["extensions"]["limit"] == "body_bytes"
    assert error["extensions"]["maximum"] == LIMIT


@pytest.mark.parametrize("version", ["1.0", "1.1"])
@pytest.mark.parametrize(
    ("change", "status"),
    [
        (("application/json", "text/plain"), 415),
        (("POST", "PUT"), 405),
        (("/graphql", "/nowhere"), 404),
        (("/graphql", "/health/live"), 405),
        (("Host: localhost", "Host: example.com"), 403),
    ],
)
def test_every_early_answer_arrives(
    address: tuple[str, int], version: str, change: tuple[str, str], status: int
) -> None:
    """A refusal that does not look at the body is as early as one that finds it too large."""
    size = 20 * LIMIT
    head = post("/graphql", version, f"Content-Length: {size}", "Connection: close")
    head = [line.replace(*change) for line in head]
    assert exchange(address, head, framed(size, chunked=False)).status == status


def test_a_client_that_asks_first_is_not_asked_to_send(address: tuple[str, int]) -> None:
    """`Expect: 100-continue` with too large a body: the answer comes instead of the invitation, and at once."""
    begun = time.monotonic()
    head = post("/graphql", "1.1", f"Content-Length: {2 * LIMIT}", "Expect: 100-continue")
    answer = exchange(address, head, iter(()))
    assert answer.status == 413
    assert "connection: close" in answer.headers
    assert time.monotonic() - begun < 4


def test_the_answer_does_not_wait_for_the_body(address: tuple[str, int]) -> None:
    """A client that listens while it sends can stop at once."""
    with socket.create_connection(address, timeout=30) as connection:
        connection.sendall("\r\n".join([*post("/graphql", "1.1", f"Content-Length: {100 * LIMIT}"), "", " "]).encode())
        assert connection.recv(PART).startswith(b"HTTP/1.1 413 ")


def test_a_body_within_the_limit_keeps_its_connection(address: tuple[str, int]) -> None:
    """Nothing changes for whoever keeps to it: two requests over one connection."""
    body = b'{"query": "{ __typename }"}'
    head = "\r\n".join([*post("/graphql", "1.1", f"Content-Length: {len(body)}"), "", ""]).encode()
    with socket.create_connection(address, timeout=30) as connection:
        for _ in range(2):
            connection.sendall(head + body)
            received = b""
            while b"Query" not in received:
                received += connection.recv(PART)
            assert b"connection: close" not in received


@pytest.mark.parametrize(("seconds", "silence"), [(60, 0.05), (0.3, 60)])
async def test_draining_is_bounded(seconds: float, silence: float) -> None:
    """A client that sends nothing, or never ends, is let go."""
    sent: list[Message] = []

    async def refuse(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 413, "headers": []})
        await send({"type": "http.response.body", "body": b"no"})

    async def receive() -> Message:
        if silence < 1:
            await asyncio.Event().wait()
        await asyncio.sleep(0)
        return {"type": "http.request", "body": b" ", "more_body": True}

    async def send(message: Message) -> None:
        sent.append(message)

    app: ASGIApp = Drained(refuse, seconds, silence)
    async with asyncio.timeout(10):
        await app({"type": "http", "headers": [(b"transfer-encoding", b"chunked")]}, receive, send)
    assert [message.get("more_body") for message in sent] == [None, True, None]


def test_two_files_of_the_full_size_fit_by_default() -> None:
    """Base64, wrapped in lines that JSON escapes, in one request; the limit follows that of files."""
    for file_limit in (1, 10_000_000, 50_000_000):
        settings = Settings(file_limit=file_limit)
        wrapped = base64.encodebytes(bytes(min(file_limit, 100_000))).decode().replace("\n", "\r\n")
        ratio = len(json.dumps(wrapped)) / min(file_limit, 100_000)
        assert file_limit == 1 or 2 * ratio * file_limit + 10_000 < settings.body_limit
    assert Settings(max_body=7).body_limit == 7


async def test_a_large_body_may_take_its_time() -> None:
    """What comes fast enough is not cut off by a time that is meant for those who send a byte now and then."""
    clock = asyncio.get_running_loop().time
    begun = clock()

    async def receive() -> Message:
        await asyncio.sleep(0.02)
        return {"type": "http.request", "body": b" " * 1_000, "more_body": clock() - begun < 0.6}

    limits = Limits(body_seconds=0.2, body_rate=10_000)
    with pytest.raises(RequestError) as refused:
        await read_body({b"content-type": b"application/json"}, receive, limits)
    assert refused.value.status == 400
