"""`ats-gateway doctor`: examines the settings and every connected account, and reports what works."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import Callable
from datetime import UTC, datetime

from rich.console import Console

from gateway.connect.exits import Exit
from gateway.connect.report import AccountReport, as_data, show
from gateway.settings import IntegrationSettings, Settings, SettingsError, config_file
from resolvers.ports.connector import Connector
from resolvers.ports.examination import Finding, Verdict
from resolvers.ports.integration import IntegrationName

Connect = Callable[[IntegrationName, IntegrationSettings, Settings], Connector]
"""Makes the connector of an account; raises SettingsError where its settings cannot be used."""


def doctor(
    console: Console,
    settings: Settings,
    connect: Connect,
    *,
    as_json: bool = False,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> int:
    """Examine everything and show what was found; `Exit.FAILED` when something does not work, else `Exit.DONE`.

    Nothing is written anywhere, and of records only counts and the name of the key's owner are shown.

    Args:
        console: Where the report is shown.
        settings: Those of the process.
        connect: Makes the connector of each account.
        as_json: Whether to show the report as one JSON object instead of tables.
        now: This machine's clock.
    """
    reports = asyncio.run(_examine_all(settings, connect, now))
    file = config_file()
    found = str(file) if file.exists() else None
    if as_json:
        console.print_json(data=as_data(found, reports))
    else:
        show(console, found, reports)
    return Exit.DONE if all(report.works for report in reports) else Exit.FAILED


async def _examine_all(settings: Settings, connect: Connect, now: Callable[[], datetime]) -> list[AccountReport]:
    return [await _examine(name, account, settings, connect, now) for name, account in settings.connected().items()]


async def _examine(
    name: IntegrationName,
    account: IntegrationSettings,
    settings: Settings,
    connect: Connect,
    now: Callable[[], datetime],
) -> AccountReport:
    try:
        connector = connect(name, account, settings)
    except SettingsError as error:
        return AccountReport(name.account, [Finding("settings", Verdict.FAILED, str(error))])
    try:
        found = await connector.examine(now)
    finally:
        await connector.close()
    return AccountReport(name.account, [_key_file(account), *found.findings], found.filters, found.assumptions)


def _key_file(account: IntegrationSettings) -> Finding:
    if account.crelate_api_key or account.crelate_api_key_file is None:
        return Finding("settings", Verdict.OK, "the key is in the settings")
    path = account.crelate_api_key_file.expanduser()
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        return Finding("settings", Verdict.WARNING, f"the key's file can be read by others: chmod 600 {path}")
    return Finding("settings", Verdict.OK, f"the key is in {path}")
