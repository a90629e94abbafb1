"""What `doctor` found, and its two forms: tables for people, JSON for programs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from gateway.crelate.canary import Proof
from gateway.crelate.examination import BeliefFound, FilterFound, State


class Verdict(Enum):
    """What a finding means for whoever runs the gateway."""

    WELL = "well"
    MIND = "mind"
    """It works, though not as well as it might."""
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        topic: What.
        verdict: How it stands.
        text: What was seen, and what to do about it.
    """

    topic: str
    verdict: Verdict
    text: str = ""


@dataclass(slots=True)
class AccountReport:
    """What was found of one account.

    Attributes:
        name: Of the account.
        findings: In the order they were made.
        filters: What the canary found out; empty when the account could not be asked.
        beliefs: The register of assumptions; likewise.
    """

    name: str
    findings: list[Finding] = field(default_factory=list)
    filters: Sequence[FilterFound] = ()
    beliefs: Sequence[BeliefFound] = ()

    @property
    def well(self) -> bool:
        """Whether nothing is wrong."""
        return all(finding.verdict is not Verdict.WRONG for finding in self.findings)


PROOFS = {
    Proof.MANY: "proven",
    Proof.ONE: "proven",
    Proof.NONE: "refused, ignored or switched off",
    Proof.UNDECIDED: "undecidable: too few rows",
    None: "undecidable: the list cannot be read",
}
"""Proof -> what it is called in a report; how far a proof reaches, the fallback says."""

STYLES = {
    Verdict.WELL: "green",
    Verdict.MIND: "yellow",
    Verdict.WRONG: "bold red",
    State.HOLDS: "green",
    State.FAILS: "yellow",
    State.UNDECIDED: "",
    State.SET: "cyan",
    State.UNCHECKED: "dim",
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
        if report.beliefs:
            console.print(_beliefs(report.beliefs))


def _account(report: AccountReport) -> dict[str, Any]:
    return {
        "name": report.name,
        "ok": report.well,
        "findings": [{"topic": one.topic, "verdict": one.verdict.value, "text": one.text} for one in report.findings],
        "filters": [
            {"filter": one.name, "proof": PROOFS[one.proof], "fallback": one.fallback} for one in report.filters
        ],
        "assumptions": [
            {
                "number": one.belief.number,
                "says": one.belief.says,
                "state": one.state.value,
                "detail": one.detail or None,
                "check": one.belief.check,
                "settings": list(one.belief.settings),
            }
            for one in report.beliefs
        ],
    }


def _table(title: str, *columns: str) -> Table:
    return Table(*columns, title=Text(title), title_justify="left")


def _findings(report: AccountReport) -> Table:
    table = _table(f"Account {report.name}", "looked at", "", "found")
    for one in report.findings:
        table.add_row(one.topic, Text(one.verdict.value, STYLES[one.verdict]), Text(one.text, overflow="fold"))
    return table


def _filters(filters: Iterable[FilterFound]) -> Table:
    table = _table("Filters", "filter", "state", "instead")
    for one in filters:
        table.add_row(one.name, Text(PROOFS[one.proof], "yellow" if one.fallback else "green"), one.fallback or "")
    return table


def _beliefs(beliefs: Iterable[BeliefFound]) -> Table:
    table = _table("What is assumed about Crelate", "number", "assumption", "state", "how to check it")
    for one in beliefs:
        state = f"{one.state.value}: {one.detail}" if one.detail else one.state.value
        settings = f" To set it right: {', '.join(one.belief.settings)}." if one.belief.settings else ""
        table.add_row(
            one.belief.number, one.belief.says, Text(state, STYLES[one.state]), Text(one.belief.check + settings)
        )
    return table
