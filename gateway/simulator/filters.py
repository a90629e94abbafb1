"""The list filters that exist; any other parameter is ignored without a word (crelate-api 2.4)."""

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from gateway.simulator.account import Account, lookup_id
from gateway.simulator.answers import RefusedError
from gateway.simulator.call import Call
from gateway.simulator.choices import FilterMode, RecordTypeMatch
from gateway.simulator.columns import EMAILS
from gateway.simulator.table import Row
from gateway.simulator.timestamps import changed_at, comparable, record_time_of

Predicate: TypeAlias = Callable[[Row], bool]
Filter: TypeAlias = Callable[[Call, list[str]], Predicate]


def _emails(_: Call, values: list[str]) -> Predicate:
    wanted = _lowered(values)
    return lambda row: any(_value(row.get(name)) in wanted for name in EMAILS)


_TYPE_MATCHES: dict[RecordTypeMatch, Callable[[int, int], bool]] = {
    RecordTypeMatch.ANY_BIT: lambda held, wanted: bool(held & wanted),
    RecordTypeMatch.ALL_BITS: lambda held, wanted: held & wanted == wanted,
    RecordTypeMatch.EXACT: lambda held, wanted: held == wanted,
}


def _record_types(call: Call, values: list[str]) -> Predicate:
    """ASM-34: contacts whose type matches one of the values."""
    if not all(value.isdigit() for value in values):
        raise RefusedError(400, f"The value '{','.join(values)}' is not valid for record_types.")
    matches, wanted = _TYPE_MATCHES[call.knobs.record_types], [int(value) for value in values]
    return lambda row: any(matches(row.get("RecordType") or 0, each) for each in wanted)


def _job_ids(call: Call, values: list[str]) -> Predicate:
    found = {item.contact_id for job_id in values for item in call.account.pipeline.of_job(job_id)}
    return lambda row: row["Id"] in found


def _tag_names(_: Call, values: list[str]) -> Predicate:
    wanted = _lowered(values)
    return lambda row: any(tag["Title"].lower() in wanted for tag in _tags(row))


def _modified_after(call: Call, values: list[str]) -> Predicate:
    """ASM-06: later than, or at too if the knob says so; a record that was never changed counts by its creation."""
    try:
        moment = comparable(record_time_of(values[0]))
    except ValueError:
        raise RefusedError(400, f"The value '{values[0]}' is not valid for modified_after.") from None
    is_later = operator.ge if call.knobs.modified_after_inclusive else operator.gt
    return lambda row: bool(is_later(comparable(changed_at(row)), moment))


def _is_document(_: Call, values: list[str]) -> Predicate:
    wanted = values[0].lower() == "true"
    return lambda row: bool(row.get("IsDocument")) is wanted


def _lookup(column: str) -> Filter:
    def make(_: Call, values: list[str]) -> Predicate:
        wanted = _lowered(values)
        return lambda row: lookup_id(row.get(column)) in wanted

    return make


FILTERS: dict[str, dict[str, Filter]] = {
    "contacts": {
        "emails": _emails,
        "record_types": _record_types,
        "job_ids": _job_ids,
        "tag_names": _tag_names,
        "modified_after": _modified_after,
    },
    "workflowstatuses": {"workflow_type_ids": _lookup("WorkflowTypeId")},
    "artifacts": {
        "parent_ids": _lookup("ParentId"),
        "is_document": _is_document,
        "modified_after": _modified_after,
    },
    "jobs": {"modified_after": _modified_after},
    "users": {"modified_after": _modified_after},
    "activities": {
        "parent_ids": _lookup("ParentId"),
        "regarding_ids": _lookup("RegardingId"),
        "verb_ids": _lookup("VerbId"),
        "modified_after": _modified_after,
    },
}
"""By entity and parameter; `ids` is a parameter of each of these. What is here beyond contacts, the workflow of
stages and the parent of files is assumed (ASM-05 to ASM-07)."""


def filtered(call: Call, entity: str) -> Sequence[Row]:
    """The rows that pass every filter of the query, in listing order; not to be changed by the caller."""
    if entity not in FILTERS:
        return call.account.listed(entity)
    asked = _asked(call, entity)
    rows: Iterable[Row] = _candidates(call.account, entity, asked)
    predicates = [FILTERS[entity][name](call, values) for name, values in asked.items() if name != "ids"]
    if entity == "users" and not call.knobs.list_disabled_users:
        predicates.append(lambda row: (row.get("UserState") or {}).get("Title") != "Disabled")
    for predicate in predicates:
        rows = filter(predicate, rows)
    return rows if isinstance(rows, list) else list(rows)


def _asked(call: Call, entity: str) -> dict[str, list[str]]:
    """The filters of the query that are in force, with their values; a blank one is as good as none."""
    asked: dict[str, list[str]] = {}
    for name in {"ids", *FILTERS[entity]} & call.query.keys():
        mode = call.knobs.filter_mode(entity, name)
        if mode is FilterMode.REFUSE:
            raise RefusedError(400, f"The parameter {name} is not supported.")
        values = [value.strip() for value in call.query[name].split(",") if value.strip()]
        if values and mode is not FilterMode.OFF:
            asked[name] = values[:1] if mode is FilterMode.SINGLE else values
    return asked


def _candidates(account: Account, entity: str, asked: Mapping[str, list[str]]) -> list[Row]:
    """The whole table, or just the rows that `ids` names: looking them up spares a walk over thousands."""
    table = account[entity]
    if "ids" not in asked:
        return account.listed(entity)
    found = {key: table[key] for key in _lowered(asked["ids"]) if key in table}
    visible = (row for row in found.values() if not account.is_hidden(entity, row))
    return sorted(visible, key=lambda row: (row.get("CreatedOn") or "", row["Id"]))


def _lowered(values: Iterable[str]) -> set[str]:
    return {value.lower() for value in values}


def _value(entry: Any) -> str | None:
    return entry["Value"].lower() if isinstance(entry, dict) and entry.get("Value") else None


def _tags(row: Row) -> Iterable[Row]:
    for tags in (row.get("Tags") or {}).values():
        yield from tags
