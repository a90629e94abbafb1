"""One connected account, as it lives in a process: its connector, its copies, and the name clients know it by."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field

import httpx

from gateway.crelate.assumptions import Assumptions, read_assumptions
from gateway.crelate.client import Timing, unobserved
from gateway.crelate.connector import Connector, CrelateSettings, LiveSource, connect
from gateway.crelate.transport.telemetry import Hook
from gateway.http import current_deadline
from gateway.settings import TOOL, IntegrationSettings, Settings, SettingsError
from resolvers.ports.quota import Quota
from schema.coverage import Coverage
from schema.rate_limit import RateLimit


@dataclass(slots=True)
class Meter:
    """How much one operation has cost so far."""

    upstream_requests: int = 0


METER: ContextVar[Meter | None] = ContextVar("meter", default=None)
"""The meter of the running operation; it follows into the tasks that work for it."""


@dataclass(frozen=True, slots=True)
class Integration:
    """One connected account.

    Attributes:
        name: As in `X-Integration-Id`, such as `crelate:default`.
        connector: The way to it.
    """

    name: str
    connector: Connector = field(repr=False)

    def live(self) -> LiveSource:
        """A source for one request that asks the ATS."""
        return self.connector.session()

    def coverage(self) -> Coverage:
        """What of the unified model the account can give and take."""
        return self.connector.coverage()

    def rate_limit(self) -> RateLimit:
        """What is left of the request quota."""
        return self.connector.rate_limit()

    async def check(self) -> None:
        """Whether the ATS takes the key; an account that has used up its quota is known to answer.

        Raises:
            AtsError: it does not, or nobody answers.
        """
        if self.rate_limit().remaining:
            await self.connector.check()


def build_integration(
    name: str,
    account: IntegrationSettings,
    settings: Settings,
    *,
    transport: httpx.AsyncBaseTransport | None = None,
    quota: Callable[[str, int], Quota] | None = None,
    observe: Hook = unobserved,
) -> Integration:
    """The integration that an account's settings describe. Nothing is sent yet.

    Args:
        name: Of the account, without the tool.
        account: Its settings.
        settings: Those of the process.
        transport: Core of the way to the ATS; null for real connections.
        quota: Makes the quota from the integration's name and its requests per minute; null for one of this process.
        observe: Told about every attempt: path template, status, seconds.

    Raises:
        SettingsError: there is no API key, or an assumption is not known.
    """
    full_name = f"{TOOL}:{name}"
    connector = connect(
        crelate_settings(name, account, settings),
        transport=transport,
        quota=quota(full_name, account.crelate_requests_per_minute) if quota else None,
        timing=Timing(seconds_left=_seconds_left),
        hook=_metered(observe),
    )
    return Integration(full_name, connector)


def crelate_settings(name: str, account: IntegrationSettings, settings: Settings) -> CrelateSettings:
    """How to reach an account.

    Raises:
        SettingsError: there is no API key, or an assumption is not known.
    """
    key = account.api_key
    if key is None:
        raise SettingsError(
            f"Account {name} has no API key: set ATS_GATEWAY_CRELATE_API_KEY, or run `ats-gateway connect`."
        )
    return CrelateSettings(
        api_key=key,
        base_url=account.crelate_base_url,
        requests_per_minute=account.crelate_requests_per_minute,
        concurrency=account.crelate_concurrency,
        small_table_seconds=settings.small_table_seconds,
        assumptions=_read_assumptions(account),
    )


def _read_assumptions(account: IntegrationSettings) -> Assumptions:
    try:
        return read_assumptions(account.crelate_assumptions)
    except ValueError as error:
        raise SettingsError(f"crelate_assumptions: {error}") from error


def _metered(observe: Hook) -> Hook:
    """The hook, which also counts the request for the operation it is made for."""

    def hook(template: str, status: int | None, seconds: float) -> None:
        if meter := METER.get():
            meter.upstream_requests += 1
        observe(template, status, seconds)

    return hook


def _seconds_left() -> float | None:
    deadline = current_deadline()
    return None if deadline is None else max(deadline - asyncio.get_running_loop().time(), 0.0)
