"""What lives as long as one operation: whose accounts it asks, how fresh the answer has to be, what it cost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from starlette.requests import HTTPConnection

from gateway.callers.headers import Params, header_of, integration_of, is_named
from gateway.clock import now
from gateway.http import current_deadline
from gateway.observability.health import OK
from gateway.observability.observer import RUNNING, Running
from gateway.process import Process
from gateway.replica.freshness import HEADER, Freshness, Report, freshness
from gateway.sharing.source import SharingSource
from resolvers.callers import Caller
from resolvers.context import Beside, Integration, RequestContext
from resolvers.errors import UpstreamRateLimited, UpstreamUnauthorized
from resolvers.ports.actions import Actions
from resolvers.ports.changes import ChangeLog
from resolvers.ports.files import Files
from resolvers.ports.integration import IntegrationName
from resolvers.ports.source import Source
from resolvers.ports.sync import Syncing
from resolvers.unnamed import Unnamed
from schema.account import AccountStatus

if TYPE_CHECKING:
    from gateway.actions.actions import IntegrationActions
    from gateway.storage import Storage


NO_COPIES = Freshness()
"""What is wanted of copies where there are none."""


@dataclass(slots=True)
class Stored:
    """What only a database makes possible; each part is made where somebody asks for it.

    Attributes:
        storage: Over the database.
        name: Of the account.
        opening: Of the operation.
    """

    storage: Storage
    name: IntegrationName
    opening: Opening

    def actions(self) -> IntegrationActions:
        """Writes."""
        opening = self.opening
        address = partial(_address, opening.connection, self.storage.public_url)
        return self.storage.actions.of(self.name, opening.caller.name, address)

    def files(self) -> Files:
        """Files of candidates."""
        return self.actions().files


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

    Attributes:
        report: How old the copies were; null where there are none.
    """

    def __init__(
        self,
        connector: Integration,
        source: Source,
        deadline: float | None,
        caller: Caller,
        meter: Running | None,
        count: Callable[[str, int], None],
        stored: Stored | None = None,
    ) -> None:
        super().__init__(connector, source, deadline, files=stored.files if stored else None, caller=caller)
        self.answers.count = count
        self._stored = stored
        self._meter = meter or Running()
        self._before = self._meter.upstream_requests
        self.report = stored.opening.report if stored else None

    @cached_property
    def actions(self) -> Actions | None:  # type: ignore[override]  # can be set like any attribute
        """Writes."""
        return self._stored.actions() if self._stored else None

    @cached_property
    def changes(self) -> ChangeLog | None:  # type: ignore[override]  # can be set like any attribute
        """The log of changes."""
        return self._stored.storage.feed.log(self._stored.name) if self._stored else None

    @cached_property
    def syncs(self) -> Syncing | None:  # type: ignore[override]  # can be set like any attribute
        """The account's syncs."""
        return self._stored.storage.syncs.of(self._stored.name) if self._stored else None

    def extensions(self) -> dict[str, Any]:
        """Upstream requests so far, and the age of the copies used."""
        cost = {"cost": {"upstreamRequests": self._meter.upstream_requests - self._before}}
        return cost if self.report is None else {**cost, "freshness": self.report.as_extension()}

    def response_headers(self) -> dict[str, str]:
        """`Age`, where copies were used."""
        age = None if self.report is None else self.report.age(now())
        return {} if age is None else {"Age": str(age)}

    def close(self) -> None:
        """Stop what is still under way for it."""
        self.stop()


@dataclass(slots=True)
class Opening:
    """Opens the containers of one operation: one for each account it asks.

    Attributes:
        process: Where it runs.
        connection, params: How it came.
        caller: Who asks.
        meter: Counts its requests to any ATS.
        wanted: How fresh copies have to be.
        report: How old copies were, in whichever account.
    """

    process: Process
    connection: HTTPConnection
    params: Params
    caller: Caller
    meter: Running | None
    wanted: Freshness
    report: Report = field(default_factory=Report)

    def of(self, name: str) -> Request:
        """The container of one account."""
        process, connector = self.process, self.process.connectors[IntegrationName(name)]
        live, stored = connector.source(), None
        source: Source
        if process.storage:
            source = process.storage.replicas[connector.name].reading(live, self.wanted, self.report)
            stored = Stored(process.storage, connector.name, self)
        else:
            source = SharingSource(live, process.look_ups[connector.name])
        count = process.observer.metrics.batch
        request = Request(connector, source, current_deadline(), self.caller, self.meter, count, stored)
        request.expect = live.expect
        request.profile = process.profiles[connector.name]
        request.answers.status = partial(_status, process, connector.name)
        return request

    def unnamed(self) -> Request:
        """The container of an operation that names no account."""
        nobody, metrics = Unnamed(), self.process.observer.metrics
        request = Request(nobody, nobody, current_deadline(), self.caller, self.meter, metrics.batch)
        request.report = self.report if self.process.storage else None
        return request

    def beside(self) -> Beside:
        """The accounts that the caller may ask."""
        return Beside(self.caller, self.process.connectors, self.of)


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
    name = None
    if len(process.connectors) == 1 or is_named(connection, params):
        name = integration_of(connection, params, caller, process.connectors)
    if meter := RUNNING.get():
        meter.integration, meter.caller = name, caller.name
    if not process.started:
        await process.start()
    if name is None:
        await asyncio.gather(*(profile.read() for profile in process.profiles.values()))
    else:
        await process.profiles[name].read()
    wanted = freshness(header_of(connection, params, HEADER)) if process.storage else NO_COPIES
    opening = Opening(process, connection, params, caller, meter, wanted)
    request = opening.unnamed() if name is None else opening.of(name)
    request.beside = opening.beside()
    return request


async def _status(process: Process, name: str) -> AccountStatus:
    """Whether an account answers."""
    return STATES.get((await process.health.states([name]))[name], AccountStatus.UNAVAILABLE)


STATES = {
    OK: AccountStatus.OK,
    UpstreamUnauthorized.code: AccountStatus.UNAUTHORIZED,
    UpstreamRateLimited.code: AccountStatus.RATE_LIMITED,
}
"""What the process finds out about an account -> its status, where it is not unavailable."""


def _address(connection: HTTPConnection, public_url: str) -> str:
    """Where callers reach this gateway: as the settings say, or as this one did."""
    if public_url:
        return public_url
    url = connection.base_url
    scheme = {"ws": "http", "wss": "https"}.get(url.scheme, url.scheme)
    return str(url.replace(scheme=scheme))
