"""What counts as the same record twice."""

from collections.abc import Iterator

from gateway.simulator.account import Account
from gateway.simulator.columns import EMAILS
from gateway.simulator.table import Row


def same_contact(account: Account, row: Row) -> Row | None:
    """Another contact of the same name with an e-mail address in common (ASM-11)."""
    name, emails = _name(row), set(_emails(row))
    others = (other for other in account["contacts"].values() if other["Id"] != row["Id"] and _name(other) == name)
    return next((other for other in others if emails & set(_emails(other))), None)


def same_company(account: Account, row: Row) -> Row | None:
    """Another company of the same name."""
    others = (other for other in account["companies"].values() if other["Id"] != row["Id"])
    return next((other for other in others if other["Name"].lower() == row["Name"].lower()), None)


def _name(row: Row) -> tuple[str, str]:
    return (row.get("FirstName") or "").lower(), (row.get("LastName") or "").lower()


def _emails(row: Row) -> Iterator[str]:
    for name in EMAILS:
        if value := row.get(name):
            yield value["Value"].lower()
