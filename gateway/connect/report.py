"""What `doctor` found, and its two forms: tables for people, JSON for programs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from resolvers.ports.examination import Assumption, AssumptionState, Comparison, FilterFinding, Finding, Verdict
from resolvers.ports.integration import IntegrationName
from resolvers.ports.trial import Remnant, Trial

_DECIDED = (AssumptionState.HOLDS, AssumptionState.FAILS)
_SEEN = frozenset({*_DECIDED, AssumptionState.SET})


@dataclass(frozen=True, slots=True)
class AccountReport:
    """What was found of one account.

    Attributes:
        name: Of the account, such as `crelate:default`.
        findings: In the order they were made.
        filters: The filters of its lists; empty when the account could not be asked.
        assumptions: What is assumed about it; likewise.
    """

    name: IntegrationName
    findings: Sequence[Finding]
    filters: Sequence[FilterFinding] = ()
    assumptions: Sequence[Assumption] = ()

    @property
    def works(self) -> bool:
        """Whether nothing has failed."""
        return all(finding.verdict is not Verdict.FAILED for finding in self.findings)

    def informed(self, comparison: Comparison) -> AccountReport:
        """The same with what a description says of assumptions that the account itself leaves open."""
        told = {one.number: one for one in comparison.assumptions if one.state in _DECIDED}
        assumptions = [one if one.state in _SEEN else told.get(one.number, one) for one in self.assumptions]
        return replace(self, assumptions=assumptions)

    def tried(self, trial: Trial) -> AccountReport:
        """The same with what a trial saw; of an assumption, the trial knows better."""
        left = [Finding("left behind", Verdict.FAILED, _remnant(one)) for one in trial.remnants]
        seen = {one.number: one for one in trial.assumptions}
        return replace(
            self,
            findings=[*self.findings, *trial.findings, *left],
            assumptions=[seen.get(one.number, one) for one in self.assumptions],
        )


def _remnant(one: Remnant) -> str:
    return f"{one.what} ({one.key or 'its id is not known'}): {one.why}"


STYLES = {
    Verdict.OK: "green",
    Verdict.WARNING: "yellow",
    Verdict.FAILED: "bold red",
    AssumptionState.HOLDS: "green",
    AssumptionState.FAILS: "yellow",
    AssumptionState.UNDECIDED: "",
    AssumptionState.SET: "cyan",
    AssumptionState.UNCHECKED: "dim",
}


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that was found.

    Attributes:
        file: The settings file, or null.
        accounts: One for each account.
        comparison: With a description of the ATS's API, or null.
    """

    file: str | None
    accounts: Sequence[AccountReport]
    comparison: Comparison | None = None

    @property
    def works(self) -> bool:
        """Whether nothing has failed."""
        return all(account.works for account in self.accounts)


def as_data(report: Report) -> dict[str, Any]:
    """The report as JSON: `{settingsFile, ok, accounts: [{name, tool, ok, findings, filters, assumptions}], openapi}`.

    `openapi` is `{findings, assumptions}`, and there only when a description was compared.
    """
    found: dict[str, Any] = {
        "settingsFile": report.file,
        "ok": report.works,
        "accounts": [_account(account) for account in report.accounts],
    }
    return found if report.comparison is None else {**found, "openapi": _judged(report.comparison)}


def show(console: Console, report: Report) -> None:
    """The report as tables."""
    settings = f"Settings: {report.file or 'no file'}, and the environment"
    console.print(settings, markup=False, highlight=False, soft_wrap=True)
    if report.comparison is not None:
        console.print(_findings("Description of the ATS's API", report.comparison.findings))
        console.print(_assumptions(report.comparison.assumptions))
    for account in report.accounts:
        _show_account(console, account)


def _show_account(console: Console, report: AccountReport) -> None:
    console.print(_findings(f"Account {report.name.account} ({report.name.tool})", report.findings))
    if report.filters:
        console.print(_filters(report.filters))
    if report.assumptions:
        console.print(_assumptions(report.assumptions))


def _account(report: AccountReport) -> dict[str, Any]:
    return {
        "name": report.name.account,
        "tool": report.name.tool,
        "ok": report.works,
        **_judged(report),
        "filters": [{"filter": one.name, "proof": one.proof, "fallback": one.fallback} for one in report.filters],
    }


def _judged(report: AccountReport | Comparison) -> dict[str, Any]:
    """Findings and assumptions."""
    return {
        "findings": [{"topic": one.topic, "verdict": one.verdict.value, "text": one.text} for one in report.findings],
        "assumptions": [
            {
                "number": one.number,
                "says": one.says,
                "state": one.state.value,
                "detail": one.detail or None,
                "check": one.check,
                "settings": list(one.settings),
            }
            for one in report.assumptions
        ],
    }


def _table(title: str, *columns: str) -> Table:
    return Table(*columns, title=Text(title), title_justify="left")


def _findings(title: str, findings: Iterable[Finding]) -> Table:
    table = _table(title, "looked at", "", "found")
    for one in findings:
        table.add_row(one.topic, Text(one.verdict.value, STYLES[one.verdict]), Text(one.text, overflow="fold"))
    return table


def _filters(filters: Iterable[FilterFinding]) -> Table:
    table = _table("Filters", "filter", "state", "instead")
    for one in filters:
        table.add_row(one.name, Text(one.proof, "yellow" if one.fallback else "green"), one.fallback or "")
    return table


def _assumptions(assumptions: Iterable[Assumption]) -> Table:
    table = _table("What is assumed about the ATS", "number", "assumption", "state", "how to check it")
    for one in assumptions:
        state = f"{one.state.value}: {one.detail}" if one.detail else one.state.value
        settings = f" To set it right: {', '.join(one.settings)}." if one.settings else ""
        table.add_row(one.number, one.says, Text(state, STYLES[one.state]), Text(one.check + settings))
    return table
