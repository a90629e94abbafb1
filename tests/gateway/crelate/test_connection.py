"""Kept connections, over real sockets: whatever form of HTTP/1.1 an answer has, and what is not one."""

from __future__ import annotations

import asyncio
import gzip
import socket
import ssl
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from gateway.crelate import protocol
from gateway.crelate.client import Client
from gateway.crelate.transport.connection import LARGEST
from gateway.crelate.transport.upstream import Pool
from resolvers.errors import AtsError, UpstreamUnavailable, UpstreamUnreadable
from tests.gateway.crelate.conftest import KEY, FakeTime

QUESTION = protocol.get("/things", {"limit": "100", "offset": "0"})
BODY = b'{"Data": [{"Id": 1}], "Errors": []}'
SIZED = b"HTTP/1.1 200 OK\r\nContent-Length: 35\r\n\r\n" + BODY
PACKED = gzip.compress(BODY, mtime=0)  # the time in the header would be another in each process of the tests


class Server:
    """Gives each question the next of these answers, the last one again and again; null closes the connection.

    Attributes:
        answers: What is written.
        asked: What was asked, by connection.
    """

    def __init__(self, *answers: bytes | None) -> None:
        self.answers = list(answers)
        self.asked: list[list[bytes]] = []
        self._serving: set[asyncio.Task[None] | None] = set()

    @asynccontextmanager
    async def run(self, context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
        """The port where it listens."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=context)
        yield server.sockets[0].getsockname()[1]
        server.close()
        await asyncio.gather(*filter(None, self._serving))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._serving.add(asyncio.current_task())
        asked: list[bytes] = []
        self.asked.append(asked)
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                asked.append(await reader.readuntil(b"\r\n\r\n"))
                answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
                if answer is None:
                    break
                writer.write(answer)
                await writer.drain()
                if b"\r\n\r\n" in answer and b"ength" not in answer and b"chunked" not in answer:
                    break
        writer.close()


@asynccontextmanager
async def asking(server: Server, key: str = KEY) -> AsyncIterator[Client]:
    """A client of a server; its time passes without waiting."""
    async with server.run() as port:
        sender = Client(key, f"http://127.0.0.1:{port}/api3", timing=FakeTime().timing)
        yield sender
        await sender.aclose()


@pytest.mark.parametrize(
    "written",
    [
        SIZED,
        SIZED.replace(b"Content-Length", b"content-LENGTH"),
        b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + SIZED,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\n"
        + BODY[:5]
        + b"\r\n1e\r\n"
        + BODY[5:]
        + b"\r\n0\r\nTrailer: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(PACKED) + PACKED,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n23\r\n"
        + BODY
        + b"\r\n0\r\nContent-Encoding: gzip\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip \r\nContent-Length: %d\r\n\r\n" % len(PACKED) + PACKED,
        SIZED.replace(b"\r\n\r\n", b"\r\nContent-Encoding:\r\n\r\n"),
        b"HTTP/1.1 200 OK\r\n\r\n" + BODY,
        b"HTTP/1.0 200 OK\r\nServer: old\r\n\r\n" + BODY,
    ],
)
async def test_an_answer_may_have_any_form(written: bytes) -> None:
    """Sized, in chunks, compressed, until the connection ends, after another one that only announces it."""
    async with asking(Server(written)) as sender:
        assert (await sender.send(QUESTION)).data == [{"Id": 1}]
        assert (await sender.send(QUESTION)).data == [{"Id": 1}]


async def test_a_question_is_plain_http() -> None:
    """With a host, the key, and what is taken."""
    async with asking(server := Server(SIZED)) as sender:
        await sender.send(QUESTION)
    line, *headers, _, _ = server.asked[0][0].decode().split("\r\n")
    assert line == "GET /api3/things?limit=100&offset=0 HTTP/1.1"
    assert [header.partition(":")[0] for header in headers] == ["Host", "Accept-Encoding", "Accept", "X-Api-Key"]


async def test_connections_are_kept() -> None:
    """One question at a time on each, and as many as there are questions at a time."""
    async with asking(server := Server(SIZED)) as sender:
        for _ in range(3):
            await sender.send(QUESTION)
        assert [len(asked) for asked in server.asked] == [3]
        await asyncio.gather(*(sender.send(QUESTION) for _ in range(8)))
        assert len(server.asked) == 4


@pytest.mark.parametrize(
    "written",
    [
        SIZED.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"),
        SIZED.replace(b"HTTP/1.1", b"HTTP/1.0"),
        SIZED + b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n" + b'{"Data": 7}',
        SIZED + b"HT",
    ],
)
async def test_a_connection_is_not_kept_where_it_cannot_be(written: bytes) -> None:
    """The server says so, or sent more than it was asked for: that must not answer the next question."""
    async with asking(server := Server(written, SIZED)) as sender:
        assert (await sender.send(QUESTION)).data == [{"Id": 1}]
        assert (await sender.send(QUESTION)).data == [{"Id": 1}]
    assert [len(asked) for asked in server.asked] == [1, 1]


OTHER = SIZED.replace(BODY, b'{"Data": [{"Id": 2}], "Errors": []}')


def test_what_came_unasked_answers_no_later_question() -> None:
    """Not even where it has not been read from the socket yet, since the process was busy."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        answered, sent = threading.Event(), threading.Event()

        def serve() -> None:
            with listener.accept()[0] as first:
                first.recv(1000)
                first.sendall(SIZED)
                answered.wait()
                first.sendall(OTHER)
                sent.set()
                with listener.accept()[0] as second:
                    second.recv(1000)
                    second.sendall(SIZED)

        async def ask() -> list[bytes]:
            pool, address = Pool(), f"http://127.0.0.1:{listener.getsockname()[1]}/"
            first = await pool.fetch(address, {}, 1)
            answered.set()
            sent.wait()  # the loop does not run meanwhile
            second = await pool.fetch(address, {}, 1)
            await pool.aclose()
            return [first.body, second.body]

        serving = threading.Thread(target=serve)
        serving.start()
        assert asyncio.run(ask()) == [BODY, BODY]
        serving.join()


async def test_a_write_has_a_connection_of_its_own() -> None:
    """What came unasked after the one before it would name another record."""
    write = protocol.create("/companies", {"Name": "Fernhill Optics"})
    async with asking(server := Server(SIZED + OTHER, SIZED)) as sender:
        assert [(await sender.send(write)).data for _ in range(2)] == [[{"Id": 1}]] * 2
    assert [len(asked) for asked in server.asked] == [1, 1]


async def test_a_connection_that_was_closed_meanwhile_costs_no_attempt() -> None:
    """The question goes out on a new one."""
    told: list[int | None] = []
    server = Server(SIZED, None, SIZED)
    async with server.run() as port:
        sender = Client(KEY, f"http://127.0.0.1:{port}/api3", hook=lambda _, status, __: told.append(status))
        await sender.send(QUESTION)
        await sender.send(QUESTION)
        await sender.aclose()
    assert [len(asked) for asked in server.asked] == [2, 1]
    assert told == [200, 200]


async def test_idle_connections_are_closed_after_a_while() -> None:
    """Before a server would do it."""
    async with (server := Server(SIZED)).run() as port:
        pool = Pool(idle_seconds=0)
        for _ in range(2):
            reply = await pool.fetch(f"http://127.0.0.1:{port}/", {}, 1)
            assert reply.status_code == 200
        await pool.aclose()
    assert [len(asked) for asked in server.asked] == [1, 1]


@pytest.mark.parametrize(
    ("written", "error"),
    [
        (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", UpstreamUnavailable),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", UpstreamUnavailable),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 2\r\n\r\n{}", UpstreamUnreadable),
        (
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 20\r\n\r\n" + PACKED[:20],
            UpstreamUnreadable,
        ),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", UpstreamUnreadable),
        (b"HTTP/1.1 204 No Content\r\nX-Length: 0\r\n\r\n", UpstreamUnreadable),
        (b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", UpstreamUnreadable),
    ],
)
async def test_what_is_no_answer_is_an_error_of_ours(written: bytes, error: type[AtsError]) -> None:
    """Redirects are not followed."""
    async with asking(Server(written)) as sender:
        with pytest.raises(error):
            await sender.send(QUESTION)


@pytest.mark.parametrize("coding", ["identity", "gzip"])
async def test_an_answer_that_is_too_large_is_not_read(coding: str) -> None:
    """On the wire or once it is decompressed."""
    content = bytes(LARGEST + 1) if coding == "identity" else gzip.compress(bytes(LARGEST + 1), 1)
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nContent-Length: {len(content)}\r\n\r\n"
    async with (server := Server(head.encode() + content)).run() as port:
        pool = Pool()
        with pytest.raises(httpx.DecodingError, match="too large"):
            await pool.fetch(f"http://127.0.0.1:{port}/", {}, 1)
        await pool.aclose()
    assert len(server.asked) == 1


async def test_a_key_cannot_write_headers() -> None:
    """Nothing is sent, and the key is not shown."""
    async with asking(server := Server(SIZED), key="secret\r\nX-Other: 1") as sender:
        with pytest.raises(UpstreamUnavailable) as caught:
            await sender.send(QUESTION)
    assert server.asked == []
    assert "secret" not in f"{caught.value!r} {caught.value.__cause__!r}"


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate of this machine and its key in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(hours=1), now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    path = tmp_path / "certificate.pem"
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.mark.parametrize(("host", "trusted"), [("localhost", True), ("127.0.0.1", False), ("localhost", False)])
async def test_certificates_are_checked(
    certificate: Path, monkeypatch: pytest.MonkeyPatch, host: str, *, trusted: bool
) -> None:
    """By issuer and by name; further issuers come from `SSL_CERT_FILE`."""
    if trusted or host != "localhost":
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    async with Server(SIZED).run(context) as port:
        pool = Pool()
        if trusted:
            assert (await pool.fetch(f"https://{host}:{port}/", {}, 1)).body == BODY
        else:
            with pytest.raises(httpx.ConnectError):
                await pool.fetch(f"https://{host}:{port}/", {}, 1)
        await pool.aclose()
