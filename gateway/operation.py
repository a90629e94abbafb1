"""One operation, as the gateway opens it: whose account it asks, how fresh the answer has to be, what it cost."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import Token
from types import TracebackType
from typing import Any, Protocol

from starlette.requests import HTTPConnection

from gateway.callers.callers import Callers
from gateway.callers.headers import said
from gateway.callers.integrations import integration_of
from gateway.http import current_deadline
from gateway.integration import METER, Integration, Meter
from gateway.observability.batches import CountedSource
from gateway.observability.observer import Observer, attribute
from gateway.replica.freshness import HEADER, Report, freshness
from gateway.storage import Storage, now
from resolvers.callers import Caller
from resolvers.context import RequestContext
from resolvers.ports.source import Source


class OperationContext(RequestContext):
    """The resolvers' context, with what the answer says about itself.

    Args:
        meter: Counts upstream requests.
        report: How old the copies were; null where there are none.
        parts: The further parts of `RequestContext`.
    """

    def __init__(self, *parts: Any, meter: Meter, report: Report | None = None, **named: Any) -> None:
        super().__init__(*parts, **named)
        self._meter = meter
        self._report = report

    def extensions(self) -> dict[str, Any]:
        """Upstream requests so far, and the age of the copies used."""
        cost = {"cost": {"upstreamRequests": self._meter.upstream_requests}}
        return cost if self._report is None else {**cost, "freshness": self._report.as_extension()}

    def response_headers(self) -> dict[str, str]:
        """`Age`, where copies were used."""
        age = None if self._report is None else self._report.age(now())
        return {} if age is None else {"Age": str(age)}


class Process(Protocol):
    """The process, as far as an operation needs it.

    Attributes:
        callers: Everybody who may use it.
        integrations: The connected accounts by name.
        storage: The durable parts; null where nothing is kept.
        observer: Is told what happens.
    """

    callers: Callers
    integrations: dict[str, Integration]
    storage: Storage | None
    observer: Observer

    async def ensure_started(self) -> None:
        """Start what has not been started yet."""


class Operation:
    """Opens the context of one operation, and stops what it left under way.

    Args:
        process: Where it runs.
        connection: The request.
        params: The payload of a WebSocket's `connection_init`, or null.
    """

    def __init__(self, process: Process, connection: HTTPConnection, params: Mapping[str, Any] | None) -> None:
        self._process = process
        self._connection = connection
        self._params = params

    async def __aenter__(self) -> OperationContext:
        """The context.

        Raises:
            AtsError: the caller is not let in, or names no account of theirs.
        """
        process = self._process
        caller = await process.callers.admit(self._connection, self._params)
        name = integration_of(self._connection, self._params, caller, process.integrations)
        attribute(name, caller.name)
        await process.ensure_started()
        meter = Meter()
        self._token: Token[Meter | None] = METER.set(meter)
        integration = process.integrations[name]
        source: Source = integration.live()
        kept: dict[str, Any] = {}
        if process.storage is not None:
            source, kept = self._kept(process.storage, name, source, caller)
        counted = CountedSource(source, process.observer.metrics.batch)
        self._context = OperationContext(integration, counted, current_deadline(), caller=caller, meter=meter, **kept)
        return self._context

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nobody waits for the rest any more."""
        METER.reset(self._token)
        self._context.loaders.stop()

    def _kept(self, storage: Storage, name: str, live: Source, caller: Caller) -> tuple[Source, dict[str, Any]]:
        """The source that reads through the copies, and the parts of the context that need a database."""
        wanted = freshness(said(self._connection, self._params, HEADER))
        source = storage.replicas[name].reading(live, wanted)
        return source, {
            "actions": storage.actions.of(name, caller.name, _address(self._connection)),
            "changes": storage.feed.log(name),
            "syncs": storage.syncs.of(name),
            "report": source.report,
        }


def _address(connection: HTTPConnection) -> str:
    """Where the caller reached this gateway."""
    url = connection.base_url
    scheme = {"ws": "http", "wss": "https"}.get(url.scheme, url.scheme)
    return str(url.replace(scheme=scheme))
