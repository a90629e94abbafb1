"""`ats-gateway doctor`: examines the settings and every connected account, and reports what works."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from gateway.connect.asking import Ask
from gateway.connect.describing import read_description
from gateway.connect.exits import Exit, Stop
from gateway.connect.report import AccountReport, Report, as_data, show
from gateway.connect.sharing import write_shareable
from gateway.connect.trying import Clinic, Wish
from gateway.settings import IntegrationSettings, Settings, SettingsError, config_file
from resolvers.ports.connector import Connector
from resolvers.ports.examination import Comparison, Finding, Verdict
from resolvers.ports.integration import IntegrationName

Connect = Callable[[IntegrationName, IntegrationSettings], Connector]
"""Makes the connector of an account; raises SettingsError where its settings cannot be used."""


@dataclass(frozen=True, slots=True)
class Visit:
    """What is to be looked over, and how.

    Attributes:
        settings: Those of the process.
        connect: Makes the connector of each account.
        now: This machine's clock.
        account: Name of the only account to look over; null for all.
        wish: A trial by writing; null for none.
        openapi: Where a description of the ATS's API is; null for none.
        report: File for a report that can be shown to anybody; null for none.
    """

    settings: Settings
    connect: Connect
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    account: str | None = None
    wish: Wish | None = None
    openapi: str | None = None
    report: Path | None = None


def doctor(console: Console, talk: Console, ask: Ask, visit: Visit, *, as_json: bool = False) -> int:
    """Examine everything and show what was found; `Exit.FAILED` when something does not work, else `Exit.DONE`.

    Nothing is written anywhere unless a trial is wished for and agreed to, and of records only counts and the name of
    the key's owner are shown.

    Args:
        console: Where the report is shown.
        talk: Where the calls of a trial and what ends it early are shown.
        ask: Asks for leave.
        visit: What is to be looked over.
        as_json: Whether to show the report as one JSON object instead of tables.
    """
    try:
        report = _look(talk, ask, visit)
        if visit.report is not None:
            write_shareable(visit.report, report)
    except Stop as stop:
        talk.print(stop.sentence, markup=False, highlight=False, soft_wrap=True)
        return stop.exit
    if as_json:
        console.print_json(data=as_data(report))
    else:
        show(console, report)
    return Exit.DONE if report.works else Exit.FAILED


def _look(talk: Console, ask: Ask, visit: Visit) -> Report:
    """Everything there is to find.

    Raises:
        Stop: something that was asked for cannot be done.
    """
    accounts = _accounts(visit)
    comparison = _compared(visit, accounts)
    if visit.openapi is not None:
        accounts = {name: each for name, each in accounts.items() if each.has_key}
    reports = asyncio.run(_examine_all(visit, accounts))
    if comparison is not None:
        reports = [report.informed(comparison) for report in reports]
    if visit.wish is not None:
        reports = [_tried(talk, ask, visit, visit.wish, report, *accounts.popitem()) for report in reports]
    file = config_file()
    return Report(str(file) if file.exists() else None, reports, comparison)


def _compared(visit: Visit, accounts: Mapping[IntegrationName, IntegrationSettings]) -> Comparison | None:
    """What the description has that the accounts' connector relies on; null where none was named.

    Raises:
        Stop: it cannot be had, is none, or the accounts are of several ATSs.
    """
    if visit.openapi is None:
        return None
    tools = {name.tool for name in accounts}
    if len(tools) > 1:
        raise Stop(Exit.SETTINGS, "A description is of one ATS: say by --integration whose account is meant.")
    try:
        return visit.settings.connectors[tools.pop()].compare(read_description(visit.openapi))
    except ValueError as error:
        raise Stop(Exit.UNUSABLE, str(error)) from error


def _accounts(visit: Visit) -> dict[IntegrationName, IntegrationSettings]:
    """The accounts to be looked over; a trial is of one.

    Raises:
        Stop: there is no such account, or several for a trial.
    """
    accounts = visit.settings.connected()
    if visit.account is not None:
        accounts = {name: each for name, each in accounts.items() if visit.account in {name.account, str(name)}}
        if not accounts:
            raise Stop(Exit.SETTINGS, f"There is no account {visit.account}.")
    if visit.wish is not None and len(accounts) != 1:
        raise Stop(Exit.SETTINGS, "A trial is of one account: say which with --integration.")
    return accounts


def _tried(
    talk: Console,
    ask: Ask,
    visit: Visit,
    wish: Wish,
    report: AccountReport,
    name: IntegrationName,
    account: IntegrationSettings,
) -> AccountReport:
    """The report with what a trial saw; nothing is tried on an account that cannot be read."""
    if not report.assumptions and not report.works:
        return report
    product = visit.settings.ats_of(account).product
    clinic = Clinic(talk, ask, product, name, account, lambda: visit.connect(name, account), visit.now, wish)
    return report.tried(clinic.try_out())


async def _examine_all(visit: Visit, accounts: Mapping[IntegrationName, IntegrationSettings]) -> list[AccountReport]:
    return [await _examine(name, account, visit) for name, account in accounts.items()]


async def _examine(name: IntegrationName, account: IntegrationSettings, visit: Visit) -> AccountReport:
    try:
        connector = visit.connect(name, account)
    except SettingsError as error:
        return AccountReport(name, [Finding("settings", Verdict.FAILED, str(error))])
    try:
        found = await connector.examine(visit.now)
    finally:
        await connector.close()
    return AccountReport(name, [*_key_file(account), *found.findings], found.filters, found.assumptions)


def _key_file(account: IntegrationSettings) -> Iterator[Finding]:
    """Where the key is; nothing of an account that has none."""
    path = account.key_file
    if path is None:
        if account.has_key:
            yield Finding("settings", Verdict.OK, "the key is in the settings")
    elif path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield Finding("settings", Verdict.WARNING, f"the key's file can be read by others: chmod 600 {path}")
    else:
        yield Finding("settings", Verdict.OK, f"the key is in {path}")
