"""Webhooks: signed, in order, again and again until they are taken."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
import orjson
import pytest
from standardwebhooks import Webhook

from gateway.changes.feed import BATCH, Feed
from gateway.changes.log import last_position
from gateway.changes.webhooks import Endpoint, Webhooks
from gateway.clock import now
from gateway.database.engine import Database
from gateway.durable.workflows import Workflows
from gateway.replica.store import Store
from resolvers.ids import Ids
from resolvers.ports.changes import SCOPE
from resolvers.ports.profile import Fact
from schema.change import Change
from schema.profile import LearntBy
from schema.strawberry_bridge import fields_of, to_camel_case
from tests.gateway.durable.test_workflows import rows
from tests.gateway.replica.records import INTEGRATION, Clock, job

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
URL = "https://consumer.example/hook"


class Consumer(httpx.AsyncBaseTransport):
    """Whoever is at the address: refuses as often as it is told to, and remembers what it got.

    Attributes:
        refusals: Answers to the next messages, before it takes any.
        messages: What came, taken or not.
    """

    def __init__(self) -> None:
        self.refusals: list[int] = []
        self.messages: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Take or refuse a message."""
        self.messages.append(request)
        if not self.refusals:
            return httpx.Response(204)
        status = self.refusals.pop(0)
        if not status:
            raise httpx.ConnectError("nobody is there")
        return httpx.Response(status)

    def changes(self) -> list[list[dict[str, Any]]]:
        """The changes in each message."""
        return [orjson.loads(message.content)["data"]["changes"] for message in self.messages]

    async def got(self, enough: Callable[[], bool]) -> None:
        """Wait until enough has come."""
        async with asyncio.timeout(30):
            while not enough():  # noqa: ASYNC110  messages come from a workflow
                await asyncio.sleep(0.01)


@asynccontextmanager
async def delivering(
    store: Store,
    consumer: Consumer,
    sleep: Callable[[float], Awaitable[None]],
    *urls: str,
    workflows: Workflows | None = None,
) -> AsyncIterator[Webhooks]:
    """The deliveries of a process, with the engine they run on."""
    database, feed = store.database, Feed(store.database)
    store.on_change = feed.wake
    endpoints = [Endpoint(INTEGRATION, url, SECRET) for url in urls or (URL,)]
    client = httpx.AsyncClient(transport=consumer)
    workflows = workflows or Workflows(database)
    webhooks = Webhooks(workflows, database, feed, endpoints, lambda: client, Clock(), sleep)
    await workflows.start()
    await webhooks.start()
    try:
        yield webhooks
    finally:
        await webhooks.stop()
        await workflows.stop()
        await feed.close()


class Naps:
    """Waits without waiting, and remembers how long."""

    def __init__(self) -> None:
        self.taken: list[float] = []

    async def __call__(self, seconds: float) -> None:
        """Wait."""
        self.taken.append(seconds)


@pytest.fixture
def consumer() -> Consumer:
    """Somebody who wants to know."""
    return Consumer()


async def test_changes_are_posted_and_signed(store: Store, consumer: Consumer, clock: Clock) -> None:
    """In the words of the graph, beginning with the first change after the address was known."""
    await store.write(INTEGRATION, "Job", [job("old")], clock.now)
    async with delivering(store, consumer, Naps()):
        await store.write(INTEGRATION, "Job", [job("j1", job_code="1")], clock.now)
        await consumer.got(lambda: len(consumer.messages) == 1)
        await store.write(INTEGRATION, "Job", [job("j1", job_code="2")], clock.now)
        await consumer.got(lambda: len(consumer.messages) == 2)
    (created,), (updated,) = consumer.changes()
    ids = Ids(INTEGRATION)
    words = {to_camel_case(field.python_name) for field in fields_of(Change) if not field.deprecation_reason}
    assert (created["kind"], created["model"], created["recordId"]) == ("CREATED", "JOB", ids.encode("Job", "j1"))
    assert (updated["kind"], updated["fields"]) == ("UPDATED", ["jobCode"])
    assert updated["hashBefore"] == created["hashAfter"]
    assert updated["id"] not in {created["id"], updated["recordId"], updated["cursor"]}
    assert set(updated) == words - {"record"}
    for message in consumer.messages:
        name, stamp = message.headers["webhook-id"], message.headers["webhook-timestamp"]
        assert stamp == str(int(Clock().now.timestamp()))
        signature = Webhook(SECRET).sign(name, Clock().now, message.content.decode())
        assert message.headers["webhook-signature"] == signature
        assert ids.position(SCOPE, orjson.loads(message.content)["data"]["cursor"], "after")


async def test_a_message_that_is_not_taken_is_sent_again(store: Store, consumer: Consumer, clock: Clock) -> None:
    """With the same id and body, after longer and longer pauses; later changes wait for it."""
    naps = Naps()
    consumer.refusals = [500, 0, 404]
    async with delivering(store, consumer, naps):
        await store.write(INTEGRATION, "Job", [job("j1")], clock.now)
        await store.write(INTEGRATION, "Job", [job("j2")], clock.now)
        await consumer.got(lambda: sum(len(lot) for lot in consumer.changes()[3:]) == 2)
    first = consumer.messages[:4]
    assert len({(message.headers["webhook-id"], message.content) for message in first}) == 1
    assert naps.taken == sorted(naps.taken)
    assert len(naps.taken) == 3
    taken = [change["cursor"] for lot in consumer.changes()[3:] for change in lot]
    assert len(set(taken)) == 2


async def test_a_delivery_survives_its_process(store: Store, consumer: Consumer, clock: Clock) -> None:
    """The next process goes on with the same message; an address gets everything that happened meanwhile."""
    waiting = asyncio.Event()

    async def wait(_seconds: float) -> None:
        waiting.set()
        await asyncio.Event().wait()

    consumer.refusals = [503]
    async with delivering(store, consumer, wait):
        await store.write(INTEGRATION, "Job", [job("j1")], clock.now)
        async with asyncio.timeout(30):
            await waiting.wait()
    await store.write(INTEGRATION, "Job", [job("j2")], clock.now)
    async with delivering(store, consumer, Naps()):
        await consumer.got(lambda: len(consumer.messages) == 3)
    first, again, _ = consumer.messages
    assert again.headers["webhook-id"] == first.headers["webhook-id"]
    assert again.content == first.content
    ids = Ids(INTEGRATION)
    assert [lot[0]["recordId"] for lot in consumer.changes()[1:]] == [ids.encode("Job", "j1"), ids.encode("Job", "j2")]


async def test_everything_can_be_sent_once_more(store: Store, consumer: Consumer, clock: Clock) -> None:
    """From any position, to one address, a lot at a time."""
    other = "https://other.example/hook"
    await store.write(INTEGRATION, "Job", [job(f"j{number}") for number in range(BATCH + 1)], clock.now)
    async with delivering(store, consumer, Naps(), URL, other) as webhooks:
        await webhooks.replay(INTEGRATION, URL, 0)
        await consumer.got(lambda: len(consumer.messages) == 2)
    assert [len(lot) for lot in consumer.changes()] == [BATCH, 1]
    assert {str(message.url) for message in consumer.messages} == {URL}
    assert await last_position(store.database, INTEGRATION) == BATCH + 1


async def test_finished_deliveries_leave_no_rows_behind(store: Store, consumer: Consumer, clock: Clock) -> None:
    """They are kept for an hour, then erased."""
    ahead = timedelta(0)
    workflows = Workflows(store.database, clock=lambda: now() + ahead)
    async with delivering(store, consumer, Naps(), workflows=workflows):
        await store.write(INTEGRATION, "Job", [job("j1")], clock.now)
        await consumer.got(lambda: len(consumer.messages) == 1)
        await workflows.sweep()
        assert (await rows(store.database))["workflow_status"] == 1
        ahead = timedelta(hours=1, minutes=1)
        async with asyncio.timeout(30):
            while (await rows(store.database))["workflow_status"]:
                await workflows.sweep()
        assert (await rows(store.database))["operation_outputs"] == 0


def test_a_secret_is_not_shown(database: Database) -> None:
    """Not by accident."""
    assert SECRET not in repr(Endpoint(INTEGRATION, URL, SECRET))


async def test_a_drift_is_a_message_of_its_own(store: Store, consumer: Consumer, clock: Clock) -> None:
    """Signed as all are, to each address of the account, until it is taken, and once whoever asks for it."""
    naps, urls = Naps(), [URL, "https://other.example/hook"]
    consumer.refusals = [500]
    fact = Fact("filter /people?ids", None, clock.now, LearntBy.REQUEST, clock.now, "many")
    async with delivering(store, consumer, naps, *urls) as webhooks:
        await webhooks.tell_drift(INTEGRATION, fact)
        await webhooks.tell_drift(INTEGRATION, fact)
        await webhooks.tell_drift("crelate:other", fact)
        await consumer.got(lambda: len(consumer.messages) == 3)
    assert len(naps.taken) == 1
    assert {str(message.url) for message in consumer.messages} == set(urls)
    for message in consumer.messages:
        name = message.headers["webhook-id"]
        signature = Webhook(SECRET).sign(name, Clock().now, message.content.decode())
        assert message.headers["webhook-signature"] == signature
        assert orjson.loads(message.content) == {
            "type": "drift",
            "timestamp": "2026-01-01T00:00:00Z",
            "data": {"integration": INTEGRATION, "fact": "filter /people?ids", "before": "many", "now": None},
        }


async def test_a_drift_is_noticed_where_no_message_can_be_begun(store: Store) -> None:
    """Workflows that do not run are no reason to fail."""
    feed, workflows = Feed(store.database), Workflows(store.database)
    webhooks = Webhooks(workflows, store.database, feed, [Endpoint(INTEGRATION, URL, SECRET)], httpx.AsyncClient, now)
    await webhooks.tell_drift(INTEGRATION, Fact("fact", 1, now(), LearntBy.REQUEST, now(), 2))
