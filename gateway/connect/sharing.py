"""What `doctor` found, without anything of the account: fit to be pasted into an issue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path

from gateway.connect.exits import Exit, Stop
from gateway.connect.report import AccountReport, Report
from resolvers.ports.examination import Assumption, FilterFinding, Finding

WITHHELD = "(not shown)"


def write_shareable(path: Path, report: Report) -> None:
    """Write the report into a file.

    Raises:
        Stop: it cannot be written.
    """
    try:
        path.expanduser().write_text(shareable(report), encoding="utf-8")
    except OSError as error:
        raise Stop(Exit.NOT_WRITTEN, f"{path} cannot be written: {error.strerror}.") from error


def shareable(report: Report) -> str:
    """The report as Markdown.

    Of findings and assumptions only those texts are in it that are marked as public; accounts go by number.
    """
    lines = ["# Report of `ats-gateway doctor`", "", f"Version {version('ats-gateway')}."]
    if report.comparison is not None:
        lines += ["", "## OpenAPI file", "", *_findings(report.comparison.findings)]
        lines += ["", *_assumptions(report.comparison.assumptions)]
    for number, account in enumerate(report.accounts, start=1):
        lines += ["", f"## Account {number} ({account.name.tool})", "", *_account(account)]
    return "\n".join(lines) + "\n"


def _account(account: AccountReport) -> Iterator[str]:
    yield from _findings(account.findings)
    if account.filters:
        yield from ("", *_filters(account.filters))
    if account.assumptions:
        yield from ("", *_assumptions(account.assumptions))


def _findings(findings: Iterable[Finding]) -> Iterator[str]:
    rows = ((one.topic, one.verdict.value, _shown(one.text, public=one.public)) for one in findings)
    return _table(("Looked at", "", "Found"), rows)


def _filters(filters: Iterable[FilterFinding]) -> Iterator[str]:
    return _table(("Filter", "Known", "Instead"), ((one.name, one.proof, one.fallback or "") for one in filters))


def _assumptions(assumptions: Iterable[Assumption]) -> Iterator[str]:
    rows = (
        (one.number, one.says, one.state.value, _shown(one.detail, public=one.public), ", ".join(one.settings))
        for one in assumptions
    )
    return _table(("Number", "Assumption", "Known", "Seen", "Settings"), rows)


def _shown(text: str, *, public: bool) -> str:
    return text if public or not text else WITHHELD


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield _row(head)
    yield _row(("---",) * len(head))
    yield from map(_row, rows)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(map(_cell, cells))} |"


def _cell(text: str) -> str:
    """One line that does not end its cell."""
    return " ".join(text.split()).replace("|", "\\|")
