"""A call that hangs: a question is asked again in time, and others are not kept from being asked."""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import httpx
import pytest

from gateway.crelate import protocol
from gateway.crelate.client import Client
from gateway.crelate.transport.places import LONG_SECONDS
from resolvers.errors import UpstreamUnavailable
from resolvers.ports.source import Children, PageQuestion
from tests.gateway.crelate.conftest import KEY, FakeTime, World, until

DEADLINE = 24.0
SHARE = DEADLINE / 3
QUESTION = protocol.page("/contacts")
OTHER = protocol.page("/jobs")
BODY = b'{"Data": [], "Errors": []}'
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 26\r\n\r\n"

Hang = Callable[[asyncio.StreamWriter], Awaitable[None]]
Connection = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Hanging(httpx.AsyncBaseTransport):
    """Never answers for contacts, and always for the rest.

    Attributes:
        asked: Calls so far, by path.
        under_way: Those without an answer.
    """

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.under_way: Counter[str] = Counter()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer, or do not."""
        path = request.url.path.removeprefix("/api3")
        self.asked[path] += 1
        self.under_way[path] += 1
        try:
            if path == "/contacts":
                await asyncio.Event().wait()
            return httpx.Response(200, content=BODY)
        finally:
            self.under_way[path] -= 1


def client(time: FakeTime, core: httpx.AsyncBaseTransport | None, port: int = 80) -> Client:
    """A client with four places."""
    return Client(KEY, f"http://127.0.0.1:{port}/api3", core=core, timing=time.timing)


@pytest.mark.parametrize("times", [1, 2])
async def test_a_question_that_hangs_is_answered_in_time(world: World, times: int) -> None:
    """Each attempt is given up after a share of what is left of its operation, and made again at once."""
    world.time.deadline = DEADLINE
    world.simulator.faults.add("hang", "/jobs", times=times)
    asking = asyncio.create_task(world.connector.account.client.send(OTHER))
    for attempt in range(times):
        await until(lambda attempt=attempt: world.counts.get("GET /jobs") == attempt + 1)  # type: ignore[misc]
        world.time.let_pass(SHARE)
    assert len((await asking).data) == len(world.simulator.state["jobs"])
    assert world.counts["GET /jobs"] == times + 1
    assert world.time.waits == []
    assert world.time.seconds < DEADLINE


async def test_a_level_that_hangs_once_is_answered_in_time(world: World) -> None:
    """And so is what is asked for after it."""
    await world.prepared()
    jobs = world.jobs()[:3]
    world.time.deadline = world.time.seconds + DEADLINE
    world.simulator.faults.add("hang", f"/jobs/{jobs[1]}/contacts")
    asking = asyncio.create_task(world.session().by_parents("Application", "job_key", jobs, 50))
    await until(lambda: world.counts.get("GET /jobs/{id}/contacts") == len(jobs))
    world.time.let_pass(SHARE)
    found = await asking
    assert all(isinstance(children, Children) for children in found.values())
    assert world.counts["GET /jobs/{id}/contacts"] == len(jobs) + 1
    assert (await world.session().page("Candidate", PageQuestion(size=1))).records
    assert world.time.seconds < world.time.deadline


async def test_a_question_that_always_hangs_is_given_up_at_the_deadline(world: World) -> None:
    """Each of three attempts has the same time."""
    world.time.deadline = DEADLINE
    world.simulator.faults.add("hang", "/jobs", times=None)
    asking = asyncio.create_task(world.connector.account.client.send(OTHER))
    for attempt in (1, 2, 3):
        await until(lambda attempt=attempt: world.counts.get("GET /jobs") == attempt)  # type: ignore[misc]
        assert not asking.done()
        world.time.let_pass(SHARE)
    with pytest.raises(UpstreamUnavailable):
        await asking
    assert world.time.seconds == DEADLINE


async def test_little_time_is_not_cut_into_pieces_that_no_answer_fits_in(world: World) -> None:
    """An attempt has a second, if that much is left."""
    world.time.deadline = 1.5
    asking = asyncio.create_task(world.connector.account.client.send(OTHER))
    world.simulator.faults.add("hang", "/jobs")
    await until(lambda: world.counts.get("GET /jobs"))
    world.time.let_pass(0.9)
    await asyncio.sleep(0)
    assert world.counts["GET /jobs"] == 1
    world.time.let_pass(0.1)
    assert (await asking).data


@pytest.mark.parametrize("deadline", [DEADLINE, None])
async def test_what_writes_is_not_asked_again(world: World, deadline: float | None) -> None:
    """It has all the time that is left, or a minute; whether it happened is not known."""
    world.time.deadline = deadline
    world.simulator.faults.add("hang", "/companies", method="POST", times=None, after_write=True)
    before = len(world.simulator.state["companies"])
    writing = asyncio.create_task(world.connector.account.client.send(protocol.create("/companies", {"Name": "Fern"})))
    await until(lambda: world.counts.get("POST /companies"))
    world.time.let_pass((deadline or 60) - 0.1)
    await asyncio.sleep(0)
    assert not writing.done()
    world.time.let_pass(0.1)
    with pytest.raises(UpstreamUnavailable):
        await writing
    assert world.counts["POST /companies"] == 1
    assert len(world.simulator.state["companies"]) == before + 1


async def before_its_headers(_: asyncio.StreamWriter) -> None:
    """Send nothing."""


async def within_its_headers(writer: asyncio.StreamWriter) -> None:
    """Send half of the headers."""
    writer.write(HEAD[:30])


async def within_its_body(writer: asyncio.StreamWriter) -> None:
    """Send half of the body."""
    writer.write(HEAD + BODY[:10])


async def in_a_trickle(writer: asyncio.StreamWriter) -> None:
    """Send a byte again and again: there is always one that has just come."""
    writer.write(HEAD.replace(b"26", b"26000"))
    while True:
        writer.write(b" ")
        await asyncio.sleep(0.001)


@asynccontextmanager
async def served(connection: Connection, listener: socket.socket | None = None) -> AsyncIterator[int]:
    """The port where connections are served like that."""
    serving: set[asyncio.Task[None] | None] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.add(asyncio.current_task())
        with suppress(asyncio.IncompleteReadError):
            await connection(reader, writer)
        writer.close()

    if listener:
        server = await asyncio.start_server(serve, sock=listener)
    else:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()
    await asyncio.gather(*filter(None, serving))


@pytest.mark.parametrize("hang", [before_its_headers, within_its_headers, within_its_body, in_a_trickle])
async def test_it_does_not_matter_where_an_answer_hangs(
    hang: Callable[[asyncio.StreamWriter], Awaitable[None]],
) -> None:
    """Over real sockets: the connection that hangs is closed, and another one brings the answer."""
    time, asked, closed = FakeTime(deadline=DEADLINE), [], asyncio.Event()

    async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        asked.append(writer)
        if len(asked) > 1:
            writer.write(HEAD + BODY)
        else:
            stuck = asyncio.ensure_future(hang(writer))
            with suppress(ConnectionError):
                await reader.read()
            closed.set()
            stuck.cancel()

    async with served(connection) as port:
        sender = client(time, None, port)
        asking = asyncio.create_task(sender.send(QUESTION))
        await until(lambda: asked)
        await asyncio.sleep(0.01)
        time.let_pass(SHARE)
        assert (await asking).data == []
        await closed.wait()
        await sender.aclose()
    assert len(asked) == 2


async def test_a_connection_that_does_not_open_is_given_up_too() -> None:
    """Nobody takes up the first one."""

    async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(HEAD + BODY)

    time = FakeTime(deadline=DEADLINE)
    with socket.socket() as listener, socket.socket() as first, socket.socket() as second:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for filling in (first, second):
            filling.settimeout(0)
            filling.connect_ex(listener.getsockname())
        sender = client(time, None, listener.getsockname()[1])
        asking = asyncio.create_task(sender.send(QUESTION))
        await until(lambda: time.timers)
        await asyncio.sleep(0.01)
        async with served(connection, listener):
            time.let_pass(SHARE)
            assert (await asking).data == []
            await sender.aclose()
            first.close()
            second.close()


async def test_calls_that_hang_do_not_keep_others_from_being_sent() -> None:
    """After a few seconds they give their places up; whoever waits behind them is of another kind and goes first."""
    time, upstream = FakeTime(deadline=DEADLINE), Hanging()
    sender = client(time, upstream)
    hanging = [asyncio.create_task(sender.send(QUESTION)) for _ in range(40)]
    await until(lambda: upstream.under_way["/contacts"] == 4)
    others = [asyncio.create_task(sender.send(OTHER)) for _ in range(40)]
    await asyncio.sleep(0)
    assert upstream.asked["/jobs"] == 0
    time.let_pass(LONG_SECONDS)
    assert [answer.data for answer in await asyncio.gather(*others)] == [[]] * 40
    assert not any(task.done() for task in hanging)
    for task in hanging:
        task.cancel()
    await asyncio.gather(*hanging, return_exceptions=True)
    assert (await sender.send(OTHER)).data == []


async def test_never_more_than_twice_as_many_are_under_way() -> None:
    """However long all of them hang; each that is given up makes room for one."""
    time, upstream = FakeTime(), Hanging()
    sender = client(time, upstream)
    hanging = [asyncio.create_task(sender.send(QUESTION)) for _ in range(40)]
    for _ in range(10):
        await asyncio.sleep(0)
        time.let_pass(LONG_SECONDS)
    assert upstream.under_way["/contacts"] == upstream.asked["/contacts"] == 8
    time.let_pass(60)
    await until(lambda: upstream.asked["/contacts"] > 8)
    assert upstream.under_way["/contacts"] <= 8
    for task in hanging:
        task.cancel()
    await asyncio.gather(*hanging, return_exceptions=True)
    assert upstream.under_way["/contacts"] == 0


async def test_a_question_that_is_cancelled_while_it_waits_leaves_its_turn_to_the_next() -> None:
    """Also when its turn has just come."""
    time, upstream = FakeTime(), Hanging()
    sender = client(time, upstream)
    hanging = [asyncio.create_task(sender.send(QUESTION)) for _ in range(4)]
    await until(lambda: upstream.under_way["/contacts"] == 4)
    gone, kept = (asyncio.create_task(sender.send(OTHER)) for _ in range(2))
    await asyncio.sleep(0)
    time.let_pass(LONG_SECONDS)
    gone.cancel()
    assert (await kept).data == []
    for task in hanging:
        task.cancel()
    await asyncio.gather(gone, *hanging, return_exceptions=True)
    assert upstream.asked["/jobs"] == 1
    assert (await asyncio.gather(*(sender.send(OTHER) for _ in range(8))))[7].data == []
