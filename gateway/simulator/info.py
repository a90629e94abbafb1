"""What `/{entity}/info` says about columns (ASM-14)."""

import re

from gateway.simulator.account import Account, title
from gateway.simulator.answers import Enveloped
from gateway.simulator.call import Call
from gateway.simulator.columns import COLUMNS, LABELS, Kind
from gateway.simulator.lookups import TARGETS
from gateway.simulator.table import Row

_OPTION_TABLES = {"countries", "contactsources", "activitytypes", "workflowstatuses", "opportunitytypes"}
"""Lookups into tables this small list what can be chosen."""


def info(call: Call, entity: str) -> Enveloped:
    """All columns of an entity as `{Name, Label, Type, Options}`; an address lists the countries (ASM-30)."""
    labels = LABELS.get(entity, {})
    fields = [
        {
            "Name": name,
            "Label": labels.get(name) or _label(name),
            "Type": kind,
            "Options": _options(call.account, name, kind),
        }
        for name, kind in COLUMNS[entity].items()
    ]
    return Enveloped(fields)


def _label(name: str) -> str:
    """`EmailAddresses_Work_Other` is shown as `Email Addresses Work Other`."""
    return " ".join(re.findall(r"[A-Z]+(?![a-z])|[A-Z][a-z]+|\d+", name.removesuffix("Id")))


def _options(account: Account, name: str, kind: Kind) -> list[Row] | None:
    entity = "countries" if kind is Kind.ADDRESS else TARGETS.get(name)
    if entity not in _OPTION_TABLES:
        return None
    return [{"Id": row["Id"], "Title": title(row)} for row in account[entity].ordered()]
