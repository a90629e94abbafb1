"""What `/{entity}/info` says about columns (ASM-14)."""

import re

from gateway.simulator.account import title
from gateway.simulator.answers import Enveloped, not_found
from gateway.simulator.call import Call
from gateway.simulator.choices import CountryIds, InfoProfile
from gateway.simulator.columns import COLUMNS, LABELS, OPTIONS, Kind
from gateway.simulator.lookups import TARGETS
from gateway.simulator.shapes import shown
from gateway.simulator.table import Row

_OPTION_TABLES = {"countries", "contactsources", "activitytypes", "workflowstatuses", "opportunitytypes"}
"""Lookups into tables this small list what can be chosen."""


def info(call: Call, entity: str) -> Enveloped:
    """All columns of an entity as `{Name, Label, Type, Options}`; an address lists the countries (ASM-30)."""
    profile = call.knobs.info_profile
    if profile is InfoProfile.ABSENT:
        raise not_found()
    fields = [_field(call, entity, name, kind) for name, kind in COLUMNS[entity].items()]
    return Enveloped(
        {"Fields": {field["Name"]: field for field in fields}} if profile is InfoProfile.BY_NAME else fields
    )


def _field(call: Call, entity: str, name: str, kind: Kind) -> Row:
    label = "DisplayName" if call.knobs.info_profile is InfoProfile.DISPLAY_NAME else "Label"
    return {
        "Name": name,
        label: LABELS.get(entity, {}).get(name) or _label(name),
        "Type": kind,
        "Options": _own_options(entity, name) or _options(call, name, kind),
    }


def _label(name: str) -> str:
    """`EmailAddresses_Work_Other` is shown as `Email Addresses Work Other`."""
    return " ".join(re.findall(r"[A-Z]+(?![a-z])|[A-Z][a-z]+|\d+", name.removesuffix("Id")))


def _own_options(entity: str, name: str) -> list[Row]:
    return [{"Id": key, "Title": named} for key, named in OPTIONS.get(entity, {}).get(name, {}).items()]


def _options(call: Call, name: str, kind: Kind) -> list[Row] | None:
    entity = "countries" if kind is Kind.ADDRESS else TARGETS.get(name)
    if entity not in _OPTION_TABLES or (entity == "countries" and not _lists_countries(call)):
        return None
    rows = (shown(row, call.knobs, entity) for row in call.account[entity].ordered())
    return [{"Id": row["Id"], "Title": title(row)} for row in rows]


def _lists_countries(call: Call) -> bool:
    return call.knobs.country_ids in {CountryIds.BOTH, CountryIds.INFO}
