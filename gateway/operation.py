"""One operation, as the gateway opens it: whose account it asks, how fresh the answer has to be, what it cost."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextvars import Token
from types import TracebackType
from typing import Any

from starlette.requests import HTTPConnection

from gateway.graphql_http import current_deadline
from gateway.integration import METER, Integration, Meter
from gateway.replica.freshness import HEADER, Report, freshness
from gateway.storage import Storage, now
from resolvers.context import RequestContext


class OperationContext(RequestContext):
    """The resolvers' context, with what the answer says about itself.

    Args:
        meter: Counts upstream requests.
        report: How old the copies were; null where there are none.
        parts: The further parts of `RequestContext`.
    """

    def __init__(self, *parts: Any, meter: Meter, report: Report | None, **named: Any) -> None:
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


class Operation:
    """Opens the context of one operation, and stops what it left under way.

    Args:
        integration: The account it asks.
        storage: The durable parts of the process; null where nothing is kept.
        connection: The request.
        ready: Awaited first: the process may not have started yet.
        caller_name: Name of the caller's token, for the audit trail.
    """

    def __init__(
        self,
        integration: Integration,
        storage: Storage | None,
        connection: HTTPConnection,
        ready: Callable[[], Awaitable[None]],
        caller_name: str | None = None,
    ) -> None:
        self._integration = integration
        self._storage = storage
        self._connection = connection
        self._ready = ready
        self._caller_name = caller_name

    async def __aenter__(self) -> OperationContext:
        """The context."""
        await self._ready()
        meter = Meter()
        self._token: Token[Meter | None] = METER.set(meter)
        self._context = self._kept(self._storage, meter) if self._storage else self._live(meter)
        return self._context

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nobody waits for the rest any more."""
        METER.reset(self._token)
        self._context.loaders.stop()

    def _live(self, meter: Meter) -> OperationContext:
        return OperationContext(
            self._integration, self._integration.live(), current_deadline(), meter=meter, report=None
        )

    def _kept(self, storage: Storage, meter: Meter) -> OperationContext:
        name = self._integration.name
        wanted = freshness(self._connection.headers.get(HEADER))
        source = storage.replicas[name].reading(self._integration.live(), wanted)
        return OperationContext(
            self._integration,
            source,
            current_deadline(),
            actions=storage.actions.of(name, self._caller_name, _address(self._connection)),
            changes=storage.feed.log(name),
            syncs=storage.syncs.of(name),
            meter=meter,
            report=source.report,
        )


def _address(connection: HTTPConnection) -> str:
    """Where the caller reached this gateway."""
    url = connection.base_url
    scheme = {"ws": "http", "wss": "https"}.get(url.scheme, url.scheme)
    return str(url.replace(scheme=scheme))
