"""Looking over the settings and every connected account."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
from rich.console import Console

from gateway.connect.exits import Exit, Stop, stop_for
from gateway.connect.report import AccountReport, Finding, Verdict, as_data, show
from gateway.crelate.access import Owner, Right, read_owner, read_rights
from gateway.crelate.assumptions import RECRUITING_WORKFLOW_TYPE
from gateway.crelate.client import Timing
from gateway.crelate.connector import Connector, CrelateSettings, connect
from gateway.crelate.examination import examine_beliefs, examine_filters, examine_interviews, examine_workflow
from gateway.integration import crelate_settings
from gateway.settings import IntegrationSettings, Settings, SettingsError, config_file
from resolvers.errors import AtsError

CLOCK_TOLERANCE = 60.0
"""Seconds by which two clocks may differ before it is worth a word."""

TOLERATED_PER_MINUTE = 120
"""ASM-12."""


@dataclass(frozen=True, slots=True)
class Way:
    """How accounts are reached.

    Attributes:
        transport: Core of the way; null for real connections.
        timing: Where seconds come from.
        now: This machine's clock.
    """

    transport: httpx.AsyncBaseTransport | None
    timing: Timing | None
    now: Callable[[], datetime]


def doctor(
    console: Console,
    settings: Settings,
    transport: httpx.AsyncBaseTransport | None = None,
    *,
    as_json: bool = False,
    timing: Timing | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> int:
    """Look over everything and show what was found; `Exit.WRONG` when something does not work, else `Exit.DONE`.

    Nothing is written anywhere, and of records only counts and the name of the key's owner are shown.

    Args:
        console: Where the report is shown.
        settings: Those of the process.
        transport: Core of the way to the ATS; null for real connections.
        as_json: Whether to show the report as one JSON object instead of tables.
        timing: Where seconds come from.
        now: This machine's clock.
    """
    reports = asyncio.run(_examine_all(settings, Way(transport, timing, now)))
    file = config_file()
    found = str(file) if file.exists() else None
    if as_json:
        console.print_json(data=as_data(found, reports))
    else:
        show(console, found, reports)
    return Exit.DONE if all(report.well for report in reports) else Exit.WRONG


async def _examine_all(settings: Settings, way: Way) -> list[AccountReport]:
    return [await _examine(name, account, settings, way) for name, account in settings.accounts().items()]


async def _examine(name: str, account: IntegrationSettings, settings: Settings, way: Way) -> AccountReport:
    report = AccountReport(name)
    try:
        reachable = crelate_settings(name, account, settings)
    except SettingsError as error:
        report.findings.append(Finding("settings", Verdict.WRONG, str(error)))
        return report
    report.findings.extend(_settings(account, reachable))
    connector = connect(reachable, transport=way.transport, timing=way.timing)
    try:
        await _ask(report, connector, reachable, way)
    finally:
        await connector.aclose()
    return report


async def _ask(report: AccountReport, connector: Connector, settings: CrelateSettings, way: Way) -> None:
    """Everything that Crelate has to answer; when the key does not even open the door, the rest is not tried."""
    account = connector.account
    try:
        asked = way.now()
        owner = await read_owner(account.client)
        answered = way.now()
    except AtsError as error:
        report.findings.append(_closed(stop_for(error, settings.base_url)))
        return
    rights = await read_rights(account.client)
    report.findings.extend(_opened(owner, rights, settings.base_url))
    report.findings.append(_clock(owner, asked + (answered - asked) / 2))
    if all(right.refused for right in rights):
        return
    report.filters = await examine_filters(account)
    report.findings.append(await _stages(connector))
    report.findings.append(await _interviews(connector))
    report.beliefs = await examine_beliefs(account)


def _settings(account: IntegrationSettings, reachable: CrelateSettings) -> list[Finding]:
    quota = f"{reachable.requests_per_minute} requests per minute, {reachable.concurrency} at a time"
    verdict = Verdict.WELL if reachable.requests_per_minute <= TOLERATED_PER_MINUTE else Verdict.MIND
    return [_key_file(account), Finding("quota", verdict, quota)]


def _key_file(account: IntegrationSettings) -> Finding:
    if account.crelate_api_key or account.crelate_api_key_file is None:
        return Finding("settings", Verdict.WELL, "the key is in the settings")
    path = account.crelate_api_key_file.expanduser()
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        return Finding("settings", Verdict.MIND, f"the key's file can be read by others: chmod 600 {path}")
    return Finding("settings", Verdict.WELL, f"the key is in {path}")


def _closed(stop: Stop) -> Finding:
    return Finding("key" if stop.exit is Exit.REFUSED_KEY else "connection", Verdict.WRONG, stop.sentence)


def _opened(owner: Owner, rights: list[Right], address: str) -> list[Finding]:
    name = owner.name or "a user whose name Crelate does not say"
    return [
        Finding("connection", Verdict.WELL, address),
        Finding("key", Verdict.WELL, f"belongs to {name}"),
        *map(_right, rights),
    ]


def _right(right: Right) -> Finding:
    if right.error is None:
        return Finding(f"right to {right.list}", Verdict.WELL, "" if right.total is None else f"{right.total} rows")
    why = "no right" if right.refused else right.error.code
    return Finding(f"right to {right.list}", Verdict.WRONG, f"{why}; without it there are no {right.gives}")


def _clock(owner: Owner, ours: datetime) -> Finding:
    if owner.server_time is None:
        return Finding("clock", Verdict.MIND, "Crelate does not tell its time")
    ahead = (ours - owner.server_time).total_seconds()
    verdict = Verdict.WELL if abs(ahead) <= CLOCK_TOLERANCE else Verdict.MIND
    return Finding("clock", verdict, f"this machine is {abs(ahead):.1f} s {'ahead' if ahead >= 0 else 'behind'}")


async def _stages(connector: Connector) -> Finding:
    try:
        found = await examine_workflow(connector.account)
    except AtsError as error:
        return Finding("application stages", Verdict.WRONG, error.code)
    if found.type is None or not found.stages:
        what = f"no recruiting workflow type; {len(found.stages)} statuses of all types are taken for stages"
        return Finding("application stages", Verdict.MIND, f"{what}. Set recruiting_workflow_type (ASM-16).")
    known = ", the usual one" if found.type == RECRUITING_WORKFLOW_TYPE else ""
    return Finding("application stages", Verdict.WELL, f"{', '.join(found.stages)} (workflow type {found.type}{known})")


async def _interviews(connector: Connector) -> Finding:
    try:
        found = await examine_interviews(connector.account)
    except AtsError as error:
        return Finding("interview types", Verdict.WRONG, error.code)
    if not found:
        return Finding("interview types", Verdict.MIND, "none. Set interview_types or interview_word (ASM-27).")
    return Finding("interview types", Verdict.WELL, ", ".join(found))
