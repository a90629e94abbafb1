"""What counts as the same record twice."""

from collections.abc import Callable, Iterator

from gateway.simulator.account import Account
from gateway.simulator.choices import DuplicateRule
from gateway.simulator.columns import EMAILS
from gateway.simulator.table import Row


def same_contact(account: Account, row: Row, rule: DuplicateRule) -> Row | None:
    """Another contact that counts as this one by the account's rule (ASM-11)."""
    counts = _COUNTS[rule]
    others = (other for other in account["contacts"].values() if other["Id"] != row["Id"])
    return next((other for other in others if counts(row, other)), None)


def same_company(account: Account, row: Row, rule: DuplicateRule) -> Row | None:
    """Another company of the same name, unless duplicates are let through."""
    if rule is DuplicateRule.OFF:
        return None
    others = (other for other in account["companies"].values() if other["Id"] != row["Id"])
    return next((other for other in others if other["Name"].lower() == row["Name"].lower()), None)


def _same_name(row: Row, other: Row) -> bool:
    return _name(row) == _name(other)


def _share_address(row: Row, other: Row) -> bool:
    return not set(_emails(row)).isdisjoint(_emails(other))


_COUNTS: dict[DuplicateRule, Callable[[Row, Row], bool]] = {
    DuplicateRule.NAME_AND_EMAIL: lambda row, other: _same_name(row, other) and _share_address(row, other),
    DuplicateRule.EMAIL: _share_address,
    DuplicateRule.NAME: _same_name,
    DuplicateRule.ANY: lambda row, other: _same_name(row, other) or _share_address(row, other),
    DuplicateRule.OFF: lambda *_: False,
}


def _name(row: Row) -> tuple[str, str]:
    return (row.get("FirstName") or "").lower(), (row.get("LastName") or "").lower()


def _emails(row: Row) -> Iterator[str]:
    for name in EMAILS:
        if (value := row.get(name)) and value.get("Value"):
            yield value["Value"].lower()
