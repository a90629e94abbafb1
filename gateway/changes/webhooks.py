"""Webhooks: the change log pushed to others, signed as the Standard Webhooks specification has it.

What drifts of an account is a message of its own. Of the log, each address gets the changes in order, a batch at a
time, the next batch once it has taken the last one. A delivery is a durable workflow: it is tried again for as long as
it takes, by whichever process is there. A batch may arrive twice, then with the same `webhook-id`; none is left out.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from hashlib import blake2b
from typing import Any
from uuid import uuid4

import httpx
import orjson
import structlog
from sqlalchemy import select, update
from standardwebhooks import Webhook

from gateway.changes.feed import BATCH, Feed
from gateway.changes.log import changes_after, last_position
from gateway.clock import Clock, Sleep
from gateway.database.engine import Database
from gateway.database.tables import WEBHOOKS
from gateway.durable.workflows import Kind, Workflows
from resolvers.ids import Ids
from resolvers.ports.changes import ID_SCOPE, SCOPE, LogEntry
from resolvers.ports.profile import Fact
from schema.change import ModelName, shown_as

PAUSES = (5.0, 60.0, 300.0, 1800.0, 7200.0)
"""Seconds until a batch that was not taken is tried again; the last pause is kept to."""

DELIVERY = Kind("webhook", kept_for=timedelta(hours=1))
"""Its arguments are the delivery's id, the integration and the address. Kept for a while, to see what was tried."""

NOTICE = Kind("webhook-notice", kept_for=timedelta(hours=1))
"""A message beside the log of changes. Its arguments are those of a delivery, and the body."""

LOOK_SECONDS = 10.0
"""How often it is looked whether there is something to deliver, beside every change."""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address that changes are posted to.

    Attributes:
        integration: Its changes are posted.
        url: The address.
        secret: What the messages are signed with: base64, with or without `whsec_` in front.
    """

    integration: str
    url: str
    secret: str = field(repr=False)


class Webhooks:
    """The deliveries of one process.

    Args:
        workflows: What deliveries run on.
        database: Where the log is.
        feed: Says when it grows.
        endpoints: Where changes are posted to.
        client: What posts them; asked for when there is something to post.
        clock: What time it is.
        sleep: Waits between two attempts; null for a durable wait.
    """

    def __init__(
        self,
        workflows: Workflows,
        database: Database,
        feed: Feed,
        endpoints: Sequence[Endpoint],
        client: Callable[[], httpx.AsyncClient],
        clock: Clock,
        sleep: Sleep | None = None,
    ) -> None:
        self._workflows = workflows
        self._database = database
        self._feed = feed
        self._endpoints = {(endpoint.integration, endpoint.url): endpoint for endpoint in endpoints}
        self._client = client
        self._clock = clock
        self._sleep = sleep or workflows.sleep
        self._dispatcher: asyncio.Task[None] | None = None
        workflows.register(DELIVERY, self.conduct)
        workflows.register(NOTICE, self.conduct_notice)

    async def start(self) -> None:
        """Begin to deliver; a new address begins with the next change."""
        for endpoint in self._endpoints.values():
            await self._register(endpoint)
        self._dispatcher = asyncio.create_task(self._dispatch_all(self._feed.news()))

    async def stop(self) -> None:
        """Begin no more deliveries. Those under way stop with the workflows."""
        if self._dispatcher is not None:
            self._dispatcher.cancel()
            await asyncio.gather(self._dispatcher, return_exceptions=True)

    async def replay(self, integration: str, url: str, position: int) -> None:
        """Deliver everything behind a position of the log once more."""
        values = {"position": position, "delivery": None}
        async with self._writing(integration, url) as connection:
            await connection.execute(update(WEBHOOKS).where(*_own(integration, url)).values(values))
        self._feed.wake()

    async def tell_drift(self, integration: str, fact: Fact) -> None:
        """Have each address of an account told of a fact that drifted: once, whichever processes ask for it."""
        body = drift_message(integration, fact)
        for url in [url for owner, url in self._endpoints if owner == integration]:
            mark = blake2b(f"{url} {body}".encode(), digest_size=16).hexdigest()
            try:
                await self._workflows.begin(NOTICE, f"drift-{mark}", integration, url, body)
            except Exception as failed:  # noqa: BLE001  whoever noticed it has written it down, and goes on
                _log.warning("webhook_not_begun", integration=integration, error=type(failed).__name__)

    async def conduct_notice(self, delivery: str, integration: str, url: str, body: str) -> None:
        """Deliver a message inside its workflow."""
        await self._deliver(delivery, integration, url, body)

    async def conduct(self, delivery: str, integration: str, url: str) -> None:
        """Deliver one batch inside its workflow."""
        batch = await self._workflows.step("read", partial(self._read, integration, url))
        await self._deliver(delivery, integration, url, batch["body"])
        await self._advance(delivery, integration, url, batch["position"])
        self._feed.wake()

    async def _deliver(self, delivery: str, integration: str, url: str, body: str) -> None:
        """Post a message until it is taken."""
        step, attempt = self._workflows.step, 0
        while not await step(f"attempt {attempt + 1}", partial(self._post, delivery, integration, url, body)):
            await self._sleep(PAUSES[min(attempt, len(PAUSES) - 1)])
            attempt += 1

    async def _register(self, endpoint: Endpoint) -> None:
        newest = await last_position(self._database, endpoint.integration)
        row = {"integration": endpoint.integration, "url": endpoint.url, "position": newest}
        async with self._writing(endpoint.integration, endpoint.url) as connection:
            await connection.execute(self._database.insert(WEBHOOKS).values(row).on_conflict_do_nothing())

    async def _dispatch_all(self, news: asyncio.Event) -> None:
        await self._workflows.ready()
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):  # `wait_for` may swallow a cancellation before Python 3.12
                    await news.wait()
            news = self._feed.news()
            for integration, url in self._endpoints:
                try:
                    await self._dispatch(integration, url)
                except Exception as failed:  # noqa: BLE001  the database may be away for a while; the next look will do
                    _log.warning("webhook_not_begun", integration=integration, error=type(failed).__name__)

    async def _dispatch(self, integration: str, url: str) -> None:
        """Begin the next delivery, unless one is under way or there are no changes."""
        async with self._writing(integration, url) as connection:
            row = (await connection.execute(select(WEBHOOKS).where(*_own(integration, url)))).one()
            if row.delivery is not None and not await self._workflows.is_finished(row.delivery):
                delivery = row.delivery
            elif not await changes_after(self._database, integration, row.position, 1):
                return
            else:
                delivery = f"webhook-{uuid4().hex}"
                own = _own(integration, url)
                await connection.execute(update(WEBHOOKS).where(*own).values(delivery=delivery))
        await self._workflows.begin(DELIVERY, delivery, integration, url)

    async def _read(self, integration: str, url: str) -> dict[str, Any]:
        """The next batch, as it is posted."""
        async with self._database.reading() as connection:
            position = await connection.scalar(select(WEBHOOKS.c.position).where(*_own(integration, url)))
        entries = await changes_after(self._database, integration, position or 0, BATCH)
        last = entries[-1].position if entries else position
        return {"position": last, "body": message(integration, entries, self._clock().isoformat())}

    async def _post(self, delivery: str, integration: str, url: str, body: str) -> bool:
        """Post a batch; whether it was taken. For an address that is configured no more it counts as taken."""
        endpoint = self._endpoints.get((integration, url))
        if endpoint is None:
            return True
        now = self._clock()
        headers = {
            "content-type": "application/json",
            "webhook-id": delivery,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(endpoint.secret).sign(delivery, now, body),
        }
        try:
            response = await self._client().post(url, content=body, headers=headers)
            error = None if response.is_success else f"HTTP {response.status_code}"
        except httpx.HTTPError as failed:
            error = type(failed).__name__
        async with self._writing(integration, url) as connection:
            await connection.execute(update(WEBHOOKS).where(*_own(integration, url)).values(last_error=error))
        return error is None

    async def _advance(self, delivery: str, integration: str, url: str, position: int) -> None:
        values = {"position": position, "delivery": None, "delivered_at": self._clock()}
        own = (*_own(integration, url), WEBHOOKS.c.delivery == delivery)
        async with self._writing(integration, url) as connection:
            await connection.execute(update(WEBHOOKS).where(*own).values(values))

    def _writing(self, integration: str, url: str) -> Any:
        return self._database.writing("webhooks", integration, url)


def message(integration: str, entries: Sequence[LogEntry], at: str) -> str:
    """A batch of changes as the body of a message: the same words as in the graph."""
    ids = Ids(integration)
    changes = [_change(ids, entry) for entry in entries]
    cursor = changes[-1]["cursor"] if changes else None
    data = {"integration": integration, "cursor": cursor, "changes": changes}
    return orjson.dumps({"type": "changes", "timestamp": at, "data": data}, option=orjson.OPT_UTC_Z).decode()


def drift_message(integration: str, fact: Fact) -> str:
    """A fact that drifted as the body of a message."""
    data = {"integration": integration, "fact": fact.name, "before": fact.before, "now": fact.value}
    message = {"type": "drift", "timestamp": fact.drifted_at, "data": data}
    return orjson.dumps(message, option=orjson.OPT_UTC_Z).decode()


def _change(ids: Ids, entry: LogEntry) -> dict[str, Any]:
    position = str(entry.position)
    return {
        "id": ids.cursor(ID_SCOPE, position),
        "cursor": ids.cursor(SCOPE, position),
        "model": ModelName(entry.model).name,
        "recordId": ids.encode(entry.model, entry.key),
        "kind": entry.kind.name,
        "fields": [shown_as(entry.model, name) for name in entry.properties],
        "at": entry.at,
        "hashBefore": entry.hash_before,
        "hashAfter": entry.hash_after,
    }


def _own(integration: str, url: str) -> tuple[Any, ...]:
    return WEBHOOKS.c.integration == integration, WEBHOOKS.c.url == url
