"""What lives as long as one operation: whose account it asks, how fresh the answer has to be, what it cost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from starlette.requests import HTTPConnection

from gateway.callers.headers import Params, header_of, integration_of
from gateway.clock import now
from gateway.http import current_deadline
from gateway.observability.observer import RUNNING, Running
from gateway.process import Process
from gateway.replica.freshness import HEADER, Report, freshness
from resolvers.callers import Caller
from resolvers.context import RequestContext
from resolvers.ports.actions import Actions
from resolvers.ports.changes import ChangeLog
from resolvers.ports.connector import Connector
from resolvers.ports.files import Files
from resolvers.ports.source import Source
from resolvers.ports.sync import Syncing

if TYPE_CHECKING:
    from gateway.storage import Storage


@dataclass(frozen=True, slots=True)
class Stored:
    """What only a database makes possible.

    Attributes:
        report: How old the copies were.
        actions: Writes.
        files: Files of candidates.
        changes: The log of changes.
        syncs: The account's syncs.
    """

    report: Report
    actions: Actions
    files: Files
    changes: ChangeLog
    syncs: Syncing


class Request(RequestContext):
    """The container of one operation; the resolvers get it as their context.

    Args:
        connector: The account it asks.
        source: Answers its questions: the ATS, with the copies in front of it where there are any.
        deadline: When it has to be answered, on the running loop's clock; null for any time.
        caller: Who asks.
        meter: Counts its requests to the ATS; null where nothing is counted.
        count: Gets the model and the number of keys of each batch that goes to the source.
        stored: Null where the gateway keeps no database.
    """

    def __init__(
        self,
        connector: Connector,
        source: Source,
        deadline: float | None,
        caller: Caller,
        meter: Running | None,
        count: Callable[[str, int], None],
        stored: Stored | None = None,
    ) -> None:
        files = stored.files if stored else None
        super().__init__(connector, source, deadline, files=files, caller=caller)
        self.answers.count = count
        if stored:
            self.actions, self.changes, self.syncs = stored.actions, stored.changes, stored.syncs
        self._meter = meter or Running()
        self._before = self._meter.upstream_requests
        self._report = stored.report if stored else None

    def extensions(self) -> dict[str, Any]:
        """Upstream requests so far, and the age of the copies used."""
        cost = {"cost": {"upstreamRequests": self._meter.upstream_requests - self._before}}
        return cost if self._report is None else {**cost, "freshness": self._report.as_extension()}

    def response_headers(self) -> dict[str, str]:
        """`Age`, where copies were used."""
        age = None if self._report is None else self._report.age(now())
        return {} if age is None else {"Age": str(age)}

    def close(self) -> None:
        """Stop what is still under way for it."""
        self.answers.stop()


async def open_request(process: Process, connection: HTTPConnection, params: Params) -> Request:
    """Open the container of one operation; who opens it closes it.

    Args:
        process: Where it runs.
        connection: How it came.
        params: The payload of a WebSocket's `connection_init`, or null.

    Raises:
        AtsError: the caller is not let in, or names no account of theirs.
    """
    caller = await process.callers.admit(connection, params)
    connector = process.connectors[integration_of(connection, params, caller, process.connectors)]
    if meter := RUNNING.get():
        meter.integration, meter.caller = connector.name, caller.name
    if not process.started:
        await process.start()
    source: Source = connector.source()
    stored = None
    if storage := process.storage:
        source, stored = _stored(storage, connector, source, caller, connection, params)
    count = process.observer.metrics.batch
    return Request(connector, source, current_deadline(), caller, meter, count, stored)


def _stored(
    storage: Storage, connector: Connector, live: Source, caller: Caller, connection: HTTPConnection, params: Params
) -> tuple[Source, Stored]:
    """The copies in front of the ATS, and what only a database makes possible."""
    name = connector.name
    source = storage.replicas[name].reading(live, freshness(header_of(connection, params, HEADER)))
    actions = storage.actions.of(name, caller.name, partial(_address, connection, storage.public_url))
    return source, Stored(source.report, actions, actions.files, storage.feed.log(name), storage.syncs.of(name))


def _address(connection: HTTPConnection, public_url: str) -> str:
    """Where callers reach this gateway: as the settings say, or as this one did."""
    if public_url:
        return public_url
    url = connection.base_url
    scheme = {"ws": "http", "wss": "https"}.get(url.scheme, url.scheme)
    return str(url.replace(scheme=scheme))
