"""What `doctor` found, and its two forms: tables for people, JSON for programs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from resolvers.ports.examination import Assumption, AssumptionState, FilterFinding, Finding, Verdict
from resolvers.ports.trial import Remnant, Trial


@dataclass(frozen=True, slots=True)
class AccountReport:
    """What was found of one account.

    Attributes:
        name: Of the account.
        findings: In the order they were made.
        filters: The filters of its lists; empty when the account could not be asked.
        assumptions: What is assumed about it; likewise.
    """

    name: str
    findings: Sequence[Finding]
    filters: Sequence[FilterFinding] = ()
    assumptions: Sequence[Assumption] = ()

    @property
    def works(self) -> bool:
        """Whether nothing has failed."""
        return all(finding.verdict is not Verdict.FAILED for finding in self.findings)

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


def as_data(file: str | None, reports: Iterable[AccountReport]) -> dict[str, Any]:
    """The report as JSON: `{settingsFile, ok, accounts: [{name, ok, findings, filters, assumptions}]}`."""
    accounts = [_account(report) for report in reports]
    return {"settingsFile": file, "ok": all(account["ok"] for account in accounts), "accounts": accounts}


def show(console: Console, file: str | None, reports: Iterable[AccountReport]) -> None:
    """The report as tables."""
    console.print(f"Settings: {file or 'no file'}, and the environment", markup=False, highlight=False, soft_wrap=True)
    for report in reports:
        console.print(_findings(report))
        if report.filters:
            console.print(_filters(report.filters))
        if report.assumptions:
            console.print(_assumptions(report.assumptions))


def _account(report: AccountReport) -> dict[str, Any]:
    return {
        "name": report.name,
        "ok": report.works,
        "findings": [{"topic": one.topic, "verdict": one.verdict.value, "text": one.text} for one in report.findings],
        "filters": [{"filter": one.name, "proof": one.proof, "fallback": one.fallback} for one in report.filters],
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


def _findings(report: AccountReport) -> Table:
    table = _table(f"Account {report.name}", "looked at", "", "found")
    for one in report.findings:
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
