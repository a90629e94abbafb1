"""One Crelate account as the gateway sees it: fills `resolvers.ports.connector.Connector`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from typing import TYPE_CHECKING

import httpx

from gateway.crelate.access import read_access, read_owner
from gateway.crelate.account import Account
from gateway.crelate.canary import Canary, Proof
from gateway.crelate.client import Client
from gateway.crelate.coverage import coverage
from gateway.crelate.filters import FILTERS
from gateway.crelate.integration import TOOL
from gateway.crelate.mapping.provenance import provenance
from gateway.crelate.reading.file import CrelateFiles
from gateway.crelate.reading.lists import CrelateLists
from gateway.crelate.reading.session import LABELLED
from gateway.crelate.reading.source import LiveSource
from gateway.crelate.reading.tables import Tables
from gateway.crelate.row_cache import RowCache
from gateway.crelate.settings import CrelateSettings, web_url
from gateway.crelate.transport.exchange import Timing
from gateway.quota import WindowQuota
from resolvers.ports.hook import Hook, unobserved
from resolvers.ports.integration import IntegrationName
from resolvers.ports.profile import Profile
from resolvers.ports.quota import Quota
from schema.coverage import Coverage
from schema.provenance import Provenance
from schema.rate_limit import RateLimit
from schema.record import Tracked

if TYPE_CHECKING:
    from gateway.crelate.writing.writer import CrelateWriter
    from resolvers.ports.access import Access
    from resolvers.ports.examination import Examination
    from resolvers.ports.trial import Journal, Listener, Trials

DEFAULT_NAME = IntegrationName.of(TOOL, "default")


class Connector:
    """One connected account.

    Attributes:
        name: Such as `crelate:default`.
        account: Its client, filters and small tables, shared by all requests and actions.
        files: Files of its candidates.
        source: Makes a source for one request.
    """

    def __init__(self, name: IntegrationName, account: Account, settings: CrelateSettings, timing: Timing) -> None:
        self.name = name
        self.account = account
        self.files = CrelateFiles(account)
        self.source = partial(LiveSource, account)
        self._settings = settings
        self._sleep = timing.sleep

    @cached_property
    def writer(self) -> CrelateWriter:
        """Carries out actions on it."""
        from gateway.crelate.writing.writer import CrelateWriter  # noqa: PLC0415  not needed to read

        return CrelateWriter(self.account)

    def sync_source(self) -> CrelateLists:
        """The account's lists, for syncs."""
        return CrelateLists(self.account)

    async def prepare(self) -> dict[str, Proof]:
        """Find out now what would otherwise be found out by the first requests: which filters work, by name.

        Raises:
            AtsError: Crelate refused the key or did not answer.
        """
        await asyncio.gather(*map(self.account.tables.labels, LABELLED.values()))
        proofs = await asyncio.gather(*map(self.account.canary.proof, FILTERS))
        return {judged.name: proof for judged, proof in zip(FILTERS, proofs, strict=True)}

    async def check(self) -> None:
        """Ask the least there is to ask.

        Raises:
            AtsError: Crelate refused the key or did not answer.
        """
        await read_owner(self.account.client)

    def coverage(self) -> Coverage:
        """What of the unified model the account can give and take."""
        return coverage(self.account.custom)

    def provenance(self, model: str, record: Tracked | None, fields: Sequence[str]) -> Sequence[Provenance]:
        """Where each of these fields of a model comes from."""
        return provenance(self.account.custom.tables[model], record, fields, self.account.client.profile.trusted)

    @property
    def versions(self) -> Mapping[str, str]:
        """Model -> what tells how its records are read, where that is by the account's settings."""
        return self.account.custom.versions

    def rate_limit(self) -> RateLimit:
        """What is left of the request quota."""
        state = self.account.client.quota.state()
        reset_at = datetime.now(UTC) + timedelta(seconds=state.reset_seconds)
        return RateLimit(limit=state.limit, remaining=state.remaining, reset_at=reset_at)

    async def access(self) -> Access:
        """The key's owner, and what they may read.

        Raises:
            CannotConnect: the key opens nothing, or Crelate cannot be reached.
        """
        return await read_access(self.account.client, self._settings.base_url)

    async def examine(self, now: Callable[[], datetime]) -> Examination:
        """What reading shows about the account."""
        from gateway.crelate.findings import examine  # noqa: PLC0415  not needed to serve

        return await examine(self.account, self._settings, now)

    def trials(self, journal: Journal, now: Callable[[], datetime], listener: Listener | None = None) -> Trials:
        """Trials by writing; the listener is told about every call from here on."""
        from gateway.crelate.trial.trials import CrelateTrials  # noqa: PLC0415  not needed to serve
        from resolvers.ports.trial import unheard  # noqa: PLC0415  likewise

        return CrelateTrials(self.account, journal, listener or unheard, now, self._sleep)

    async def close(self) -> None:
        """Close all connections."""
        await self.account.client.aclose()


def connect(
    settings: CrelateSettings,
    *,
    name: IntegrationName = DEFAULT_NAME,
    transport: httpx.AsyncBaseTransport | None = None,
    quota: Quota | None = None,
    timing: Timing | None = None,
    hook: Hook = unobserved,
    profile: Profile | None = None,
    row_bytes: int | None = None,
) -> Connector:
    """The connector of an account. Nothing is sent until it is asked something.

    Args:
        settings: How to reach the account.
        name: Of the account.
        transport: The innermost transport; null for kept connections of our own.
        quota: Shared with other processes; null for one of this process alone.
        timing: Where time comes from.
        hook: Told about every attempt.
        profile: What is known of the account; null for one that is kept in memory.
        row_bytes: Bytes of rows that are held; null for as many as are usual.
    """
    timing = timing or Timing()
    client = Client(
        settings.api_key,
        settings.base_url,
        quota=quota or WindowQuota(settings.requests_per_minute, timing.clock, timing.sleep),
        concurrency=settings.concurrency,
        core=transport,
        timing=timing,
        hook=hook,
        assumptions=settings.assumptions,
        profile=profile,
        rows=RowCache() if row_bytes is None else RowCache(row_bytes),
    )
    canary = Canary(client, settings.assumptions, timing.clock)
    tables = Tables(client, settings.assumptions, timing.clock, settings.small_table_seconds)
    account = Account(client, canary, tables, settings.assumptions, web_url(settings.base_url), settings.custom)
    return Connector(name, account, settings, timing)
